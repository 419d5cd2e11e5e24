"""The version byte in front of everything that is sealed."""

from app.vault.errors import Damaged, UnknownFormat

VERSION = b"\x01"
KEY_BYTES = 32


def body_of(sealed: bytes, least_bytes: int) -> bytes:
    """Return what follows the version byte, which must be at least ``least_bytes`` long.

    Raises: ``UnknownFormat`` for another version, ``Damaged`` for fewer bytes.
    """
    if not sealed:
        raise Damaged("nothing to open")
    if sealed[:1] != VERSION:
        raise UnknownFormat("unknown version of a sealed format")
    if len(sealed) < len(VERSION) + least_bytes:
        raise Damaged("sealed bytes are cut short")
    return sealed[len(VERSION) :]

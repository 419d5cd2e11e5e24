"""Content is brought to size steps before sealing, so that its length tells little."""

from app.vault.errors import Damaged, TooLarge

LARGEST_CONTENT_BYTES = 16 * 1024 * 1024
_LENGTH_BYTES = 4
SMALLEST_STEP_BYTES = 256
_QUARTERS_FROM = 4096


def size_step(size: int) -> int:
    """Return the smallest step of at least ``size`` bytes.

    256, 512, 1,024, 2,048, 4,096, and above that four steps to each doubling (5,120, 6,144,
    7,168, 8,192, 10,240, ...), so that no more than a fifth of large content is padding.
    """
    power = max(SMALLEST_STEP_BYTES, 1 << (size - 1).bit_length())
    if power <= _QUARTERS_FROM:
        return power
    quarter = power // 8
    return -(-size // quarter) * quarter


def pad(content: bytes) -> bytes:
    """Put the length in front (four bytes, big-endian) and zeros behind, up to a size step.

    Raises: ``TooLarge`` above 16 MiB.
    """
    if len(content) > LARGEST_CONTENT_BYTES:
        raise TooLarge("content is too large for one sealing")
    prefixed = len(content).to_bytes(_LENGTH_BYTES, "big") + content
    return prefixed.ljust(size_step(len(prefixed)), b"\x00")


def unpad(padded: bytes) -> bytes:
    """Return the content that ``pad`` was given.

    Raises: ``Damaged`` if ``pad`` cannot have written these bytes.
    """
    if len(padded) < SMALLEST_STEP_BYTES:
        raise Damaged("padding is cut short")
    end = _LENGTH_BYTES + int.from_bytes(padded[:_LENGTH_BYTES], "big")
    if size_step(end) != len(padded):
        raise Damaged("padding does not fit its length")
    if padded.count(0, end) != len(padded) - end:
        raise Damaged("padding is not empty")
    return padded[_LENGTH_BYTES:end]

"""Tokens that a browser or a client holds: they find a row and open it, and we store neither."""

import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.vault.context import Purpose, context, utf8
from app.vault.formats import KEY_BYTES

_TOKEN_BYTES = 32


@dataclass(frozen=True)
class TokenKeys:
    """What a token yields: 32 bytes to find the row by, and the 32-byte key to it."""

    locator: bytes
    key: bytes = field(repr=False)


def new_token() -> str:
    """Draw a token: 32 random bytes as 43 characters that need no quoting anywhere."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def open_token(token: str, purpose: Purpose) -> TokenKeys:
    """Derive from a token what it is good for (HKDF-SHA256, RFC 5869).

    The characters themselves are the secret. So a random key that a client drew works the same,
    and a forged token is one that finds no row. Derived without stretching: for random tokens
    only, never for what people think up.
    """
    secret = utf8(token)
    return TokenKeys(
        locator=_derive(secret, context(purpose, Purpose.LOCATOR)),
        key=_derive(secret, context(purpose, Purpose.WRAPPING_KEY)),
    )


def _derive(secret: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)

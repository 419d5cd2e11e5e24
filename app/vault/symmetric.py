"""Sealing under a shared key, and deriving keys from keys."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.vault.errors import WrongKey
from app.vault.formats import KEY_BYTES, VERSION, body_of
from app.vault.padding import SMALLEST_STEP_BYTES, pad, unpad

_NONCE_BYTES = 12
_TAG_BYTES = 16


def new_key() -> bytes:
    """Draw a key of 32 bytes."""
    return os.urandom(KEY_BYTES)


def derive_key(key: bytes, context: bytes) -> bytes:
    """Derive from ``key`` the key of 32 bytes for one context (HKDF-SHA256, RFC 5869).

    Raises: ``WrongKey`` if ``key`` has not 32 bytes.
    """
    _check_key(key)
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=context).derive(key)


def seal(key: bytes, content: bytes, context: bytes) -> bytes:
    """Seal content under a key of 32 bytes, bound to a context.

    Version byte, nonce of 96 random bits, then the padded content under AES-256-GCM
    (NIST SP 800-38D) with version and context as associated data. One key seals at most
    2**32 times (section 8.3 there), which is why every item has a key of its own.

    Raises: ``TooLarge`` above 16 MiB, ``WrongKey`` if ``key`` has not 32 bytes.
    """
    _check_key(key)
    nonce = os.urandom(_NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, pad(content), VERSION + context)


def open_sealed(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Return the content that was sealed under this key and context.

    Raises: ``WrongKey``, ``Damaged``, ``UnknownFormat``.
    """
    _check_key(key)
    body = body_of(sealed, least_bytes=_NONCE_BYTES + SMALLEST_STEP_BYTES + _TAG_BYTES)
    nonce, ciphertext = body[:_NONCE_BYTES], body[_NONCE_BYTES:]
    try:
        padded = AESGCM(key).decrypt(nonce, ciphertext, VERSION + context)
    except InvalidTag:
        raise WrongKey("sealed under another key or context, or altered") from None
    return unpad(padded)


def _check_key(key: bytes) -> None:
    if len(key) != KEY_BYTES:
        raise WrongKey("a key has 32 bytes")

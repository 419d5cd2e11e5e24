"""Signatures of staff, of the service, and of the root (Ed25519, RFC 8032)."""

import os
from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.vault.context import Purpose
from app.vault.context import context as write_context
from app.vault.errors import BadSignature, WrongKey
from app.vault.formats import KEY_BYTES


def new_signing_key() -> bytes:
    """Draw a signing key of 32 bytes."""
    return os.urandom(KEY_BYTES)


def verify_key(private: bytes) -> bytes:
    """Return the public key (32 bytes) by which this key's signatures are verified.

    Raises: ``WrongKey`` if ``private`` has not 32 bytes.
    """
    return _signing_key(private).public_key().public_bytes_raw()


def sign(private: bytes, content: bytes, context: bytes) -> bytes:
    """Return the signature (64 bytes) over content in a context.

    Context and content are signed with their lengths, so that a signature counts nowhere else.

    Raises: ``WrongKey`` if ``private`` has not 32 bytes.
    """
    return _signing_key(private).sign(_signed(content, context))


def verify(public: bytes, signature: bytes, content: bytes, context: bytes) -> None:
    """Return if the signature is this key's over this content in this context.

    Raises: ``BadSignature`` otherwise, a malformed key or signature included.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _signed(content, context))
    except (InvalidSignature, ValueError):
        raise BadSignature("the signature does not fit") from None


def is_signed(publics: Iterable[bytes], signature: bytes, content: bytes, context: bytes) -> bool:
    """Whether the signature over content in this context is of one of these keys; a malformed one is of none."""
    return any(_fits(public, signature, content, context) for public in publics)


def _fits(public: bytes, signature: bytes, content: bytes, context: bytes) -> bool:
    try:
        verify(public, signature, content, context)
    except BadSignature:
        return False
    return True


def _signing_key(private: bytes) -> Ed25519PrivateKey:
    if len(private) != KEY_BYTES:
        raise WrongKey("a signing key has 32 bytes")
    return Ed25519PrivateKey.from_private_bytes(private)


def _signed(content: bytes, context: bytes) -> bytes:
    return write_context(Purpose.SIGNATURE, context, content)

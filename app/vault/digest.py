"""Digests, with and without a key."""

import hashlib
import hmac


def sha256(content: bytes) -> bytes:
    """Return the SHA-256 of the content (32 bytes, FIPS 180-4)."""
    return hashlib.sha256(content).digest()


def keyed_tag(key: bytes, context: bytes) -> bytes:
    """Return a tag of 32 bytes that nobody without the key can compute (HMAC-SHA256, RFC 2104)."""
    return hmac.digest(key, context, "sha256")

"""Sealing to the holder of a key pair, safe against today's computers and quantum computers.

HPKE (RFC 9180) in the suite X-Wing (ML-KEM-768 and X25519), HKDF-SHA256, AES-256-GCM, single
shot. A private key is the 32-byte X-Wing seed (draft-connolly-cfrg-xwing-kem): short enough for
paper shares, expanded here whenever it is used.
"""

import hashlib
import os
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from app.vault.context import Purpose
from app.vault.context import context as write_context
from app.vault.digest import sha256
from app.vault.errors import Damaged, WrongKey
from app.vault.formats import KEY_BYTES, VERSION, body_of
from app.vault.padding import SMALLEST_STEP_BYTES, pad, unpad

PUBLIC_KEY_BYTES = 1216
_MLKEM_PUBLIC_BYTES = 1184
_MLKEM_SEED_BYTES = 64
_ENCAPSULATED_BYTES = 1120
_TAG_BYTES = 16
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def new_private_key() -> bytes:
    """Draw a private key: an X-Wing seed of 32 bytes."""
    return os.urandom(KEY_BYTES)


@dataclass(frozen=True)
class KeyPair:
    """A private key, expanded, and its public half.

    Expanding takes longer than opening. Whoever opens many sealings with one key expands it once
    and lets it go after the request; this room keeps no private key between two calls.
    """

    public: bytes
    private: bytes = field(repr=False)
    expanded: MLKEM768X25519PrivateKey = field(repr=False)


def key_pair(private: bytes) -> KeyPair:
    """Expand a private key as X-Wing's expandDecapsulationKey does (section 5.2 of the draft).

    Raises: ``WrongKey`` if ``private`` has not 32 bytes.
    """
    if len(private) != KEY_BYTES:
        raise WrongKey("a private key has 32 bytes")
    stream = hashlib.shake_256(private).digest(_MLKEM_SEED_BYTES + KEY_BYTES)
    lattice = MLKEM768PrivateKey.from_seed_bytes(stream[:_MLKEM_SEED_BYTES])
    curve = X25519PrivateKey.from_private_bytes(stream[_MLKEM_SEED_BYTES:])
    return KeyPair(
        public=lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw(),
        private=private,
        expanded=MLKEM768X25519PrivateKey(lattice, curve),
    )


def public_key(private: bytes) -> bytes:
    """Return the public key (1,216 bytes: ML-KEM-768, then X25519) of a private key.

    Raises: ``WrongKey`` if ``private`` has not 32 bytes.
    """
    return key_pair(private).public


def seal_to(public: bytes, content: bytes, context: bytes) -> bytes:
    """Seal content to the holder of a public key, bound to a context.

    Version byte, encapsulated key (1,120 bytes), then the padded content and its tag. HPKE's
    ``info`` binds version, context and SHA-256 of the public key.

    Raises: ``TooLarge`` above 16 MiB, ``Damaged`` if ``public`` is no public key.
    """
    holder = _read_public_key(public)
    padded = pad(content)
    try:
        return VERSION + _SUITE.encrypt(padded, holder, info=_info(context, public))
    except ValueError:
        # A point of low order on the curve is refused only when it is used.
        raise Damaged("not a public key") from None


def open_with(private: bytes | KeyPair, sealed: bytes, context: bytes) -> bytes:
    """Return the content that was sealed to this private key's public half in this context.

    Raises: ``WrongKey``, ``Damaged``, ``UnknownFormat``.
    """
    holder = private if isinstance(private, KeyPair) else key_pair(private)
    body = body_of(sealed, least_bytes=_ENCAPSULATED_BYTES + SMALLEST_STEP_BYTES + _TAG_BYTES)
    try:
        padded = _SUITE.decrypt(body, holder.expanded, info=_info(context, holder.public))
    except (InvalidTag, ValueError):
        raise WrongKey("sealed to another key or context, or altered") from None
    return unpad(padded)


# Reading a public key checks and expands its lattice part, and the few queues' keys are used
# again with every report. What is cached is public: no private key outlives its use in here.
@lru_cache(maxsize=256)
def _read_public_key(public: bytes) -> MLKEM768X25519PublicKey:
    if len(public) != PUBLIC_KEY_BYTES:
        raise Damaged("a public key has 1,216 bytes")
    try:
        lattice = MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_BYTES])
    except ValueError:
        raise Damaged("not a public key") from None
    curve = X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC_BYTES:])
    return MLKEM768X25519PublicKey(lattice, curve)


def _info(context: bytes, public: bytes) -> bytes:
    return write_context(Purpose.HPKE, VERSION, context, _digest_of(public))


# With one key very many sealings are opened; what is kept is public.
@lru_cache(maxsize=256)
def _digest_of(public: bytes) -> bytes:
    return sha256(public)

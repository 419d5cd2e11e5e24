"""HPKE and X-Wing written out from their texts, to check the sealed bytes against another hand.

Nothing here is used by the program. It follows draft-connolly-cfrg-xwing-kem (section 5) and
RFC 9180 (sections 4 to 6, base mode, single shot) step by step.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# X-Wing, HKDF-SHA256, AES-256-GCM in the registries of HPKE.
_SUITE_ID = b"HPKE" + bytes.fromhex("647a00010002")


def decapsulate(seed: bytes, encapsulated: bytes) -> bytes:
    """Return the secret that X-Wing shares with the holder of a seed."""
    expanded = hashlib.shake_256(seed).digest(96)
    lattice = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    curve = X25519PrivateKey.from_private_bytes(expanded[64:])
    lattice_part, curve_part = encapsulated[:1088], encapsulated[1088:]
    lattice_shared = lattice.decapsulate(lattice_part)
    curve_shared = curve.exchange(X25519PublicKey.from_public_bytes(curve_part))
    label = b"\\.//^\\"
    combined = lattice_shared + curve_shared + curve_part + curve.public_key().public_bytes_raw() + label
    return hashlib.sha3_256(combined).digest()


def open_by_hand(seed: bytes, body: bytes, info: bytes) -> bytes:
    """Open encapsulated key and ciphertext, given HPKE's ``info``."""
    shared = decapsulate(seed, body[:1120])
    schedule = b"\x00" + _extract(b"", b"psk_id_hash", b"") + _extract(b"", b"info_hash", info)
    secret = _extract(shared, b"secret", b"")
    key = _expand(secret, b"key", schedule, 32)
    nonce = _expand(secret, b"base_nonce", schedule, 12)
    return AESGCM(key).decrypt(nonce, body[1120:], b"")


def _extract(salt: bytes, label: bytes, content: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + _SUITE_ID + label + content, "sha256")


def _expand(secret: bytes, label: bytes, info: bytes, size: int) -> bytes:
    labelled = size.to_bytes(2, "big") + b"HPKE-v1" + _SUITE_ID + label + info
    return hmac.digest(secret, labelled + b"\x01", "sha256")[:size]

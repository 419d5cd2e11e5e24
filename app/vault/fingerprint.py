"""Fingerprints of keys, as words that can be said over the telephone."""

import hmac

from app.vault.context import Purpose, context
from app.vault.digest import sha256
from app.vault.passphrase import WORDS, word_list
from app.vault.unlock import fold_words


def fingerprint_of(verify_key: bytes, sealing_digest: bytes) -> str:
    """Return six words (77 bits of SHA-256) for a person's signing key and the SHA-256 of the key that is sealed to.

    Other keys give other words.
    """
    return _in_words(context(Purpose.FINGERPRINT, verify_key, sealing_digest))


def same_fingerprint(typed: str, verify_key: bytes, sealing_digest: bytes) -> bool:
    """Whether the words that were typed are those of the keys; capitals and spaces do not matter."""
    return _same(typed, fingerprint_of(verify_key, sealing_digest))


def recovery_fingerprint(organisation_id: str, sealing_digest: bytes) -> str:
    """Return six words for the SHA-256 of an organisation's recovery key: they stand on every sheet of its trustees."""
    return _in_words(context(Purpose.RECOVERY_FINGERPRINT, organisation_id, sealing_digest))


def same_recovery_fingerprint(typed: str, organisation_id: str, sealing_digest: bytes) -> bool:
    """Whether the words that were typed are those of the recovery key; capitals and spaces do not matter."""
    return _same(typed, recovery_fingerprint(organisation_id, sealing_digest))


def _in_words(what: bytes) -> str:
    number = int.from_bytes(sha256(what), "big")
    words = word_list()
    found = []
    for _ in range(WORDS):
        number, at = divmod(number, len(words))
        found.append(words[at])
    return " ".join(found)


def _same(typed: str, expected: str) -> bool:
    return hmac.compare_digest(fold_words(typed).encode("utf-8", "surrogatepass"), expected.encode())

"""The one way to unlock, for return codes and for log-ins alike.

Argon2id (RFC 9106) over the secret and a salt, then HKDF-SHA256 (RFC 5869), gives a locator, by
which the row is found, and a wrapping key, which opens what the row holds. Neither the secret nor
the log-in name is stored, and the locator does not yield the key.
"""

import os
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.vault.code import normalise_code
from app.vault.context import Purpose, context, utf8
from app.vault.digest import keyed_tag
from app.vault.errors import Damaged
from app.vault.formats import KEY_BYTES
from app.vault.spare_code import fold_spare_code
from app.vault.symmetric import derive_key

_LEAST_SALT_BYTES = 16


@dataclass(frozen=True)
class Argon2Profile:
    """How costly one guess is: memory in KiB, and passes over it."""

    memory_kib: int
    iterations: int


# A code carries 76 random bits, which no search reaches; the cost is a second wall and stays
# small, because families wait for it. A passphrase is typed once a day and is the only thing
# between a copied disk and a member's keys. Changing either locks out everybody.
CODE_PROFILE = Argon2Profile(memory_kib=19 * 1024, iterations=2)
PASSPHRASE_PROFILE = Argon2Profile(memory_kib=64 * 1024, iterations=3)

# With more than one lane the library starts threads of its own and deadlocks when two of our
# threads derive at once.
_LANES = 1

# Argon2id runs without the interpreter lock and each run holds its memory: a flood of log-ins
# waits here in line instead of taking all memory of the machine. It runs in few threads of its
# own, since the C library keeps what a thread gave back for that very thread: with forty of them
# a process held 600 MB after a rush, and these few hold 80.
MOST_AT_ONCE = max(2, os.cpu_count() or 1)
_runners = ThreadPoolExecutor(MOST_AT_ONCE, "argon2id")


@dataclass(frozen=True)
class Unlocked:
    """What a code or passphrase yields: 32 bytes to find the row by, and the 32-byte key to it."""

    locator: bytes
    wrapping_key: bytes = field(repr=False)


def unlock_code(code: str, salt: bytes) -> Unlocked:
    """Derive locator and wrapping key from a return code and the installation's salt.

    Raises: ``MistypedCode`` if it is no code, ``Damaged`` if the salt is under 16 bytes.
    """
    digits = normalise_code(code)
    return _unlock("code", digits, _salt_for(salt, "code"), CODE_PROFILE)


def unlock_passphrase(name: str, passphrase: str, salt: bytes) -> Unlocked:
    """Derive locator and wrapping key from a log-in name, its passphrase, and the salt.

    The name goes into Argon2id's salt, so that two people with one passphrase share nothing and
    nobody can try one guess on all names at once. Both are folded first: see ``fold_words``.

    Raises: ``Damaged`` if the salt is under 16 bytes.
    """
    own_salt = _salt_for(salt, "passphrase", fold_words(name))
    return _unlock("passphrase", fold_words(passphrase), own_salt, PASSPHRASE_PROFILE)


def unlock_spare_code(code: str, account_id: str, salt: bytes) -> Unlocked:
    """Derive the locator of a person's spare code; it stands in for one six-digit password and wraps nothing.

    Raises: ``Damaged`` if the salt is under 16 bytes.
    """
    own_salt = _salt_for(salt, "spare-code", account_id)
    return _unlock("spare-code", fold_spare_code(code), own_salt, CODE_PROFILE)


def fold_words(text: str) -> str:
    """Return names and passphrases in the one form that is derived from.

    NFKC, case folded, NFKC again (folding can undo it), no space around, single spaces between:
    what keyboards, capitals at the start of a sentence and copying change without meaning to.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def _salt_for(salt: bytes, *parts: str) -> bytes:
    if len(salt) < _LEAST_SALT_BYTES:
        raise Damaged("a salt has at least 16 bytes")
    return keyed_tag(salt, context(Purpose.UNLOCK_SALT, *parts))


def _unlock(kind: str, secret: str, salt: bytes, profile: Argon2Profile) -> Unlocked:
    stretching = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=profile.iterations,
        lanes=_LANES,
        memory_cost=profile.memory_kib,
    )
    stretched = _runners.submit(stretching.derive, utf8(secret)).result()
    return Unlocked(
        locator=derive_key(stretched, context(Purpose.LOCATOR, kind)),
        wrapping_key=derive_key(stretched, context(Purpose.WRAPPING_KEY, kind)),
    )

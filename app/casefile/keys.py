"""The keys of a case: one per compartment, an inbox key pair, and the grants that carry them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from secrets import choice
from typing import Any

from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.hybrid import KeyPair, new_private_key, open_with, seal_to
from app.vault.hybrid import public_key as public_half
from app.vault.symmetric import new_key


class Compartment(StrEnum):
    """A part of a case that can be shared, or withheld, by itself."""

    IDENTITY = "identity"
    FACTS = "facts"
    WORDS = "words"
    REPLIES = "replies"
    DESK = "desk"
    PRIVILEGED = "privileged"
    INBOX = "inbox"
    # Drawn when a case is shared: the words as a caseworker redacted them, and what two organisations write about it.
    WORDS_REDACTED = "words_redacted"
    LETTER = "letter"


REPORT = (Compartment.IDENTITY, Compartment.FACTS, Compartment.WORDS)
# The first holder gets everything that its own organisation works with; lawyers have a part of their own besides.
FIRST_GRANT = frozenset({*REPORT, Compartment.REPLIES, Compartment.DESK, Compartment.INBOX})
# Parts of which each holder has a key of its own, so that one case may hold pieces that some holders do not open.
OF_EACH_HOLDER = frozenset({Compartment.DESK, Compartment.PRIVILEGED, Compartment.WORDS_REDACTED, Compartment.LETTER})

# Letters and digits that are not mistaken for one another when read out.
_NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_LENGTH = 8


def new_case_number() -> str:
    """Eight random characters; nothing in them tells when or after which other case."""
    return "".join(choice(_NUMBER_ALPHABET) for _ in range(_NUMBER_LENGTH))


def is_case_number(text: str) -> bool:
    """Whether ``text``, which may come out of an address, could be the number of a case."""
    return len(text) == _NUMBER_LENGTH and set(text) <= set(_NUMBER_ALPHABET)


@dataclass(frozen=True)
class CaseKeys:
    """Keys (32 bytes each) of those compartments that a holder was given.

    For the inbox it is the private half of the pair.
    """

    case_id: str
    keys: Mapping[Compartment, bytes] = field(repr=False)

    def with_key(self, compartment: Compartment, key: bytes) -> "CaseKeys":
        """These keys and one more."""
        return CaseKeys(self.case_id, {**self.keys, compartment: key})

    def with_keys(self, more: Mapping[Compartment, bytes]) -> "CaseKeys":
        """These keys and others, which take the place of those of the same part."""
        return CaseKeys(self.case_id, {**self.keys, **more})

    def share(self, compartments: Collection[Compartment]) -> "CaseKeys":
        """Only the keys of ``compartments``."""
        return CaseKeys(self.case_id, {name: self.keys[name] for name in compartments})


def new_case_keys(case_id: str) -> CaseKeys:
    """Draw every key of a new case; the lawyers' own is drawn by or for lawyers alone."""
    keys = {name: new_key() for name in FIRST_GRANT}
    keys[Compartment.INBOX] = new_private_key()
    return CaseKeys(case_id, keys)


def inbox_public(keys: CaseKeys) -> bytes:
    """The public half of the inbox (1,216 bytes), to which the family's later words are sealed."""
    return public_half(keys.keys[Compartment.INBOX])


@dataclass(frozen=True)
class GrantPlace:
    """What a grant is bound to: the case, the queue with its key's generation, and the consent that it rests on.

    Whoever can write to the database deletes no grant by calling its consent another, and keeps none alive.
    """

    case_id: str
    queue_id: str
    generation: int
    consent: str

    @property
    def context(self) -> bytes:
        """The place as bytes."""
        return context(Purpose.GRANT, self.case_id, self.queue_id, str(self.generation), self.consent)


def seal_grant(keys: CaseKeys, place: GrantPlace, ring_public: bytes) -> bytes:
    """Seal ``keys`` to a queue's public key: one sealing per case and holder."""
    content: dict[str, Any] = {name.value: key for name, key in keys.keys.items()}
    return seal_to(ring_public, pack(content), place.context)


def open_grant(place: GrantPlace, sealed: bytes, ring_private: bytes | KeyPair) -> CaseKeys:
    """Open a grant with the queue's private key.

    Raises: :class:`~app.vault.errors.VaultError` where it was altered, moved, or rests on another consent.
    """
    content = unpack(open_with(ring_private, sealed, place.context))
    return CaseKeys(place.case_id, {Compartment(name): key for name, key in content.items()})

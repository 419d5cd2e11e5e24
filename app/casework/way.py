"""A case's way among people, queues and organisations, and what was redacted for a reader, as they were signed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from app.accounts.members import Member, colleagues
from app.casefile.entries import Entry, open_entry
from app.casefile.items import Kind, SealedItem
from app.casefile.keys import CaseKeys, Compartment
from app.casework.assigning import ASSIGNED
from app.casework.moving import OFFERED
from app.casework.opening import Reading, verify_keys
from app.vault.errors import VaultError

ACCEPTED, REFUSED, ENDED = "accepted", "refused", "ended"
MOVES = frozenset({ASSIGNED, OFFERED, ACCEPTED, REFUSED, ENDED})


@dataclass(frozen=True)
class Redacted:
    """A family's words without names; ``verified`` says that the signature is of whoever made them."""

    text: str = field(repr=False)
    verified: bool


@dataclass(frozen=True)
class Move:
    """A step of a case's way among people, queues and organisations, as it was signed."""

    at: datetime
    what: str
    author: str
    to: str
    way: str
    scope: str
    reason: str = field(repr=False)
    verified: bool


def moves(session: Session, member: Member, reading: Reading) -> tuple[Move, ...]:
    """Every step that the reader's keys open, oldest first: those of their own desk, and the letters about the case."""
    entries, letters = _entries(reading)
    found = [entry for entry in (*entries, *letters) if entry.what in MOVES]
    # The offer stands at the desk and in the letter; one of them is enough.
    own = {(entry.what, entry.at) for entry in entries}
    found = [entry for entry in found if entry.compartment == Compartment.DESK or (entry.what, entry.at) not in own]
    authors = {entry.author for entry in found}
    people = colleagues(session, member, authors | {str(entry.body.get("to", "")) for entry in found})
    signers = verify_keys(session, authors)
    return tuple(_move(entry, people.get, signers) for entry in sorted(found, key=lambda entry: (entry.at, entry.id)))


def redacted_words(session: Session, reading: Reading) -> tuple[Redacted, ...]:
    """The words as a caseworker redacted them for this reader, where that is what was shared."""
    keys = reading.opened.keys
    opened = [_open(keys, item, Compartment.WORDS_REDACTED) for item in reading.items]
    found = [entry for entry in opened if entry is not None]
    signers = verify_keys(session, [entry.author for entry in found])
    return tuple(Redacted(str(entry.body["text"]), entry.holds(signers[entry.author])) for entry in found)


def _move(entry: Entry, name: Callable[[str, str], str], signers: Mapping[str, tuple[bytes, ...]]) -> Move:
    to = str(entry.body.get("to", ""))
    return Move(
        at=entry.at,
        what=entry.what,
        author=name(entry.author, entry.organisation),
        to=name(to, to),
        way=str(entry.body.get("way", "")),
        scope=str(entry.body.get("scope", "")),
        reason=str(entry.body.get("reason", "")),
        verified=entry.holds(signers.get(entry.author, ())),
    )


def _entries(reading: Reading) -> tuple[list[Entry], list[Entry]]:
    """The entries of the desk, and the letters that any of the letters' keys opens."""
    keys = reading.opened.keys
    entries = [entry for item in reading.items if (entry := _open(keys, item, Compartment.DESK)) is not None]
    held = [entry.body["letter"] for entry in entries if "letter" in entry.body]
    if Compartment.LETTER in keys.keys:
        held.append(keys.keys[Compartment.LETTER])
    openers = [CaseKeys(keys.case_id, {Compartment.LETTER: key}) for key in held]
    letters = [
        entry
        for item in (*reading.items, *reading.letters)
        for opener in openers
        if (entry := _open(opener, item, Compartment.LETTER)) is not None
    ]
    return entries, list({entry.id: entry for entry in letters}.values())


def _open(keys: CaseKeys, item: SealedItem, compartment: Compartment) -> Entry | None:
    if item.compartment != compartment or item.kind != Kind.ENTRY or compartment not in keys.keys:
        return None
    try:
        return open_entry(keys, item)
    except VaultError:
        # Another holder's, who has a key of their own for this part.
        return None

"""The desk's book of a case: every entry that the member's keys open, oldest first, with who wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from app.accounts.members import Member, colleagues
from app.casefile.cases import add_item, items_of, move_case
from app.casefile.entries import Author, Entry, open_entry, seal_entry
from app.casefile.items import Kind, SealedItem
from app.casefile.keys import Compartment
from app.casefile.tables import Reminder
from app.casework.errors import NotAllowedNow
from app.casework.opening import OpenCase, verify_keys
from app.vault.errors import VaultError


@dataclass(frozen=True)
class Written:
    """An entry with its author's name; ``verified`` says that the signature is the author's."""

    entry: Entry = field(repr=False)
    author: str
    mine: bool
    verified: bool

    @property
    def id(self) -> str:
        """The entry's own id."""
        return self.entry.id

    @property
    def at(self) -> datetime:
        """When it was written."""
        return self.entry.at

    @property
    def body(self) -> Mapping[str, Any]:
        """What it says."""
        return self.entry.body


@dataclass(frozen=True)
class Book:
    """The entries of one part of a case; ``foreign`` is how many there are that these keys do not open."""

    entries: tuple[Written, ...] = field(repr=False)
    foreign: int = 0

    def of(self, *whats: str) -> tuple[Written, ...]:
        """The entries of these kinds, oldest first."""
        return tuple(written for written in self.entries if written.entry.what in whats)

    def newest(self, what: str) -> Written | None:
        """The newest entry of a kind that its author signed: the one that no other follows."""
        signed = [written for written in self.of(what) if written.verified]
        followed = {written.body.get("follows") for written in signed}
        return next((written for written in reversed(signed) if written.id not in followed), None)

    def find(self, entry_id: str, what: str) -> Written:
        """The entry of a kind by its id.

        Raises: :class:`NotAllowedNow` where there is none, or where it was altered.
        """
        for written in self.of(what):
            if written.id == entry_id and written.verified:
                return written
        raise NotAllowedNow("no_such_entry")


def read_book(session: Session, member: Member, opened: OpenCase, compartment: Compartment = Compartment.DESK) -> Book:
    """Open every entry of a part of a case; nothing where the grant does not carry its key."""
    if compartment not in opened.keys.keys:
        return Book(())
    items = [item for item in items_of(session, opened.row.id, compartment) if item.kind == Kind.ENTRY]
    return _book(session, member, opened, items)


def author_of(member: Member) -> Author:
    """The member as the author of an entry."""
    return Author(member.account_id, member.organisation, member.signing_key)


def sealed_entry(
    member: Member, opened: OpenCase, what: str, body: Mapping[str, Any], now: datetime, entry_id: str | None = None
) -> SealedItem:
    """An entry for the desk, signed and sealed, ready to be stored.

    Raises: :class:`NotAllowedNow` where the member's grant has no part for the desk.
    """
    needs_desk(opened)
    return seal_entry(opened.keys, Compartment.DESK, author_of(member), what, body, now, entry_id)


def needs_desk(opened: OpenCase) -> None:
    """Refuse whoever was shared a case without a part for their own desk.

    Raises: :class:`NotAllowedNow`.
    """
    if Compartment.DESK not in opened.keys.keys:
        raise NotAllowedNow("no_desk")


def store_entries(
    session: Session, opened: OpenCase, *items: SealedItem, remind: date | None = None, **values: Any
) -> None:
    """Write entries, unless somebody else wrote to the case since it was read in this very request.

    ``remind`` is the day of which the first of them reminds; ``values`` are what changes in the case's row.

    Raises: :class:`ChangedMeanwhile`.
    """
    move_case(session, opened.row.id, opened.row.version, **values)
    for item in items:
        add_item(session, item)
    if remind is not None:
        session.execute(insert(Reminder), [{"case_id": opened.row.id, "id": items[0].id, "day": remind}])


def _book(session: Session, member: Member, opened: OpenCase, items: list[SealedItem]) -> Book:
    entries, foreign = [], 0
    for item in items:
        try:
            entries.append(open_entry(opened.keys, item))
        except VaultError:
            # Another organisation that shares the case has a key of its own for this part.
            foreign += 1
    authors = {entry.author for entry in entries}
    names, keys = colleagues(session, member, authors), verify_keys(session, authors)
    ordered = sorted(entries, key=lambda entry: (entry.at, entry.id))
    return Book(
        tuple(
            Written(
                entry,
                names.get(entry.author, entry.organisation),
                entry.author == member.account_id,
                entry.holds(keys[entry.author]),
            )
            for entry in ordered
        ),
        foreign,
    )

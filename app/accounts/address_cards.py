"""The address book of an organisation: lawyers, hotlines, offices; sealed under its directory key.

A card that is changed keeps what stood there before, with who wrote it and when, inside its own sealing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlmodel import Session, col

from app.accounts.directory_held import hold_directory
from app.accounts.errors import CardChanged, CardGone
from app.accounts.members import Member
from app.accounts.people import new_id
from app.accounts.tables import AddressCard
from app.alphabet import by_name
from app.storage.conflicts import changed_rows
from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.digest import sha256
from app.vault.errors import VaultError
from app.vault.symmetric import open_sealed, seal

FIELDS = ("name", "kind", "place", "reach", "note")
KINDS = ("lawyer", "hotline", "office", "organisation")
LONGEST = {"name": 200, "kind": 20, "place": 200, "reach": 500, "note": 2_000}
# Older states of a card than these are forgotten.
MOST_BEFORE = 20


@dataclass(frozen=True)
class Said:
    """What a card said, whose account wrote it, and when (neither is known of the oldest cards)."""

    name: str
    kind: str
    place: str
    reach: str
    note: str
    languages: tuple[str, ...]
    by: str
    at: datetime | None


@dataclass(frozen=True)
class Card:
    """Whom one can turn to, and how; ``state`` tells this state of the card from every other."""

    id: str
    state: str
    said: Said
    before: tuple[Said, ...] = field(repr=False)


def cards(session: Session, member: Member) -> tuple[Card, ...]:
    """Every card of the member's organisation, by kind and name."""
    own = col(AddressCard.organisation_id) == member.organisation_id
    rows = session.execute(select(col(AddressCard.id), col(AddressCard.sealed)).where(own))
    found = []
    for card_id, sealed in rows:
        try:
            found.append(_card(card_id, _open(member, card_id, sealed)))
        except VaultError:
            # Kept by somebody while the key was changed, or put there with the database alone: no book ends for it.
            continue
    return tuple(sorted(found, key=lambda card: (card.said.kind, by_name(card.said.name), card.id)))


def one_card(session: Session, member: Member, card_id: str) -> Card:
    """One card of the member's organisation.

    Raises: :class:`CardGone`.
    """
    return _card(card_id, _open(member, card_id, _sealed(session, member, card_id)))


def keep_card(
    session: Session, member: Member, content: Mapping[str, str], now: datetime, languages: Sequence[str] = ()
) -> None:
    """Keep a new card.

    Raises: :class:`~app.accounts.errors.StatedMeanwhile` where the book stands under another key by now.
    """
    place = new_id()
    sealed = _seal(member, place, _content(member, content, now, languages, []))
    hold_directory(session, member)
    session.execute(insert(AddressCard), [{"organisation_id": member.organisation_id, "id": place, "sealed": sealed}])


def change_card(
    session: Session,
    member: Member,
    card_id: str,
    state: str,
    content: Mapping[str, str],
    now: datetime,
    languages: Sequence[str] = (),
) -> None:
    """Change a card that stood as ``state`` when it was shown.

    Raises: :class:`CardGone`; :class:`CardChanged` where somebody was faster.
    """
    stands = _sealed(session, member, card_id)
    kept = _open(member, card_id, stands)
    if _state(kept) != state:
        raise CardChanged
    last = {name: value for name, value in kept.items() if name != "before"}
    before = [*kept.get("before", []), last][-MOST_BEFORE:]
    sealed = _seal(member, card_id, _content(member, content, now, languages, before))
    # By the very bytes, so that of two who change it at one moment the second is told.
    changed = update(AddressCard).where(*_is(member, card_id), col(AddressCard.sealed) == stands)
    if not changed_rows(session.execute(changed.values(sealed=sealed))):
        raise CardChanged


def remove_card(session: Session, member: Member, card_id: str) -> None:
    """Take a card out of the book."""
    session.execute(delete(AddressCard).where(*_is(member, card_id)))


def card_place(organisation_id: str, card_id: str) -> bytes:
    """Where a card is sealed to."""
    return context(Purpose.ADDRESS_CARD, organisation_id, card_id)


def _content(
    member: Member, content: Mapping[str, str], now: datetime, languages: Sequence[str], before: Sequence[Any]
) -> dict[str, Any]:
    said = {name: content.get(name, "").strip()[: LONGEST[name]] for name in FIELDS}
    spoken = sorted(set(languages))
    return {**said, "languages": spoken, "by": member.account_id, "at": now.isoformat(), "before": list(before)}


def _card(card_id: str, content: Mapping[str, Any]) -> Card:
    before = tuple(_said(each) for each in reversed(content.get("before", [])))
    return Card(card_id, _state(content), _said(content), before)


def _said(content: Mapping[str, Any]) -> Said:
    at = content.get("at")
    return Said(
        **{name: content[name] for name in FIELDS},
        languages=tuple(content.get("languages", ())),
        by=content.get("by", ""),
        at=datetime.fromisoformat(at) if at else None,
    )


def _state(content: Mapping[str, Any]) -> str:
    return sha256(pack(content)).hex()[:32]


def _is(member: Member, card_id: str) -> tuple[ColumnElement[bool], ...]:
    return col(AddressCard.organisation_id) == member.organisation_id, col(AddressCard.id) == card_id


def _sealed(session: Session, member: Member, card_id: str) -> bytes:
    sealed: bytes | None = session.execute(select(col(AddressCard.sealed)).where(*_is(member, card_id))).scalar()
    if sealed is None:
        raise CardGone
    return sealed


def _seal(member: Member, card_id: str, content: Mapping[str, Any]) -> bytes:
    return seal(member.directory_key, pack(content), card_place(member.organisation_id, card_id))


def _open(member: Member, card_id: str, sealed: bytes) -> dict[str, Any]:
    return unpack(open_sealed(member.directory_key, sealed, card_place(member.organisation_id, card_id)))

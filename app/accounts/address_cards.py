"""The address book of an organisation: lawyers, hotlines, offices; sealed under its directory key."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlmodel import Session, col

from app.accounts.members import Member
from app.accounts.people import new_id
from app.accounts.tables import AddressCard
from app.storage.conflicts import changed_rows
from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.symmetric import open_sealed, seal

FIELDS = ("name", "kind", "place", "reach", "note")
KINDS = ("lawyer", "hotline", "office", "organisation")
LONGEST = {"name": 200, "kind": 20, "place": 200, "reach": 500, "note": 2_000}


@dataclass(frozen=True)
class Card:
    """Whom one can turn to, and how."""

    id: str
    name: str
    kind: str
    place: str
    reach: str
    note: str


def cards(session: Session, member: Member) -> tuple[Card, ...]:
    """Every card of the member's organisation, by kind and name."""
    own = col(AddressCard.organisation_id) == member.organisation_id
    rows = session.execute(select(col(AddressCard.id), col(AddressCard.sealed)).where(own))
    found = []
    for card_id, sealed in rows:
        try:
            found.append(Card(card_id, **_open(member, card_id, sealed)))
        except VaultError:
            # Kept by somebody while the key was changed, or put there with the database alone: no book ends for it.
            continue
    return tuple(sorted(found, key=lambda card: (card.kind, card.name.casefold(), card.id)))


def keep_card(session: Session, member: Member, content: Mapping[str, str], card_id: str = "") -> bool:
    """Keep a card, a new one without ``card_id``; False where that one is gone by now."""
    kept = {name: content.get(name, "").strip()[: LONGEST[name]] for name in FIELDS}
    place = card_id or new_id()
    sealed = seal(member.directory_key, pack(kept), card_place(member.organisation_id, place))
    if not card_id:
        session.execute(
            insert(AddressCard), [{"organisation_id": member.organisation_id, "id": place, "sealed": sealed}]
        )
        return True
    changed = update(AddressCard).where(*_is(member, card_id)).values(sealed=sealed)
    return changed_rows(session.execute(changed)) > 0


def remove_card(session: Session, member: Member, card_id: str) -> None:
    """Take a card out of the book."""
    session.execute(delete(AddressCard).where(*_is(member, card_id)))


def card_place(organisation_id: str, card_id: str) -> bytes:
    """Where a card is sealed to."""
    return context(Purpose.ADDRESS_CARD, organisation_id, card_id)


def _is(member: Member, card_id: str) -> tuple[ColumnElement[bool], ...]:
    return col(AddressCard.organisation_id) == member.organisation_id, col(AddressCard.id) == card_id


def _open(member: Member, card_id: str, sealed: bytes) -> dict[str, str]:
    return unpack(open_sealed(member.directory_key, sealed, card_place(member.organisation_id, card_id)))

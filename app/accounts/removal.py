"""Removing a person at once: sessions end, sealed copies go, and no statement names them any more.

An administrator does all of it that needs no queue's key. What does is a new generation for each ring that the person
held. Until one of its leads has made it, nothing is sealed to such a queue, and triage takes its reports; where it is
triage's own, families are asked to come back later. Only the record goes on under the key that the person knew, because
nobody could work otherwise; it waits for another auditor.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from secrets import token_bytes

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.accounts.address_cards import card_place
from app.accounts.directory import name_place, sealed_directory_share
from app.accounts.errors import MayNotState, StatedMeanwhile
from app.accounts.members import Member
from app.accounts.names_copy import keep_names, recovery_for_names, seal_names
from app.accounts.permissions import Role
from app.accounts.record import put_on_record
from app.accounts.tables import (
    Account,
    AddressCard,
    DirectoryShare,
    Invitation,
    Membership,
    Newcomer,
    RecoveredKey,
    RecoveryCopy,
    RingShare,
    SessionRow,
    SpareCode,
)
from app.accounts.vouching import Vouched, vouched
from app.accounts.vouching_statements import Statement
from app.accounts.vouching_states import Left, OrganisationState
from app.accounts.vouching_stating import administered, sign_organisation, write_statement
from app.storage.conflicts import changed_rows
from app.vault.context import Purpose, context
from app.vault.digest import sha256
from app.vault.errors import VaultError
from app.vault.symmetric import new_key, open_sealed, seal


@dataclass(frozen=True)
class NewDirectory:
    """An organisation's names and its address book under a new key: computed, and not yet written."""

    organisation_id: str
    names: Mapping[str, tuple[bytes, bytes]]
    meant: Mapping[str, tuple[bytes, bytes]]
    cards: Mapping[str, tuple[bytes, bytes]]
    links: Mapping[bytes, bytes]
    shares: tuple[DirectoryShare, ...]
    # For trustees, where there is a recovery key.
    copy: RecoveryCopy | None
    # The key of before.
    older: bytes = field(repr=False)


def remove_person(session: Session, by: Member, account_id: str, now: datetime) -> tuple[str, ...]:
    """Remove ``account_id``; return the rings that wait for a new generation by one of their leads.

    Raises: :class:`MayNotState` where ``by`` administers no organisation that appointed them, and for oneself, so that
    an administrator always stays; :class:`StatedMeanwhile` where somebody else changed the organisation at this moment.
    """
    known, organisation_id, state = _home(session, by, account_id)
    following = _without(known, state, account_id)
    statements = [sign_organisation(known, organisation_id, following, by)]
    statements += without_as_steward(session, known, by, account_id)
    # Only who reads the names can put them under a new key; a lead of the organisation does it otherwise.
    directory = None
    if by.organisation_id == organisation_id:
        directory = new_directory(session, by, following)
    put_on_record(session, by, "removed", now, account=account_id)
    for statement in statements:
        write_statement(session, statement)
    # First, as everything stands as it was read; their own share goes with all others, or after it.
    if directory is not None:
        write_directory(session, directory)
    # The row stays for the name under what they wrote. Nothing finds it and nothing in it opens.
    gone = {"locator": token_bytes(32), "bundle": b"", "roles": ""}
    session.execute(update(Account).where(col(Account.id) == account_id).values(gone))
    for table in (SessionRow, RingShare, DirectoryShare, Membership, SpareCode, Newcomer, RecoveredKey):
        session.execute(delete(table).where(col(table.account_id) == account_id))
    return waiting_rings(known, account_id)


def waiting_rings(known: Vouched, account_id: str) -> tuple[str, ...]:
    """The rings whose newest key somebody holds."""
    return tuple(sorted(ring for ring, state in known.rings.items() if account_id in state.holders))


def administers_still(session: Session, account_id: str) -> tuple[str, ...]:
    """The names of organisations that somebody administers from elsewhere, and does not at home any more.

    Only who administers such an organisation, or the root, takes the name out.
    """
    known = vouched(session)
    return tuple(
        state.name
        for state in known.organisations.values()
        if account_id in state.stewards and not administers_at_home(known, account_id)
    )


def administers_at_home(known: Vouched, account_id: str) -> bool:
    """Whether somebody is an administrator of the organisation that they are of."""
    home = known.organisations.get(known.organisation_of(account_id) or "")
    return home is not None and Role.ADMINISTRATOR in home.people[account_id].roles


def new_directory(session: Session, by: Member, state: OrganisationState) -> NewDirectory:
    """Put what the organisation of ``by`` keeps for itself under a new key for all appointed in ``state``: no write.

    Raises: :class:`StatedMeanwhile` where somebody else did so since ``by`` was given the key.
    """
    key, organisation_id = new_key(), by.organisation_id
    columns = col(Account.id), col(Account.name_sealed), col(Account.public_key)
    rows = session.execute(select(*columns).where(col(Account.organisation_id) == organisation_id)).all()
    names, meant, shares = {}, {}, []
    for account_id, sealed, public_key in rows:
        if (name := _sealed_anew(by, key, sealed, name_place(organisation_id, account_id))) is not None:
            names[account_id] = sealed, name
        person = state.people.get(account_id)
        if person is not None and person.keys.sealing == sha256(public_key):
            shares.append(sealed_directory_share(organisation_id, key, account_id, public_key))
    if by.account_id not in names:
        # What they have opens nothing any more: nobody would ever read the names that stand under the key of now.
        raise StatedMeanwhile
    for account_id, sealed in session.execute(select(col(Newcomer.account_id), col(Newcomer.sealed))):
        if (wish := _sealed_anew(by, key, sealed, context(Purpose.NEWCOMER, account_id))) is not None:
            meant[account_id] = sealed, wish
    # A link carries a name under the older key, and may have been given out by whoever leaves: it ends.
    links = {
        locator: noted
        for locator, noted in session.execute(select(col(Invitation.locator), col(Invitation.noted)))
        if _sealed_anew(by, key, noted, context(Purpose.INVITATION_NOTE, locator)) is not None
    }
    cards = _cards_anew(session, by, key)
    recovery = recovery_for_names(session, organisation_id)
    copy = None if recovery is None else seal_names(organisation_id, key, recovery)
    return NewDirectory(organisation_id, names, meant, cards, links, tuple(shares), copy, by.directory_key)


def write_directory(session: Session, directory: NewDirectory) -> None:
    """Write names, cards and shares.

    Raises: :class:`StatedMeanwhile` where a name, a card, a wish or a link was changed, or kept, after they were read.
    """
    mine = col(DirectoryShare.organisation_id) == directory.organisation_id
    # Whoever keeps something under the older key has their own share: they are waited for, or find another.
    session.execute(update(DirectoryShare).where(mine).values(sealed=col(DirectoryShare.sealed)))
    if _holds_unread(session, directory):
        raise StatedMeanwhile
    for account_id, (before, after) in directory.names.items():
        unchanged = col(Account.id) == account_id, col(Account.name_sealed) == before
        if not changed_rows(session.execute(update(Account).where(*unchanged).values(name_sealed=after))):
            raise StatedMeanwhile
    own = col(AddressCard.organisation_id) == directory.organisation_id
    for card_id, (before, after) in directory.cards.items():
        untouched = own, col(AddressCard.id) == card_id, col(AddressCard.sealed) == before
        if not changed_rows(session.execute(update(AddressCard).where(*untouched).values(sealed=after))):
            raise StatedMeanwhile
    for account_id, (before, after) in directory.meant.items():
        same = col(Newcomer.account_id) == account_id, col(Newcomer.sealed) == before
        if not changed_rows(session.execute(update(Newcomer).where(*same).values(sealed=after))):
            raise StatedMeanwhile
    links = delete(Invitation).where(col(Invitation.locator).in_(directory.links))
    # Of one that is gone somebody made an account meanwhile, perhaps not committed when all was looked at.
    if changed_rows(session.execute(links)) != len(directory.links):
        raise StatedMeanwhile
    session.execute(delete(DirectoryShare).where(mine))
    session.add_all(directory.shares)
    keep_names(session, directory.organisation_id, directory.copy)


def _holds_unread(session: Session, directory: NewDirectory) -> bool:
    """Whether something stands under the older key that was not read: nobody would ever read it again."""
    anew = (*directory.names.values(), *directory.meant.values(), *directory.cards.values())
    read = {*directory.links.values(), *(before for before, _after in anew)}
    unread = [(sealed, place) for sealed, place in _sealed(session, directory.organisation_id) if sealed not in read]
    return any(_opens(directory.older, sealed, place) for sealed, place in unread)


def _sealed(session: Session, organisation_id: str) -> Iterator[tuple[bytes, bytes]]:
    """Whatever may stand under the key of an organisation, with its place."""
    own = select(col(Account.id), col(Account.name_sealed)).where(col(Account.organisation_id) == organisation_id)
    for account_id, sealed in session.execute(own):
        yield sealed, name_place(organisation_id, account_id)
    for account_id, sealed in session.execute(select(col(Newcomer.account_id), col(Newcomer.sealed))):
        yield sealed, context(Purpose.NEWCOMER, account_id)
    of_book = col(AddressCard.organisation_id) == organisation_id
    for card_id, sealed in session.execute(select(col(AddressCard.id), col(AddressCard.sealed)).where(of_book)):
        yield sealed, card_place(organisation_id, card_id)
    for locator, sealed in session.execute(select(col(Invitation.locator), col(Invitation.noted))):
        yield sealed, context(Purpose.INVITATION_NOTE, locator)


def _opens(key: bytes, sealed: bytes, place: bytes) -> bool:
    try:
        open_sealed(key, sealed, place)
    except VaultError:
        return False
    return True


def _cards_anew(session: Session, by: Member, key: bytes) -> dict[str, tuple[bytes, bytes]]:
    own = col(AddressCard.organisation_id) == by.organisation_id
    rows = session.execute(select(col(AddressCard.id), col(AddressCard.sealed)).where(own))
    return {
        card_id: (sealed, anew)
        for card_id, sealed in rows
        if (anew := _sealed_anew(by, key, sealed, card_place(by.organisation_id, card_id))) is not None
    }


def _sealed_anew(by: Member, key: bytes, sealed: bytes, place: bytes) -> bytes | None:
    try:
        return seal(key, open_sealed(by.directory_key, sealed, place), place)
    except VaultError:
        # Another organisation's, or what nobody could read: it stays as it is, and keeps nobody from being removed.
        return None


def _home(session: Session, by: Member, account_id: str) -> tuple[Vouched, str, OrganisationState]:
    organisation_id = vouched(session).organisation_of(account_id)
    if organisation_id is None or account_id == by.account_id:
        raise MayNotState
    known, state = administered(session, by, organisation_id)
    return known, organisation_id, state


def without_people(known: Vouched, state: OrganisationState) -> OrganisationState:
    """The organisation without anybody, stewards included; what they signed stays, what they would sign does not."""
    at = known.reached(state)
    left = {who: Left(state.signing_keys(who), at, each.until, each.turns) for who, each in state.people.items()}
    return replace(state, people={}, stewards={}, left={**state.left, **left})


def _without(known: Vouched, state: OrganisationState, account_id: str) -> OrganisationState:
    """The organisation without somebody; what they would still sign for any ring counts for nothing."""
    person = state.people[account_id]
    left = Left(state.signing_keys(account_id), known.reached(state), person.until, person.turns)
    return replace(
        state,
        people={other: person for other, person in state.people.items() if other != account_id},
        stewards={other: key for other, key in state.stewards.items() if other != account_id},
        left={**state.left, account_id: left},
    )


def without_as_steward(session: Session, known: Vouched, by: Member, account_id: str) -> list[Statement]:
    """Take somebody out of every organisation for which they stand in and ``by`` may sign."""
    found = []
    for organisation_id, state in known.organisations.items():
        if account_id in state.stewards and account_id not in state.people:
            try:
                administered(session, by, organisation_id)
            except MayNotState:
                continue
            stewards = {other: key for other, key in state.stewards.items() if other != account_id}
            found.append(sign_organisation(known, organisation_id, replace(state, stewards=stewards), by))
    return found

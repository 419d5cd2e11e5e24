"""An organisation that leaves: first it is closed to what is new, and ended when nothing of a family's is there.

The root signs both, from paper, as it signed the organisation in: whoever leaves may be gone already, and no
administrator alone shuts out another organisation. Between the two its people work on and pass their cases on. After
the end nobody speaks for it any more, not even the root; what its people signed can still be checked.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_bytes

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from app.accounts.errors import NoSuchPerson, StatedMeanwhile
from app.accounts.installation import about
from app.accounts.members import Member
from app.accounts.partners import read_root, stewards_of
from app.accounts.record import put_on_record
from app.accounts.removal import without_people
from app.accounts.rings import QUEUE
from app.accounts.tables import (
    Account,
    AddressCard,
    DirectoryShare,
    Membership,
    Newcomer,
    RecoveredKey,
    RecoveryCopy,
    RingLink,
    RingShare,
    Roster,
    SessionRow,
    SpareCode,
)
from app.accounts.vouching import vouched
from app.accounts.vouching_statements import ROOT
from app.accounts.vouching_states import OrganisationState, organisation_chain
from app.accounts.vouching_stating import sign_next_as, write_statement

# What was being sent when it was closed has arrived by then, and is seen where it stands.
CLOSED_FOR_AT_LEAST = timedelta(minutes=15)


def organisation_that_may_leave(session: Session, member: Member, organisation_id: str) -> OrganisationState:
    """An organisation as it was signed, if the member may have it leave and it has not ended.

    Raises: :class:`MayNotState` for whoever administers another organisation than the receiving one;
    :class:`NoSuchPerson` where there is none, it ended, or it is the receiving one, without which there is nothing.
    """
    stewards_of(session, member)
    state = vouched(session).organisations.get(organisation_id)
    if state is None or state.ended or organisation_id == about(session).receiving_id:
        raise NoSuchPerson
    return state


def queues_of(state: OrganisationState) -> tuple[str, ...]:
    """The queues of an organisation."""
    return tuple(sorted(ring.removeprefix(QUEUE) for ring in state.rings if ring.startswith(QUEUE)))


def may_end(state: OrganisationState, now: datetime) -> bool:
    """Whether an organisation was closed to what is new long enough ago."""
    return bool(state.leaving) and datetime.fromisoformat(state.leaving) + CLOSED_FOR_AT_LEAST <= now


def begin_to_leave(session: Session, member: Member, organisation_id: str, root_typed: str, now: datetime) -> None:
    """Close an organisation to what is new: no report, share or transfer reaches it; its people work on.

    Raises: as :func:`organisation_that_may_leave`, :class:`~app.accounts.errors.RefusedPerson` for another key than the
    root's, :class:`StatedMeanwhile` where it leaves already.
    """
    state = organisation_that_may_leave(session, member, organisation_id)
    if state.leaving:
        raise StatedMeanwhile
    root = read_root(session, root_typed)
    following = replace(state, leaving=now.isoformat())
    statement = sign_next_as(vouched(session), organisation_chain(organisation_id), following, ROOT, root)
    put_on_record(session, member, "organisation_leaves", now, organisation=organisation_id)
    write_statement(session, statement)


def end_organisation(
    session: Session, member: Member, organisation_id: str, root_typed: str, now: datetime, deleted: int
) -> None:
    """End an organisation: its people are out at once, and every key that they or recovery hold is gone for good.

    What stands in its queues is looked at, and deleted (about so many cases), by who calls this, in the same
    transaction.

    Raises: as :func:`begin_to_leave`, and :class:`StatedMeanwhile` before it was closed for its time.
    """
    state = organisation_that_may_leave(session, member, organisation_id)
    if not may_end(state, now):
        raise StatedMeanwhile
    root, known = read_root(session, root_typed), vouched(session)
    following = replace(without_people(known, state), ended=now.isoformat())
    statement = sign_next_as(known, organisation_chain(organisation_id), following, ROOT, root)
    put_on_record(session, member, "organisation_ended", now, organisation=organisation_id, cases=str(deleted))
    write_statement(session, statement)
    _delete_keys(session, organisation_id, state)


def _delete_keys(session: Session, organisation_id: str, state: OrganisationState) -> None:
    people = session.scalars(select(Account.id).where(col(Account.organisation_id) == organisation_id)).all()
    for table in (SessionRow, RingShare, DirectoryShare, Membership, SpareCode, Newcomer, RecoveredKey):
        session.execute(delete(table).where(col(table.account_id).in_(people)))
    for account_id in people:
        # The row stays for what they signed. Nothing finds it and nothing in it opens.
        gone = {"locator": token_bytes(32), "bundle": b"", "name_sealed": b"", "roles": ""}
        session.execute(update(Account).where(col(Account.id) == account_id).values(gone))
    # Of the public keys the newest and all before stay: what was sealed to them is gone with the private ones.
    for keys in (RingShare, RingLink):
        session.execute(delete(keys).where(col(keys.ring).in_(state.rings)))
    for kept in (RecoveryCopy, AddressCard, DirectoryShare):
        session.execute(delete(kept).where(col(kept.organisation_id) == organisation_id))
    session.execute(delete(Roster).where(col(Roster.queue_id).in_(queues_of(state))))

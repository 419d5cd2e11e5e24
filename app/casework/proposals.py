"""What takes two people: proposed by one, agreed to by another of the same organisation, over the same bytes.

Both sign the digest of what is proposed, with the case and its version. The signatures stand sealed in the case, and
on the record, where they outlive it: an auditor checks them against the digest, and learns nothing of the case.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.accounts.vouching import vouched
from app.accounts.vouching_states import organisation_chain
from app.casefile.cases import add_item
from app.casefile.entries import seal_entry
from app.casefile.errors import ChangedMeanwhile
from app.casefile.items import SealedItem, new_item_id
from app.casefile.keys import Compartment
from app.casefile.tables import Case
from app.casefile.tables import Proposal as ProposalRow
from app.casework.book import Book, author_of, needs_desk, read_book
from app.casework.errors import NotAllowedNow
from app.casework.opening import OpenCase, open_keys
from app.casework.proposed import ANSWER, PROPOSAL, Proposal, State, Takes, place, read_proposals
from app.storage.columns import day_of
from app.storage.conflicts import changed_rows
from app.storage.packing import pack
from app.vault.digest import sha256
from app.vault.signing import sign

OPEN_FOR = timedelta(days=14)
LONGEST_REASON = 2_000


# Of these the second person must have seen the case as the first one did, and both answer for it.
OF_ONE_VERSION = frozenset({Takes.CLOSE, Takes.DISCLOSE, Takes.DELETE})
# What ends a case ends it only after everything was read that the family wrote.
ENDING = frozenset({Takes.CLOSE, Takes.DELETE})


def propose(
    session: Session,
    member: Member,
    opened: OpenCase,
    kind: Takes,
    body: Mapping[str, Any],
    now: datetime,
    *more: SealedItem,
) -> str:
    """Ask a colleague for the second signature; ``more`` entries are stored with it. Gives the proposal's id.

    Raises: :class:`NotAllowedNow`, :class:`~app.casefile.errors.ChangedMeanwhile`.
    """
    needs_desk(opened)
    case_id, proposal_id = opened.row.id, new_item_id()
    said = {
        "case": case_id,
        "id": proposal_id,
        "kind": kind.value,
        "body": dict(body),
        "version": opened.row.version,
        "at": now.isoformat(),
        # A key of the second person that was over by then agrees to nothing, whoever has it.
        "stands": vouched(session).numbers[organisation_chain(member.organisation_id)],
        # Without it the digest on the record could be tried out against the few outcomes that there are.
        "salt": token_bytes(16),
    }
    digest = sha256(pack(said))
    signature = sign(member.signing_key, digest, place(case_id, proposal_id))
    content = {"said": said, "signature": signature}
    item = seal_entry(opened.keys, Compartment.DESK, author_of(member), PROPOSAL, content, now, proposal_id)
    row = {"case_id": case_id, "id": proposal_id, "proposed_by": member.account_id, "agreed_by": None}
    # Whoever keeps something beside it must be told if another did so at the same moment.
    _hold_version(session, opened, **({"unread": col(Case.unread)} if more else {}))
    for each in (*more, item):
        add_item(session, each)
    session.execute(insert(ProposalRow), [row | {"state": State.OPEN.value, "ends": day_of(now + OPEN_FOR)}])
    traces = {"proposal": proposal_id, "digest": digest.hex(), "signature": signature.hex()}
    put_on_record(session, member, "proposed", now, case=case_id, takes=kind.value, **traces)
    return proposal_id


def open_proposal(
    session: Session, member: Member, case_id: str, proposal_id: str, now: datetime
) -> tuple[OpenCase, Proposal]:
    """A proposal that still waits, and its case.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`NotAllowedNow`.
    """
    opened = open_keys(session, member, case_id)
    needs_desk(opened)
    proposals = read_proposals(session, read_book(session, member, opened), case_id, now)
    found = next((proposal for proposal in proposals if proposal.id == proposal_id), None)
    if found is None or found.state is not State.OPEN:
        raise NotAllowedNow("not_open")
    if not found.verified:
        raise NotAllowedNow("not_verified")
    return opened, found


def agree(
    session: Session,
    member: Member,
    opened: OpenCase,
    found: Proposal,
    now: datetime,
    *more: tuple[OpenCase, SealedItem],
    **values: Any,
) -> None:
    """Give the second signature; ``values`` are what changes in the case's row by it, ``more`` is kept besides.

    Raises: :class:`NotAllowedNow` for the same person, a guest, another organisation or another version,
    and for an end of the case where something of the family is unread;
    :class:`~app.casefile.errors.ChangedMeanwhile`.
    """
    if found.mine:
        raise NotAllowedNow("same_person")
    if not found.by_newest_key:
        # Whoever stole the older one may have signed it.
        raise NotAllowedNow("older_key")
    if found.kind in OF_ONE_VERSION and opened.standing is not None:
        # A queue that is only asked for help ends nothing, and gives nothing on.
        raise NotAllowedNow("not_yours")
    if found.kind in OF_ONE_VERSION and found.version != opened.row.version:
        raise NotAllowedNow("another_version")
    row = session.get(ProposalRow, (opened.row.id, found.id), populate_existing=True)
    if row is None or not _same_organisation(session, member, row.proposed_by):
        raise NotAllowedNow("another_organisation")
    signature = sign(member.signing_key, found.digest, place(opened.row.id, found.id))
    body = {"proposal": found.id, "answer": State.AGREED.value, "signature": signature}
    item = seal_entry(opened.keys, Compartment.DESK, author_of(member), ANSWER, body, now)
    _hold_all(session, opened, {case.row.id: case for case, _ in more}, values)
    if found.kind in ENDING and _unread(session, opened.row.id):
        raise NotAllowedNow("family_wrote")
    _settle(session, opened.row.id, found.id, State.AGREED, agreed_by=member.account_id)
    for each in (item, *(other for _, other in more)):
        add_item(session, each)
    traces = {"proposal": found.id, "digest": found.digest.hex(), "signature": signature.hex()}
    put_on_record(session, member, "agreed", now, case=opened.row.id, takes=found.kind.value, **traces)


def decline(session: Session, member: Member, case_id: str, proposal_id: str, reason: str, now: datetime) -> State:
    """Withdraw one's own proposal, or refuse another's.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`NotAllowedNow`.
    """
    opened, found = open_proposal(session, member, case_id, proposal_id, now)
    state = State.WITHDRAWN if found.mine else State.REFUSED
    body = {"proposal": found.id, "answer": state.value, "reason": reason.strip()[:LONGEST_REASON]}
    item = seal_entry(opened.keys, Compartment.DESK, author_of(member), ANSWER, body, now)
    _hold_version(session, opened)
    _settle(session, case_id, found.id, state)
    add_item(session, item)
    put_on_record(session, member, state.value, now, case=case_id, takes=found.kind.value, proposal=found.id)
    return state


def withdraw_older(session: Session, book: Book, case_id: str, kind: Takes, newest: str) -> None:
    """Take back what was asked for about something that was followed by a newer one."""
    older = [
        written.id for written in book.of(PROPOSAL) if written.body["said"]["kind"] == kind and written.id != newest
    ]
    of_these = col(ProposalRow.case_id) == case_id, col(ProposalRow.id).in_(older)
    waiting = col(ProposalRow.state) == State.OPEN.value
    session.execute(update(ProposalRow).where(*of_these, waiting).values(state=State.WITHDRAWN.value))


def expire(session: Session, now: datetime) -> int:
    """Let proposals run out that nobody answered; needs no key. Says how many."""
    over = col(ProposalRow.state) == State.OPEN.value, col(ProposalRow.ends) <= day_of(now)
    return changed_rows(session.execute(update(ProposalRow).where(*over).values(state=State.EXPIRED.value)))


def _hold_version(session: Session, opened: OpenCase, **values: Any) -> None:
    """Hold the case as it was read in this request, and change what is to be changed in its row."""
    same = col(Case.id) == opened.row.id, col(Case.version) == opened.row.version
    changed = values | {"version": opened.row.version + 1} if values else {"unread": col(Case.unread)}
    if not changed_rows(session.execute(update(Case).where(*same).values(**changed))):
        raise ChangedMeanwhile


def _hold_all(session: Session, opened: OpenCase, others: Mapping[str, OpenCase], values: Mapping[str, Any]) -> None:
    """Hold several cases in the order of their numbers, so that two who do so do not wait for one another."""
    for case_id in sorted({opened.row.id, *others}):
        if case_id == opened.row.id:
            _hold_version(session, opened, **values)
        else:
            _hold_version(session, others[case_id], unread=col(Case.unread))


def _unread(session: Session, case_id: str) -> bool:
    # Asked while the row is held: a message does not raise the version, and one may have come since it was read.
    return session.exec(select(Case.unread).where(col(Case.id) == case_id)).one()


def _settle(session: Session, case_id: str, proposal_id: str, state: State, **values: Any) -> None:
    waiting = (
        col(ProposalRow.case_id) == case_id,
        col(ProposalRow.id) == proposal_id,
        col(ProposalRow.state) == State.OPEN.value,
    )
    settled = update(ProposalRow).where(*waiting).values(state=state.value, **values)
    if not changed_rows(session.execute(settled)):
        # Somebody else answered it a moment ago.
        raise NotAllowedNow("not_open")


def _same_organisation(session: Session, member: Member, account_id: str) -> bool:
    return vouched(session).organisation_of(account_id) == member.organisation_id

"""Proposals as they are read: each with its signatures checked anew, whatever its row says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from app.accounts.vouching import Vouched, vouched
from app.accounts.vouching_states import ON_ORGANISATION
from app.casefile.tables import Proposal as ProposalRow
from app.casework.book import Book, Written
from app.storage.columns import day_of
from app.storage.packing import pack
from app.vault.context import Purpose, context
from app.vault.digest import sha256
from app.vault.signing import is_signed

PROPOSAL = "proposal"
ANSWER = "proposal_answer"


class Takes(StrEnum):
    """What takes two people."""

    CLOSE = "close"
    DISCLOSE = "disclose"
    DELETE = "delete"
    REVIEW = "review"
    LINK = "link"


class State(StrEnum):
    """How far a proposal came; the row says so in clear."""

    OPEN = "open"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Proposal:
    """A proposal as the desk reads it; ``verified`` says that every signature that should be there holds."""

    id: str
    kind: Takes
    body: Mapping[str, Any] = field(repr=False)
    version: int
    at: datetime
    by: str
    mine: bool
    ends: date
    state: State
    answered_by: str
    verified: bool
    digest: bytes = field(repr=False)
    # Whether whoever proposed it has the key still that they signed it with.
    by_newest_key: bool = True


def read_proposals(session: Session, book: Book, case_id: str, now: datetime) -> tuple[Proposal, ...]:
    """The proposals of a case, oldest first, with their signatures checked anew."""
    rows = {row.id: row for row in session.exec(select(ProposalRow).where(col(ProposalRow.case_id) == case_id))}
    answers = {written.body["proposal"]: written for written in book.of(ANSWER) if written.verified}
    known, found = vouched(session), []
    for written in book.of(PROPOSAL):
        row = rows.get(written.id)
        if row is not None:
            found.append(_proposal(written, row, answers.get(written.id), known, now))
    return tuple(found)


def place(case_id: str, proposal_id: str) -> bytes:
    """What both signatures are bound to."""
    return context(Purpose.PROPOSAL, case_id, proposal_id)


def _proposal(written: Written, row: ProposalRow, answer: Written | None, known: Vouched, now: datetime) -> Proposal:
    said = written.body["said"]
    digest = sha256(pack(said))
    state = State(row.state)
    if state is State.OPEN and row.ends <= day_of(now):
        state = State.EXPIRED
    keys = known.signing_keys(row.proposed_by)
    whole = (
        written.verified
        and said["id"] == written.id
        and said["case"] == written.entry.case_id == row.case_id
        and row.proposed_by == written.entry.author
        and _holds(keys, written.body["signature"], digest, row)
    )
    if state is State.AGREED:
        whole = whole and _agreed(answer, row, known, said.get("stands"), digest)
    return Proposal(
        id=written.id,
        kind=Takes(said["kind"]),
        body=said["body"],
        version=said["version"],
        at=written.at,
        by=written.author,
        mine=written.mine,
        ends=row.ends,
        state=state,
        answered_by=answer.author if answer else "",
        verified=whole,
        digest=digest,
        by_newest_key=_holds(keys[:1], written.body["signature"], digest, row),
    )


def _agreed(answer: Written | None, row: ProposalRow, known: Vouched, stands: int | None, digest: bytes) -> bool:
    """Whether the second signature is that of another person of the same organisation, the one whom the row names.

    Each organisation has a desk of its own in a case, so theirs is the one that answers for what stands there.
    ``stands`` is where their organisation's chain stood by what the first one signed: a key that a reset had ended by
    then, which may have been stolen, agrees to nothing, and so does whoever had left. Older proposals have none.
    """
    if answer is None or answer.body["answer"] != State.AGREED.value:
        return False
    second = answer.entry.author
    other = second == row.agreed_by and second != row.proposed_by and _are_of_one(known, second, row.proposed_by)
    keys = known.signing_keys(second)
    if stands is not None:
        keys = known.signing_keys_at(second, ON_ORGANISATION, stands)
    return other and _holds(keys, answer.body["signature"], digest, row)


def _are_of_one(known: Vouched, second: str, first: str) -> bool:
    """Whether one organisation has or had both people, who may have left since."""
    return any({first, second} <= state.people.keys() | state.left.keys() for state in known.organisations.values())


def _holds(keys: Collection[bytes], signature: bytes, digest: bytes, row: ProposalRow) -> bool:
    return is_signed(keys, signature, digest, place(row.case_id, row.id))

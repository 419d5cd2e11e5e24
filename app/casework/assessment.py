"""Was he forced? The desk's answer: criterion by criterion, with source and basis, reviewed by another person.

Every assessment follows the one before it and changes none. The criterion of other crimes is not here: it stands in the
lawyers' own part.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.accounts.members import Member
from app.casefile.items import new_item_id
from app.casework.book import Book, Written, needs_desk, read_book, sealed_entry
from app.casework.codes import (
    ANSWERS,
    BASES,
    CHARGES,
    CONFIDENCES,
    CRITERIA,
    DEFENCES,
    QUALIFICATIONS,
    RESULTS,
    SOURCES,
    VERIFICATIONS,
)
from app.casework.errors import EntryRefused, NotAllowedNow
from app.casework.meanwhile import check_seen
from app.casework.opening import open_keys
from app.casework.proposals import propose, withdraw_older
from app.casework.proposed import Proposal, State, Takes
from app.storage.packing import pack
from app.vault.digest import sha256

ASSESSMENT = "assessment"
LONGEST_REASONS = 10_000
_ONE_OF: Mapping[str, Sequence[str]] = {
    "result": RESULTS,
    "confidence": CONFIDENCES,
    "verification": VERIFICATIONS,
}
_SOME_OF: Mapping[str, Sequence[str]] = {
    "qualification": QUALIFICATIONS,
    "charge": CHARGES,
    "defence": DEFENCES,
}


def read_criterion(typed: Mapping[str, Sequence[str]], code: str, problems: list[tuple[str, str]]) -> dict[str, str]:
    """A criterion's answer, with where it is from and what it rests on; nothing where it was not answered."""
    answer, source, basis = (_first(typed, f"{code}{part}") for part in ("", "_source", "_basis"))
    if not answer:
        return {}
    for value, known, part in ((answer, ANSWERS, ""), (source, SOURCES, "_source"), (basis, BASES, "_basis")):
        if value not in known:
            problems.append((f"{code}{part}", "choose"))
    return {"answer": answer, "source": source, "basis": basis}


def read_assessment(typed: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What a form says, checked against the coded lists.

    Raises: :class:`EntryRefused`.
    """
    problems: list[tuple[str, str]] = []
    criteria = {code: read_criterion(typed, code, problems) for code in CRITERIA}
    body: dict[str, Any] = {"criteria": {code: found for code, found in criteria.items() if found}}
    for name, known in _ONE_OF.items():
        body[name] = _first(typed, name)
        if body[name] not in known:
            problems.append((name, "choose"))
    for name, known in _SOME_OF.items():
        body[name] = sorted(set(typed.get(name, ())) & set(known))
    body["reasons"] = _first(typed, "reasons").strip()
    if len(body["reasons"]) > LONGEST_REASONS:
        problems.append(("reasons", "too_long"))
    if problems:
        raise EntryRefused(tuple(problems))
    return body


def keep_assessment(
    session: Session, member: Member, case_id: str, follows: str, body: Mapping[str, Any], now: datetime
) -> str:
    """Keep an assessment after the one that the page showed (``follows``, empty for the first), and ask for its review.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`~app.casefile.errors.ChangedMeanwhile`,
    :class:`~app.casework.errors.FollowedMeanwhile` where somebody else kept a newer one.
    """
    opened = open_keys(session, member, case_id)
    needs_desk(opened)
    book = read_book(session, member, opened)
    newest = book.newest(ASSESSMENT)
    check_seen(follows, newest.id if newest else "")
    entry_id = new_item_id()
    content = {**body, "follows": follows}
    item = sealed_entry(member, opened, ASSESSMENT, content, now, entry_id)
    asked = {"assessment": entry_id, "content": sha256(pack(content))}
    proposal = propose(session, member, opened, Takes.REVIEW, asked, now, item)
    withdraw_older(session, book, case_id, Takes.REVIEW, proposal)
    return entry_id


def reviewed_content(book: Book, proposal: Proposal) -> Written:
    """The assessment that a review is about: the newest one, and exactly as it was when the review was asked for.

    Raises: :class:`NotAllowedNow`.
    """
    newest = book.newest(ASSESSMENT)
    if newest is None or newest.id != proposal.body["assessment"]:
        raise NotAllowedNow("newer_assessment")
    if sha256(pack(newest.body)) != proposal.body["content"]:
        raise NotAllowedNow("not_verified")
    return newest


def review_of(assessment: Written, proposals: Sequence[Proposal]) -> Proposal | None:
    """The review of an assessment, asked for or given."""
    for proposal in reversed(proposals):
        if proposal.kind is Takes.REVIEW and proposal.body["assessment"] == assessment.id:
            return proposal
    return None


def is_reviewed(assessment: Written, proposals: Sequence[Proposal]) -> bool:
    """Whether another person signed it: figures and dossiers take no other."""
    review = review_of(assessment, proposals)
    whole = review is not None and review.state is State.AGREED and review.verified
    return whole and review is not None and sha256(pack(assessment.body)) == review.body["content"]


def _first(typed: Mapping[str, Sequence[str]], name: str) -> str:
    values = typed.get(name, ())
    return values[0] if values else ""

"""A case as a story: who did what, in the order in which it happened."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.casework.actions import STEP
from app.casework.book import Book, Written
from app.casework.counted_as import COUNTED
from app.casework.proposed import PROPOSAL, Proposal, State
from app.casework.view import CaseView
from app.casework.way import MOVES, Move

# Proposals and moves tell themselves, with what became of them; which of linked cases is counted follows from the link.
_TOLD_OTHERWISE = frozenset({PROPOSAL, "proposal_answer", COUNTED}) | MOVES


@dataclass(frozen=True)
class Event:
    """Something that happened; ``who`` is empty for the family, ``what`` says how the page tells it.

    ``verified`` says that what stands there is signed by whoever it says.
    """

    at: datetime
    who: str
    what: str
    text: str = field(default="", repr=False)
    detail: Any = field(default=None, repr=False)
    verified: bool = True


def story(
    view: CaseView, book: Book, proposals: tuple[Proposal, ...], moves: tuple[Move, ...] = ()
) -> tuple[Event, ...]:
    """Everything that happened in the case as far as the reader's keys tell, oldest first."""
    events = [Event(view.routing.received, "", "received"), *_written(view)]
    events += [_of_book(written) for written in book.entries if written.entry.what not in _TOLD_OTHERWISE]
    for move in moves:
        events.append(Event(move.at, move.author, f"way_{move.what}", move.reason, move, move.verified))
    for change in view.known:
        who = view.people.get(change.author, change.organisation)
        events.append(Event(change.at, who, "found_out", detail=change, verified=change.verified))
    for proposal in proposals:
        events.append(Event(proposal.at, proposal.by, "proposed", detail=proposal, verified=proposal.verified))
    for written in book.of("proposal_answer"):
        found = next((each for each in proposals if each.id == written.body["proposal"]), None)
        if found is not None:
            answer = State(written.body["answer"]).value
            reason = written.body.get("reason", "")
            events.append(Event(written.at, written.author, answer, reason, found, written.verified))
    return tuple(sorted(events, key=lambda event: event.at))


def _written(view: CaseView) -> Iterator[Event]:
    for line in view.conversation:
        if line.author is not None:
            yield Event(line.moment, line.author, "answered", line.text, verified=line.verified)
        else:
            what = "wrote" if line.text else "updated" if line.answers else "consents_changed"
            yield Event(line.moment, "", what, line.text)
    for note in view.notes:
        yield Event(note.moment, note.author or "", "noted", note.text, verified=note.verified)


def _of_book(written: Written) -> Event:
    body = written.body
    if written.entry.what == STEP:
        return Event(written.at, written.author, f"step_{body['did']}", detail=body, verified=written.verified)
    text = body.get("text") or body.get("reason") or body.get("reasons") or body.get("note") or ""
    return Event(written.at, written.author, written.entry.what, text, body, written.verified)

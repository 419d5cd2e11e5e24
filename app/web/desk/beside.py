"""What a colleague wrote while somebody filled in a form: it stands beside what was typed, and neither is lost.

Every form carries what its page had shown. Where something newer stands there nothing is kept; the page comes back with
both, and what was typed can be sent again by whoever has read what stands there now.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from app.accounts.errors import CardChanged, StatedMeanwhile
from app.accounts.members import Member
from app.accounts.neighbours import Neighbour, neighbours
from app.casefile.errors import ChangedMeanwhile
from app.casework.book import Written, read_book
from app.casework.diary import TRIAL
from app.casework.errors import FollowedMeanwhile
from app.casework.opening import Reading, read_case
from app.casework.proposed import read_proposals
from app.casework.story import Event, story
from app.casework.view import CaseView
from app.casework.way import moves
from app.storage.sessions import Session
from app.web.dates import answer_in_words
from app.web.desk import case_words
from app.web.desk.answers import known_rows
from app.web.desk.typed import Typed
from app.web.forms import Form
from app.web.languages import mark as _
from app.web.pages import translate_into

# Whatever says that somebody else was faster.
OVERTAKEN = (FollowedMeanwhile, ChangedMeanwhile, StatedMeanwhile, CardChanged)
LAST_EVENTS = 3
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Theirs:
    """Something that stands there now: who wrote it and when, its words, labelled facts, or an event of the story."""

    who: str
    at: datetime | None
    text: str = field(default="", repr=False)
    facts: Pairs = field(default=(), repr=False)
    event: Event | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Beside:
    """What stands beside a form; `case` is how a case stands now, where the form changes that."""

    found: tuple[Theirs, ...]
    case: CaseView | None = field(default=None, repr=False)
    queues: Mapping[str, Neighbour] = field(default_factory=dict, repr=False)
    words: Any = case_words


class _Kept(Protocol):
    @property
    def id(self) -> str: ...


One = TypeVar("One", bound=_Kept)


def status_of(typed: Typed | Form | None, beside: Beside | None) -> int:
    """The status of a page with a form: shown for the first time, come back mistyped, or beside what somebody wrote."""
    return 409 if beside else 422 if typed else 200


def has_seen(typed: Typed | Form | None, beside: Beside | None, name: str, stands: str | None) -> str | None:
    """What a form says in `name` that its writer has seen: what stands there now.

    What was only mistyped has seen no more than it had before.
    """
    return typed.get(name) if typed and beside is None else stands


def after(kept: Sequence[One], shown: str) -> tuple[One, ...]:
    """What came after the one that was shown, all of it where none was."""
    ids = [each.id for each in kept]
    return tuple(kept[ids.index(shown) + 1 :] if shown in ids else kept)


def as_theirs(entries: Iterable[Written], language: str) -> tuple[Theirs, ...]:
    """Entries of the desk's book, told as the story tells them, with what they hold besides."""
    return tuple(
        Theirs(
            each.author,
            each.at,
            str(each.body.get("text") or each.body.get("note") or ""),
            _facts(each, translate_into(language), language),
            _event(each),
        )
        for each in entries
    )


def case_beside(session: Session, member: Member, case_id: str, now: datetime) -> Beside:
    """How a case stands now, and what happened in it last."""
    reading = read_case(session, member, case_id, now)
    return Beside(last_events(session, member, reading, now), reading.view, queues_by_id(session))


def last_events(session: Session, member: Member, reading: Reading, now: datetime) -> tuple[Theirs, ...]:
    """What happened in a case last, the newest first."""
    book, language = read_book(session, member, reading.opened), member.language
    proposals = read_proposals(session, book, reading.view.listed.id, now)
    told = story(reading.view, book, proposals, moves(session, member, reading))
    family = translate_into(language)(case_words.THE_FAMILY)
    return tuple(
        Theirs(event.who or family, event.at, event.text, found_out(event, language), event)
        for event in reversed(told[-LAST_EVENTS:])
    )


def found_out(event: Event, language: str) -> Pairs:
    """What an event tells in labelled facts: what was found out about the person."""
    if event.what != "found_out":
        return ()
    return tuple((row.label, ", ".join(row.values)) for row in known_rows(event.detail.answers, language).values())


def queues_by_id(session: Session) -> dict[str, Neighbour]:
    """Every queue that a step may name."""
    return {queue.id: queue for queue in neighbours(session)}


def _facts(written: Written, translate: Callable[[str], str], language: str) -> Pairs:
    body, trial = written.body, written.entry.what == TRIAL
    day = answer_in_words(body["day"], language) if trial and body.get("day") else ""
    rows = (
        (_("What kind of help"), translate(case_words.SERVICES.get(body.get("service", ""), ""))),
        (_("How"), translate(case_words.WAYS.get(body.get("way", ""), ""))),
        (_("Time, in Kyiv"), body.get("time", "")),
        (_("Court"), body.get("court", "")),
        (_("Number in court"), body.get("number", "")),
        (_("In custody until"), day),
        (
            _("What the person is charged with"),
            ", ".join(translate(case_words.CHARGES[code]) for code in body.get("charge", ())) if trial else "",
        ),
    )
    return tuple((translate(label), value) for label, value in rows if value)


def _event(written: Written) -> Event:
    return Event(written.at, written.author, written.entry.what, detail=written.body, verified=written.verified)

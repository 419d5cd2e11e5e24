"""What the sections of a case's page find in the desk's book."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.accounts.address_cards import Card, cards
from app.casefile.keys import Compartment
from app.casework import assessment, diary, linked, privileged
from app.casework.book import Book, Written, read_book
from app.casework.junk import ends_of
from app.casework.layers import Layer, layers_of
from app.casework.opening import OFFERS
from app.casework.proposed import Proposal, State, read_proposals
from app.casework.replies import Reply, preferred_language, replies, reply_text
from app.casework.view import CaseView
from app.web.desk import case_words
from app.web.desk.reader import Reader
from app.web.languages import NAMES

LINES_OPEN = 3


@dataclass(frozen=True)
class Assessed:
    """The newest assessment, its review, and how many came before it."""

    desk: bool
    newest: Written | None
    review: Proposal | None
    reviewed: bool
    earlier: tuple[Written, ...]
    words: Any = case_words


@dataclass(frozen=True)
class Lawyers:
    """The lawyers' part; whoever is no lawyer has only `exists`."""

    part: privileged.LawyersPart
    notes: tuple[Written, ...]
    crime: Written | None
    words: Any = case_words


@dataclass(frozen=True)
class Diary:
    """Tasks, hearings, the trial and contacts; what is done stands apart."""

    desk: bool
    open: tuple[Written, ...]
    done: tuple[tuple[Written, tuple[Written, ...]], ...]
    trial: Written | None
    contacts: tuple[Written, ...]
    names: dict[str, str] = field(default_factory=dict, repr=False)
    words: Any = case_words


@dataclass(frozen=True)
class Two:
    """What waits for a second person, what was settled, links that stand, and when junk is deleted."""

    desk: bool
    waiting: tuple[Proposal, ...]
    settled: tuple[Proposal, ...]
    links: tuple[linked.Link, ...]
    junk_until: date | None
    words: Any = case_words


@dataclass(frozen=True)
class Layers:
    """Translations by the text they lie beside, and whether one can be added."""

    of: dict[str, tuple[Layer, ...]] = field(repr=False)
    desk: bool
    languages: Mapping[str, str] = field(default_factory=lambda: NAMES)


@dataclass(frozen=True)
class Replies:
    """The language the family reads best, replies to begin with, the one that was chosen, and translations."""

    language: str
    offered: tuple[Reply, ...]
    begun: str = field(repr=False)
    layers: Layers
    # Whom the family could turn to, from the address book, and which reply is chosen beside.
    cards: tuple[Card, ...] = field(repr=False)
    reply: str
    # How many lines stand open: the newest, and all that the family wrote since the last answer.
    newest: int
    languages: Mapping[str, str] = field(default_factory=lambda: NAMES)


def book_of(reader: Reader) -> Book:
    """The desk's book of the case that is read."""
    return read_book(reader.session, reader.member, reader.reading.opened)


def find_assessment(reader: Reader) -> Assessed:
    """For the section on whether the person was forced."""
    book = book_of(reader)
    newest = book.newest(assessment.ASSESSMENT)
    proposals = read_proposals(reader.session, book, reader.reading.opened.row.id, reader.now)
    return Assessed(
        desk=_has_desk(reader),
        newest=newest,
        review=assessment.review_of(newest, proposals) if newest else None,
        reviewed=newest is not None and assessment.is_reviewed(newest, proposals),
        earlier=tuple(each for each in book.of(assessment.ASSESSMENT) if newest is None or each.id != newest.id),
    )


def find_lawyers_part(reader: Reader) -> Lawyers:
    """For the section that lawyers write in, and others only see to exist."""
    part = privileged.read_lawyers_part(reader.session, reader.member, reader.reading.opened.row.id)
    return Lawyers(part, part.book.of(privileged.NOTE), part.book.newest(privileged.CRITERION))


def find_diary(reader: Reader) -> Diary:
    """For the section of tasks and dates."""
    book = book_of(reader)
    over = diary.done_in(book)
    dated = sorted(book.of(diary.TASK, diary.HEARING), key=lambda written: (written.body["day"], written.id))
    return Diary(
        desk=_has_desk(reader),
        open=tuple(written for written in dated if written.id not in over),
        done=tuple((written, over[written.id]) for written in dated if written.id in over),
        trial=book.newest(diary.TRIAL),
        contacts=book.of(diary.CONTACT),
        names=diary.names_of(reader.session, reader.member, dated),
    )


def find_proposals(reader: Reader) -> Two:
    """For the section of what takes two people."""
    book = book_of(reader)
    case_id = reader.reading.opened.row.id
    proposals = read_proposals(reader.session, book, case_id, reader.now)
    return Two(
        desk=_has_desk(reader),
        waiting=tuple(each for each in proposals if each.state is State.OPEN),
        settled=tuple(each for each in proposals if each.state is not State.OPEN),
        links=linked.links_of(book),
        junk_until=ends_of(reader.session, case_id),
    )


def find_layers(reader: Reader) -> Layers:
    """For the words of the report: translations, by the text they lie beside."""
    return Layers(layers_of(book_of(reader)), _has_desk(reader))


def find_replies(reader: Reader) -> Replies:
    """For the conversation: replies to begin with in the family's language, and translations."""
    view = reader.reading.view
    language = preferred_language(view.answers, view.language)
    kept = cards(reader.session, reader.member) if view.may_answer else ()
    said = next((card.said for card in kept if card.id == reader.card), None)
    lines = () if said is None else (said.name, said.place, said.reach)
    parts = reply_text(reader.reply, language), "\n".join(line for line in lines if line)
    begun = "\n\n".join(part for part in parts if part)
    return Replies(language, replies(), begun, find_layers(reader), kept, reader.reply, _open_lines(view))


def _open_lines(view: CaseView) -> int:
    unanswered = 0
    for line in reversed(view.conversation):
        if line.author is not None:
            break
        unanswered += 1
    return max(LINES_OPEN, unanswered + 1)


def _has_desk(reader: Reader) -> bool:
    """Whether the reader may write into a desk's part of the case; what is only offered is read and decided on."""
    return Compartment.DESK in reader.reading.opened.keys.keys and reader.reading.opened.standing not in OFFERS

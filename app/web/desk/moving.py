"""Assigning, referring and transferring, and what the receiver says to an offer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fastapi import Request
from fastapi.responses import Response

from app.accounts.members import Member
from app.accounts.neighbours import Neighbour, QueueMember, neighbours, queue_members
from app.alphabet import by_name
from app.casework import answering
from app.casework.answering import Shared
from app.casework.assigning import assign
from app.casework.consents import SCOPES, ConsentNeeded, covering
from app.casework.moving import PSEUDONYMISED, Wish, offer, open_queues
from app.casework.opening import Reading, Standing, read_case
from app.casework.replies import preferred_language
from app.casework.way import Move, Redacted, moves, redacted_words
from app.questionnaire import current, describe
from app.storage.sessions import Session
from app.web.desk.access import Reader, Sharer, Worker
from app.web.desk.answers import person_name
from app.web.desk.asking import question
from app.web.desk.case_forms import to_case, to_queue, version
from app.web.desk.pages import desk_page
from app.web.desk.reader import Reader as CaseReader
from app.web.desk.words import QUEUE_KINDS
from app.web.forms import Form, Posted
from app.web.pages import translate_into
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/cases/{case_id}")


@dataclass(frozen=True)
class Moves:
    """The section about a case's way: with whom it is shared, and how it came here."""

    shared: tuple[tuple[Neighbour, Shared], ...]
    steps: tuple[Move, ...] = field(repr=False)
    queues: dict[str, Neighbour] = field(repr=False)
    redacted: tuple[Redacted, ...] = field(repr=False)
    # Whether lawyers of the reader's queue wrote what would be lost if it gave the case up.
    notes: bool


@dataclass(frozen=True)
class Way:
    """A queue that a case could go to: the consent it takes, and how far that goes now (empty: not given)."""

    queue: Neighbour
    consent: str
    allowed: str


def find_moves(reader: CaseReader) -> Moves:
    """With whom the case is shared, and its way so far."""
    queues = {queue.id: queue for queue in neighbours(reader.session)}
    case = reader.reading.view
    shared = answering.shared_with(reader.session, case.listed.id) if case.answers_for else ()
    return Moves(
        shared=tuple((queues[each.queue_id], each) for each in shared),
        steps=moves(reader.session, reader.member, reader.reading),
        queues=queues,
        redacted=redacted_words(reader.session, reader.reading),
        notes=not case.answers_for and answering.has_own_notes(reader.session, reader.reading.opened),
    )


@router.get("/move")
def move_page(request: Request, case_id: str, session: Db, now: Now, member: Reader) -> Response:
    """Every way that a case can go from here."""
    reading = read_case(session, member, case_id, now)
    return desk_page(
        request,
        member,
        "desk/move.html",
        case=reading.view,
        name=person_name(reading.view.answers),
        colleagues=_colleagues(session, member, reading),
        ways=_ways(session, reading, member.language),
        scopes=_scopes(),
    )


@router.post("/assign")
def assign_case(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Give the case to a colleague."""
    assign(session, member, case_id, version(form), form.get("colleague"), form.get("reason"), now)
    return to_case(case_id)


@router.post("/offer")
def offer_case(request: Request, case_id: str, session: Db, now: Now, form: Posted, member: Sharer) -> Response:
    """Offer the case to another queue; without the consent that covers it, the question to the family is ready."""
    if form.get("scope") == PSEUDONYMISED and not form.get("redacted").strip():
        return _redacting(request, member, read_case(session, member, case_id, now), form)
    way = Standing.OFFERED_TRANSFER if form.get("way") == "transfer" else Standing.OFFERED_REFERRAL
    wish = Wish(form.get("queue"), way, form.get("scope"), form.get("reason"), form.get("redacted"))
    try:
        offer(session, member, case_id, wish, now)
    except ConsentNeeded as needed:
        # Nothing was written yet: consents are looked at first.
        reading = read_case(session, member, case_id, now)
        queue = next(queue for queue in neighbours(session) if queue.id == wish.to)
        ask = question(needed, queue.organisation, preferred_language(reading.view.answers, reading.view.language))
        return desk_page(
            request,
            member,
            "desk/ask.html",
            409,
            case=reading.view,
            queue=queue,
            question=ask,
            # What was written for the other queue is not written twice.
            wish=wish,
            scopes=_scopes(),
        )
    return to_case(case_id, "#moves")


@router.post("/accept")
def accept_case(case_id: str, session: Db, now: Now, member: Worker) -> Response:
    """Accept what was offered."""
    answering.accept(session, member, case_id, now)
    return to_case(case_id)


@router.post("/refuse")
def refuse_case(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Refuse what was offered; the case opens here no more."""
    queue_id = answering.refuse(session, member, case_id, form.get("reason"), now)
    return to_queue(queue_id)


@router.post("/unshare")
def end_sharing(case_id: str, session: Db, now: Now, form: Posted, member: Sharer) -> Response:
    """Take an offer back, or end a referral."""
    answering.end_sharing(session, member, case_id, form.get("queue"), form.get("reason"), now)
    return to_case(case_id, "#moves")


@router.post("/give-up")
def give_up(case_id: str, session: Db, now: Now, form: Posted, member: Sharer) -> Response:
    """End a referral from the side of whoever was asked; the case opens here no more."""
    lose = form.get("lose") == "yes"
    return to_queue(answering.give_up(session, member, case_id, form.get("reason"), now, lose_notes=lose))


def _colleagues(session: Session, member: Member, reading: Reading) -> Sequence[QueueMember]:
    return queue_members(session, member, reading.opened.queue.id)


def _scopes() -> dict[str, str]:
    return {code: current().scopes[code] for code in SCOPES}


def _ways(session: Session, reading: Reading, language: str) -> list[Way]:
    given = {consent.recipient: consent.scope for consent in reading.view.consents}
    own, translate = reading.opened.queue.organisation_id, translate_into(language)

    def place(queue: Neighbour) -> tuple[object, ...]:
        kind = by_name(translate(QUEUE_KINDS[queue.kind]))
        return queue.organisation_id != own, by_name(queue.organisation), kind, queue.id

    found = sorted(open_queues(session, reading.opened.queue.id), key=place)
    return [Way(queue, covering(queue), given.get(covering(queue), "")) for queue in found]


def _redacting(request: Request, member: Member, reading: Reading, form: Form) -> Response:
    """The words as they were sent, to be redacted by hand; nothing travels before they are."""
    language = member.language
    rows = [
        row
        for section in describe(current(), reading.view.answers, translate_into(language))
        for row in section.rows
        if row.own_words and row.compartment == "words"
    ]
    text = "\n\n".join(f"{row.label}: {' '.join(row.values)}" for row in rows)
    name = person_name(reading.view.answers)
    return desk_page(request, member, "desk/redact.html", case=reading.view, name=name, text=text, form=form)

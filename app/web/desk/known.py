"""Working facts: what is known now beside what was reported, and what the rules say to it."""

from dataclasses import dataclass, field

from fastapi import Request
from fastapi.responses import Response

from app.accounts.neighbours import Neighbour, neighbours
from app.casework.facts import newest_change
from app.casework.known import Suggestion, follow_urgency, record_known, suggestion
from app.casework.opening import Reading, open_keys, read_case
from app.casework.view import CaseView
from app.questionnaire import Problem, Row, current, step_view
from app.questionnaire.answers import Compartment
from app.questionnaire.knowing import KNOWABLE, KNOWN_STEP, knowing, read_known
from app.routing.deciding import KYIV
from app.web.desk.access import Reader, Worker
from app.web.desk.answers import known_rows, person_name
from app.web.desk.beside import OVERTAKEN, Beside, Theirs, after, has_seen, last_events, queues_by_id, status_of
from app.web.desk.case_forms import to_case, version
from app.web.desk.pages import desk_page
from app.web.desk.reader import Reader as CaseReader
from app.web.forms import Form, Posted
from app.web.languages import mark as _
from app.web.pages import translate_into
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/cases/{case_id}")
NOTHING = _("Nothing new is filled in yet")


@dataclass(frozen=True)
class Compared:
    """An answer as it was reported and as it is known now, which is something else; either may be missing."""

    label: str
    reported: Row | None = field(repr=False)
    now: Row | None = field(repr=False)


@dataclass(frozen=True)
class Changed:
    """A change as its history shows it; `basis` is a msgid."""

    at: object
    author: str
    basis: str
    since: str
    rows: tuple[Row, ...] = field(repr=False)
    verified: bool


@dataclass(frozen=True)
class Known:
    """The section of working facts."""

    compared: tuple[Compared, ...] = field(repr=False)
    history: tuple[Changed, ...] = field(repr=False)
    suggestion: Suggestion | None
    target: Neighbour | None
    why: str
    open: bool


def find_known(reader: CaseReader) -> Known:
    """What is known now, its history, and what the rules suggest."""
    case, language = reader.reading.view, reader.member.language
    translate = translate_into(language)
    found = suggestion(reader.session, case, reader.now)
    target = None
    if found is not None and found.moves:
        target = next((queue for queue in neighbours(reader.session) if queue.id == found.queue_id), None)
    return Known(
        compared=_compared(case, language),
        history=tuple(
            Changed(
                at=change.at,
                author=case.people.get(change.author, change.organisation),
                basis=current().basis.get(change.basis, change.basis),
                since=change.since,
                rows=tuple(known_rows(change.answers, language).values()),
                verified=change.verified,
            )
            for change in reversed(case.known)
        ),
        suggestion=found,
        target=target,
        why=" ".join(translate(reason) for reason in found.reasons) if found else "",
        open=case.listed.status != "closed" and case.standing not in ("refer", "transfer"),
    )


@router.get("/facts")
def facts_page(request: Request, case_id: str, session: Db, now: Now, member: Reader) -> Response:
    """Ask what is known now; every field empty, since only what is new is recorded."""
    reading = read_case(session, member, case_id, now)
    return _page(request, member, reading)


@router.post("/facts")
def record_facts(request: Request, case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Record what is known now; a refused form comes back as it was typed."""
    opened = open_keys(session, member, case_id)
    held = frozenset(part.value for part in opened.keys.keys)
    today = now.astimezone(KYIV).date()
    read, basis, since, answers = read_known(knowing(current(), held), form.items, today)
    if read.problems or not answers:
        reading = read_case(session, member, case_id, now)
        return _page(request, member, reading, form, read.problems, nothing=not read.problems)
    try:
        record_known(session, member, case_id, answers, basis, since, now, form.get("follows"))
    except OVERTAKEN:
        # Read anew, as it stands after the colleague's step.
        session.rollback()
        reading = read_case(session, member, case_id, now)
        newer = _since(reading, form.get("follows"), member.language)
        found = newer or last_events(session, member, reading, now)
        return _page(request, member, reading, form, beside=Beside(found, queues=queues_by_id(session)))
    return to_case(case_id, "#known")


@router.post("/urgency")
def make_urgent(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Make the case as urgent as the rules say."""
    follow_urgency(session, member, case_id, version(form), now)
    return to_case(case_id)


def _page(
    request: Request,
    member: Worker,
    reading: Reading,
    form: Form | None = None,
    problems: tuple[Problem, ...] = (),
    *,
    nothing: bool = False,
    beside: Beside | None = None,
) -> Response:
    held = frozenset(part.value for part in reading.opened.keys.keys) & frozenset(Compartment)
    view = step_view(knowing(current(), held), KNOWN_STEP, {}, {}, {} if form is None else form.items, problems)
    translate = translate_into(member.language)
    named = [
        (problem.anchor, f"{translate(problem.label)}: {translate(problem.message) % problem.params}")
        for problem in view.problems
    ]
    if nothing:
        named = [("situation", translate(NOTHING))]
    return desk_page(
        request,
        member,
        "desk/known.html",
        status_of(form, beside),
        step=view,
        problems=named,
        case=reading.view,
        case_id=reading.view.listed.id,
        name=person_name(reading.view.answers),
        follows=has_seen(form, beside, "follows", newest_change(reading.view.known)),
        beside=beside,
    )


def _since(reading: Reading, shown: str, language: str) -> tuple[Theirs, ...]:
    """What colleagues recorded after the change that a form was shown."""
    names = reading.view.people
    return tuple(
        Theirs(
            names.get(change.author, change.organisation),
            change.at,
            translate_into(language)(current().basis.get(change.basis, change.basis)),
            tuple((row.label, ", ".join(row.values)) for row in known_rows(change.answers, language).values()),
        )
        for change in after(reading.view.known, shown)
    )


def _compared(case: CaseView, language: str) -> tuple[Compared, ...]:
    reported, now = known_rows(case.answers, language), known_rows(case.now, language)
    pairs = ((reported.get(code), now.get(code)) for code in KNOWABLE)
    return tuple(
        Compared(row.label, before, after)
        for before, after in pairs
        if (row := after or before) and (before.values if before else ()) != (after.values if after else ())
    )

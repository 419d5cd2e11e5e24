"""Who is on duty in a queue and who is away: to be read by its members, to be planned by its lead."""

from datetime import timedelta

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.casework import planning
from app.casework.duty import days_of, wall_clock
from app.casework.errors import EntryRefused
from app.casework.roster import Roster, open_roster
from app.casework.standby import post_in
from app.storage.sessions import Session
from app.web.dates import day_in_words
from app.web.desk.access import Lister, Worker
from app.web.desk.beside import OVERTAKEN, Beside, Theirs, has_seen, status_of
from app.web.desk.pages import desk_page
from app.web.desk.typed import Typed, typed_again
from app.web.desk.words import WEEKDAYS
from app.web.forms import Form, Posted
from app.web.languages import mark as _
from app.web.pages import translate_into
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk")
DAYS_SHOWN = 28
FIELDS = ("who", "when", "day", "begins", "ends", "since", "until", "stands_in", "state")


@router.get("/queues/{queue_id}/duty")
def duty(request: Request, queue_id: str, session: Db, now: Now, member: Lister) -> Response:
    """The coming weeks of a queue, with their gaps."""
    page = _page(request, session, member, queue_id, now)
    put_on_record(session, member, "duty_opened", now, queue=queue_id)
    return page


@router.post("/queues/{queue_id}/duty")
def plan(request: Request, queue_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Plan duty."""
    try:
        planning.add_shift(session, member, queue_id, _fields(form), form.getlist("weekday"), now)
    except EntryRefused as error:
        return _page(request, session, member, queue_id, now, typed_again(form, member.language, error), "duty")
    except OVERTAKEN:
        return _overtaken(request, session, member, queue_id, now, form, "duty")
    return _back(queue_id)


@router.post("/queues/{queue_id}/duty/remove")
def take_out(request: Request, queue_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Take a line out of the plan."""
    try:
        planning.remove_shift(session, member, queue_id, form.get("shift"), now, form.get("state"))
    except OVERTAKEN:
        return _overtaken(request, session, member, queue_id, now, form, "")
    return _back(queue_id)


@router.post("/queues/{queue_id}/duty/sign")
def sign_again(queue_id: str, session: Db, now: Now, member: Worker) -> Response:
    """Put a plan into force again whose signer leads no more."""
    planning.sign_plan(session, member, queue_id, now)
    return _back(queue_id)


@router.post("/queues/{queue_id}/away")
def note_other(request: Request, queue_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Note that somebody of the queue is away."""
    try:
        planning.note_absence(session, member, queue_id, form.get("who"), _fields(form), now)
    except EntryRefused as error:
        return _page(request, session, member, queue_id, now, typed_again(form, member.language, error), "away")
    except OVERTAKEN:
        return _overtaken(request, session, member, queue_id, now, form, "away")
    return _back(queue_id, "#away")


@router.post("/queues/{queue_id}/away/end")
def end(request: Request, queue_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Say that somebody is here again."""
    try:
        planning.end_absence(session, member, queue_id, form.get("absence"), now)
    except OVERTAKEN:
        return _overtaken(request, session, member, queue_id, now, form, "")
    return _back(queue_id, "#away")


@router.get("/away")
def own_absence(request: Request, session: Db, member: Lister) -> Response:
    """The form in which one says for all one's queues at once that one is away."""
    return _own_page(request, session, member)


@router.post("/away")
def note_own(request: Request, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Note one's own absence in every queue, with who stands in there."""
    stand_ins = {queue.id: form.get(f"stands_in_{queue.id}") for queue in member.queues}
    try:
        states = {name: form.get(name) for name in (f"state_{queue.id}" for queue in member.queues)}
        planning.note_own_absence(session, member, {**_fields(form), **states}, stand_ins, now)
    except EntryRefused as error:
        return _own_page(request, session, member, typed_again(form, member.language, error))
    except OVERTAKEN:
        # In all one's queues or in none.
        session.rollback()
        rosters = [open_roster(session, member, queue.id) for queue in member.queues]
        beside = _beside(member.language, *rosters)
        return _own_page(request, session, member, typed_again(form, member.language), beside)
    return RedirectResponse("/desk/away", 303)


def _fields(form: Form) -> dict[str, str]:
    return {name: form.get(name) for name in FIELDS}


def _back(queue_id: str, place: str = "") -> Response:
    return RedirectResponse(f"/desk/queues/{queue_id}/duty{place}", 303)


def _page(
    request: Request,
    session: Session,
    member: Member,
    queue_id: str,
    now: Now,
    typed: Typed | None = None,
    tried: str = "",
    beside: Beside | None = None,
) -> Response:
    roster = open_roster(session, member, queue_id)
    today = wall_clock(now).date()
    last = today + timedelta(days=DAYS_SHOWN)
    absent = roster.uncovered(today - timedelta(days=1), last)
    days = days_of(roster.plan if roster.in_force else (), today, DAYS_SHOWN, absent)
    return desk_page(
        request,
        member,
        "desk/duty.html",
        status_of(typed, beside),
        roster=roster,
        post=post_in(roster, member.account_id, now),
        days=days,
        bare=[day.day for day in days if day.empty],
        weekdays=WEEKDAYS,
        typed=typed or Typed(),
        blank=Typed(),
        tried=tried,
        state=has_seen(typed, beside, "state", roster.state),
        beside=beside,
    )


def _overtaken(
    request: Request, session: Session, member: Member, queue_id: str, now: Now, form: Form, tried: str
) -> Response:
    # Read anew, as it stands after the colleague's step.
    session.rollback()
    beside = _beside(member.language, open_roster(session, member, queue_id))
    return _page(request, session, member, queue_id, now, typed_again(form, member.language), tried, beside)


def _beside(language: str, *rosters: Roster) -> Beside:
    """What stands in rosters now: the plan with who signed it, and the absence that was noted last."""
    translate, found = translate_into(language), []
    for roster in rosters:
        if roster.planned_at:
            found.append(Theirs(roster.planned_by, roster.planned_at, translate(_("signed the plan as it stands now"))))
        last = max(roster.absences, key=lambda absence: absence.at, default=None)
        if last is not None:
            days = f"{day_in_words(last.since, language)} – {day_in_words(last.until, language)}"
            found.append(Theirs(roster.people[last.who], last.at, facts=((translate(_("is away")), days),)))
    return Beside(tuple(found))


def _own_page(
    request: Request, session: Session, member: Member, typed: Typed | None = None, beside: Beside | None = None
) -> Response:
    rosters = [open_roster(session, member, queue.id) for queue in member.queues]
    states = {each.queue.id: has_seen(typed, beside, f"state_{each.queue.id}", each.state) for each in rosters}
    values = {"rosters": rosters, "states": states, "typed": typed or Typed(), "beside": beside}
    return desk_page(request, member, "desk/away.html", status_of(typed, beside), **values)

"""Many cases to one colleague: those that were ticked in a queue, or what a person has there."""

from collections.abc import Iterator, Mapping

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.members import Member, MemberQueue, keep_begun, queue_colleagues
from app.accounts.record import put_on_record
from app.casefile.errors import NotFound, TextRefused
from app.casefile.keys import is_case_number
from app.casework import handing
from app.casework.assigning import Giving
from app.casework.errors import NotAllowedNow
from app.casework.handing import Handing, Holding
from app.casework.listing import told_apart
from app.casework.many import Done, assign_many
from app.casework.queues import PAGE, member_queue
from app.casework.roster import open_roster
from app.casework.standby import away_now
from app.casework.view import CaseView
from app.storage.sessions import Session
from app.web.cookies import Cookie, read_cookie
from app.web.desk.access import Worker
from app.web.desk.answers import told_of
from app.web.desk.beside import OVERTAKEN, Beside, case_beside, has_seen, status_of
from app.web.desk.case_forms import number
from app.web.desk.clocks import Left
from app.web.desk.errors import TEXT_PROBLEMS, TOLD
from app.web.desk.pages import desk_page
from app.web.desk.typed import Typed
from app.web.desk.writing import Again
from app.web.forms import Form, Posted
from app.web.languages import mark as _
from app.web.pages import translate_into
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/queues/{queue_id}")
HAND_OVER = "hand_over"
# What a form for many cases says besides the cases.
_AGAIN = ("act", "of", "to", "reason", "acknowledge")
_AGAIN_BUTTON = _("Do it with these all the same")


@router.post("/assign")
def assign(request: Request, queue_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Give every case that was ticked to a colleague."""
    queue, shown = member_queue(member, queue_id), shown_versions(form)
    ticked = {case_id: shown.get(case_id, 0) for case_id in form.getlist("case")}
    giving = Giving(queue_id, form.get("to"), form.get("reason"), form.get("acknowledge") == "yes")
    try:
        done = assign_many(session, member, giving, ticked, now)
    except (TextRefused, NotAllowedNow) as error:
        return assign_page(request, session, member, queue_id, now, _typed(form, member, error))
    return done_page(request, session, member, queue, done, form, now)


@router.get("/hand-over")
def what_somebody_has(request: Request, queue_id: str, session: Db, now: Now, member: Worker) -> Response:
    """What a person has; while all of it is handed over, each look at this page is one step, and asks for the next."""
    kept = member.begun.get(HAND_OVER)
    going = Handing(**kept) if kept and "going" in request.query_params else None
    if going is None or going.queue_id != queue_id:
        who = request.query_params.get("of") or member.account_id
        found = handing.holding(session, member, queue_id, who, now)
        cases = " ".join(case.id for case in found.cases)
        put_on_record(session, member, "listed", now, queue=queue_id, account=who, cases=cases)
        return _holding_page(request, session, member, found, now)
    going = handing.step(session, member, going, now)
    token = read_cookie(request, Cookie.DESK)
    keep_begun(session, token, HAND_OVER, None if going.over else handing.packed(going), now)
    found = handing.holding(session, member, queue_id, going.who, now)
    page = _holding_page(request, session, member, found, now, going=going)
    if not going.over:
        # Without a script, and gone by itself when there is nothing left to do.
        page.headers["Refresh"] = f"1;url=/desk/queues/{queue_id}/hand-over?going=yes"
    return page


@router.post("/hand-over")
def hand_over(request: Request, queue_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Hand over what was ticked, or begin to hand over everything."""
    queue, who, ticked = member_queue(member, queue_id), form.get("of"), form.getlist("case")
    giving = Giving(queue_id, form.get("to"), form.get("reason"))
    beside = None
    try:
        if form.get("act") == "all":
            begun = handing.begin(session, member, who, giving, now, form.get("state"))
            keep_begun(session, read_cookie(request, Cookie.DESK), HAND_OVER, handing.packed(begun), now)
            return RedirectResponse(f"/desk/queues/{queue_id}/hand-over?going=yes", 303)
        shown = {**dict.fromkeys(ticked, 0), **shown_versions(form)}
        done = handing.hand_over(session, member, who, giving, ticked, now, shown)
        return done_page(request, session, member, queue, done, form, now)
    except (TextRefused, NotAllowedNow) as error:
        typed = _typed(form, member, error)
    except OVERTAKEN:
        session.rollback()
        typed, beside = Typed(dict(form.items)), Beside(())
    found = handing.holding(session, member, queue_id, who, now)
    return _holding_page(request, session, member, found, now, typed, beside)


def shown_versions(form: Form) -> Mapping[str, int]:
    """The versions of cases as the page showed them: fields "shown" with a case's number, a dot and its version."""
    pairs = (text.partition(".") for text in form.getlist("shown"))
    return {case_id: number(version, 0) for case_id, _dot, version in pairs}


def assign_page(request: Request, session: Session, member: Member, queue_id: str, now: Now, typed: Typed) -> Response:
    """To whom, and why; what was ticked travels along."""
    ticked = [case_id for case_id in typed.all("case") if is_case_number(case_id)][:PAGE]
    return desk_page(
        request,
        member,
        "desk/assign_many.html",
        422 if typed.problems else 200,
        queue=member_queue(member, queue_id),
        people=queue_colleagues(session, member, queue_id),
        away=away_now(open_roster(session, member, queue_id), now),
        names=told_of(told_apart(session, member, ticked, now), member.language),
        typed=typed,
    )


def done_page(
    request: Request, session: Session, member: Member, queue: MemberQueue, done: Done, form: Form, now: Now
) -> Response:
    """Back to the queue, or what was left and why; what a colleague changed stands there, to be done all the same."""
    if not done.left:
        return RedirectResponse(f"/desk/queues/{queue.id}", 303)
    stands = dict(_stand_now(session, member, [left.case_id for left in done.left if left.why == "changed"], now))
    versions = [("shown", f"{case_id}.{case.version}") for case_id, (case, _last) in stands.items()]
    typed = [(name, value) for name in _AGAIN for value in form.getlist(name)]
    again = Again(request.url.path, _AGAIN_BUTTON, (), (*typed, *versions, *(("case", each) for each in stands)))
    return desk_page(
        request,
        member,
        "desk/many.html",
        409 if stands else 200,
        queue=queue,
        done=done,
        told=TOLD,
        stands=stands,
        again=again if stands else None,
    )


def _stand_now(
    session: Session, member: Member, case_ids: list[str], now: Now
) -> Iterator[tuple[str, tuple[CaseView, Beside]]]:
    """How cases stand after a colleague's step; one that is gone since is left out."""
    # What was done with others is kept; these are read anew.
    session.expire_all()
    for case_id in case_ids:
        try:
            beside = case_beside(session, member, case_id, now)
        except (NotFound, NotAllowedNow):
            continue
        if beside.case is not None:
            yield case_id, (beside.case, beside)


def _holding_page(
    request: Request,
    session: Session,
    member: Member,
    found: Holding,
    now: Now,
    typed: Typed | None = None,
    beside: Beside | None = None,
    going: Handing | None = None,
) -> Response:
    queue_id = found.queue.id
    # While the steps go on nothing is listed.
    shown = found.cases if going is None or going.over else ()
    return desk_page(
        request,
        member,
        "desk/hand_over.html",
        status_of(typed, beside),
        holding=found,
        names=told_of(told_apart(session, member, [case.id for case in shown], now), member.language),
        state=has_seen(typed, beside, "state", found.state),
        beside=beside,
        away=away_now(open_roster(session, member, queue_id), now),
        typed=typed or Typed(),
        going=going,
        left=Left(now),
    )


def _typed(form: Form, member: Member, error: TextRefused | NotAllowedNow) -> Typed:
    text = isinstance(error, TextRefused)
    words = (TEXT_PROBLEMS if text else TOLD)[error.reason]
    return Typed(dict(form.items), {"reason" if text else "to": translate_into(member.language)(words)})

"""Short forms and buttons of a case that met a colleague's newer step: both are shown, and it can be sent again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from fastapi import Request
from fastapi.responses import Response

from app.accounts.members import Member, queue_colleagues
from app.casefile.errors import NotFound
from app.casework import diary
from app.casework.book import read_book
from app.casework.errors import NotAllowedNow
from app.casework.opening import Reading, read_case
from app.storage.sessions import Session
from app.web.desk.beside import Beside, Pairs, Theirs, as_theirs, last_events, queues_by_id
from app.web.desk.case_forms import number
from app.web.desk.pages import desk_page
from app.web.desk.steps import steps
from app.web.desk.unsent import Kept
from app.web.desk.writing import Again, written
from app.web.forms import Form
from app.web.languages import mark as _
from app.web.pages import translate_into
from app.web.site import site_of

CHANGED = _("Somebody changed this case meanwhile, so nothing was done")
_WORDS = _("What you wrote was not sent. It is here: please look at the case, then send it again.")
_PRESSED = _("Please look at how the case stands now. If it is still needed, press once more.")
_NO_MORE = _("As the case stands now, this can be done no more.")
_COLLEAGUE = _("Colleague")


@dataclass(frozen=True)
class Seen:
    """What a form was shown beside, and what stands there now."""

    session: Session
    member: Member
    reading: Reading
    form: Form
    now: datetime


@dataclass(frozen=True)
class Both:
    """What stands there now, what was chosen here in words, and what the form says from now on that it has seen."""

    beside: Beside
    seen: Mapping[str, str]
    chosen: Pairs = field(default=(), repr=False)


def both_shown(request: Request) -> Response | None:
    """The page with both for the form that was just refused; None where it is none of a case's, or the case is gone."""
    form, member = getattr(request.state, "form", None), getattr(request.state, "member", None)
    case_id, site = request.path_params.get("case_id"), site_of(request)
    path, now = request.url.path, site.clock()
    if not isinstance(form, Form) or not isinstance(member, Member) or case_id is None or path.endswith(_SUGGESTED):
        return None
    # What was refused is rolled back: this is read as it stands after the colleague's step.
    with site.scope() as session:
        try:
            reading = read_case(session, member, case_id, now)
        except (NotFound, NotAllowedNow):
            return None
        both = _FOUND.get(path.rpartition("/")[2], _step)(Seen(session, member, reading, form, now))
        typed = written(path, form)
        again = typed.again if typed else _pressed(path, form, reading)
        words = _WORDS if typed else _PRESSED if again else _NO_MORE
        if again is not None:
            again = replace(again.having_seen(both.seen), chosen=both.chosen)
        return desk_page(
            request,
            member,
            "desk/kept.html",
            409,
            kept=Kept(CHANGED, words),
            again=again,
            beside=both.beside,
            back=f"/desk/cases/{case_id}",
            writer=member.account_id,
        )


def _pressed(path: str, form: Form, reading: Reading) -> Again | None:
    """The button that was pressed, if the case as it stands still has it."""
    address = path.rpartition("/")[2]
    for step in steps(reading.view):
        if step.address == address and (not step.field or step.value == form.get(step.field)):
            chosen = ((step.field, step.value),) if step.field else ()
            return Again(path, step.text, (), (("version", ""), ("seen", form.get("seen")), *chosen))
    return None


def _step(seen: Seen) -> Both:
    """A step by which the case's row changes: how it stands, and what happened last."""
    session, member, view = seen.session, seen.member, seen.reading.view
    found = last_events(session, member, seen.reading, seen.now)
    people = queue_colleagues(session, member, view.queue.id)
    to = people.get(seen.form.get("colleague"), "")
    chosen = ((translate_into(member.language)(_COLLEAGUE), to),) if to else ()
    return Both(Beside(found, view, queues_by_id(session)), {"version": str(view.version)}, chosen)


def _message(seen: Seen) -> Both:
    """An answer to the family: what colleagues have written to them since."""
    view = seen.reading.view
    answers = [line for line in view.conversation if line.author is not None]
    newer = answers[number(seen.form.get("said"), 0) :]
    found = tuple(Theirs(line.author or "", line.moment, line.text) for line in newer)
    if not found:
        return replace(_step(seen), seen={"said": str(view.said)})
    return Both(Beside(found), {"said": str(view.said)})


def _finished(seen: Seen) -> Both:
    """The end of a task: what a colleague said of it."""
    book = read_book(seen.session, seen.member, seen.reading.opened)
    said = diary.done_in(book).get(seen.form.get("entry"), ())
    if not said:
        return _step(seen)
    return Both(Beside(as_theirs(said, seen.member.language)), {"follows": said[-1].id})


# What the rules suggest stands on the case's page, with its button.
_SUGGESTED = "/urgency"
_FOUND: Mapping[str, Callable[[Seen], Both]] = {"message": _message, "finish": _finished}

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
from app.web.desk.beside import Beside, Pairs, Theirs, after, as_theirs, last_events, queues_by_id
from app.web.desk.case_forms import said
from app.web.desk.steps import BUTTONS, steps
from app.web.desk.unsent import Kept, kept_page
from app.web.desk.writing import Again, written
from app.web.forms import Form
from app.web.languages import mark as _
from app.web.pages import translate_into
from app.web.site import site_of

CHANGED = _("Somebody changed this case meanwhile, so nothing was done")
NOT_SENT = Kept(CHANGED, _("What you wrote was not sent. It is here: please look at the case, then send it again."))
_PRESSED = Kept(CHANGED, _("Please look at how the case stands now. If it is still needed, press once more."))
_NO_MORE = Kept(CHANGED, _("As the case stands now, this can be done no more."))
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
    """The page with both for the form that was just refused.

    None where it is none of a case's, or the case is gone; and for a button that stands with what it is about, such as
    a proposal: that is seen on the case's page.
    """
    form, member = getattr(request.state, "form", None), getattr(request.state, "member", None)
    case_id, site = request.path_params.get("case_id"), site_of(request)
    path, now = request.url.path, site.clock()
    if not isinstance(form, Form) or not isinstance(member, Member) or case_id is None:
        return None
    typed, address = written(path, form), path.rpartition("/")[2]
    if typed is None and address not in BUTTONS:
        return None
    # What was refused is rolled back: this is read as it stands after the colleague's step.
    with site.scope() as session:
        try:
            reading = read_case(session, member, case_id, now)
        except (NotFound, NotAllowedNow):
            return None
        both = _FOUND.get(address, _step)(Seen(session, member, reading, form, now))
        again = typed.again if typed else _pressed(path, address, form, reading)
        kept = NOT_SENT if typed else _PRESSED if again else _NO_MORE
        if again is not None:
            again = replace(again.having_seen(both.seen), chosen=both.chosen)
        return kept_page(request, member, kept, 409, again, f"/desk/cases/{case_id}", both.beside)


def _pressed(path: str, address: str, form: Form, reading: Reading) -> Again | None:
    """The button that was pressed, if the case as it stands still has it."""
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
    newer = answers[said(seen.form) or 0 :]
    found = tuple(Theirs(line.author or "", line.moment, line.text) for line in newer)
    if not found:
        return replace(_step(seen), seen={"said": str(view.said)})
    return Both(Beside(found), {"said": str(view.said)})


def _finished(seen: Seen) -> Both:
    """The end of a task: what a colleague said of it."""
    book = read_book(seen.session, seen.member, seen.reading.opened)
    words = diary.done_in(book).get(seen.form.get("entry"), ())
    newer = after(words, seen.form.get("follows"))
    if not newer:
        return _step(seen)
    return Both(Beside(as_theirs(newer, seen.member.language)), {"follows": newer[-1].id})


_FOUND: Mapping[str, Callable[[Seen], Both]] = {"message": _message, "finish": _finished}

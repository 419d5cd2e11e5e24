"""One case on one page."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.accounts.queues import queue_states
from app.casework.actions import NEXT_STATUS
from app.casework.opening import open_case
from app.casework.view import CaseView
from app.routing import FALLBACKS
from app.web.desk.access import Reader
from app.web.desk.answers import case_labels, person_name
from app.web.desk.clocks import TimeLeft, time_left
from app.web.desk.errors import TOLD, WHY_NOT
from app.web.desk.pages import desk_page
from app.web.desk.words import PRECISIONS, QUEUE_KINDS
from app.web.languages import mark as _
from app.web.site import Now
from app.web.transactions import Db

router = APIRouter(prefix="/desk")

# Steps of a case: where the form goes, its field and value, what the button says and how loud it is.
Step = tuple[str, str, str, str, str]
_STATUS_STEPS = {
    "in_progress": _("Set to “in progress”"),
    "awaiting_family": _("Set to “waiting for the family”"),
}


@router.get("/cases/{case_id}")
def one_case(request: Request, case_id: str, session: Db, now: Now, member: Reader) -> Response:
    """Everything about a case that the member's keys open."""
    case = open_case(session, member, case_id, now)
    told_kinds = [QUEUE_KINDS[queue.kind] for queue in queue_states(session) if queue.id in case.told]
    return desk_page(
        request,
        member,
        "desk/case.html",
        case=case,
        name=person_name(case.answers),
        labels=case_labels(case, member.language),
        clocks=_clocks(case, now),
        steps=steps(case),
        precisions=PRECISIONS,
        told=TOLD.get(request.query_params.get("told", ""), ""),
        told_kinds=told_kinds,
        fallback=FALLBACKS.get(case.routing.fallback or "", ""),
        refused=WHY_NOT["closed" if case.listed.status == "closed" else "reply_safe_no"],
    )


def steps(case: CaseView) -> list[Step]:
    """What may be done with the case as it stands, the likeliest first."""
    found: list[Step] = []
    if case.listed.status == "new":
        found.append(("acknowledge", "", "", _("Acknowledge"), "on"))
    if not case.mine and case.listed.status != "closed":
        found.append(("take", "", "", _("Take this case"), "on" if not found else ""))
    found += [
        ("status", "status", status.value, _STATUS_STEPS[status.value], "")
        for status in sorted(NEXT_STATUS[case.listed.status])
    ]
    if case.listed.unread:
        found.append(("read", "", "", _("The family's messages are read"), ""))
    return found


def _clocks(case: CaseView, now: Now) -> list[tuple[str, TimeLeft]]:
    running = [
        (_("To be acknowledged"), time_left(case.listed.acknowledge_by, now)),
        (_("To be acted on"), time_left(case.listed.act_by, now)),
    ]
    return [(label, left) for label, left in running if left is not None]

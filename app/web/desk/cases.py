"""One case on one page."""

from fastapi import Request
from fastapi.responses import Response

from app.accounts.queues import queue_states
from app.casework.opening import read_case
from app.casework.standby import assignee_away
from app.casework.view import CaseView
from app.routing import FALLBACKS
from app.web.desk.access import Reader as CaseReader
from app.web.desk.answers import case_labels, person_name
from app.web.desk.clocks import TimeLeft, time_left
from app.web.desk.errors import TOLD, WHY_NOT
from app.web.desk.pages import desk_page
from app.web.desk.reader import Reader
from app.web.desk.sections import shown_to
from app.web.desk.steps import steps
from app.web.desk.words import PRECISIONS, QUEUE_KINDS
from app.web.languages import mark as _
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk")


@router.get("/cases/{case_id}")
def one_case(request: Request, case_id: str, session: Db, now: Now, member: CaseReader) -> Response:
    """Everything about a case that the member's keys open."""
    reading = read_case(session, member, case_id, now)
    case, asked = reading.view, request.query_params
    told_kinds = [QUEUE_KINDS[queue.kind] for queue in queue_states(session) if queue.id in case.told]
    return desk_page(
        request,
        member,
        "desk/case.html",
        case=case,
        name=person_name(case.answers),
        labels=case_labels(case, member.language),
        clocks=_clocks(case, now),
        sections=shown_to(Reader(session, member, reading, now, *(asked.get(name, "") for name in ("reply", "card")))),
        steps=steps(case),
        away=assignee_away(session, member, case, now),
        precisions=PRECISIONS,
        told=TOLD.get(asked.get("told", ""), ""),
        told_kinds=told_kinds,
        fallback=FALLBACKS.get(case.routing.fallback or "", ""),
        refused=WHY_NOT.get(case.why_not, ""),
    )


def _clocks(case: CaseView, now: Now) -> list[tuple[str, TimeLeft]]:
    running = [
        (_("To be acknowledged"), time_left(case.listed.acknowledge_by, now)),
        (_("To be acted on"), time_left(case.listed.act_by, now)),
    ]
    return [(label, left) for label, left in running if left is not None]

"""What each person of a queue has, for whoever leads it."""

from fastapi import Request
from fastapi.responses import Response

from app.casework.workload import workload
from app.web.desk.access import Lister
from app.web.desk.pages import desk_page
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/queues/{queue_id}")


@router.get("/workload")
def who_has_what(request: Request, queue_id: str, session: Db, now: Now, member: Lister) -> Response:
    """Open, waiting, soon late and late by person, and how fast is answered."""
    return desk_page(request, member, "desk/workload.html", load=workload(session, member, queue_id, now))

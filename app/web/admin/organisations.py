"""Organisations, as every administrator may know them. A new one is signed by the root, which no page ever asks for."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.accounts import administration
from app.accounts.record import put_on_record
from app.web.desk.access import Administrator
from app.web.desk.pages import desk_page
from app.web.site import Now
from app.web.transactions import Db

router = APIRouter(prefix="/admin/organisations")


@router.get("")
def all_organisations(request: Request, session: Db, now: Now, member: Administrator) -> Response:
    """Every organisation, with how many people and queues it has."""
    put_on_record(session, member, "organisations_opened", now)
    found = administration.organisations(session)
    return desk_page(request, member, "admin/organisations.html", organisations=found)

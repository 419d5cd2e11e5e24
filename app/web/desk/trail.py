"""The record as auditors read it, a bounded part at a time."""

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import QueryParams

from app.accounts.auditing import Entry, TrailPage, Wanted, people_of, read_trail
from app.accounts.errors import KeyNotHeld
from app.accounts.neighbours import Neighbour, neighbours
from app.accounts.record import SERVICE
from app.web.desk.access import Auditor
from app.web.desk.pages import desk_page
from app.web.desk.record_details import Detail, Explained
from app.web.desk.record_words import ACTIONS
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/admin/trail")
FIELDS = ("actor", "kind", "case", "since", "until")


@dataclass(frozen=True)
class Line:
    """An entry in words: `who` is a name, or an id where the reader's directory has none; `action` is a msgid."""

    entry: Entry
    who: str
    named: bool
    action: str
    details: tuple[Detail, ...] = field(repr=False)


@router.get("")
def trail(request: Request, session: Db, now: Now, member: Auditor) -> Response:
    """A page of the record, the newest entries first."""
    wanted, before = read_wanted(request.query_params), _number(request.query_params.get("before", ""))
    try:
        page: TrailPage | None = read_trail(session, member, wanted, before, now)
    except KeyNotHeld:
        page = None
    people = people_of(session, member)
    return desk_page(
        request,
        member,
        "desk/trail.html",
        held=page is not None,
        lines=_lines(page, neighbours(session)) if page is not None else [],
        wanted=wanted,
        people=people,
        service=SERVICE,
        actions=ACTIONS,
        further=_address(wanted, page.further) if page is not None and page.further else "",
        newest=_address(wanted, None) if before else "",
    )


def read_wanted(query: QueryParams) -> Wanted:
    """What the address asks for; what it asks for wrongly is not asked for."""
    kind = query.get("kind", "")
    return Wanted(
        actor=query.get("actor", "")[:64] or None,
        kind=kind if kind in ACTIONS else None,
        case=query.get("case", "").strip()[:20] or None,
        since=_day(query.get("since", "")),
        until=_day(query.get("until", "")),
    )


def _lines(page: TrailPage, queues: tuple[Neighbour, ...]) -> list[Line]:
    explained = Explained(page.names, queues)
    return [
        Line(
            entry=entry,
            who=page.names.get(entry.actor, entry.actor),
            named=entry.actor in page.names,
            action=ACTIONS.get(entry.kind or "", entry.kind or ""),
            details=explained.details(entry.details),
        )
        for entry in page.entries
    ]


def _address(wanted: Wanted, before: int | None) -> str:
    chosen = {name: getattr(wanted, name) for name in FIELDS} | {"before": before}
    query = urlencode({name: str(value) for name, value in chosen.items() if value is not None})
    return f"/admin/trail?{query}" if query else "/admin/trail"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None

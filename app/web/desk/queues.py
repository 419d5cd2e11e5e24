"""My queues, and one queue page by page."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from app.accounts.administration import to_begin
from app.accounts.admission import own_fingerprint
from app.accounts.covering import to_cover, to_take_up
from app.accounts.members import keep_filter
from app.accounts.permissions import Permission, allowed
from app.accounts.renewing import older_keys
from app.casefile.cases import NOTHING_DUE
from app.casework.escalations import missed_by
from app.casework.listing import MOST_GUESTS, CaseRow, queue_page
from app.casework.queues import MOST_TOLD, ListedCase, QueueFilter, ToldCase, queue_summaries, told_cases
from app.casework.standby import Away, posts
from app.web.cookies import Cookie, read_cookie
from app.web.desk.access import AnyMember, Lister
from app.web.desk.answers import Told, list_labels, person_name
from app.web.desk.clocks import TimeLeft, time_left
from app.web.desk.pages import desk_page
from app.web.desk.recovery_words import ring_name
from app.web.desk.words import PRIORITIES, ROLE_PAGES, ROLES, STATUSES
from app.web.pages import translate_into
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk")


@dataclass(frozen=True)
class Line:
    """A line of a queue as its page shows it."""

    case: ListedCase
    name: str
    told: Told
    left: TimeLeft | None
    assignee: str | None
    mine: bool
    away: Away | None
    reason: str
    opens: bool


@dataclass(frozen=True)
class Beside:
    """How many stand before what is shown of the two lists beside a queue's cases."""

    shared: int = 0
    told: int = 0


@router.get("/")
def my_queues(request: Request, session: Db, now: Now, member: AnyMember) -> Response:
    """The member's queues with what waits in them; for others, what their role sees here."""
    if not member.admitted:
        return desk_page(request, member, "desk/waiting.html", fingerprint=own_fingerprint(member))
    queues = queue_summaries(session, member, now) if allowed(member.roles, Permission.LIST_QUEUES) else ()
    roles = [(words, ROLE_PAGES[role]) for role, words in ROLES.items() if role in member.roles]
    return desk_page(
        request,
        member,
        "desk/home.html",
        queues=queues,
        roles=roles,
        fingerprint=own_fingerprint(member),
        to_begin=to_begin(session, member),
        to_cover=to_cover(session, member),
        to_take_up=to_take_up(session, member),
        older_keys=[(*ring_name(each.ring, each.kind), each) for each in older_keys(session, member)],
        missed=[(case, time_left(case.late_since, now)) for case in missed_by(session, posts(session, member, now))],
    )


@router.get("/queues/{queue_id}")
def one_queue(request: Request, queue_id: str, session: Db, now: Now, member: Lister) -> Response:
    """A page of a queue, most urgent first."""
    query = request.query_params
    wanted, after = read_filter(query), query.get("after")
    if not query and member.filters.get(queue_id):
        return RedirectResponse(f"/desk/queues/{queue_id}?{member.filters[queue_id]}", 303)
    beside = Beside(_number(query.get("shared", "")), _number(query.get("told", "")))
    page = queue_page(session, member, queue_id, wanted, after, now, skip=beside.shared)
    told, more_told = ((), False) if after else told_cases(session, queue_id, now, skip=beside.told)
    if "status" in query and "kept" not in query and after is None:
        # The form of filters was sent: what was chosen stays, for this session, and on no device.
        chosen = _address(queue_id, wanted, None).partition("?")[2]
        keep_filter(session, read_cookie(request, Cookie.DESK), queue_id, chosen and f"{chosen}&kept=yes", now)
    return desk_page(
        request,
        member,
        "desk/queue.html",
        queue=page.queue,
        rows=[_line(row, member.language, now) for row in page.rows],
        guests=[(guest, _line(guest.row, member.language, now)) for guest in page.guests],
        wanted=wanted,
        narrowed=wanted != QueueFilter(),
        told=[(case, _told_left(case, now)) for case in told],
        lists=_lists(queue_id, wanted, beside, page.more_guests, more_told),
        next_address=_address(queue_id, wanted, page.after) if page.after else "",
        first_address=_address(queue_id, wanted, None) if after else "",
    )


def read_filter(query: QueryParams) -> QueueFilter:
    """What the address asks for; what it asks for wrongly is not asked for."""
    status, priority = query.get("status", ""), query.get("priority", "")
    return QueueFilter(
        status=status if status in {*STATUSES, "all"} else "open",
        priority=next((number for number in PRIORITIES if str(number) == priority), None),
        mine=query.get("mine") == "yes",
        late=query.get("late") == "yes",
        unread=query.get("unread") == "yes",
        soon=query.get("soon") == "yes",
        free=query.get("free") == "yes",
    )


def _number(typed: str) -> int:
    return int(typed) if re.fullmatch(r"[0-9]{1,6}", typed) else 0


def _lists(queue_id: str, wanted: QueueFilter, at: Beside, more_shared: bool, more_told: bool) -> dict[str, str]:
    """Where each list beside the cases goes on, and where it begins; empty where it does not or is there."""
    following = {
        "shared_next": replace(at, shared=at.shared + MOST_GUESTS) if more_shared else None,
        "shared_first": replace(at, shared=0) if at.shared else None,
        "told_next": replace(at, told=at.told + MOST_TOLD) if more_told else None,
        "told_first": replace(at, told=0) if at.told else None,
    }
    return {
        name: _address(queue_id, wanted, None, then) + f"#{name.partition('_')[0]}" if then else ""
        for name, then in following.items()
    }


def _told_left(case: ToldCase, now: Now) -> TimeLeft | None:
    return time_left(case.due if case.due < NOTHING_DUE else None, now)


def _line(row: CaseRow, language: str, now: Now) -> Line:
    # The clock that runs: first that somebody has seen the case, then that somebody has acted.
    due = row.listed.acknowledge_by or row.listed.act_by
    return Line(
        case=row.listed,
        name=person_name(row.answers),
        told=list_labels(row.answers, language),
        left=time_left(due, now),
        assignee=row.assignee,
        mine=row.mine,
        away=row.away,
        reason=translate_into(language)(row.reason) if row.reason else "",
        opens=row.opens,
    )


def _address(queue_id: str, wanted: QueueFilter, after: str | None, beside: Beside = Beside()) -> str:
    chosen = {
        "status": wanted.status if wanted.status != "open" else None,
        "priority": wanted.priority,
        "mine": "yes" if wanted.mine else None,
        "late": "yes" if wanted.late else None,
        "unread": "yes" if wanted.unread else None,
        "soon": "yes" if wanted.soon else None,
        "free": "yes" if wanted.free else None,
        "after": after,
        "shared": beside.shared or None,
        "told": beside.told or None,
    }
    query = urlencode({name: value for name, value in chosen.items() if value is not None})
    return f"/desk/queues/{queue_id}?{query}" if query else f"/desk/queues/{queue_id}"

"""Who is asking, and whether they may: the second wall, in front of the keys."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from app.accounts.alarms import alarms_for
from app.accounts.errors import DeskClosed, NotPermitted, SessionEnded
from app.accounts.lockdown import lockdown_state
from app.accounts.members import Member, resume, resume_without_names
from app.accounts.permissions import Permission, allowed
from app.casefile.practice import practice_cases
from app.in_force.watch import raised
from app.web.cookies import Cookie, read_cookie
from app.web.desk.alarms import in_words
from app.web.desk.unsent import keep
from app.web.forms import Posted
from app.web.site import Now
from app.web.transactions import Db


@dataclass
class LoggedOut(Exception):
    """Nobody is logged in; `ended` when somebody was, `unsent` a text that was on its way, sealed, or nothing."""

    ended: bool
    unsent: str


@dataclass(frozen=True)
class Needs:
    """The dependency of a route: the member, if their roles carry `permission`."""

    permission: Permission
    while_closed: bool = False
    without_names: bool = False

    def __call__(self, request: Request, session: Db, now: Now, form: Posted) -> Member:
        """The member who is asking; pages are in their language from here on.

        Raises:
            LoggedOut: there is no session, or its time is over.
            DeskClosed: the desk is in lockdown, and this is no way out of it.
            NotPermitted: none of their roles carries the permission, or they still wait to be admitted.
        """
        token = read_cookie(request, Cookie.DESK)
        try:
            member = (resume_without_names if self.without_names else resume)(session, token, now)
        except SessionEnded as error:
            raise LoggedOut(ended=bool(token), unsent=keep(request, form, now)) from error
        request.state.member, request.state.language = member, member.language
        request.state.alarms = in_words((*alarms_for(session, member.organisation_id, now), *raised(session)))
        # Whatever page shows such a case says so.
        request.state.practice = practice_cases(session, [queue.id for queue in member.queues])
        if not self.while_closed and lockdown_state(session).closed:
            raise DeskClosed
        # Who joined and was admitted by nobody yet may see that they wait, and leave.
        waits = not member.admitted and self.permission is Permission.USE_DESK
        if not waits and not allowed(member.roles, self.permission):
            raise NotPermitted
        return member


def needs(permission: Permission, *, while_closed: bool = False, without_names: bool = False) -> Any:
    """Declare what a route needs: ``member: Annotated[Member, needs(Permission.READ_CASES)]``.

    ``while_closed`` is for the few that also work in a lockdown: leaving, and opening the desk again;
    ``without_names`` for those that whoever reads no names needs: leaving, and getting the names back.
    """
    return Depends(Needs(permission, while_closed, without_names), scope="function")


AnyMember = Annotated[Member, needs(Permission.USE_DESK)]
Lister = Annotated[Member, needs(Permission.LIST_QUEUES)]
Reader = Annotated[Member, needs(Permission.READ_CASES)]
Worker = Annotated[Member, needs(Permission.WORK_CASES)]
KeyKeeper = Annotated[Member, needs(Permission.KEEP_KEYS)]
Sharer = Annotated[Member, needs(Permission.SHARE_CASES)]
Writer = Annotated[Member, needs(Permission.ANSWER_FAMILIES)]
Leaver = Annotated[Member, needs(Permission.USE_DESK, while_closed=True, without_names=True)]
Closer = Annotated[Member, needs(Permission.LOCK_DOWN, while_closed=True)]
Auditor = Annotated[Member, needs(Permission.READ_RECORD)]
Overseer = Annotated[Member, needs(Permission.SEE_LATE_CASES)]
Administrator = Annotated[Member, needs(Permission.MANAGE_PEOPLE)]
WithoutNames = Annotated[Member, needs(Permission.MANAGE_PEOPLE, without_names=True)]

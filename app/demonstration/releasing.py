"""The demonstration's releases: each made by one coordinator and confirmed by the other, as real ones are."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Engine

from app.accounts.permissions import Role
from app.demonstration.staff import Staff
from app.statistics import confirming, making
from app.statistics.errors import NothingToDo, Overdrawn
from app.statistics.periods import Period, ReleaseKind
from app.storage.sessions import session_scope


def release(engine: Engine, staff: Staff, period: Period, moment: datetime) -> Iterator[int]:
    """Release both kinds of a quarter that is over; give the numbers of those that were not there yet."""
    maker, confirmer = [member for member in staff.people.values() if Role.COORDINATOR in member.roles][:2]
    for kind in ReleaseKind:
        try:
            with session_scope(engine) as session:
                making.begin(session, maker, kind, period, moment)
        except Overdrawn:
            continue
        except NothingToDo:
            # Begun before the demonstration was cut off.
            pass
        made = False
        while not made:
            with session_scope(engine) as session:
                made = making.take_step(session, maker, kind, period, moment).made
        with session_scope(engine) as session:
            confirming.begin(session, confirmer, kind, period)
        number, over = None, False
        while not over:
            with session_scope(engine) as session:
                look = confirming.take_step(session, confirmer, kind, period, moment)
            number, over = look.number, look.discarded or look.number is not None
        if number is not None:
            yield number

"""The demonstration's first release: made by one coordinator and confirmed by the other, as real ones are."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine

from app.accounts.permissions import Role
from app.accounts.setup import Credentials
from app.demonstration.filling import STAFF_WORKED, log_in
from app.statistics import making, releases
from app.statistics.periods import ReleaseKind, closed_periods
from app.storage.sessions import session_scope


def release(
    engine: Engine,
    people: Sequence[Credentials],
    now: datetime,
    progress: Callable[[int], None] = lambda _percent: None,
) -> int | None:
    """Release the reports received in the last quarter that is over; give the release's number."""
    moment = now - STAFF_WORKED
    maker, confirmer = [log_in(engine, each, moment) for each in people if Role.COORDINATOR in each.plan.roles][:2]
    kind, period = ReleaseKind.INTAKE, closed_periods(now.date(), 1)[0]
    with session_scope(engine) as session:
        making.begin(session, maker, kind, period, moment)
    made = False
    while not made:
        with session_scope(engine) as session:
            state = making.take_step(session, maker, kind, period, moment)
        made = state.made
        progress(state.percent)
    with session_scope(engine) as session:
        return releases.confirm(session, confirmer, kind, period, moment)

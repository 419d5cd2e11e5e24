"""Filling an installation with made-up cases and what was done with them, through the path that real ones take."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from app.accounts.permissions import Role
from app.demonstration.cast import ACCOUNTS_FILE
from app.demonstration.deeds import STAFF_WORKED, Deed, deeds_of, in_turns
from app.demonstration.hands import DEEDS_AT_ONCE, Asked, Hands, Place, hands
from app.demonstration.journal import Journal, Order
from app.demonstration.made_up import MadeUpReport
from app.demonstration.releasing import release
from app.demonstration.reports import drawn_reports, written_reports
from app.demonstration.staff import Staff, log_all_in, read_accounts, resume
from app.demonstration.standing_work import begin_to_practise, prepare_desks
from app.statistics.periods import Period, period_of

# So many are worth processes of their own, and are spread over so many months; fewer over fewer.
MANY, MONTHS, OF_A_MONTH = 200, 15, 2
MONTH = timedelta(days=30)
# Coordinators release a quarter when the last closings of it are signed.
RELEASED_AFTER = timedelta(days=9)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Filled:
    """What a demonstration holds: so many cases, and the numbers of its releases."""

    cases: int
    releases: tuple[int, ...]


def fill(engine: Engine, url: str, root: bytes, folder: Path, order: Order, progress: Progress) -> Filled:
    """Fill what is not filled yet of an order; ``progress`` hears what is done, how much, and of how much.

    Killed at any moment it leaves a whole database, and goes on from there when it is called again.
    """
    journal, started = Journal(folder), datetime.now(order.now.tzinfo) - STAFF_WORKED
    again = journal.order is not None
    order = journal.order or order
    if not again:
        journal.begin(order)
    people = [each for each in read_accounts(folder / ACCOUNTS_FILE) if each.queues or Role.COORDINATOR in each.roles]
    tokens = log_all_in(engine, people, started)
    staff = resume(engine, tokens, started)
    reports = list(reports_of(order))
    with hands(Place(url, root, tokens, started), many=len(reports) >= MANY) as crew:
        _send(crew, journal, reports, order.now, progress)
        oldest = timedelta(hours=max((report.age_hours for report in reports), default=0))
        prepare_desks(engine, staff, order.now - STAFF_WORKED - oldest, order.now)
        released = _work(engine, crew, staff, journal, reports, progress, again=again)
    begin_to_practise(engine, staff, started)
    journal.end()
    return Filled(len(reports), released)


def reports_of(order: Order) -> Iterator[MadeUpReport]:
    """The written reports first, then drawn ones; many are spread over months, so that closed quarters have some."""
    written = written_reports(order.now)[: order.cases]
    yield from written
    count = order.cases - len(written)
    parts = min(MONTHS, -(-count // OF_A_MONTH))
    for part in range(parts):
        back = MONTH * part
        share = count // parts + (part < count % parts)
        for report in drawn_reports(share, order.seed + part, order.now - back):
            key = f"{report.key}-{part}"
            yield replace(report, key=key, age_hours=report.age_hours + back // timedelta(hours=1))


def quarters_of(reports: Sequence[MadeUpReport], now: datetime) -> Iterator[tuple[Period, datetime]]:
    """The quarters that are over since the first report, and the moment at which each is released."""
    period = period_of((now - timedelta(hours=max((report.age_hours for report in reports), default=0))).date())
    while period.is_over(now.date()):
        following = period.next
        first_day = date(following.year, following.quarter * 3 - 2, 1)
        at = datetime.combine(first_day, now.timetz()) + RELEASED_AFTER
        yield period, min(at, now - STAFF_WORKED)
        period = following


def _send(crew: Hands, journal: Journal, reports: Sequence[MadeUpReport], now: datetime, progress: Progress) -> None:
    missing = [report for report in reports if report.key not in journal.sent]
    # Closed at once, so that whoever stops here has noted what was under way.
    with closing(crew.send(missing, now, journal.note_sent)) as sending:
        for _ in sending:
            progress("Sending", len(journal.sent), len(reports))


def _work(
    engine: Engine,
    crew: Hands,
    staff: Staff,
    journal: Journal,
    reports: Sequence[MadeUpReport],
    progress: Progress,
    *,
    again: bool,
) -> tuple[int, ...]:
    """Do every deed in the order of time, and release each quarter in its own."""
    assert journal.order is not None
    now = journal.order.now
    deeds, due, numbers = deeds_of(reports, now), list(quarters_of(reports, now)), list[int]()
    done, left = journal.done, deeds[journal.done :]
    for turn in in_turns(left, DEEDS_AT_ONCE):
        while due and due[0][1] <= turn[0].at:
            numbers += release(engine, staff, *due.pop(0))
        crew.do([_asked(deed, journal, again=again) for deed in turn])
        # What was cut off is in the first turn alone.
        again = False
        done += len(turn)
        journal.note_done(done)
        progress("Working", done, len(deeds))
    for period, at in due:
        numbers += release(engine, staff, period, at)
    return tuple(numbers)


def _asked(deed: Deed, journal: Journal, *, again: bool) -> Asked:
    what = {**deed.what, "other": journal.sent[deed.what["other"]].case_id} if "other" in deed.what else deed.what
    return Asked(replace(deed, what=what), journal.sent[deed.case], again)

"""What the worker leaves undone, and what a clock that jumped has put off."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from app.duties import MAIL_HEAD, OFTEN
from app.failures.counting import Part, failed
from app.health.findings import Finding
from app.jobs.tables import JobRow

# Where what comes back several times an hour waits for so long, a clock has put it off.
PUT_OFF = timedelta(hours=1)
OVERDUE = timedelta(minutes=30)
TRIES_ARE_BAD = 3
APART = timedelta(minutes=1)
DAY = timedelta(days=1)
# Where a part fails, and which unit's log tells of it.
PARTS = {
    Part.FAMILY: ("of families", "rodyna-family"),
    Part.API: ("of programs that report", "rodyna-family"),
    Part.DESK: ("at the desk", "rodyna-desk"),
    Part.WORK: ("of background work", "rodyna-work"),
}


def jobs(session: Session, now: datetime) -> Iterator[Finding]:
    """What is due is done, and what is done does not fail."""
    free = col(JobRow.leased_until).is_(None)
    failed = select(JobRow.kind, func.max(JobRow.tries)).where(col(JobRow.tries) > 0, free).group_by(col(JobRow.kind))
    for kind, tries in sorted(session.exec(failed)):
        where = "is the mail server of RODYNA_SMTP_URL up, and does it take mail for RODYNA_HEAD_TO?"
        yield Finding(
            f"{kind} failed {tries} times and will be tried again",
            where if kind == MAIL_HEAD else "`journalctl -u rodyna-work` names the kind of error",
            bad=tries >= TRIES_ARE_BAD,
        )
    oldest: datetime | None = session.exec(select(func.min(JobRow.due)).where(free, col(JobRow.tries) == 0)).one()
    if oldest is not None and oldest < now - OVERDUE:
        yield Finding(
            f"what was due at {oldest:%Y-%m-%d %H:%M} UTC is not done, and it is {now:%Y-%m-%d %H:%M}",
            "`systemctl status rodyna-work`; if it runs, the clock jumped: set it right, or restart all three if it is",
        )
    often = col(JobRow.kind).in_(OFTEN), col(JobRow.key) == ""
    latest: datetime | None = session.exec(select(func.max(JobRow.due)).where(*often)).one()
    if latest is not None and latest > now + PUT_OFF:
        yield Finding(
            f"what is done every few minutes waits until {latest:%Y-%m-%d %H:%M}: the clock was ahead, or is behind",
            "set the clock right, then restart rodyna-work, rodyna-family and rodyna-desk",
        )


def failures(session: Session, now: datetime) -> Iterator[Finding]:
    """Nobody was turned away by a fault of ours."""
    for part, times in failed(session, now, DAY).items():
        if times:
            whose, unit = PARTS[part]
            yield Finding(
                f"{whose} {times} failed in the last day",
                f"`journalctl -u {unit}` names kind and place; if silent, the database was away or nothing in force",
                bad=False,
            )


def clock_of_the_database(session: Session, now: datetime) -> Iterator[Finding]:
    """PostgreSQL, perhaps on another machine, says the same time."""
    if session.get_bind().dialect.name == "postgresql":
        there: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        if abs(there - now) > APART:
            yield Finding(
                f"PostgreSQL's clock is {(there - now).total_seconds():.0f} s away from this machine's",
                "find out which of the two is wrong, and set it right",
            )

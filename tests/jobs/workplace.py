"""A worker as a process of its own, with handlers that tests can follow.

Every handler's effect is a row of the kind `mark` with a random ending: an effect that came twice is two rows.
"""

import secrets
import sys
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from app.jobs.queue import enqueue
from app.jobs.tables import JobRow
from app.storage.engine import make_engine
from app.worker import Worker, run, stop_on_signals


def mark(session: Session, key: str, now: datetime) -> None:
    """Leave one mark for `key`."""
    enqueue(session, "mark", f"{key}:{secrets.token_hex(4)}", now)


def marks(session: Session) -> list[str]:
    """The keys that marks were left for, as often as they were."""
    keys = session.scalars(select(col(JobRow.key)).where(col(JobRow.kind) == "mark"))
    return sorted(key.split(":")[0] for key in keys)


def hang(session: Session, key: str, now: datetime) -> None:
    """Write, say so, and never come back."""
    mark(session, key, now)
    session.flush()
    sys.stdout.write("in the middle\n")
    sys.stdout.flush()
    time.sleep(600)


def rest(session: Session, key: str, now: datetime) -> None:
    """Say so, take a moment, and leave a mark."""
    sys.stdout.write("resting\n")
    sys.stdout.flush()
    time.sleep(1)
    mark(session, key, now)


def main() -> None:
    """Work on the database of the first argument, by a clock that is as many minutes ahead as the second says."""
    _, url, minutes, handler = sys.argv
    ahead = timedelta(minutes=int(minutes))
    chosen = {"mark": mark, "hang": hang, "rest": rest}[handler]
    worker = Worker(make_engine(url), {"task": chosen}, clock=lambda: datetime.now(UTC) + ahead)
    run(worker, stop_on_signals(), pause_seconds=0.05)


if __name__ == "__main__":
    main()

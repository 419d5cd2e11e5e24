"""Workers on several machines: each job is done once, whichever of them is killed or cut off in the middle of one."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
from sqlmodel import Session, col, func, select

from app.jobs.queue import enqueue
from app.jobs.tables import JobRow
from app.storage.line import CUT_OFF_SECONDS
from app.worker import LEASE
from tests.growing.installation import OWNER, Grown
from tests.growing.network import Place
from tests.house.files import CHECKOUT
from tests.jobs.workplace import marks
from tests.service.waiting import wait_for

JOBS = [f"job {number:02}" for number in range(40)]
LATER = int(LEASE / timedelta(minutes=1)) + 2


@contextmanager
def worker(whole: Grown, place: Place, handler: str, minutes_ahead: int = 0) -> Iterator[subprocess.Popen[str]]:
    """A worker on a machine; killed when the block ends."""
    words = ["ip", "netns", "exec", place.name, sys.executable, "-m", "tests.jobs.workplace", whole.url(OWNER)]
    with subprocess.Popen([*words, str(minutes_ahead), handler], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as it:
        try:
            yield it
        finally:
            it.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def ask(whole: Grown, *keys: str) -> None:
    with whole.cast.session() as session:
        for key in keys:
            enqueue(session, "task", key, datetime.now(UTC) - timedelta(minutes=1))


def waiting(session: Session) -> int:
    return session.exec(select(func.count()).select_from(JobRow).where(col(JobRow.kind) == "task")).one()


def nothing_waits(whole: Grown) -> bool:
    with whole.cast.session() as session:
        return waiting(session) == 0


def connected(whole: Grown, place: Place) -> int:
    """How many lines to a machine the database believes in."""
    with psycopg.connect(whole.cluster.conninfo()) as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE client_addr = %s"
        (count,) = connection.execute(query, [place.address]).fetchone() or (0,)
    return int(count)


def test_each_job_is_done_once_though_one_worker_is_killed_and_one_cut_off(whole: Grown) -> None:
    killed, lost, well = (whole.network.machine() for _ in range(3))
    ask(whole, *JOBS)
    with worker(whole, lost, "rest") as slow, worker(whole, killed, "hang") as doomed:
        assert said(doomed) == "in the middle"
        assert said(slow) == "resting"
        lost.cut_off()
        doomed.kill()
        # By its clock the leases of both are over.
        with worker(whole, well, "mark", LATER):
            wait_for(lambda: nothing_waits(whole))
        wait_for(lambda: connected(whole, lost) == 0, 3 * CUT_OFF_SECONDS)
        lost.join()
        # Once it is back it goes on with what comes, and not with what it had.
        ask(whole, "afterwards")
        wait_for(lambda: nothing_waits(whole), 6 * CUT_OFF_SECONDS)

    with whole.cast.session() as session:
        assert marks(session) == ["afterwards", *JOBS]

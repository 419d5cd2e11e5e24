"""The release before goes on with its work while this one's migrations run, beside this one, and when it is restarted.

Its code is what the repository had before the newest migration; so the test needs the repository's history.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from app.accounts.setup import found
from app.accounts.vouching_anchor import anchor_to
from app.storage import migrate
from app.storage.engine import make_engine
from app.storage.sessions import session_scope
from tests.cast import Cast
from tests.durability.kept import check_all_kept
from tests.durability.stubborn import send_by_form, send_by_interface
from tests.faults.test_restarted import PATIENCE_SECONDS, Unforgiving, more_came
from tests.growing.roaming import all_sending
from tests.house.files import CHECKOUT
from tests.migrations.lines import revisions
from tests.service.founded import founded_machine, small_plan
from tests.service.machine import Machine, Service, ended_afterwards, free_port, wait_until_ready
from tests.service.waiting import wait_for
from tests.service.warm import warm_program

PARTS = ("app", "migrations", "templates", "pyproject.toml")
RUN = "import sys; sys.path.insert(0, sys.argv.pop(1)); from app.cli import main; main()"


@pytest.fixture
def database_kind() -> str:
    """What several releases work on at once is PostgreSQL."""
    return "postgresql"


def git(*words: str) -> bytes:
    done = subprocess.run(["git", "-C", CHECKOUT, *words], capture_output=True, check=False, timeout=60)
    if done.returncode:
        pytest.skip("the repository's history is not here, so there is no release before this one")
    return done.stdout


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the code as it was before the newest migration came."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed, so there is no release before this one")
    (newest,) = (migrate.MIGRATIONS / "versions").glob(f"{revisions()[-1]}_*.py")
    came = git("log", "-1", "--diff-filter=A", "--format=%H", "--", str(newest.relative_to(CHECKOUT))).decode().strip()
    folder = tmp_path_factory.mktemp("before")
    with ZipFile(BytesIO(git("archive", "--format=zip", f"{came}^" if came else "HEAD", *PARTS))) as packed:
        packed.extractall(folder)
    return folder


@dataclass
class Before:
    """The release before, on a machine of its own."""

    code: Path
    machine: Machine

    @contextmanager
    def serving(self, port: int) -> Iterator[Service]:
        """Its families' side while the block lasts."""
        words = [sys.executable, "-P", "-c", RUN, str(self.code), "serve", "--side", "family", "--port", str(port)]
        with self.machine.log("serve").open("ab") as log:
            process = subprocess.Popen(
                words,
                cwd=self.machine.home,
                env={**self.machine.environment(), "PYTHONPATH": str(self.code)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        with ended_afterwards(process):
            wait_until_ready(self.machine, port, process)
            yield Service(self.machine, port, process)


@pytest.fixture
def installed(database_url: str) -> Iterator[Cast]:
    """An installation in which nobody signed questions and texts yet: each release uses those that it brought."""
    engine = make_engine(database_url)
    with session_scope(engine) as session:
        founded = found(session, small_plan(), practice=True)
    anchor_to(engine, founded.fingerprint)
    yield Cast(engine, database_url, founded)
    engine.dispose()


def shape(url: str) -> str:
    engine = make_engine(url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    engine.dispose()
    return str(found)


def test_the_release_before_goes_on_beside_this_one(installed: Cast, before: Path, tmp_path: Path) -> None:
    assert (before / "app").is_dir()
    url, port, failures = installed.url, free_port(), list[BaseException]()
    old = Before(before, founded_machine(installed, tmp_path / "old"))
    migrate.downgrade(url, "-1")
    olds = [Unforgiving(port, way, rest_seconds=0.2) for way in (send_by_form, send_by_interface)]

    def goes_on(senders: list[Unforgiving]) -> None:
        wait_for(partial(more_came, senders, [len(each.shown) for each in senders], failures), PATIENCE_SECONDS)

    with old.serving(port):
        assert shape(url) == revisions()[-2]
        with all_sending(olds, failures):
            goes_on(olds)
            migrate.upgrade(url)
            goes_on(olds)
            with warm_program() as program:
                new = program.serve(founded_machine(installed, tmp_path / "new"), side="family")
                news = [Unforgiving(new.port, way, rest_seconds=0.2) for way in (send_by_form, send_by_interface)]
                with all_sending(news, failures):
                    goes_on([*olds, *news])
    again = [Unforgiving(port, send_by_interface)]
    # It was killed, or its machine was started anew, before its turn came. The shape 0014 was brought by the last
    # release that could not do this.
    if revisions()[-2] > "0014":
        with old.serving(port), all_sending(again, failures):
            goes_on(again)

    assert failures == []
    assert shape(url) == revisions()[-1]
    check_all_kept(installed, [one for each in (*olds, *news, *again) for one in each.shown], "daria")

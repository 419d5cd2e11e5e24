"""What tests of all rooms share: databases on both sides, built by the migrations."""

import fcntl
import gc
import itertools
import os
import pickle
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import Engine, QueuePool, insert, select

from app.accounts import people
from app.accounts.setup import Founded, found
from app.accounts.standing import standing
from app.accounts.vouching_anchor import Heads, anchor_of, anchor_to
from app.in_force.carried import carried
from app.storage.columns import metadata
from app.storage.engine import make_engine
from app.storage.migrate import upgrade
from app.storage.sessions import open_session, session_scope
from app.vault import code, passphrase, spare_code, unlock
from tests.cast import Cast, plans
from tests.cluster import Cluster, ClusterFailed, running_cluster
from tests.compiled import share_what_is_compiled
from tests.reused import Reused, copy_database
from tests.stretched import Common, Redrawn

# Two shared cores make any deadline a matter of luck.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

WITHOUT_POSTGRESQL = "RODYNA_TEST_WITHOUT_POSTGRESQL"
TEMPLATE = "rodyna_template"
TESTS = Path(__file__).parent


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of every search for garbage, and search less often: that took a seventh."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def common_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of one run of the tests have in common."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(common_folder: Path) -> Iterator[None]:
    """Statements are compiled once in each process of the tests, not once in each test; templates once at all."""
    with pytest.MonkeyPatch.context() as patch:
        share_what_is_compiled(patch, common_folder / "templates")
        yield


@pytest.fixture(scope="session")
def in_common(common_folder: Path) -> Common:
    """What all processes of one run know of what is drawn and stretched."""
    return Common(common_folder / "stretched")


@pytest.fixture(autouse=True)
def _stretched_once(request: pytest.FixtureRequest, in_common: Common, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret is stretched once in each run; codes, and who joins, are the same, but where they are looked at."""
    if request.path.relative_to(TESTS).parts[0] not in {"vault", "benchmarks", "load"}:
        monkeypatch.setattr(unlock, "Argon2id", in_common.argon2id)
        if "cast" in request.fixturenames:
            # Those who were there from the beginning were drawn before: nobody joins under the id of one of them.
            request.getfixturevalue("cast")
            monkeypatch.setattr(code, "secrets", Redrawn(in_common))
            monkeypatch.setattr(passphrase, "secrets", Redrawn(in_common, "passphrases"))
            monkeypatch.setattr(spare_code, "secrets", Redrawn(in_common, "spare codes"))
            monkeypatch.setattr(people, "token_urlsafe", Redrawn(in_common, "ids").token_urlsafe)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The tests' own PostgreSQL server, started by the first test that asks."""
    if os.environ.get(WITHOUT_POSTGRESQL) == "1":
        pytest.skip(f"{WITHOUT_POSTGRESQL}=1: nothing is tested on PostgreSQL")
    try:
        with running_cluster() as running:
            yield running
    except ClusterFailed as failure:
        pytest.fail(f"{failure}; {WITHOUT_POSTGRESQL}=1 skips what needs it", pytrace=False)


@pytest.fixture(scope="session")
def postgresql_template(cluster: Cluster) -> str:
    """The name of a migrated, empty database that others are copied from."""
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{TEMPLATE}"')
    upgrade(cluster.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file that others are copied from."""
    path = tmp_path_factory.mktemp("template") / "rodyna.db"
    upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        # A copy of the file alone must hold everything.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


_numbers = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on; whatever asks for it, or for what follows, runs on both."""
    kind = request.param
    assert isinstance(kind, str)
    return kind


@pytest.fixture
def new_database(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Make one more migrated, empty database with each call, and give its address."""
    if database_kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        yield lambda: f"sqlite:///{shutil.copy(template, tmp_path / f'rodyna-{next(_numbers)}.db')}"
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    made: list[str] = []
    source = request.getfixturevalue("postgresql_template")

    def make() -> str:
        name = f"rodyna_{next(_numbers)}"
        with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
            copy_database(connection, name, source)
        made.append(name)
        return cluster.url(name)

    yield make
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        for name in made:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """The address of a fresh, migrated, empty database: once on SQLite, once on PostgreSQL."""
    return new_database()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on `database_url`, closed after the test."""
    opened = make_engine(database_url)
    yield opened
    _close(opened)


@dataclass
class Verified:
    """What a process that has shown one page knows of a founded database: its chains verified, their numbers seen."""

    kept: dict[str, Any] = field(default_factory=dict)
    seen: Heads = field(default_factory=dict)

    def is_known_to(self, engine: Engine) -> None:
        """Let an engine on a copy of that database know it; the first one finds it out, as any process does."""
        with open_session(engine) as session:
            anchor = anchor_of(session)
            if not self.kept:
                standing(session)
                self.kept, self.seen = dict(anchor.kept), anchor.seen()
        anchor.note(self.seen)
        anchor.kept.update(self.kept)


@dataclass(frozen=True)
class CastTemplate:
    """A founded database that others are copied from, and the secrets that came of founding it."""

    source: str
    founded: Founded
    reused: Reused | None = None
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    verified: Verified = field(default_factory=Verified)


@pytest.fixture(scope="session")
def cast_templates() -> Iterator[dict[str, CastTemplate]]:
    """Founded databases by kind, made when first needed."""
    made: dict[str, CastTemplate] = {}
    yield made
    for template in made.values():
        if template.reused is not None:
            template.reused.close()


@pytest.fixture
def cast(
    database_kind: str,
    new_database: Callable[[], str],
    cast_templates: dict[str, CastTemplate],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> Iterator[Cast]:
    """A founded installation of its own for each test, on each kind of database."""
    if database_kind not in cast_templates:
        cast_templates[database_kind] = _found_template(database_kind, request)
    template = cast_templates[database_kind]
    if template.reused is None:
        url = f"sqlite:///{shutil.copy(template.source, tmp_path / 'cast.db')}"
    else:
        url = template.reused.fresh()
    engine = make_engine(url)
    anchor_to(engine, template.founded.fingerprint)
    template.verified.is_known_to(engine)
    yield Cast(engine, url, template.founded, known=template.known)
    _close(engine)


def _close(engine: Engine) -> None:
    """Close all connections; one that is still in use would be closed by the collector, in the middle of some test."""
    in_use = engine.pool.checkedout() if isinstance(engine.pool, QueuePool) else 0
    engine.dispose()
    assert in_use == 0


def _found_template(kind: str, request: pytest.FixtureRequest) -> CastTemplate:
    file, founded = request.getfixturevalue("founded_once")
    if kind == "sqlite":
        return CastTemplate(str(file), founded)
    source = "rodyna_cast_template"
    cluster: Cluster = request.getfixturevalue("cluster")
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        copy_database(connection, source, request.getfixturevalue("postgresql_template"))
    _copy_rows(f"sqlite:///{file}", cluster.url(source))
    return CastTemplate(source, founded, Reused(cluster, source, "rodyna_cast"))


@pytest.fixture(scope="session")
def founded_once(common_folder: Path, sqlite_template: Path) -> tuple[Path, Founded]:
    """One founding for all tests: nineteen passphrases take seconds to stretch, so all workers share what it made."""
    file, secrets = common_folder / "founded.db", common_folder / "founded.pickle"
    with (common_folder / "founding.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not secrets.exists():
            shutil.copy(sqlite_template, file)
            engine = make_engine(f"sqlite:///{file}")
            with session_scope(engine) as session:
                founded = found(session, plans(), practice=True, in_force=carried())
            engine.dispose()
            with closing(sqlite3.connect(file)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            secrets.write_bytes(pickle.dumps(founded))
    made: Founded = pickle.loads(secrets.read_bytes())  # noqa: S301 - another worker of these very tests wrote it.
    return file, made


def _copy_rows(source: str, target: str) -> None:
    """What was founded on one kind of database, on the other."""
    reading, writing = make_engine(source), make_engine(target)
    with reading.connect() as here, writing.begin() as there:
        for table in metadata.sorted_tables:
            rows = [dict(row) for row in here.execute(select(table)).mappings()]
            if rows:
                there.execute(insert(table), rows)
    reading.dispose()
    writing.dispose()

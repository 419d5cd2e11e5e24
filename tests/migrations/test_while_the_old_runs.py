"""What the release before reads and writes is still there after a migration, and nobody is held up by one."""

import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, inspect
from typer.testing import CliRunner

from app.cli import commands
from app.storage import migrate
from app.storage.engine import make_engine
from app.storage.migrate import is_newer
from tests.cast import Cast
from tests.keys.dump import dump
from tests.migrations.filled import fill
from tests.migrations.lines import revisions

CHANGED = "op.add_column('case', sa.Column('later', sa.Integer(), nullable=True))"


@dataclass(frozen=True)
class Demands:
    """What one shape of the database asks of whoever writes to a table, and gives to whoever reads it."""

    columns: Mapping[str, tuple[str, bool]]
    must_be_given: frozenset[str]
    bounds: frozenset[str]


def demands(engine: Engine) -> dict[str, Demands]:
    """The tables as they are: columns with type and whether they may be empty, which must be given, what is refused."""
    inspector, found = inspect(engine), dict[str, Demands]()
    for table in set(inspector.get_table_names()) - {"alembic_version"}:
        columns = inspector.get_columns(table)
        unique = [each["column_names"] for each in inspector.get_indexes(table) if each["unique"]]
        bounds = [
            *(("unique", *names) for names in unique),
            *(("unique", *each["column_names"]) for each in inspector.get_unique_constraints(table)),
            *(("check", each["sqltext"]) for each in inspector.get_check_constraints(table)),
            *(("refers", *each["constrained_columns"]) for each in inspector.get_foreign_keys(table)),
        ]
        found[table] = Demands(
            {each["name"]: (str(each["type"]), bool(each["nullable"])) for each in columns},
            frozenset(each["name"] for each in columns if not each["nullable"] and each.get("default") is None),
            frozenset(map(str, bounds)),
        )
    return found


def broken_promises(before: Mapping[str, Demands], after: Mapping[str, Demands]) -> list[str]:
    """What a process that knows only the shape before would stumble over in the one after."""
    broken = [f"{table} is gone" for table in before.keys() - after.keys()]
    for table in before.keys() & after.keys():
        old, new = before[table], after[table]
        broken += [f"{table}.{name} is gone" for name in old.columns.keys() - new.columns.keys()]
        for name in old.columns.keys() & new.columns.keys():
            (kind, empty), (new_kind, may_be_empty) = old.columns[name], new.columns[name]
            if kind != new_kind or may_be_empty != empty:
                broken.append(f"{table}.{name} is another")
        broken += [f"{table}.{name} must be given" for name in new.must_be_given - old.must_be_given]
        broken += [f"{table}: {bound} is new" for bound in new.bounds - old.bounds]
    return sorted(broken)


def test_each_migration_leaves_what_the_release_before_uses(bare: Engine, bare_url: str) -> None:
    broken = dict[str, list[str]]()
    before = dict[str, Demands]()
    for revision in revisions():
        migrate.upgrade(bare_url, revision)
        after = demands(bare)
        broken[revision] = broken_promises(before, after)
        before = after

    assert {revision: found for revision, found in broken.items() if found} == {}


@pytest.mark.parametrize(
    ("change", "stumbled_over"),
    [
        ("op.drop_table('told')", "told is gone"),
        (
            "with op.batch_alter_table('case') as each:\n    each.drop_column('paused_hours')",
            "case.paused_hours is gone",
        ),
        (
            "with op.batch_alter_table('case') as each:\n    each.alter_column('status', type_=sa.String(30))",
            "case.status is another",
        ),
        (
            "with op.batch_alter_table('told') as it:\n it.add_column(sa.Column('why', sa.Integer(), nullable=False))",
            "told.why must be given",
        ),
        ("op.create_index('one_of_a_day', 'case', ['received'], unique=True)", "case: ('unique', 'received') is new"),
    ],
)
def test_a_migration_that_takes_something_away_is_found(
    engine: Engine, database_url: str, more_migrations: Callable[[str], None], change: str, stumbled_over: str
) -> None:
    before = demands(engine)
    more_migrations(change)
    migrate.upgrade(database_url)

    assert broken_promises(before, demands(engine)) == [stumbled_over]


def later_release(url: str, add: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    """Bring a database to the shape of a later release, and be the release before again."""
    add(CHANGED)
    migrate.upgrade(url)
    monkeypatch.setattr(migrate, "MIGRATIONS", own)


OWN = migrate.MIGRATIONS


def test_a_process_that_starts_late_leaves_a_newer_database_alone(
    engine: Engine, database_url: str, more_migrations: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was killed, or its machine was started anew, while the next release is being brought in elsewhere."""
    fill(engine)
    before = dump(engine)
    with engine.connect() as connection:
        assert not is_newer(connection)
    later_release(database_url, more_migrations, monkeypatch, OWN)
    migrate.upgrade(database_url)

    with engine.connect() as connection:
        assert is_newer(connection)
    assert dump(engine) == before
    assert "later" in {column["name"] for column in inspect(engine).get_columns("case")}


def test_the_operator_is_told_that_the_database_is_newer(
    cast: Cast, tmp_path: Path, more_migrations: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RODYNA_DATABASE_URL", cast.url)
    monkeypatch.setenv("RODYNA_DATA_DIR", str(tmp_path))
    later_release(cast.url, more_migrations, monkeypatch, OWN)

    assert "a later release" in CliRunner().invoke(commands, ["doctor"]).output
    done = CliRunner().invoke(commands, ["backup"])
    assert (done.exit_code, "a later release" in done.output) == (1, True)
    assert list(tmp_path.rglob("*.backup")) == []


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_table_that_is_read_for_long_holds_nobody_up(
    engine: Engine, database_url: str, more_migrations: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup reads; a migration wants the table for itself; families who come meanwhile do not queue behind it."""
    monkeypatch.setattr(migrate, "TABLE_SECONDS", 1)
    monkeypatch.setattr(migrate, "_PAUSE_SECONDS", 0.5)
    more_migrations(CHANGED)
    failed = list[BaseException]()
    upgrading = threading.Thread(target=tried, args=[database_url, failed])
    waits = list[float]()
    with engine.connect() as backup:
        backup.exec_driver_sql('SELECT count(*) FROM "case"')
        upgrading.start()
        until = monotonic() + 5
        with closing(psycopg.connect(plain(database_url), autocommit=True)) as family:
            while monotonic() < until:
                begun = monotonic()
                family.execute('SELECT count(*) FROM "case"')
                waits.append(monotonic() - begun)
        assert upgrading.is_alive()
    upgrading.join(60)

    assert failed == []
    assert max(waits) < 2
    assert len(waits) > 100
    assert "later" in {column["name"] for column in inspect(engine).get_columns("case")}


def tried(url: str, failed: list[BaseException]) -> None:
    try:
        migrate.upgrade(url)
    except BaseException as failure:  # noqa: BLE001 - a thread's failure must reach the test.
        failed.append(failure)


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_tables_in_use_for_ever_are_an_error_that_is_raised(
    database_url: str, monkeypatch: pytest.MonkeyPatch, more_migrations: Callable[[str], None]
) -> None:
    monkeypatch.setattr(migrate, "TABLE_SECONDS", 1)
    monkeypatch.setattr(migrate, "_TRIES", 1)
    more_migrations(CHANGED)
    engine: Any = make_engine(database_url)
    with engine.connect() as reader:
        reader.exec_driver_sql('SELECT count(*) FROM "case"')
        with pytest.raises(Exception, match="lock timeout"):
            migrate.upgrade(database_url)
    engine.dispose()

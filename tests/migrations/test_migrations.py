"""Every migration goes up and down, empty and with data in every table, on both databases."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from app.storage import migrate
from app.storage.columns import metadata
from tests.forked import at_once
from tests.keys.dump import dump, tables
from tests.migrations.filled import fill
from tests.migrations.lines import revisions

BASE = "base"


def names(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_migrations_make_exactly_the_tables_of_the_rooms(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []

    assert names(engine) == {table.name for table in tables()}


def indexes(engine: Engine) -> dict[str, set[tuple[str, tuple[str | None, ...], bool]]]:
    return {
        table: {(str(index["name"]), tuple(index["column_names"]), bool(index["unique"])) for index in found}
        for table in names(engine)
        if (found := inspect(engine).get_indexes(table))
    }


def references(engine: Engine) -> dict[str, list[str]]:
    inspector = inspect(engine)
    return {table: sorted(map(str, inspector.get_foreign_keys(table))) for table in names(engine)}


def test_the_migrations_make_the_same_indexes_and_references_as_the_rooms(engine: Engine) -> None:
    migrated = indexes(engine), references(engine)
    with engine.begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)

    assert migrated == (indexes(engine), references(engine))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_migrations_keep_no_order_of_rows_where_the_rooms_keep_none(engine: Engine) -> None:
    with engine.connect() as connection:
        made = connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").all()
    without_rowid = {name for name, statement in made if "WITHOUT ROWID" in statement}

    # One row each, or a chain whose order is its meaning.
    assert names(engine) - without_rowid == {"installation", "trail_entry", "trail_head"}


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_the_server_keeps_no_samples_of_what_is_sealed(bare: Engine, bare_url: str) -> None:
    sealed = text(
        "SELECT c.relname || '.' || a.attname AS name, a.attstattarget FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.atttypid = 'bytea'::regtype"
    )
    migrate.upgrade(bare_url)
    with bare.begin() as connection:
        found = {row.name: row.attstattarget for row in connection.execute(sealed)}
    assert "item.sealed" in found
    assert {name for name, target in found.items() if target != 0} == set()


def test_every_migration_goes_down_and_up_again(bare: Engine, bare_url: str) -> None:
    for revision in revisions():
        migrate.upgrade(bare_url, revision)
        migrate.downgrade(bare_url, "-1")
        migrate.upgrade(bare_url, revision)
    assert names(bare) == {table.name for table in tables()}
    migrate.downgrade(bare_url, BASE)

    assert names(bare) == set()


def test_every_migration_goes_down_with_data_in_every_table(engine: Engine, database_url: str) -> None:
    fill(engine)
    assert {name for name, rows in dump(engine).items() if not rows} == set()
    migrate.downgrade(database_url, BASE)
    assert names(engine) == set()
    migrate.upgrade(database_url)

    assert {name for name, rows in dump(engine).items() if rows} == set()


def test_the_last_migration_comes_up_over_data_without_losing_any(engine: Engine, database_url: str) -> None:
    fill(engine)
    before = dump(engine)
    migrate.downgrade(database_url, "-1")
    migrate.upgrade(database_url)

    assert dump(engine) == before


def test_a_table_that_is_made_anew_takes_no_row_of_another_with_it(
    engine: Engine, database_url: str, more_migrations: Callable[[str], None]
) -> None:
    fill(engine)
    before = dump(engine)
    # SQLite knows no change of a column: the table is copied and the old one dropped, with all that refers to it.
    more_migrations(
        "with op.batch_alter_table('case') as batch:\n    batch.alter_column('status', type_=sa.String(30))"
    )
    migrate.upgrade(database_url)

    assert dump(engine) == before


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_migration_that_leaves_references_to_nothing_is_not_kept(
    engine: Engine, database_url: str, more_migrations: Callable[[str], None]
) -> None:
    fill(engine)
    before = dump(engine)
    more_migrations("op.execute('DELETE FROM organisation')")
    with pytest.raises(Exception, match="refer to rows that are gone"):
        migrate.upgrade(database_url)

    assert dump(engine) == before


def test_a_migration_that_fails_leaves_everything_as_it_was(
    engine: Engine, database_url: str, more_migrations: Callable[[str], None]
) -> None:
    fill(engine)
    before = dump(engine), names(engine)
    more_migrations("op.drop_table('told')\nop.create_table('new', sa.Column('id', sa.Integer()))\nraise RuntimeError")
    with suppress(RuntimeError):
        migrate.upgrade(database_url)

    assert (dump(engine), names(engine)) == before


def test_two_processes_that_start_at_once_migrate_once(bare: Engine, bare_url: str) -> None:
    at_once("import sys; from app.storage.migrate import upgrade", "upgrade(sys.argv[1])", bare_url)

    assert names(bare) == {table.name for table in tables()}

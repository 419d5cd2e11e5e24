"""PostgreSQL's files, byte by byte: what a family took back lies neither in a table nor in the journal."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import Engine, text

from app import duties
from app.accounts.epochs import current_epoch
from app.accounts.vouching_anchor import anchor_to
from app.casefile.cases import ERASE
from app.intake import returning
from app.storage import rewriting
from app.storage.copying import snapshot
from app.storage.engine import make_engine
from app.storage.erasing import StillRead, erase_remains
from app.storage.sessions import session_scope
from app.worker import Worker
from tests.cast import NOW, Cast, answers
from tests.cluster import Cluster
from tests.duties.test_erasing import sealed_of
from tests.keys.dump import dump

OWNER = "rodyna_owner"
PIECE = 16
DAY = timedelta(days=1)


@pytest.fixture
def database_kind() -> str:
    """What SQLite keeps is looked at elsewhere."""
    return "postgresql"


@pytest.fixture
def owned(cast: Cast) -> Iterator[Cast]:
    """The cast's database as an installation has it: its owner is no superuser, and has the two grants."""
    with psycopg.connect(plain(cast.url), autocommit=True) as connection:
        connection.execute(
            f"DO $$ BEGIN CREATE ROLE {OWNER} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;"
            f" END $$; GRANT pg_checkpoint TO {OWNER}; GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {OWNER};"
            f" GRANT CREATE ON SCHEMA public TO {OWNER}".encode()
        )
        for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            connection.execute(f'ALTER TABLE "{name}" OWNER TO {OWNER}'.encode())
    url = cast.url.replace("//postgres@", f"//{OWNER}@")
    engine = make_engine(url)
    anchor_to(engine, cast.founded.fingerprint)
    yield Cast(engine, url, cast.founded, known=cast.known)
    engine.dispose()


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")


def windows(sealed: list[bytes]) -> set[bytes]:
    """Every run of so many bytes, wherever it begins."""
    return {each[at : at + PIECE] for each in sealed for at in range(len(each) - PIECE)}


def found_in(cluster: Cluster, cast: Cast, *wanted: set[bytes]) -> list[set[str]]:
    """For each set: in which folders of the server a file holds any of it, as soon as twice as many bytes are in a row.

    The folders of other databases on the same server are passed over.
    """
    places: list[set[str]] = [set() for _ in wanted]
    which = {window: number for number, each in enumerate(wanted) for window in each}
    with cast.session() as session:
        own = str(session.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()")))
    data = cluster.folder / "data"
    for path in data.rglob("*"):
        top, *below = path.relative_to(data).parts
        if path.is_file() and (top != "base" or below[0] == own):
            content = path.read_bytes().rstrip(b"\0")
            for at in range(0, len(content), PIECE):
                if (number := which.get(content[at : at + PIECE])) is not None:
                    places[number].add(top)
    return places


def written_back(cast: Cast, *statements: str) -> None:
    """Have what is in the server's memory written to its files, as happens every few minutes."""
    with psycopg.connect(plain(cast.url).replace(f"//{OWNER}@", "//postgres@"), autocommit=True) as connection:
        for statement in (*statements, "CHECKPOINT"):
            connection.execute(statement.encode())


def working(cast: Cast) -> Worker:
    return replace(duties.make_worker(cast.engine, cast.founded.service_private), clock=lambda: NOW)


def take_back(cast: Cast, code: str) -> str:
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
        returning.withdraw(session, opened, code, NOW)
    return opened.case_id


def test_after_the_night_the_journal_does_not_tell_with_which_case_a_facet_came(owned: Cast, cluster: Cluster) -> None:
    for _each in range(3):
        owned.report(consents={"ngo": "full", "stats": "full"})
    facets = windows([row["sealed"] for row in dump(owned.engine)["facet"]])
    # What was just written may still be in the server's memory, and one of them lie across two pages of the journal.
    written_back(owned)
    assert "pg_wal" in found_in(cluster, owned, facets)[0]
    with owned.session() as session:
        duties.lay_facets(session, "", NOW)
    assert working(owned).do_next() == ERASE
    written_back(owned)
    assert found_in(cluster, owned, facets) == [{"base"}]


def test_what_was_withdrawn_is_in_no_file_of_the_server_once_the_worker_was_there(
    owned: Cast, cluster: Cluster
) -> None:
    code, kept = owned.report(answers(story="Його забрали." * 800)), owned.report()
    with owned.session() as session:
        _, opened = returning.open_return(session, code, NOW)
        returning.write_message(session, opened, "Дякую.", NOW)
    gone = [windows(sealed_of(owned.engine, name, {opened.case_id})) for name in ("grant", "item", "locker")]
    others = windows(sealed_of(owned.engine, "grant", {owned.case_of(kept)}))
    # As the server does by itself where much changed: what it keeps samples of, it keeps beside the tables.
    written_back(owned, "ANALYZE")
    assert found_in(cluster, owned, *gone) == [{"base", "pg_wal"}] * 3, "the search finds them"
    take_back(owned, code)
    written_back(owned, "VACUUM")
    assert all(found_in(cluster, owned, *gone)), "an ordinary VACUUM leaves them where they are"
    before = dump(owned.engine)
    assert working(owned).do_next() == ERASE

    *theirs, of_others = found_in(cluster, owned, *gone, others)
    assert theirs == [set()] * 3
    assert "base" in of_others
    after = dump(owned.engine)
    assert {name: {str(row) for row in rows} for name, rows in after.items() if name != "job"} == {
        name: {str(row) for row in rows} for name, rows in before.items() if name != "job"
    }


def test_what_an_older_release_let_the_server_sample_goes_with_the_first_rewriting(owned: Cast) -> None:
    sampled = text(
        "SELECT attname FROM pg_stats WHERE schemaname = 'public' AND tablename = 'item'"
        " AND attname IN ('sealed', 'day') ORDER BY attname"
    )
    owned.report()
    written_back(owned, "ALTER TABLE item ALTER COLUMN sealed SET STATISTICS -1", "ANALYZE item")
    written_back(owned, "ALTER TABLE item ALTER COLUMN sealed SET STATISTICS 0")
    with owned.session() as session:
        assert session.scalars(sampled).all() == ["day", "sealed"]
    erase_remains(owned.engine, rewrite=True)
    with owned.session() as session:
        assert session.scalars(sampled).all() == ["day"]


def test_forgotten_keys_of_drafts_are_in_no_file(owned: Cast, cluster: Cluster) -> None:
    with owned.session() as session:
        keys = windows([current_epoch(session, NOW)[1]])
    written_back(owned)
    assert found_in(cluster, owned, keys) != [set()]
    with owned.session() as session:
        duties.forget(session, "", NOW + 4 * DAY)
    erase_remains(owned.engine)

    assert found_in(cluster, owned, keys) == [set()]


def test_while_somebody_reads_an_older_state_it_is_left_for_another_time(owned: Cast, cluster: Cluster) -> None:
    code = owned.report()
    gone = windows(sealed_of(owned.engine, "grant", {owned.case_of(code)}))
    with snapshot(owned.engine) as backup:
        assert backup.scalar(text("SELECT count(*) FROM item"))
        take_back(owned, code)
        # The grants were not read yet: they are written anew, and with them what the backup may still ask for.
        with pytest.raises(StillRead):
            rewriting.rewrite_tables(owned.engine, {"grant"})
        assert backup.scalar(text('SELECT count(*) FROM "grant"')) == 1
    erase_remains(owned.engine, rewrite=True)

    assert found_in(cluster, owned, gone) == [set()]


def test_a_table_that_is_in_use_is_not_waited_for_long(owned: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "_LOCK_WAIT", "SET LOCAL lock_timeout = '20ms'")
    monkeypatch.setattr(rewriting, "_PAUSE_SECONDS", 0.01)
    owned.report()
    with session_scope(owned.engine) as session:
        session.execute(text('SELECT count(*) FROM "grant"'))
        with pytest.raises(StillRead):
            rewriting.rewrite_tables(owned.engine, {"grant"})


def test_large_tables_wait_for_the_night_and_many_withdrawals_are_one_rewriting(
    owned: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "SMALL_BYTES", 1)
    rewritten: list[bool] = []
    real = rewriting.rewrite_tables

    def noted(engine: Engine, only: Collection[str] | None, *, small_alone: bool) -> bool:
        rewritten.append(small_alone)
        return real(engine, only, small_alone=small_alone)

    monkeypatch.setattr("app.storage.erasing.rewrite_tables", noted)
    now = NOW
    worker = replace(working(owned), clock=lambda: now)
    take_back(owned, owned.report())
    assert worker.do_next() == ERASE
    assert worker.do_next() is None
    take_back(owned, owned.report())
    assert worker.do_next() == ERASE
    assert rewritten == [True], "the second within a minute is put off"
    now = NOW.replace(hour=1) + DAY
    assert worker.do_next() == ERASE

    assert rewritten == [True, False]
    assert worker.do_next() is None

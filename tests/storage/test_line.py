"""The line to PostgreSQL: nobody is given a connection at whose other end nobody answers, and nobody waits for long."""

import re
from collections.abc import Iterator
from time import monotonic

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from app.storage import line
from app.storage.engine import make_engine
from tests.faults.relay import Relay, relay_to

PORT = re.compile(r":(\d+)/")
# What the program waits for here, for a word and for a new line; and what a busy machine adds.
SECONDS, SLACK_SECONDS = 2, 15


@pytest.fixture
def database_kind() -> str:
    """Only PostgreSQL is reached over a line."""
    return "postgresql"


@pytest.fixture
def relay(database_url: str) -> Iterator[Relay]:
    """A relay between the program and the database."""
    found = PORT.search(database_url)
    assert found is not None
    with relay_to(int(found[1])) as made:
        yield made


@pytest.fixture
def far(database_url: str, relay: Relay, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The database beyond the relay, given up after moments; one connection is all that there is."""
    monkeypatch.setattr(line, "CUT_OFF_SECONDS", SECONDS)
    monkeypatch.setattr(line, "CONNECT_SECONDS", SECONDS)
    made = make_engine(PORT.sub(f":{relay.port}/", database_url), pool_size=1)
    yield made
    made.dispose()


def server_process(engine: Engine) -> int:
    """The number of the server's process at the other end; a connection that does not work shows itself."""
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def test_a_connection_that_answers_is_used_again(far: Engine) -> None:
    assert len({server_process(far) for _ in range(5)}) == 1


def test_one_that_the_server_ended_is_replaced_unseen(far: Engine, database_url: str) -> None:
    before = server_process(far)
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [before])

    assert server_process(far) != before


def test_nobody_waits_for_one_that_takes_everything_and_says_nothing(far: Engine, relay: Relay) -> None:
    """The system sees nothing wrong: every byte is acknowledged, as by a server that lives and no longer hears us."""
    before = server_process(far)
    relay.silent = True
    begun = monotonic()
    with pytest.raises(OperationalError):
        server_process(far)
    waited = monotonic() - begun
    relay.silent = False

    assert 2 * SECONDS - 0.5 < waited < 2 * SECONDS + SLACK_SECONDS
    assert server_process(far) != before

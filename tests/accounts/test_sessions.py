"""A session is opened by its token alone, ends in time, and its row tells nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.accounts import members, sessions
from app.accounts.errors import SessionEnded
from app.accounts.sessions import SessionKind
from app.accounts.tables import SessionRow, SpentTotp
from app.storage.columns import quarter_up
from app.storage.sessions import session_scope
from app.vault.errors import VaultError
from tests.casework.desk import while_reading
from tests.cast import NOW, Cast

MINUTE = timedelta(minutes=1)


class Place:
    """A database with sessions, each step in a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        with session_scope(self.engine) as session:
            yield session

    def open(self, kind: SessionKind = SessionKind.FAMILY, account_id: str | None = None, **content: object) -> str:
        with self.session() as session:
            return sessions.open_new(session, kind, content, NOW, account_id)

    def read(self, token: str, minutes: int = 0, kind: SessionKind = SessionKind.FAMILY) -> dict[str, object]:
        with self.session() as session:
            return sessions.read(session, kind, token, NOW + minutes * MINUTE)

    def rows(self) -> list[SessionRow]:
        with self.session() as session:
            return list(session.exec(select(SessionRow)))


@pytest.fixture
def place(engine: Engine) -> Place:
    return Place(engine)


def test_what_a_session_holds_comes_back_with_its_token(place: Place) -> None:
    token = place.open(case_id="CASE0001", key=b"\x00\xff")

    assert place.read(token) == {"case_id": "CASE0001", "key": b"\x00\xff"}


@pytest.mark.parametrize("kind", SessionKind)
@pytest.mark.parametrize("other", SessionKind)
def test_a_token_opens_sessions_of_its_own_kind_alone(place: Place, kind: SessionKind, other: SessionKind) -> None:
    token = place.open(kind, word="kept")
    if kind is other:
        assert place.read(token, kind=other) == {"word": "kept"}
    else:
        with pytest.raises(SessionEnded):
            place.read(token, kind=other)


@pytest.mark.parametrize("token", ["", "nobody's", "\ud800", "x" * 10_000])
def test_a_token_that_was_never_given_opens_nothing(place: Place, token: str) -> None:
    place.open()
    with pytest.raises(SessionEnded):
        place.read(token)


def test_an_idle_session_ends_and_a_used_one_goes_on_until_its_last_hour(place: Place) -> None:
    idle, used = place.open(), place.open(word="kept")
    for minutes in range(20, 121, 20):
        if minutes < 120:
            assert place.read(used, minutes) == {"word": "kept"}
    with pytest.raises(SessionEnded):
        place.read(idle, 60)
    with pytest.raises(SessionEnded):
        place.read(used, 120)


def test_a_session_is_over_for_good_once_its_time_is_over(place: Place) -> None:
    token = place.open(SessionKind.SECOND_FACTOR)
    with pytest.raises(SessionEnded):
        place.read(token, 24, SessionKind.SECOND_FACTOR)
    with place.session() as session, pytest.raises(SessionEnded):
        sessions.change(session, SessionKind.SECOND_FACTOR, token, dict, NOW + 24 * MINUTE)


def test_a_visit_within_the_same_quarter_of_an_hour_writes_nothing(place: Place) -> None:
    token = place.open()
    ends = place.rows()[0].ends
    place.read(token, 5)
    assert place.rows()[0].ends == ends == quarter_up(NOW + 30 * MINUTE)
    place.read(token, 20)

    assert place.rows()[0].ends == quarter_up(NOW + 50 * MINUTE)


def test_the_end_is_not_moved_when_the_request_fails(place: Place) -> None:
    token = place.open()
    ends = place.rows()[0].ends

    def read_and_raise() -> None:
        with place.session() as session:
            sessions.read(session, SessionKind.FAMILY, token, NOW + 20 * MINUTE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        read_and_raise()

    assert place.rows()[0].ends == ends


def test_other_content_is_put_in_without_a_longer_life(place: Place) -> None:
    token = place.open(word="first")
    ends = place.rows()[0].ends
    with place.session() as session:
        sessions.change(session, SessionKind.FAMILY, token, lambda _: {"word": "second"}, NOW + 20 * MINUTE)

    assert place.rows()[0].ends == ends
    assert place.read(token, 21) == {"word": "second"}
    for minutes in (40, 60, 80, 100, 119):
        place.read(token, minutes)
    with pytest.raises(SessionEnded):
        place.read(token, 120)


def test_content_is_put_into_running_sessions_alone(place: Place) -> None:
    token = place.open()
    with place.session() as session:
        sessions.end(session, SessionKind.FAMILY, token)
    with place.session() as session, pytest.raises(SessionEnded):
        sessions.change(session, SessionKind.FAMILY, token, dict, NOW)


def test_what_two_pages_of_one_browser_keep_at_one_moment_is_all_kept(cast: Cast) -> None:
    token, work = cast.begun_session("daria"), {"queue_id": "legal", "after": "CASE0001"}

    def begin_in_another_tab() -> None:
        with cast.session() as session:
            members.keep_begun(session, token, "hand_over", work, NOW)

    while_reading(cast, "session", begin_in_another_tab)
    with cast.session() as session:
        members.keep_filter(session, token, "legal", "status=new", NOW)
    with cast.session() as session:
        daria = members.resume(session, token, NOW)
    assert (daria.begun, daria.filters) == ({"hand_over": work}, {"legal": "status=new"})


def test_nothing_is_kept_in_a_session_that_ends_at_this_moment(cast: Cast) -> None:
    token = cast.begun_session("daria")

    def log_out_in_another_tab() -> None:
        with cast.session() as session:
            sessions.end(session, SessionKind.STAFF, token)

    while_reading(cast, "session", log_out_in_another_tab)
    with cast.session() as session, pytest.raises(SessionEnded):
        members.keep_filter(session, token, "legal", "status=new", NOW)


def test_ending_ends_one_session_and_may_be_asked_twice(place: Place) -> None:
    token, other = place.open(), place.open(word="other")
    for _ in range(2):
        with place.session() as session:
            sessions.end(session, SessionKind.FAMILY, token)
    with pytest.raises(SessionEnded):
        place.read(token)

    assert place.read(other) == {"word": "other"}


def test_a_row_shows_whose_it_is_and_when_it_ends_and_hides_how_much_it_holds(place: Place) -> None:
    place.open(SessionKind.STAFF, "daria", word="a")
    place.open(SessionKind.FAMILY, None, word="a" * 100)
    rows = place.rows()

    assert {row.account_id for row in rows} == {"daria", None}
    assert len({len(row.sealed) for row in rows}) == 1
    assert {(row.ends.minute % 15, row.ends.second) for row in rows} == {(0, 0)}


def test_rows_that_were_exchanged_or_altered_open_nothing(place: Place) -> None:
    first, second = place.open(word="first"), place.open(word="second")
    with place.session() as session:
        one, two = session.exec(select(SessionRow)).all()
        one.sealed, two.sealed = two.sealed, one.sealed[:-1] + bytes([one.sealed[-1] ^ 1])
        session.add_all([one, two])
    for token in (first, second):
        with pytest.raises(VaultError):
            place.read(token)


def test_what_ended_is_forgotten_and_what_runs_is_kept(place: Place) -> None:
    place.open(SessionKind.SECOND_FACTOR)
    running = place.open(SessionKind.STAFF, "daria", word="kept")
    with place.session() as session:
        session.add(SpentTotp(tag=bytes(32), ends=quarter_up(NOW)))
        session.add(SpentTotp(tag=b"\x01" * 32, ends=quarter_up(NOW + timedelta(hours=1))))
    with place.session() as session:
        assert sessions.forget_ended(session, NOW + 30 * MINUTE) == 2
    with place.session() as session:
        assert [row.tag for row in session.exec(select(SpentTotp))] == [b"\x01" * 32]

    assert place.read(running, 31, SessionKind.STAFF) == {"word": "kept"}

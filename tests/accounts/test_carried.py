"""What a page carries is read by this installation alone, for two days, for the purpose it was sealed for."""

import base64
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app.accounts import epochs
from app.accounts.carried import open_carried, seal_carried
from app.accounts.errors import CarriedGone, UnsentGone
from app.accounts.tables import Epoch
from app.accounts.unsent import open_unsent, seal_unsent
from app.storage.sessions import session_scope
from app.vault.context import Purpose
from tests.cast import NOW

DAY = timedelta(days=1)
JUST_BEFORE_MIDNIGHT = datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)


def carried(engine: Engine, now: datetime = NOW, **content: object) -> str:
    with session_scope(engine) as session:
        return seal_carried(session, Purpose.DRAFT, content, now)


def opened(engine: Engine, text: str, now: datetime = NOW, purpose: Purpose = Purpose.DRAFT) -> dict[str, object]:
    with session_scope(engine) as session:
        return open_carried(session, purpose, text, now)


def test_what_was_carried_comes_back(engine: Engine) -> None:
    text = carried(engine, words="Його забрали.", key=b"\x00\xff")

    assert opened(engine, text) == {"words": "Його забрали.", "key": b"\x00\xff"}


def test_a_page_of_a_minute_before_midnight_is_read_for_a_day_more(engine: Engine) -> None:
    text = carried(engine, JUST_BEFORE_MIDNIGHT, word="kept")

    assert opened(engine, text, JUST_BEFORE_MIDNIGHT + DAY) == {"word": "kept"}
    with pytest.raises(CarriedGone):
        opened(engine, text, JUST_BEFORE_MIDNIGHT + DAY + timedelta(seconds=1))


def test_a_page_is_read_by_a_process_whose_clock_is_behind(engine: Engine) -> None:
    text = carried(engine, JUST_BEFORE_MIDNIGHT + timedelta(seconds=2), word="kept")

    assert opened(engine, text, JUST_BEFORE_MIDNIGHT) == {"word": "kept"}


def test_what_was_typed_while_the_clock_was_ahead_is_read_when_it_is_right_again(engine: Engine) -> None:
    text = carried(engine, NOW + 9 * DAY, word="kept")

    assert opened(engine, text) == {"word": "kept"}


def test_the_key_of_a_day_is_gone_after_two_days_and_its_pages_with_it(engine: Engine) -> None:
    text = carried(engine, JUST_BEFORE_MIDNIGHT, word="kept")
    carried(engine, JUST_BEFORE_MIDNIGHT + DAY)
    with session_scope(engine) as session:
        assert epochs.forget_epochs(session, JUST_BEFORE_MIDNIGHT + DAY) == 0
        assert epochs.forget_epochs(session, JUST_BEFORE_MIDNIGHT + DAY + timedelta(seconds=1)) == 1
    with session_scope(engine) as session:
        assert [row.day.day for row in session.exec(select(Epoch))] == [21]
    with pytest.raises(CarriedGone):
        opened(engine, text, JUST_BEFORE_MIDNIGHT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "2026-11-20.",
        "2026-11-20.not base64",
        "2026-11-20.сімнадцять",
        "2026-11-20.AAAA",
        "2026-11-19.AAAA",
        "yesterday.AAAA",
        "\ud800.\ud800",
    ],
)
def test_what_nobody_sealed_is_gone(engine: Engine, text: str) -> None:
    carried(engine)
    with pytest.raises(CarriedGone):
        opened(engine, text)


def test_a_page_that_was_altered_or_cut_is_gone(engine: Engine) -> None:
    text = carried(engine, words="Його забрали.")
    day, _, body = text.partition(".")
    sealed = base64.urlsafe_b64decode(body)
    for at in range(0, len(sealed), 37):
        altered = sealed[:at] + bytes([sealed[at] ^ 4]) + sealed[at + 1 :]
        with pytest.raises(CarriedGone):
            opened(engine, f"{day}.{base64.urlsafe_b64encode(altered).decode()}")
        with pytest.raises(CarriedGone):
            opened(engine, f"{day}.{base64.urlsafe_b64encode(sealed[:at]).decode()}")


def test_a_page_moved_to_another_day_or_another_use_is_gone(engine: Engine) -> None:
    text = carried(engine, word="kept")
    carried(engine, NOW + DAY)
    with pytest.raises(CarriedGone):
        opened(engine, text.replace("2026-11-20", "2026-11-21"), NOW + DAY)
    with pytest.raises(CarriedGone):
        opened(engine, text, purpose=Purpose.UNSENT)


def test_a_page_shows_little_of_how_much_was_written(engine: Engine) -> None:
    assert len(carried(engine, word="a")) == len(carried(engine, word="b" * 60))


def test_an_unsent_text_comes_back_to_its_writer_and_nothing_else_does(engine: Engine) -> None:
    with session_scope(engine) as session:
        text = seal_unsent(session, {"text": "Ми прочитали.", "account": "daria"}, NOW)
    with session_scope(engine) as session:
        assert open_unsent(session, text, NOW) == {"text": "Ми прочитали.", "account": "daria"}
    draft = carried(engine, word="kept")
    for foreign in (draft, "", text[:-8]):
        with session_scope(engine) as session, pytest.raises(UnsentGone):
            open_unsent(session, foreign, NOW)


def test_a_days_key_that_many_draw_at_once_is_one(engine: Engine) -> None:
    barrier, keys = Barrier(8), []

    def draw() -> None:
        barrier.wait()
        with session_scope(engine) as session:
            keys.append(epochs.current_epoch(session, NOW))

    threads = [Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1
    with session_scope(engine) as session:
        assert epochs.epoch_key(session, NOW.date(), NOW) == keys[0][1]

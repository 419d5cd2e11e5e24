"""What families did is noted with the day alone, and emptied lockers are forgotten when no page can send them."""

from datetime import timedelta

from app.intake import events, returning
from app.intake.changing import change_consents, send_update
from tests.cast import NOW, Cast
from tests.keys.dump import dump

DAY = timedelta(days=1)


def test_a_day_tells_what_was_done_and_neither_when_nor_in_which_order(cast: Cast) -> None:
    codes = [cast.report() for _ in range(6)]
    wrote: list[str] = []
    for number, code in enumerate(codes):
        with cast.session() as session:
            _, opened = returning.open_return(session, code, NOW)
        with cast.session() as session:
            returning.write_message(session, opened, "Дякую.", NOW + timedelta(minutes=number))
            send_update(session, opened, {"situation": "returned"}, NOW)
            change_consents(session, opened, {"stats": "full"}, NOW)
            returning.write_message(session, opened, "Наступного дня.", NOW + DAY)
        wrote += [opened.case_id] * 3
    with cast.session() as session:
        returning.withdraw(session, opened, code, NOW)
        days = [events.family_events(session, day) for day in (NOW.date(), (NOW + DAY).date(), (NOW - DAY).date())]
        orders = {tuple(event["case"] for event in events.family_events(session, NOW.date())) for _ in range(20)}

    day = NOW.date().isoformat()
    expected = [{"kind": "family_wrote", "case": case, "day": day} for case in wrote[:-3]]
    expected += [{"kind": "family_withdrew", "case": opened.case_id, "day": day}]
    assert sorted(days[0], key=str) == sorted(expected, key=str)
    assert [len(found) for found in days] == [16, 5, 0]
    assert len(orders) > 1


def test_receiving_and_opening_write_nothing_down(cast: Cast) -> None:
    code = cast.report()
    cast.case_of(code)
    with cast.session() as session:
        assert events.family_events(session, NOW.date()) == []


def test_an_emptied_locker_is_kept_while_an_old_page_could_send_it_anew(cast: Cast) -> None:
    code = cast.report()
    kept = cast.report()
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
        returning.withdraw(session, opened, code, NOW)
    with cast.session() as session:
        assert events.forget_emptied_lockers(session, NOW.date()) == 0
    with cast.session() as session:
        assert events.forget_emptied_lockers(session, (NOW + DAY).date()) == 1

    assert len(dump(cast.engine)["locker"]) == 1
    assert cast.case_of(kept)

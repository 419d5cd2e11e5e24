"""Who is on duty when: the week, single days, nights, and the hours in which nobody is there."""

from datetime import UTC, date, datetime, time

from app.casework.duty import NOBODY, Shift, Span, days_of, turns_at, turns_on

MONDAY = date(2026, 11, 23)
SUNDAY = date(2026, 11, 29)


def shift(who: str, begins: int, ends: int, *weekdays: int, day: date | None = None) -> Shift:
    return Shift(f"{who}{begins}", who, weekdays, day, time(begins), time(ends))


WORKDAYS = shift("daria", 9, 18, 0, 1, 2, 3, 4)


def test_the_week_repeats_and_a_day_of_its_own_replaces_it() -> None:
    holiday = shift("bohdan", 10, 12, day=MONDAY)
    assert [turn.who for turn in turns_on([WORKDAYS], MONDAY)] == ["daria"]
    assert [turn.who for turn in turns_on([WORKDAYS, holiday], MONDAY)] == ["bohdan"]
    assert turns_on([WORKDAYS, shift(NOBODY, 0, 0, day=MONDAY)], MONDAY) == ()
    assert turns_on([WORKDAYS], SUNDAY) == ()


def test_hours_are_those_of_kyiv() -> None:
    # 09:30 in Kyiv is 07:30 in winter, and 06:30 in summer.
    assert turns_at([WORKDAYS], datetime(2026, 11, 23, 7, 30, tzinfo=UTC))
    assert not turns_at([WORKDAYS], datetime(2026, 11, 23, 6, 30, tzinfo=UTC))
    assert turns_at([WORKDAYS], datetime(2026, 7, 20, 6, 30, tzinfo=UTC))
    assert not turns_at([WORKDAYS], datetime(2026, 11, 23, 16, 0, tzinfo=UTC))


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    night = shift("bohdan", 20, 8, 6)
    assert [turn.who for turn in turns_at([night], datetime(2026, 11, 30, 5, tzinfo=UTC))] == ["bohdan"]
    assert not turns_at([night], datetime(2026, 11, 30, 6, tzinfo=UTC))
    (monday,) = days_of([night], date(2026, 11, 30), 1, ())
    assert (monday.turns, monday.gaps, monday.empty) == ((), (Span("08:00", "24:00"),), False)


def test_gaps_are_told_hour_by_hour_and_a_day_without_anybody_as_such() -> None:
    overlapping = shift("bohdan", 12, 20, 0)
    monday, *_, sunday = days_of([WORKDAYS, overlapping], MONDAY, 7, ())
    assert monday.gaps == (Span("00:00", "09:00"), Span("20:00", "24:00"))
    assert sunday.gaps == (Span("00:00", "24:00"),)
    assert (monday.empty, sunday.empty) == (False, True)
    (always,) = days_of([shift("daria", 0, 0, 0)], MONDAY, 1, ())
    assert always.gaps == ()


def test_a_turn_of_somebody_who_is_away_fills_no_gap() -> None:
    (monday,) = days_of([WORKDAYS], MONDAY, 1, {("daria", MONDAY)})
    assert [turn.who for turn in monday.turns] == ["daria"]
    assert monday.empty

"""The edges of windows and ages, and what wins over what."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.routing.decisions import decided, in_days


class TestWindows:
    """Dates are days in Kyiv, both ends of a window included."""

    @pytest.mark.parametrize(
        ("days", "urgent"), [(-4, False), (-3, True), (-1, True), (0, True), (2, True), (3, True), (4, False)]
    )
    def test_a_summons(self, days: int, urgent: bool) -> None:
        assert (decided(situation="summoned", deadline=in_days(days)).priority == 0) is urgent

    def test_a_day_without_a_summons_is_not_enough(self) -> None:
        assert decided(situation="at_risk", deadline=in_days(1)).priority == 2

    @pytest.mark.parametrize(("days", "urgent"), [(-8, False), (-7, True), (0, True), (1, False)])
    def test_a_surrender(self, days: int, urgent: bool) -> None:
        assert (decided(situation="surrendered", surrendered_on=in_days(days)).priority == 0) is urgent

    @pytest.mark.parametrize(("days", "urgent"), [(-2, False), (-1, True), (0, True), (3, True), (4, False)])
    def test_a_hearing(self, days: int, urgent: bool) -> None:
        assert (decided(situation="on_trial_ua", next_hearing=in_days(days)).priority == 0) is urgent

    @pytest.mark.parametrize(
        ("month", "urgent"), [("2026-10", False), ("2026-11", True), ("2026-12", False), ("2025-11", False)]
    )
    def test_a_month_matches_if_any_of_its_days_does(self, month: str, urgent: bool) -> None:
        assert (decided(situation="summoned", deadline=month).priority == 0) is urgent

    def test_a_month_matches_from_three_days_before_it_until_three_days_after(self) -> None:
        for day, urgent in ((27, False), (28, True), (30, True)):
            now = datetime(2026, 11, day, 10, tzinfo=UTC)
            assert (decided(situation="summoned", deadline="2026-12", now=now).priority == 0) is urgent
        for day, urgent in ((3, True), (4, False)):
            now = datetime(2026, 12, day, 10, tzinfo=UTC)
            assert (decided(situation="summoned", deadline="2026-11", now=now).priority == 0) is urgent

    def test_a_bare_year_meets_no_window(self) -> None:
        assert decided(situation="summoned", deadline="2026").rule_id == "made_to_serve"
        assert decided(situation="on_trial_ua", next_hearing="2026").rule_id == "prisoner_or_on_trial"
        assert decided(situation="surrendered", surrendered_on="2026").rule_id == "prisoner_or_on_trial"

    @pytest.mark.parametrize("deadline", [{"missing": "dk"}, {"missing": "na"}])
    def test_an_unknown_day_meets_no_window(self, deadline: dict[str, str]) -> None:
        assert decided(situation="summoned", deadline=deadline).priority == 1


class TestTheDayInKyiv:
    """The day changes at midnight in Kyiv, in winter and in summer, wherever the server stands."""

    @pytest.mark.parametrize(
        ("now", "day"),
        [
            # Winter: two hours ahead of UTC.
            (datetime(2026, 11, 23, 21, 59, tzinfo=UTC), date(2026, 11, 23)),
            (datetime(2026, 11, 23, 22, 0, tzinfo=UTC), date(2026, 11, 24)),
            # Summer: three hours.
            (datetime(2026, 7, 1, 20, 59, tzinfo=UTC), date(2026, 7, 1)),
            (datetime(2026, 7, 1, 21, 0, tzinfo=UTC), date(2026, 7, 2)),
            # The night in which clocks go forward: midnight comes before, by winter time.
            (datetime(2026, 3, 28, 21, 59, tzinfo=UTC), date(2026, 3, 28)),
            (datetime(2026, 3, 28, 22, 0, tzinfo=UTC), date(2026, 3, 29)),
            (datetime(2026, 3, 29, 20, 59, tzinfo=UTC), date(2026, 3, 29)),
            (datetime(2026, 3, 29, 21, 0, tzinfo=UTC), date(2026, 3, 30)),
            # The night in which they go back: an hour comes twice, the day does not.
            (datetime(2026, 10, 24, 21, 0, tzinfo=UTC), date(2026, 10, 25)),
            (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),
            (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25)),
            (datetime(2026, 10, 25, 21, 59, tzinfo=UTC), date(2026, 10, 25)),
            (datetime(2026, 10, 25, 22, 0, tzinfo=UTC), date(2026, 10, 26)),
        ],
    )
    def test_windows_are_counted_from_it(self, now: datetime, day: date) -> None:
        for days, urgent in ((-4, False), (-3, True), (3, True), (4, False)):
            deadline = (day + timedelta(days=days)).isoformat()
            assert (decided(situation="summoned", deadline=deadline, now=now).priority == 0) is urgent
        eighteen_today = day.replace(year=day.year - 18)
        assert decided(birth_date=eighteen_today.isoformat(), now=now).priority == 3
        assert decided(birth_date=(eighteen_today + timedelta(days=1)).isoformat(), now=now).priority == 0

    def test_the_moment_may_come_in_any_time_zone(self) -> None:
        late = datetime(2026, 11, 23, 23, 30, tzinfo=ZoneInfo("America/New_York"))
        assert decided(situation="summoned", deadline="2026-11-27", now=late).priority == 0


class TestUnderAge:
    """Under 18 by any possible day of birth, else by the age that was guessed."""

    @pytest.mark.parametrize(
        ("birth_date", "under_age"),
        [
            ("2008-11-24", True),
            ("2008-11-23", False),
            ("2008-11", True),
            ("2008-10", False),
            ("2008-12", True),
            ("2008", True),
            ("2007", False),
        ],
    )
    def test_by_birth_date(self, birth_date: str, under_age: bool) -> None:
        assert (decided(birth_date=birth_date).rule_id == "under_age") is under_age

    @pytest.mark.parametrize(("day", "under_age"), [(28, True), (1, False)])
    def test_who_was_born_on_29_february_comes_of_age_on_1_march(self, day: int, under_age: bool) -> None:
        now = datetime(2026, 2 if day == 28 else 3, day, 10, tzinfo=UTC)
        assert (decided(birth_date="2008-02-29", now=now).rule_id == "under_age") is under_age

    def test_the_birth_date_counts_before_the_band(self) -> None:
        assert decided(birth_date="1990", age_band="under_18").priority == 3
        assert decided(birth_date="2012", age_band="25_34").priority == 0

    @pytest.mark.parametrize("unknown", [{"missing": "dk"}, {"missing": "na"}])
    def test_the_band_counts_where_the_birth_date_is_not_told(self, unknown: dict[str, str]) -> None:
        assert decided(birth_date=unknown, age_band="under_18").rule_id == "under_age"
        assert decided(birth_date=unknown, age_band="18_24").priority == 3
        assert decided(birth_date=unknown, age_band=unknown).priority == 3


class TestWhichRuleDecides:
    """The most urgent rule, then the first of the table; the others stay as reasons."""

    def test_the_more_urgent_wins_over_the_earlier(self) -> None:
        decision = decided(situation="missing", need=["surrender_info", "legal_defence"])
        assert decision.rule_id == "asks_how_to_surrender"
        assert decision.reasons == ("The family asks how to surrender safely.",)
        assert decision.others == (
            "The family asks for legal defence.",
            "The person is missing or wounded.",
        )

    def test_the_first_wins_among_equals(self) -> None:
        decision = decided(situation="killed", need=["legal_defence", "body"])
        assert (decision.queue_kind, decision.act_within) == ("legal", timedelta(hours=24))
        assert decision.told_kinds == ()
        assert decision.others == ("The person was killed.", "The family asks to find or bring home the body.")

    def test_a_child_that_is_threatened_goes_by_the_first_of_both_rules(self) -> None:
        decision = decided(situation="serving", threat=["torture"], age_band="under_18")
        assert decision.rule_id == "threat_to_life"
        assert not decision.tell_lead
        assert decision.others[0] == "The person is, or may be, under 18."

    def test_the_teacher_from_donetsk_goes_to_legal_aid(self) -> None:
        decision = decided(
            situation="on_trial_ua",
            relation="spouse",
            oblast="UA14",
            birth_date="1991",
            method="street",
            actor="armed_unknown",
            taken_on="2022-02",
            threat=["execution"],
            refusal="no_chance",
            task="digging",
            surrendered_on="2022-05",
            surrender_voluntary="yes",
            charge=["CCU-111", "CCU-258"],
            need=["legal_defence", "document_crime"],
        )
        assert (decision.queue_kind, decision.priority) == ("legal", 1)
        assert decision.reasons == (
            "The person surrendered, is a prisoner of war, is on trial or was convicted in Ukraine.",
        )
        assert decision.others == ("The family asks for legal defence.",)

    def test_nothing_else_is_kept_when_nothing_matched(self) -> None:
        decision = decided()
        assert decision.reasons == ("No other rule matched; a first look decides.",)
        assert decision.others == ()

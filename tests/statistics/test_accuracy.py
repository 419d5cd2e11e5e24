"""What protects one person leaves the figures about many true."""

from tests.statistics.accuracy import count_drawn, measure


def test_of_ten_thousand_reports_the_figures_are_as_near_as_was_asked_for() -> None:
    # One release in forty is as far off as chance allows; of forty together the share is known to half a hundredth.
    found = measure(count_drawn(10_000), releases=40)
    assert found.of_50_within_10.cells > 40 * 100
    assert found.of_50_within_10.near >= 0.95
    assert found.of_200_within_3.near >= 0.95
    assert found.share_shown > 0.5


def test_of_a_few_reports_hardly_anything_is_shown_and_of_nobody_nothing() -> None:
    assert measure(count_drawn(0), releases=40).share_shown < 0.005
    assert measure(count_drawn(100), releases=10).share_shown < 0.25

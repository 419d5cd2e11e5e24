"""Expected: of 10,000 reports 95 % of the cells of 50 and more within 10 %, and of 200 and more within 3 %."""

from app.statistics.declaring import declared
from tests.statistics.accuracy import count_drawn, measure

RELEASES = 40


def test_released_figures_are_near_to_what_was_counted() -> None:
    total = declared().epsilon_total_milli / 1000
    print(f"\nAccuracy at epsilon {total} a person in all, of {RELEASES} times both releases of a quarter:")
    found = {reports: measure(count_drawn(reports), RELEASES) for reports in (1_000, 10_000, 100_000)}
    for reports, measured in found.items():
        fifty, two_hundred = measured.of_50_within_10, measured.of_200_within_3
        print(
            f"{reports:>9,} reports: {fifty.near:.1%} of the {fifty.cells // RELEASES} cells of 50 and more within "
            f"10 %, {two_hundred.near:.1%} of the {two_hundred.cells // RELEASES} of 200 and more within 3 %; "
            f"{measured.share_shown:.0%} of all cells are shown"
        )
    assert found[10_000].of_50_within_10.near >= 0.95
    assert found[10_000].of_200_within_3.near >= 0.95

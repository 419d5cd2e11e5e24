"""A short form of ``make load``: ten times a bad day for some seconds, and a flood of junk beside it."""

from pathlib import Path

import pytest

from tests.cast import Cast
from tests.load.crowd import IDLE, Crowd
from tests.service.founded import founded_machine
from tests.service.warm import warm_program

SECONDS = 8


@pytest.fixture
def database_kind() -> str:
    """The one that needs no set-up; ``make load`` looks at both."""
    return "sqlite"


def test_an_urgent_report_comes_through_while_everybody_is_there_at_once(cast: Cast, tmp_path: Path) -> None:
    with warm_program() as program:
        crowd = Crowd(cast, program.serve(founded_machine(cast, tmp_path / "machine")), SECONDS)
        crowd.run(IDLE, urgent_after=[SECONDS / 2])
    print("\n".join(crowd.lines()))

    assert crowd.waits.failures == []
    assert crowd.through[0].place == 1
    # These processors are shared with a whole run of tests; alone it is a tenth of this.
    assert crowd.through[0].read < 20
    assert len(crowd.waits.seconds["junk"]) > 10 * SECONDS

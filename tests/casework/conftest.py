"""What tests of casework share."""

import pytest

from tests.cast import Cast


@pytest.fixture
def case(cast: Cast) -> str:
    """The case of Amina's report, in the legal queue."""
    return cast.case_of(cast.report())

"""What a coordinator cannot see is not merely hidden: asked for by its address, it is not there."""

import pytest
from fastapi import FastAPI

from tests.casework.test_escalations import TWICE, late_case
from tests.cast import Cast
from tests.web.conftest import Clock
from tests.web.desk.conftest import Staff

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_a_late_case_is_number_priority_and_age_and_opens_at_no_address(
    application: FastAPI, cast: Cast, clock: Clock
) -> None:
    case_id = late_case(cast)
    clock.now = TWICE
    lena = Staff(application, cast, clock, "lena")
    lena.log_in()
    lena.open("/desk/escalations")
    assert lena.status == 200
    assert lena.says(case_id)
    for hidden in ("UA14", "Донецька", "legal", "Дар", "/desk/cases/", "/desk/queues/"):
        assert hidden not in lena.text, hidden
    for address in (f"/desk/cases/{case_id}", f"/desk/cases/{case_id}/more", "/desk/queues/legal", "/desk/search"):
        lena.open(address)
        assert lena.status in {403, 404}, address
        assert "Донецька" not in lena.text

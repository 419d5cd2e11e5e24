"""The pages on which somebody comes to one more queue and leaves one."""

import pytest

from app.accounts.admission import own_fingerprint
from app.accounts.meant import Meant, seal_newcomer
from app.accounts.permissions import Role
from app.accounts.tables import Newcomer
from tests.cast import OMAR, Cast
from tests.web.desk.conftest import Sit, Staff

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
NOT_SIGNED = "Для чого цю людину запрошено, не підписав ніхто"
MISSING = {"situation": "missing", "oblast": "UA14", "reply_safe": "only_here"}


def test_a_colleague_comes_to_one_more_queue_and_leaves_the_other(cast: Cast, daria: Staff, sit: Sit) -> None:
    traced, legal = cast.case_of(cast.report(MISSING)), cast.case_of(cast.report())
    bohdan, petro, oksana = sit("bohdan"), sit("petro"), sit("oksana")
    for staff in (bohdan, petro, oksana):
        staff.come_in()
    bohdan.open(f"/desk/cases/{traced}")
    assert bohdan.status == 404
    petro.open(f"/admin/people/{cast.founded_account('bohdan')}")
    form = petro.page.form_with("queues")
    assert "legal" not in form.filled().get("queues", ())
    petro.press(form, queues=["tracing"])
    assert (petro.status, petro.page.form_with("queues").filled()["queues"]) == (200, ["tracing"])
    petro.open("/admin/")
    assert petro.says("чекає, доки зателефонує і дасть ключ той, хто керує групою")
    oksana.open("/desk/queues/tracing/people")
    assert (oksana.says("підписано 20"), oksana.says(NOT_SIGNED)) == (True, False)
    oksana.press(oksana.page.form_with("fingerprint"), fingerprint=own_fingerprint(cast.member("bohdan")))
    assert oksana.status == 200
    bohdan.open(f"/desk/cases/{traced}")
    assert bohdan.status == 200

    daria.open("/desk/queues/legal/keys")
    form = daria.page.form_with("without")
    # Nobody is ticked, and oneself is not there to be.
    assert form.filled().get("without", []) == []
    assert daria.text.count('name="without"') == 1
    daria.press(form, without=[cast.founded_account("bohdan")])
    assert daria.status == 200
    bohdan.open(f"/desk/cases/{legal}")
    assert bohdan.status == 404
    bohdan.open(f"/desk/cases/{traced}")
    assert bohdan.status == 200


def test_what_no_administrator_signed_is_said_to_the_lead_and_to_the_administrator(cast: Cast, sit: Sit) -> None:
    bohdan, ivan = cast.founded_account("bohdan"), cast.member("ivan")
    with cast.session() as session:
        wish = Meant((Role.CASEWORKER,), ("tracing",))
        session.add(Newcomer(account_id=bohdan, sealed=seal_newcomer(ivan.directory_key, bohdan, wish, None)))
    for name, page in (("petro", f"/admin/people/{bohdan}"), ("oksana", "/desk/queues/tracing/people")):
        somebody = sit(name)
        somebody.come_in()
        somebody.open(page)
        assert (somebody.says(NOT_SIGNED), somebody.says("підписано 20")) == (True, False)


@pytest.mark.parametrize("name", [OMAR, "daria", "lena"])
def test_who_administers_nothing_lets_nobody_wait(sit: Sit, cast: Cast, name: str) -> None:
    staff = sit(name)
    staff.come_in()
    address = f"/admin/people/{cast.founded_account('bohdan')}/queues"
    assert staff.client.post(address, data={"queues": "tracing"}).status_code == 403

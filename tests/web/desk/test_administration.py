"""Administrators look after their own organisation; nobody else comes near, and they come near no case."""

import pytest

from tests.cast import OMAR, Cast
from tests.keys.dump import dump
from tests.web.desk.conftest import Sit, Staff
from tests.web.desk.joining import Meant, invite

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def petro(sit: Sit) -> Staff:
    """Petro, who administers the receiving organisation, logged in."""
    staff = sit("petro")
    staff.come_in()
    return staff


def rows(cast: Cast) -> dict[str, int]:
    return {table: len(found) for table, found in dump(cast.engine).items() if table != "trail_entry"}


def test_an_administrator_sees_people_queues_and_what_waits(petro: Staff, cast: Cast) -> None:
    case = cast.case_of(cast.report())
    invite(petro)
    petro.open("/admin/")
    for shown in ("Дарія Лановенко", "Марта Нова", "має посилання", "Правнича допомога (керує)"):
        assert petro.says(shown), shown
    petro.open("/admin/queues")
    for shown in ("Правнича допомога", "Може отримувати звернення", "Керують: Дарія Лановенко"):
        assert petro.says(shown), shown
    # Names of other organisations' people are none of theirs, and neither are cases.
    assert not petro.says("Айше")
    assert case not in petro.text
    petro.open(f"/desk/cases/{case}")
    assert petro.status == 403


@pytest.mark.parametrize(
    ("meant", "told"),
    [
        (Meant(shown="   "), "Напишіть ім’я"),
        (Meant(shown="М" * 101), "Напишіть ім’я"),
        (Meant(roles=()), "Оберіть принаймні одну роль"),
        (Meant(roles=("auditor",)), "має роль працівника"),
        (Meant(queues=("partner-legal",)), "не вашої організації"),
        (Meant(roles=("king",)), "Оберіть принаймні одну роль"),
    ],
)
def test_an_invitation_that_contradicts_itself_is_given_back(petro: Staff, cast: Cast, meant: Meant, told: str) -> None:
    before = rows(cast)
    petro.open("/admin/invite")
    form = petro.page.form_with("shown")
    petro.press(form, shown=meant.shown, roles=list(meant.roles), queues=list(meant.queues))
    assert (petro.status, petro.says(told)) == (422, True)
    assert petro.page.form_with("shown").get("shown") == meant.shown
    assert rows(cast) == before


def test_omar_has_no_business_here(petro: Staff, sit: Sit, cast: Cast) -> None:
    invite(petro)
    person = cast.member("bohdan").account_id
    omar = sit(OMAR)
    omar.come_in()
    before = rows(cast)
    for address in ("/admin/", "/admin/invite", "/admin/organisations", f"/admin/people/{person}"):
        omar.open(address)
        assert omar.status == 403, address
    for address in ("/admin/invite", f"/admin/people/{person}/reset", f"/admin/people/{person}/admit"):
        assert omar.client.post(address, data={"shown": "Омар", "roles": "administrator"}).status_code == 403
    omar.open("/desk/queues/legal/people")
    assert omar.status == 404
    assert omar.client.post(f"/desk/queues/legal/people/{person}", data={"fingerprint": "x"}).status_code == 404
    assert rows(cast) == before


def test_a_member_who_does_not_lead_gives_no_key(sit: Sit, cast: Cast) -> None:
    bohdan = sit("bohdan")
    bohdan.come_in()
    bohdan.open("/desk/queues/legal/people")
    assert bohdan.status == 404


def test_a_queue_gets_its_first_key_from_its_lead_alone(petro: Staff, cast: Cast, sit: Sit) -> None:
    oksana = cast.founded_account("oksana")
    petro.open("/admin/queues")
    form = petro.page.form_with("queue")
    for wrong, told in (
        ({"queue": "Друга група", "kind": "tracing", "lead": oksana}, "малих латинських літер"),
        ({"queue": "legal", "kind": "legal", "lead": oksana}, "вже є"),
        ({"queue": "second", "kind": "", "lead": oksana}, "Оберіть вид групи"),
        ({"queue": "second", "kind": "tracing", "lead": cast.founded_account("lena")}, "Оберіть прийнятого"),
        ({"queue": "second", "kind": "tracing", "lead": cast.founded_account("ayshe")}, "Оберіть прийнятого"),
    ):
        petro.press(form, **wrong)
        assert (petro.status, petro.says(told)) == (422, True)
        assert petro.page.form_with("queue").get("queue") == wrong["queue"]
    petro.press(form, queue="second", kind="tracing", lead=oksana)
    assert petro.address == "/admin/queues"
    assert [row for row in dump(cast.engine)["ring_key"] if row["ring"] == "queue:second"] == []
    # Neither the administrator nor anybody else makes the key.
    for name in ("petro", "mykola", OMAR):
        other = petro if name == "petro" else sit(name)
        if other is not petro:
            other.come_in()
        answer = other.client.post("/desk/queues/second/begin", data={})
        assert answer.status_code == (403 if other is petro else 404), name
    staff = sit("oksana")
    staff.come_in()
    assert staff.says("Вас призначено керувати новою групою")
    staff.press_to("/begin")
    assert (staff.status, staff.address) == (200, "/desk/queues/second/people")
    petro.open("/admin/")
    assert petro.says("ключ групи має лише одна людина")


def test_an_administrator_names_who_leads(petro: Staff, cast: Cast, sit: Sit) -> None:
    petro.open(f"/admin/people/{cast.founded_account('bohdan')}")
    petro.press(petro.page.form_with("queue"), queue="legal")
    assert petro.status == 200
    assert (
        petro.client.post(f"/admin/people/{cast.founded_account('lena')}/lead", data={"queue": "legal"}).status_code
        == 404
    )


def test_what_is_missing_before_families_come_is_said_in_words(petro: Staff) -> None:
    petro.open("/admin/readiness")
    assert petro.says("Немає відновлення за допомогою довірених осіб")
    assert petro.says("Доки цього не зроблено, не відкривайте доступ родинам")

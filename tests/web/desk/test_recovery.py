"""Recovery in the browser: the ceremony and its sheets, wrong and right shares, leads who seal, and the way back."""

import re
from datetime import timedelta

import pytest

from tests.accounts.trustees import LEGAL, copies, hold_ceremony, remove
from tests.cast import Cast
from tests.keys.dump import dump
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit, Staff

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
TRUSTEES = "нотар\n\n А.  в іншому місті \nсестра Б."


@pytest.fixture
def petro(sit: Sit) -> Staff:
    """Petro, who administers the receiving organisation, logged in."""
    staff = sit("petro")
    staff.come_in()
    return staff


def sheets_of(staff: Staff) -> tuple[list[str], str]:
    """The words of each sheet, and the six words that stand on all of them."""
    sheets = re.findall(r'<section class="sheet".*?</section>', staff.text, re.DOTALL)
    words = [" ".join(re.findall(r"<li>(\w+)</li>", sheet)) for sheet in sheets]
    fingerprints = {" ".join(re.findall(r"<span>([\w-]+)</span>", sheet)) for sheet in sheets}
    (fingerprint,) = fingerprints
    return words, fingerprint


def type_shares(staff: Staff, action: str, *shares: str, **more: str | list[str]) -> None:
    staff.open(action)
    staff.press_to(action, share=list(shares), **more)


def test_from_the_ceremony_to_a_queue_that_one_carries_on(petro: Staff, sit: Sit, cast: Cast, clock: Clock) -> None:
    case = cast.case_of(cast.report())
    petro.open("/admin/")
    assert petro.says("Немає відновлення за допомогою довірених осіб")
    petro.open("/admin/recovery")
    petro.press_to("/admin/recovery", trustees=TRUSTEES, needed="2", meant="yes")
    words, fingerprint = sheets_of(petro)
    assert (len(words), {len(each.split()) for each in words}, len(fingerprint.split())) == (3, {33}, 6)
    assert petro.says("А. в іншому місті")
    assert petro.headers["cache-control"] == "no-store"

    type_shares(petro, "/admin/recovery/test", words[0], words[2])
    assert petro.says("Ці частки дають ключ")
    daria = sit("daria")
    daria.come_in()
    assert daria.says("Ваших ключів ще не можна відновити")
    daria.open("/desk/recovery")
    daria.press_to("/desk/recovery/cover", fingerprint=f" {fingerprint.upper()} ")
    assert daria.says("Тут на вас нічого не чекає")
    remove(cast, "daria", "bohdan")

    type_shares(petro, "/admin/recovery/use", words[1], words[2], ring=LEGAL, person=cast.founded_account("oksana"))
    assert petro.says("Ключ повернуто")
    assert petro.says("ще не прийнято")
    clock.now += timedelta(minutes=2)
    oksana = sit("oksana")
    oksana.come_in()
    assert oksana.says("На вас чекає ключ")
    assert oksana.says("Останніми днями довірені особи й адміністратор повернули комусь ключ")
    oksana.open("/desk/recovery")
    oksana.press_to("/desk/recovery/take")
    oksana.open(f"/desk/cases/{case}")
    assert oksana.status == 200


def test_what_is_wrong_with_a_share_is_said_and_everything_typed_comes_back(petro: Staff, cast: Cast) -> None:
    ceremony = hold_ceremony(cast, tested=False, needed=3, count=5)
    first, second, third, *_ = ceremony.words
    wrong = " ".join(["mariupol", *second.split()[1:]])
    type_shares(petro, "/admin/recovery/test", first, wrong, third)
    assert petro.status == 422
    assert petro.says("Одного слова немає в переліку. Його номер — 1.")
    form = next(form for form in petro.page.forms if form.action.endswith("/admin/recovery/test"))
    assert [value for name, value in form.fields if name == "share"] == [first, wrong, third]
    petro.press(form, share=[first, second, ""])
    assert petro.says("їх замало")
    petro.open("/admin/recovery")
    assert not petro.says("Ці частки дають ключ")
    assert sum(row["chain"].startswith("ring:recovery") for row in dump(cast.engine)["statement"]) == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"trustees": "один", "needed": "2", "meant": "yes"}, "Довірених осіб може бути від 2 до 16"),
        ({"trustees": TRUSTEES, "needed": "1", "meant": "yes"}, "Довірених осіб може бути від 2 до 16"),
        ({"trustees": TRUSTEES, "needed": "п’ять", "meant": "yes"}, "Довірених осіб може бути від 2 до 16"),
        ({"trustees": f"{'я' * 61}\nдва", "needed": "2", "meant": "yes"}, "щонайбільше 60 знаків"),
        ({"trustees": TRUSTEES, "needed": "2"}, "спершу підтвердьте"),
    ],
)
def test_a_ceremony_that_cannot_be_is_given_back(petro: Staff, cast: Cast, typed: dict[str, str], told: str) -> None:
    petro.open("/admin/recovery")
    petro.press_to("/admin/recovery", **dict(typed))
    assert (petro.status, petro.says(told)) == (422, True)
    assert petro.page.form_with("trustees").get("trustees") == typed["trustees"]
    assert not any(row["chain"].startswith("ring:recovery") for row in dump(cast.engine)["statement"])


def test_a_ceremony_that_is_sent_twice_makes_no_second_key(petro: Staff, cast: Cast) -> None:
    petro.open("/admin/recovery")
    form = petro.page.form_with("trustees")
    petro.press(form, trustees=TRUSTEES, needed="2", meant="yes")
    assert len(sheets_of(petro)[0]) == 3
    petro.press(form, trustees=TRUSTEES, needed="2", meant="yes")
    assert petro.status == 409
    assert sum(row["chain"].startswith("ring:recovery") for row in dump(cast.engine)["statement"]) == 1


def test_a_lead_who_hears_other_words_is_warned_and_the_record_has_it(sit: Sit, cast: Cast) -> None:
    hold_ceremony(cast)
    daria = sit("daria")
    daria.come_in()
    daria.open("/desk/recovery")
    before = len(dump(cast.engine)["trail_entry"])
    daria.press_to("/desk/recovery/cover", fingerprint="шість чужих слів")
    assert (daria.status, daria.says("Це не слова ключа відновлення")) == (409, True)
    assert daria.page.form_with("fingerprint").get("fingerprint") == "шість чужих слів"
    assert len(dump(cast.engine)["trail_entry"]) == before + 1
    assert copies(cast) == []


def test_a_key_that_somebody_still_holds_is_not_offered(petro: Staff, cast: Cast) -> None:
    hold_ceremony(cast)
    petro.open("/admin/recovery/use")
    assert petro.says("Жодного з ключів, які можна відновити, не втрачено")
    ring, person = LEGAL, cast.founded_account("oksana")
    petro.client.post("/admin/recovery/use", data={"ring": ring, "person": person, "share": "x"})
    assert dump(cast.engine)["recovered_key"] == []

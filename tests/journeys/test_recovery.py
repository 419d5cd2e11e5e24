"""Recovery in a real browser without a script: sheets on paper, shares that are tested, and a lost key given back."""

import pytest

from tests.accounts.trustees import LEGAL, cover, lose_the_names, remove
from tests.accounts.trustees import hold_ceremony as ceremony_before
from tests.journeys.house import House
from tests.journeys.looking import NARROW, axe_finds, too_wide
from tests.journeys.staff import Staff

pytestmark = pytest.mark.browser


def hold_ceremony(staff: Staff) -> tuple[list[str], str]:
    """Make the key; the words of each sheet, and the six that stand on all of them."""
    staff.open("/admin/recovery")
    staff.fill({"trustees": "нотар\nсестра Б.\nА. в іншому місті", "needed": "2"})
    staff.page.check("[name=meant]")
    staff.press("main form .on")
    sheets = staff.page.locator("section.sheet")
    words = [" ".join(sheets.nth(at).locator("ol li").all_inner_texts()) for at in range(sheets.count())]
    return words, " ".join(staff.page.inner_text("#fingerprint-1").split())


def type_shares(staff: Staff, *shares: str) -> None:
    """Type what trustees have on paper, and press the button."""
    for place, words in enumerate(shares):
        staff.page.locator("[name=share]").nth(place).fill(words)
    staff.press("main form :is(.on, .grave)")


def test_a_ceremony_its_test_and_a_lead_who_heard_the_words(house: House) -> None:
    petro = house.staff("petro")
    petro.page.set_viewport_size(NARROW)
    petro.log_in()
    words, spoken = hold_ceremony(petro)
    assert [len(each.split()) for each in words] == [33] * 3
    assert too_wide(petro.page) == []
    # On paper there is a sheet for each trustee, and nothing beside the sheets.
    petro.page.emulate_media(media="print")
    assert petro.page.locator("section.sheet >> visible=true").count() == 3
    assert petro.page.locator(":is(.unprinted, .under, .top, .jumps) >> visible=true").count() == 0
    petro.page.emulate_media(media="screen")

    petro.open("/admin/recovery/test")
    wrong = words[1].replace(words[1].split()[7], "mariupol", 1)
    type_shares(petro, words[0], wrong)
    assert petro.page.locator("#share-2-problem").is_visible()
    assert petro.page.input_value("#share-1") == words[0]
    assert too_wide(petro.page) == []
    type_shares(petro, words[0], words[1])
    assert petro.page.get_by_role("status").is_visible()
    assert too_wide(petro.page) == []

    daria = house.staff("daria")
    daria.page.set_viewport_size(NARROW)
    daria.log_in()
    daria.open("/desk/recovery")
    assert too_wide(daria.page) == []
    daria.fill({"fingerprint": spoken})
    daria.press("main form .on")
    assert daria.page.locator("[name=fingerprint]").count() == 0


def test_a_lost_key_is_given_back_by_trustees_and_a_case_is_opened_with_it(house: House) -> None:
    case = house.cast.case_of(house.cast.report())
    ceremony = ceremony_before(house.cast)
    cover(house.cast, ceremony)
    remove(house.cast, "daria", "bohdan")
    petro, oksana = house.staff("petro"), house.staff("oksana")
    petro.page.set_viewport_size(NARROW)
    oksana.page.set_viewport_size(NARROW)
    oksana.log_in()
    assert oksana.open(f"/desk/cases/{case}") == 404
    petro.log_in()
    petro.open("/admin/recovery/use")
    petro.fill({"ring": LEGAL, "person": house.cast.founded_account("oksana")})
    wrong = " ".join(["mariupol", *ceremony.words[2].split()[1:]])
    type_shares(petro, ceremony.words[1], wrong)
    # What was typed and chosen is there again, and nothing was given to anybody.
    assert petro.page.locator("#share-2-problem").is_visible()
    assert [petro.page.input_value(f"#share-{place}") for place in (1, 2)] == [ceremony.words[1], wrong]
    assert petro.page.input_value("[name=person]") == house.cast.founded_account("oksana")
    assert too_wide(petro.page) == []
    type_shares(petro, ceremony.words[1], ceremony.words[2])
    assert petro.page.get_by_role("status").is_visible()
    assert too_wide(petro.page) == []

    oksana.open("/desk/")
    assert too_wide(oksana.page) == []
    oksana.press("main a[href='/desk/recovery']")
    assert too_wide(oksana.page) == []
    oksana.press("form[action='/desk/recovery/take'] button")
    assert oksana.open(f"/desk/cases/{case}") == 200
    oksana.open("/desk/recovery")
    assert oksana.page.locator("form[action='/desk/recovery/take']").count() == 0


def test_when_the_names_are_lost_an_administrator_and_trustees_let_everybody_in_again(house: House) -> None:
    ceremony = ceremony_before(house.cast)
    lose_the_names(house.cast)
    daria, petro = house.staff("daria"), house.staff("petro")
    daria.page.set_viewport_size(NARROW)
    petro.page.set_viewport_size(NARROW)
    assert daria.log_in() == 403
    assert daria.says(daria.say("Nobody can come in now"))
    assert too_wide(daria.page) == []
    petro.log_in()
    assert petro.path == "/admin/recovery/lost-names"
    assert petro.page.locator("main a, .under").count() == 0, "nothing else opens"
    type_shares(petro, ceremony.words[0], ceremony.words[0])
    assert petro.page.locator("#share-2-problem").is_visible()
    assert petro.page.input_value("#share-1") == ceremony.words[0]
    assert too_wide(petro.page) == []
    type_shares(petro, ceremony.words[0], ceremony.words[1])
    assert petro.page.get_by_role("status").is_visible()
    assert too_wide(petro.page) == []
    assert daria.log_in() == 200
    assert daria.path == "/desk/"


def test_its_pages_hold_for_those_who_do_not_see_them(house: House) -> None:
    petro, daria = house.staff("petro", script=True), house.staff("daria", script=True)
    petro.log_in()
    hold_ceremony(petro)
    assert axe_finds(petro.page) == []
    for path in ("/admin/recovery", "/admin/recovery/test", "/admin/recovery/use"):
        petro.open(path)
        assert axe_finds(petro.page) == [], path
    daria.log_in()
    daria.open("/desk/recovery")
    assert axe_finds(daria.page) == []
    lose_the_names(house.cast)
    petro.open("/desk/")
    petro.log_in()
    assert axe_finds(petro.page) == []

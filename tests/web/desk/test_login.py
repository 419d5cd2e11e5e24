"""Logging in takes two steps; a refusal never tells which part was wrong."""

from datetime import timedelta

from tests.cast import Cast
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit, Staff


def test_daria_logs_in_and_sees_her_queue(sit: Sit) -> None:
    daria = sit("daria")
    daria.log_in()
    assert (daria.status, daria.address) == (200, "/desk/")
    assert daria.says("Правнича допомога")
    assert "/desk/queues/legal" in daria.page.links()


def test_whoever_is_logged_out_is_asked_to_log_in(sit: Sit) -> None:
    daria = sit("daria")
    daria.client.follow_redirects = False
    for address in ("/desk/", "/desk/queues/legal", "/desk/cases/abc"):
        daria.open(address)
        assert (daria.status, daria.headers["location"]) == (303, "/desk/login")


def test_a_wrong_name_and_a_wrong_passphrase_are_refused_alike(sit: Sit, cast: Cast) -> None:
    daria = sit("daria")
    daria.open("/desk/login")
    form = daria.page.form_with("password")
    daria.press(form, name="daria", password="wrong words")
    wrong_words = daria.text
    assert daria.status == 401
    daria.press(form, name="nobody", password=cast.secrets("daria")[0])
    assert (daria.status, daria.text) == (401, wrong_words)
    assert daria.says("Увійти не вдалося")
    assert daria.client.cookies.get("desk") is None


def test_a_wrong_second_factor_can_be_typed_again(sit: Sit) -> None:
    daria = sit("daria")
    daria.open("/desk/login")
    daria.first_step()
    daria.press(daria.page.form_with("totp"), totp="000000")
    assert daria.status == 401
    daria.press(daria.page.form_with("totp"), totp=daria.totp())
    assert (daria.status, daria.address) == (200, "/desk/")


def test_the_second_factor_is_taken_at_the_first_address_too(sit: Sit) -> None:
    daria = sit("daria")
    daria.open("/desk/login")
    daria.first_step()
    daria._show(daria.client.post("/desk/login", data={"totp": daria.totp()}))
    assert daria.address == "/desk/"


def test_a_half_finished_log_in_opens_nothing(sit: Sit) -> None:
    daria = sit("daria")
    daria.open("/desk/login")
    daria.first_step()
    daria.open("/desk/")
    assert daria.address == "/desk/login"


def test_a_second_step_that_took_too_long_begins_anew(sit: Sit, clock: Clock) -> None:
    daria = sit("daria")
    daria.open("/desk/login")
    daria.first_step()
    form = daria.page.form_with("totp")
    clock.pass_by(timedelta(hours=1))
    daria.press(form, totp=daria.totp())
    assert daria.status == 401
    assert "password" in daria.page.form_with("password").names


def test_after_too_many_attempts_a_wrong_passphrase_is_told_to_wait(sit: Sit) -> None:
    daria = sit("daria")
    daria.open("/desk/login")
    form = daria.page.form_with("password")
    for _ in range(10):
        daria.press(form, name="daria", password="wrong words")
        assert daria.status == 401
    daria.press(form, name="daria", password="other wrong words", unsent="sealed")
    assert daria.status == 429
    assert 0 < int(daria.headers["retry-after"]) <= 30 * 60
    assert daria.says("Забагато спроб")
    form = daria.page.form_with("unsent")
    assert form.get("unsent") == "sealed"
    daria.press(form, name="daria", password=daria.cast.secrets("daria")[0])
    assert daria.page.form_with("totp").action


def test_whoever_logs_out_is_out(daria: Staff) -> None:
    daria.press_to("/desk/logout")
    assert daria.address == "/desk/login"
    daria.open("/desk/")
    assert daria.address == "/desk/login"


def test_the_log_in_page_speaks_the_browsers_language_or_the_chosen_one(sit: Sit) -> None:
    daria = sit("daria")
    assert daria.open("/desk/login").all("html")[0].attributes["lang"] == "uk"
    assert daria.open("/desk/login", **{"accept-language": "en"}).all("html")[0].attributes["lang"] == "en"
    assert daria.open("/desk/login", **{"accept-language": "de"}).all("html")[0].attributes["lang"] == "uk"
    assert daria.open("/desk/login?language=en").all("html")[0].attributes["lang"] == "en"
    assert daria.open("/desk/login?language=xx").all("html")[0].attributes["lang"] == "uk"


def test_a_browser_in_a_language_of_families_alone_is_answered_in_one_of_the_desk(sit: Sit) -> None:
    daria = sit("daria")
    for address, status in (("/desk/login", 200), ("/desk/nowhere", 404)):
        page = daria.open(address, **{"accept-language": "ru, en;q=0.5"})
        assert (daria.status, page.all("html")[0].attributes["lang"]) == (status, "uk")


def test_the_language_of_the_log_in_stays(sit: Sit) -> None:
    daria = sit("daria")
    daria.log_in("/desk/login?language=en")
    assert daria.says("My queues")


def test_the_language_is_changed_on_any_page(daria: Staff) -> None:
    daria.open("/desk/queues/legal?late=yes")
    form = next(form for form in daria.page.forms if form.action == "/desk/language")
    assert form.get("to") == "/desk/queues/legal?late=yes"
    daria.read_in("en", form.get("to") or "")
    assert daria.address == "/desk/queues/legal"
    assert daria.says("Legal aid")
    daria.read_in("ru", "/desk/")
    assert daria.says("My queues")


def test_a_form_is_never_a_way_elsewhere(daria: Staff) -> None:
    daria.client.follow_redirects = False
    for to in ("https://example.org/", "//example.org", "/desk//example.org", "/uk/", "/desk/login?to=x/../"):
        daria.read_in("en", to)
        assert daria.headers["location"] == "/desk/"


def test_a_session_that_ended_brings_one_back_to_the_same_page(daria: Staff, clock: Clock) -> None:
    clock.pass_by(timedelta(hours=13))
    daria.open("/desk/queues/legal")
    assert daria.address == "/desk/login"
    daria.log_in_here()
    assert daria.address == "/desk/queues/legal"

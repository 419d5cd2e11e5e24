"""One's own page: sessions seen and ended, a passphrase changed."""

from datetime import timedelta

import pytest

from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit, Staff


@pytest.fixture
def database_kind() -> str:
    """What the pages do does not depend on the database; what is below them is tried on both."""
    return "sqlite"


def test_one_ends_all_other_sessions_and_goes_on(daria: Staff, sit: Sit, clock: Clock) -> None:
    clock.pass_by(timedelta(minutes=1))
    elsewhere = sit("daria")
    elsewhere.log_in()
    daria.open("/desk/me")
    assert daria.says("20 листопада 2026, 13:07")
    assert "/desk/me" in daria.page.links()
    assert len([form for form in daria.page.forms if form.action == "/desk/me/sessions"]) == 2
    daria.press(next(form for form in daria.page.forms if form.get("session") == "all"))
    assert (daria.status, daria.address) == (200, "/desk/me")
    assert [form for form in daria.page.forms if form.action == "/desk/me/sessions"] == []
    elsewhere.open("/desk/me")
    assert elsewhere.address == "/desk/login"


def test_the_passphrase_is_changed_with_everything_typed_right(daria: Staff, sit: Sit, clock: Clock) -> None:
    clock.pass_by(timedelta(minutes=1))
    daria.open("/desk/me/passphrase")
    words, form = daria.page.by_id("offered").text.strip(), daria.page.form_with("words")
    old = daria.cast.secrets("daria")[0]
    typed = {"name": "daria", "password": old, "totp": daria.totp()}
    daria.press(form, None, **{**typed, "words": "six words of my own choice"})
    assert daria.status == 422
    assert daria.page.by_id("offered").text.strip() == words
    daria.press(form, None, **{**typed, "words": words, "password": "wrong"})
    assert daria.status == 422
    assert daria.says("неправильні")
    daria.press(form, None, **{**typed, "words": words})
    assert (daria.status, daria.address) == (200, "/desk/me")
    assert daria.says("Вашу кодову фразу змінено")
    assert words not in daria.text
    clock.pass_by(timedelta(minutes=1))
    again = sit("daria")
    again.open("/desk/login")
    again.press(again.page.form_with("password"), None, name="daria", password=old)
    assert again.status == 401
    again.press(again.page.form_with("password"), None, name="daria", password=words)
    again.press(again.page.form_with("totp"), None, totp=again.totp())
    assert again.address == "/desk/"


def test_words_that_are_too_old_or_foreign_are_replaced_by_new_ones(daria: Staff) -> None:
    daria.open("/desk/me/passphrase")
    daria.press(daria.page.form_with("words"), None, offered="nonsense", words="nonsense")
    assert daria.status == 422
    assert len(daria.page.by_id("offered").text.split()) == 6

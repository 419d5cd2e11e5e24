"""One's own page: sessions seen and ended, a passphrase changed."""

import base64
from datetime import timedelta

import pytest

from app.accounts.installation import about
from app.accounts.spare_codes import draw_spare_codes, spare_code_rows
from app.vault.totp import totp_at
from tests.cast import Cast
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


def test_a_lost_telephone_is_replaced_with_a_spare_code_and_new_spare_codes_are_drawn(
    cast: Cast, daria: Staff, clock: Clock
) -> None:
    passphrase, account = cast.secrets("daria")[0], cast.founded_account("daria")
    codes = draw_spare_codes()
    with cast.session() as session:
        session.add_all(spare_code_rows(account, codes[:2], about(session).salt))
    daria.open("/desk/me/authenticator")
    page = daria.page
    form, secret = page.form_with("digits"), base64.b32decode(page.by_id("totp-secret").text.replace(" ", "").strip())
    daria.press(form, digits="000000", name="daria", password=passphrase, totp=codes[0])
    assert (daria.status, daria.says("Це не ті цифри")) == (422, True)
    assert daria.page.form_with("digits").get("name") == "daria"
    digits = totp_at(secret, clock.now)
    daria.press(form, digits=digits, name="daria", password="six wrong words", totp=codes[0])
    assert (daria.status, daria.says("Ім’я для входу, парольна фраза")) == (422, True)
    daria.press(form, digits=digits, name="daria", password=passphrase, totp=codes[0])
    assert (daria.address, daria.says("Ваш автентифікатор змінено")) == ("/desk/me", True)
    daria.press(form, offered="nonsense", digits=digits, name="daria", password=passphrase, totp=codes[1])
    assert (daria.status, daria.says("Запропоноване зображення застаріло")) == (422, True)

    daria.open("/desk/me/spare-codes")
    form = daria.page.form_with("totp")
    daria.press(form, name="daria", password=passphrase, totp=codes[0])
    assert daria.status == 422
    page = daria.press(form, name="daria", password=passphrase, totp=codes[1])
    assert len([each for each in page.all("li") if len(each.text) == 19]) == 8

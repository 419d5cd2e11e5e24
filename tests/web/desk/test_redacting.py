"""A copy of a family's words, redacted by hand, before it travels to another organisation."""

import pytest

from tests.cast import Cast
from tests.web.desk.conftest import Sit, Staff
from tests.web.desk.moving import STORY, allow, allowed, granted, offer


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own; the rooms behind it are tried on both databases."""
    return "sqlite"


@pytest.fixture
def code(cast: Cast) -> str:
    return allowed(cast)


def test_words_are_redacted_by_hand_and_nothing_else_of_them_travels(
    cast: Cast, daria: Staff, sit: Sit, case: str
) -> None:
    offer(daria, case, scope="pseudonymised", reason="Лише суть.")
    assert daria.status == 200
    form = daria.page.form_with("redacted")
    assert STORY in (form.get("redacted") or "")
    assert not granted(cast, case)
    daria.press(form, None, redacted="  ")
    # Without words there is nothing to share: the same page again, with the reason kept.
    assert daria.page.form_with("redacted").get("reason") == "Лише суть."
    daria.press(daria.page.form_with("redacted"), None, redacted="Його забрали з роботи.")
    assert daria.address == f"/desk/cases/{case}"
    ayshe = sit("ayshe")
    ayshe.log_in()
    ayshe.open(f"/desk/cases/{case}")
    assert ayshe.says("Його забрали з роботи.")
    assert not ayshe.says("Коваль")


def test_redacted_words_are_not_lost_when_the_consent_is_withdrawn_meanwhile(
    cast: Cast, daria: Staff, code: str, case: str
) -> None:
    offer(daria, case, scope="pseudonymised", reason="Лише суть.")
    allow(cast, code, legal_ngo="")
    daria.press(daria.page.form_with("redacted"), None, redacted="Його забрали з роботи.")
    assert daria.status == 409
    form = daria.page.form_with("redacted")
    assert (form.get("redacted"), form.get("reason")) == ("Його забрали з роботи.", "Лише суть.")
    assert not granted(cast, case)

"""Auditors and coordinators renew their keys and give them on, in front of their browsers."""

from datetime import timedelta

import pytest

from app.accounts.appointing import appoint
from app.accounts.permissions import Role
from app.vault.signing import verify_key
from tests.cast import NOW, Cast
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("holder", "role", "page", "address"),
    [
        ("roman", Role.AUDITOR, "/admin/trail", "/desk/keys/record"),
        ("lena", Role.COORDINATOR, "/statistics/", "/desk/keys/statistics"),
    ],
)
def test_a_key_is_given_after_six_words_and_made_anew(
    cast: Cast, sit: Sit, clock: Clock, holder: str, role: Role, page: str, address: str
) -> None:
    petro, oksana = cast.member("petro"), cast.member("oksana")
    with cast.session() as session:
        keys = verify_key(oksana.signing_key), oksana.pair.public
        roles = [Role.CASEWORKER, role]
        appoint(session, petro, petro.organisation_id, oksana.account_id, keys, roles, NOW)
    # Their digits of this moment may have been used above.
    clock.pass_by(timedelta(minutes=2))
    second, first = sit("oksana"), sit(holder)
    second.come_in()
    second.open(address)
    assert second.says("Ви не маєте цього ключа")
    words = " ".join(second.page.by_id("fingerprint").text.split())

    first.come_in()
    first.open(page)
    assert address in first.page.links()
    first.open(address)
    give = first.page.form_with("fingerprint")
    first.press(give, fingerprint="шість зовсім інших слів не тих")
    assert (first.status, first.says("Нічого не передано")) == (409, True)
    assert first.page.form_with("fingerprint").get("fingerprint") == "шість зовсім інших слів не тих"
    first.press(give, fingerprint=words)
    assert (first.address, "fingerprint" in first.text) == (address, False)
    first.press_to("/renew")
    assert first.says("Покоління ключа: 2")
    second.open(address)
    second.press_to("/renew")
    assert second.says("Покоління ключа: 3")

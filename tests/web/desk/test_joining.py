"""An invitation is finished by one person alone; an account that nobody admitted opens nothing."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import col, select

from app.accounts.invitations import forget_invitations
from app.accounts.removal import remove_person
from app.accounts.tables import Account, Invitation, Newcomer
from app.accounts.vouching import vouched
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import new_signing_key, verify_key
from tests.cast import Cast
from tests.keys.dump import dump
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit, Staff
from tests.web.desk.joining import Newcomer as Person
from tests.web.desk.joining import invite, spaced

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def petro(sit: Sit) -> Staff:
    """Petro, who administers, logged in."""
    staff = sit("petro")
    staff.come_in()
    return staff


@pytest.fixture
def marta(application: FastAPI, clock: Clock, petro: Staff) -> Person:
    """Marta, with a link for the legal queue."""
    return Person(application, clock, invite(petro))


def rows(cast: Cast) -> dict[str, int]:
    return {table: len(found) for table, found in dump(cast.engine).items()}


def test_from_a_link_to_the_first_opened_case(cast: Cast, clock: Clock, marta: Person, petro: Staff, sit: Sit) -> None:
    case = cast.case_of(cast.report())
    marta.join()
    assert len(marta.spare) == 8
    assert len(marta.fingerprint.split()) == 6
    clock.pass_by(timedelta(seconds=30))
    marta.log_in()
    assert marta.says("Ви чекаєте, доки вас приймуть")
    assert spaced(marta.page, "fingerprint") == marta.fingerprint
    assert marta.open(f"/desk/cases/{case}") is not None
    assert marta.status == 403

    petro.open("/admin/")
    assert petro.says("Марта Нова")
    link = next(each for each in petro.page.links() if each.startswith("/admin/people/") and marta_is(petro, each))
    petro.open(link)
    assert marta.fingerprint not in " ".join(petro.text.split())
    petro.press(petro.page.form_with("fingerprint"), fingerprint=marta.fingerprint.upper())
    assert petro.address == "/admin/"

    daria = sit("daria")
    daria.come_in()
    daria.open("/desk/queues/legal/people")
    assert marta.fingerprint not in " ".join(daria.text.split())
    daria.press(daria.page.form_with("fingerprint"), fingerprint=marta.fingerprint)
    assert (daria.status, daria.address) == (200, "/desk/queues/legal/people")

    marta.open(f"/desk/cases/{case}")
    assert marta.status == 200
    assert marta.says("Марта Нова")
    with cast.session() as session:
        assert session.exec(select(Newcomer)).all() == []


def marta_is(petro: Staff, address: str) -> bool:
    petro.open(address)
    return "Марта Нова" in petro.text


def test_a_link_works_once(marta: Person, clock: Clock) -> None:
    marta.begin()
    marta.confirm()
    late = marta.page.forms[-1]
    marta.step("finish", totp=marta.digits())
    marta.press(late, "finish", totp=marta.digits())
    assert marta.status == 410
    marta.open(marta.link)
    assert marta.status == 410
    assert marta.says("Це посилання вже не діє")


def test_a_link_ends_after_a_week_and_is_forgotten(cast: Cast, marta: Person, clock: Clock) -> None:
    clock.pass_by(timedelta(days=7))
    marta.open(marta.link)
    assert marta.status == 200
    clock.pass_by(timedelta(days=1))
    marta.open(marta.link)
    assert marta.status == 410
    with cast.session() as session:
        assert forget_invitations(session, clock.now) == 1
    assert dump(cast.engine)["invitation"] == []


def test_a_link_that_was_taken_back_opens_nothing(marta: Person, petro: Staff) -> None:
    petro.open("/admin/")
    petro.press_to("/revoke")
    assert petro.address == "/admin/"
    marta.open(marta.link)
    assert marta.status == 410


def test_what_is_wrong_is_said_and_what_was_typed_comes_back(cast: Cast, marta: Person, clock: Clock) -> None:
    before = rows(cast)
    marta.open(marta.link)
    page = marta.step("begin", name="marta")
    assert (marta.status, marta.says("Прочитайте основні правила")) == (422, True)
    assert page.forms[-1].get("name") == "marta"
    marta.step("begin", accept="yes", name="  m ")
    assert (marta.status, marta.says("від 3 до 50 знаків")) == (422, True)
    page = marta.step("begin", accept="yes", name="marta")
    first = spaced(page, "passphrase")
    marta.words = spaced(marta.step("another"), "passphrase")
    assert first != marta.words
    marta.step("written")
    marta.step("confirm", password=first)
    assert (marta.status, marta.says("Це не ті шість слів")) == (422, True)
    assert spaced(marta.step("words"), "passphrase") == marta.words
    marta.confirm()
    marta.step("finish", totp="000000")
    assert (marta.status, marta.says("Ці шість цифр неправильні")) == (422, True)
    assert rows(cast) == before
    marta.step("finish", totp=marta.digits())
    assert marta.status == 200


def test_words_that_were_not_typed_make_no_account(cast: Cast, marta: Person) -> None:
    marta.begin()
    form = marta.page.forms[-1]
    sent = {**{name: values[0] for name, values in form.filled().items()}, "go": "finish", "totp": "000000"}
    marta._show(marta.client.post(marta.link, data=sent))
    assert marta.status == 422
    marta._show(marta.client.post(marta.link, data={**sent, "carried": "AAAA"}))
    assert (marta.status, marta.says("Основні правила")) == (422, True)
    assert rows(cast)["newcomer"] == 0


def test_wrong_words_are_an_alarm_and_change_nothing(cast: Cast, marta: Person, petro: Staff, clock: Clock) -> None:
    marta.join()
    with cast.session() as session:
        account = session.exec(select(Newcomer)).one().account_id
    petro.open(f"/admin/people/{account}")
    wrong = " ".join(reversed(marta.fingerprint.split()))
    before = rows(cast)
    petro.press(petro.page.form_with("fingerprint"), fingerprint=wrong)
    assert (petro.status, petro.says("Це не слова ключів цієї людини")) == (409, True)
    assert petro.page.form_with("fingerprint").get("fingerprint") == wrong
    # The alarm itself is on the record.
    assert rows(cast) == {**before, "trail_entry": before["trail_entry"] + 1}


def test_a_spare_code_stands_in_for_the_digits_once(marta: Person, cast: Cast) -> None:
    marta.join()
    marta.log_in(marta.spare[3].upper())
    assert marta.address == "/desk/"
    marta.open("/desk/login")
    marta.log_in(marta.spare[3])
    assert marta.status == 401
    marta.log_in(marta.spare[4].replace(" ", "-"))
    assert marta.address == "/desk/"
    assert rows(cast)["spare_code"] == 6


def test_somebody_elses_spare_code_opens_nothing(marta: Person, sit: Sit) -> None:
    marta.join()
    daria = sit("daria")
    daria.open("/desk/login")
    daria.first_step()
    daria.press(daria.page.form_with("totp"), totp=marta.spare[0])
    assert daria.status == 401


def test_new_keys_under_the_same_name_wait_again_and_the_old_ones_open_nothing(
    cast: Cast, petro: Staff, clock: Clock, application: FastAPI, sit: Sit
) -> None:
    case = cast.case_of(cast.report())
    bohdan = sit("bohdan")
    bohdan.come_in()
    bohdan.open(f"/desk/cases/{case}")
    assert bohdan.status == 200
    account = cast.founded_account("bohdan")
    petro.open(f"/admin/people/{account}")
    page = petro.press_to("/reset")
    again = Person(application, clock, page.by_id("link").text.removeprefix("http://127.0.0.1:8000"), "bohdan")
    again.join()

    # The session that was open has ended, and the old passphrase opens nothing.
    bohdan.open(f"/desk/cases/{case}")
    assert bohdan.address == "/desk/login"
    bohdan.first_step()
    assert bohdan.status == 401
    clock.pass_by(timedelta(seconds=30))
    again.log_in()
    assert again.says("Ви чекаєте")
    petro.open(f"/admin/people/{account}")
    petro.press(petro.page.form_with("fingerprint"), fingerprint=again.fingerprint)
    daria = sit("daria")
    daria.come_in()
    daria.open("/desk/queues/legal/people")
    daria.press(daria.page.form_with("fingerprint"), fingerprint=again.fingerprint)
    again.open(f"/desk/cases/{case}")
    assert again.status == 200


def test_a_reset_says_that_it_renews_no_queues_key_and_the_lead_is_told_until_there_is_another(
    cast: Cast, petro: Staff, clock: Clock, application: FastAPI, sit: Sit
) -> None:
    account, keys = cast.founded_account("bohdan"), "/desk/queues/legal/keys"
    petro.open(f"/admin/people/{account}")
    assert petro.says("Ключі груп, до яких належить людина, при цьому не змінюються")
    assert petro.says(f"Правнича допомога: {keys}")
    page = petro.press_to("/reset")
    assert petro.says(f"Правнича допомога: {keys}")
    again = Person(application, clock, page.by_id("link").text.removeprefix("http://127.0.0.1:8000"), "bohdan")
    again.join()
    petro.open(f"/admin/people/{account}")
    petro.press(petro.page.form_with("fingerprint"), fingerprint=again.fingerprint)
    daria = sit("daria")
    daria.come_in()
    daria.open("/desk/")
    assert keys in daria.page.links()
    daria.open(keys)
    daria.press_to("/renew")
    daria.open("/desk/")
    assert keys not in daria.page.links()


def test_an_older_link_for_new_keys_is_over_once_a_newer_one_was_finished(
    cast: Cast, petro: Staff, clock: Clock, application: FastAPI
) -> None:
    account = cast.founded_account("bohdan")
    links = []
    for _ in range(2):
        petro.open(f"/admin/people/{account}")
        link = petro.press_to("/reset").by_id("link").text.removeprefix("http://127.0.0.1:8000")
        links.append(Person(application, clock, link, "bohdan"))
    older, newer = links
    older.begin()
    older.confirm()
    newer.join()
    older.step("finish", totp=older.digits())
    assert older.status == 410
    older.open(older.link)
    assert older.status == 410


def test_a_link_for_new_keys_of_somebody_who_was_removed_is_over(
    cast: Cast, petro: Staff, clock: Clock, application: FastAPI
) -> None:
    account = cast.founded_account("bohdan")
    petro.open(f"/admin/people/{account}")
    link = petro.press_to("/reset").by_id("link").text.removeprefix("http://127.0.0.1:8000")
    with cast.session() as session:
        kept = [vars(row) | {} for row in session.exec(select(Invitation))]
        remove_person(session, cast.member("petro"), account, cast.now)
    with cast.session() as session:
        # Removing ended it; somebody with the database puts the row back.
        names = ("locator", "kind", "ends", "sealed", "noted")
        session.add_all(Invitation(**{name: row[name] for name in names}) for row in kept)
    bohdan = Person(application, clock, link, "bohdan")
    bohdan.open(link)
    assert bohdan.status == 410


def test_nobody_is_made_to_say_the_words_of_keys_that_somebody_put_in_the_place_of_theirs(
    cast: Cast, clock: Clock, marta: Person, petro: Staff
) -> None:
    """Else an administrator who heard them would vouch for the keys of whoever has the database."""
    marta.join()
    private, signing = new_private_key(), new_signing_key()
    with cast.session() as session:
        waiting = session.exec(select(Newcomer)).one().account_id
        swapped = {"public_key": public_key(private), "verify_key": verify_key(signing)}
        session.execute(update(Account).where(col(Account.id) == waiting).values(swapped))
    clock.pass_by(timedelta(seconds=30))
    marta.log_in()
    assert spaced(marta.page, "fingerprint") == marta.fingerprint
    petro.open("/admin/")
    petro.open(next(each for each in petro.page.links() if each.startswith("/admin/people/") and marta_is(petro, each)))
    petro.press(petro.page.form_with("fingerprint"), fingerprint=spaced(marta.page, "fingerprint"))
    assert petro.status == 409
    with cast.session() as session:
        assert vouched(session).appointed(waiting) is None

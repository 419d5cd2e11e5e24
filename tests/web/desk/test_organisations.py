"""Another organisation is added by page: the root on paper signs it, its first administrator joins and builds it."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.accounts.permissions import Role
from app.accounts.readiness import Lack, Lacking, lacks
from app.accounts.tables import DirectoryShare, Organisation, StatementRow
from app.accounts.vouching import vouched
from app.casefile.tables import Case
from app.web.pages import translate_into
from tests.casework.desk import record
from tests.cast import NOW, OMAR, Cast
from tests.keys.dump import dump
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit, Staff
from tests.web.desk.joining import Newcomer

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
say = translate_into("uk")
NO_ROOT = "This is not the root's key. It has 64 characters, 0 to 9 and a to f, and stands on the paper."
NAME, PURPOSE = "Правнича сотня", "Угода від листопада."


@pytest.fixture
def petro(sit: Sit) -> Staff:
    """Petro, who administers the receiving organisation, logged in."""
    staff = sit("petro")
    staff.come_in()
    return staff


def rows(cast: Cast) -> dict[str, int]:
    return {table: len(found) for table, found in dump(cast.engine).items() if table != "trail_entry"}


def fours(key: bytes) -> str:
    text = key.hex().upper()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def add(admin: Staff, root: str, name: str = NAME, purpose: str = PURPOSE, administrator: str = "Марта Нова") -> None:
    admin.open("/admin/organisations/new")
    form = admin.page.form_with("root_key")
    admin.press(form, name=name, purpose=purpose, administrator=administrator, root_key=root)


def link(admin: Staff) -> str:
    return admin.page.by_id("link").text.removeprefix("http://127.0.0.1:8000")


def test_its_administrator_joins_is_let_in_and_builds_it_alone(
    petro: Staff, cast: Cast, clock: Clock, application: FastAPI
) -> None:
    add(petro, fours(cast.founded.root_private))
    assert petro.status == 200, petro.text
    marta = Newcomer(application, clock, link(petro))
    marta.join()
    with cast.session() as session:
        (organisation,) = [row for row in session.exec(select(Organisation)) if row.name == NAME]
        assert vouched(session).organisations[organisation.id].people == {}
        assert Lack(Lacking.PARTNER, NAME) in lacks(session, NOW, safely_reached=True)

    petro.open("/admin/organisations")
    assert petro.says("Марта Нова")
    petro.press(petro.page.form_with("fingerprint"), fingerprint="six words that are not hers")
    assert petro.status == 409
    petro.press(petro.page.form_with("fingerprint"), fingerprint=marta.fingerprint)
    assert petro.status == 200
    assert not petro.says("Марта Нова")
    with cast.session() as session:
        state = vouched(session).organisations[organisation.id]
        assert [set(person.roles) for person in state.people.values()] == [{Role.ADMINISTRATOR}]
        assert not state.stewards
        # Whoever stood in reads no name there any more.
        held = session.exec(select(DirectoryShare).where(DirectoryShare.organisation_id == organisation.id)).all()
        assert [share.account_id for share in held] == list(state.people)
        assert vouched(session).faults == {}
    clock.pass_by(timedelta(minutes=2))
    administers_her_own_alone(marta, petro)
    kinds = [event["kind"] for event in record(cast)]
    assert {"organisation_added", "wrong_fingerprint", "appointed"} <= set(kinds)


def administers_her_own_alone(marta: Newcomer, petro: Staff) -> None:
    marta.log_in()
    marta.open("/admin/invite")
    marta.press(marta.page.form_with("shown"), shown="Юрист Новий", roles=["caseworker"])
    assert marta.status == 200, marta.text
    # She administers her own, adds no other, and comes near nothing of the receiving one.
    petro.open("/admin/")
    assert "Юрист Новий" not in petro.text
    marta.open("/admin/")
    assert "Дарія" not in marta.text
    marta.open("/admin/organisations/new")
    assert marta.says(say("Only administrators of the receiving organisation add others."))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"root": "00" * 32}, NO_ROOT),
        ({"root": "zzzz-zzzz"}, NO_ROOT),
        ({"name": "  "}, "Please write a name of at most 200 characters."),
        ({"name": "родинний ЗАХИСТ"}, "An organisation of this installation is called so already."),
        ({"purpose": ""}, "Please say why, in at most 1,000 characters."),
        ({"administrator": "М" * 101}, "Please write a name of at most 100 characters."),
    ],
    ids=["root", "no-key", "no-name", "taken", "purpose", "administrator"],
)
def test_what_is_wrong_is_said_and_everything_but_the_root_comes_back(
    petro: Staff, cast: Cast, wrong: dict[str, str], told: str
) -> None:
    with cast.session() as session:
        receiving = next(iter(vouched(session).organisations.values())).name
    typed = {"root": cast.founded.root_private.hex(), "name": NAME, "purpose": PURPOSE, **wrong}
    if wrong.get("name", "").startswith("родинний"):
        typed["name"] = receiving.upper()
    before = rows(cast)
    add(petro, **typed)
    assert (petro.status, petro.says(say(told))) == (422, True)
    form = petro.page.form_with("root_key")
    assert (form.get("name"), form.get("purpose"), form.get("root_key")) == (typed["name"], typed["purpose"], "")
    assert typed["root"] not in petro.text
    assert rows(cast) == before


def test_the_root_is_kept_nowhere(petro: Staff, cast: Cast) -> None:
    root = cast.founded.root_private
    add(petro, root.hex())
    assert petro.status == 200
    assert root.hex() not in petro.text
    stored = repr(dump(cast.engine))
    assert root.hex() not in stored
    assert repr(root)[2:-1] not in stored


def test_a_link_that_came_to_nothing_is_followed_by_another(
    petro: Staff, cast: Cast, clock: Clock, application: FastAPI
) -> None:
    add(petro, cast.founded.root_private.hex())
    first = link(petro)
    petro.open("/admin/")
    petro.press_to("/revoke")
    petro.open("/admin/organisations")
    petro.press_to("/invite", administrator="")
    assert petro.status == 422
    petro.press_to("/invite", administrator="Зенон Другий")
    assert petro.status == 200
    stale = Newcomer(application, clock, first)
    stale.open(first)
    assert stale.status == 410
    assert link(petro) != first


def test_omar_lena_and_an_administrator_without_the_paper_add_nothing(sit: Sit, cast: Cast) -> None:
    before = rows(cast)
    for name in (OMAR, "lena", "daria"):
        staff = sit(name)
        staff.come_in()
        answer = staff.client.post("/admin/organisations/new", data={"root_key": cast.founded.root_private.hex()})
        assert answer.status_code == 403, name
    after = rows(cast)
    assert {table for table in before if before[table] != after[table]} <= {"session", "spent_totp"}


def test_an_organisation_written_into_the_database_counts_for_nothing(cast: Cast) -> None:
    with cast.session() as session:
        row = session.exec(select(StatementRow).where(StatementRow.signer == "root")).first()
        assert row is not None
        session.add(Organisation(id="forged", name="Підроблена"))
        session.add(
            StatementRow(
                chain="organisation:forged", number=1, signer="root", content=row.content, signature=row.signature
            )
        )
    with cast.session() as session:
        known = vouched(session)
        assert "forged" not in known.organisations
        assert "organisation:forged" in known.faults
        assert session.exec(select(Case)).all() == []

"""The first set-up by page: behind one token, from names to a founded installation, or to nothing at all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import select

from app.accounts.first_setup import LASTS, FirstSetup, Step
from app.accounts.permissions import Role
from app.accounts.readiness import Lacking, lacks
from app.accounts.tables import Installation, Organisation
from app.accounts.vouching import vouched
from app.accounts.vouching_anchor import root_fingerprint
from app.cli.surroundings import keep_outside
from app.main import build, build_first_setup
from app.settings import Settings
from app.storage.sessions import session_scope
from app.vault.signing import verify_key
from app.vault.totp import totp_at
from app.web.desk.joining import PROBLEMS as JOINING
from app.web.pages import translate_into
from tests.cast import NOW
from tests.keys.dump import dump
from tests.web.conftest import Clock
from tests.web.desk.joining import Newcomer, spaced
from tests.web.walking import Browser

say = translate_into("uk")
NAMES: dict[str, str | list[str]] = {
    "organisation": "Родинний захист",
    "shown": "Петро Перший",
    "log_in": "petro",
    "second": "Ірина Друга",
    "lead": "Томас Черговий",
    "member": "Галина Чергова",
}


class Setting(Browser):
    """The founder in front of the one page, with everything that is on paper."""

    def __init__(self, engine: Engine, url: str, folder: Path) -> None:
        """Read the link from the console."""
        self.settings = Settings(database_url=url, data_dir=folder)
        self.engine, self.clock = engine, Clock(NOW)
        self.first = FirstSetup(ends=NOW + LASTS)
        self.application = self.made()
        super().__init__(self.application)
        self.link = f"/setup/{self.first.token}"
        self.keys: dict[str, list[str]] = {}

    def made(self) -> FastAPI:
        """The application, on the engine that the test looks into."""
        application = build_first_setup(self.settings, self.first, lambda _engine, founded: self.keep(founded))
        site = application.state.site
        application.state.site = replace(site, clock=self.clock, scope=lambda: session_scope(self.engine))
        return application

    def keep(self, founded: object) -> None:
        """What lies outside the database."""
        keep_outside(self.settings, self.engine, founded)  # type: ignore[arg-type]

    def step(self, go: str, **answers: str | list[str]) -> None:
        """Press a button of the step that is shown."""
        self.press(self.page.forms[-1], go, **answers)

    def to_paper(self) -> None:
        """Type the names and copy the two keys."""
        self.open(self.link)
        self.step("names", **NAMES)
        assert self.status == 200, self.text
        self.keys = {key: spaced(self.page, key).split() for key in ("root", "backup")}

    def from_paper(self) -> dict[str, str | list[str]]:
        """The groups that are asked for."""
        return {f"{key}_{at}": self.keys[key][at] for key in self.keys for at in self.first.asked}

    def to_words(self) -> None:
        """Prove that both keys are on paper."""
        self.to_paper()
        self.step("written")
        self.step("prove", **self.from_paper())
        assert self.status == 200, self.text

    def founder(self) -> dict[str, str | list[str]]:
        """What is typed in the last step."""
        assert self.first.founder is not None
        digits = totp_at(self.first.founder.totp_secret, self.clock.now)
        return {"password": spaced(self.page, "passphrase"), "totp": digits, "meant": "yes"}


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own, but for one test; the kind of the database makes no difference."""
    return "sqlite"


@pytest.fixture
def setting(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Setting]:
    """An empty, migrated database, and the link."""
    made = Setting(engine, database_url, tmp_path)
    yield made
    made.application.state.site.close()


def nothing(engine: Engine) -> bool:
    return not any(rows for rows in dump(engine).values())


def test_from_names_to_an_installation_that_the_root_signed(setting: Setting, tmp_path: Path) -> None:
    setting.to_words()
    assert nothing(setting.engine)
    setting.step("found", **setting.founder())
    assert setting.status == 200, setting.text
    root = bytes.fromhex("".join(setting.keys["root"]))
    fingerprint = root_fingerprint(verify_key(root)).hex()
    assert (tmp_path / "root.fingerprint").read_text() == fingerprint
    assert fingerprint in setting.text
    with session_scope(setting.engine) as session:
        known = vouched(session)
        assert known.faults == {}
        (organisation,) = session.exec(select(Organisation)).all()
        (person,) = known.organisations[organisation.id].people.values()
        assert person.roles == {Role.ADMINISTRATOR, Role.AUDITOR}
        found = {lack.what for lack in lacks(session, NOW, safely_reached=True)}
        assert {Lacking.TRIAGE, Lacking.ADMINISTRATORS, Lacking.RECOVERY} <= found
    # It never comes back, whoever has the link.
    setting.open(setting.link)
    assert setting.status == 404
    stored = repr(dump(setting.engine))
    for key in setting.keys.values():
        assert "".join(key) not in stored


def test_the_invited_join_and_the_first_queue_gets_its_key_from_its_lead(setting: Setting) -> None:
    setting.to_words()
    setting.step("found", **setting.founder())
    links = [line.text.strip() for line in setting.page.all("p") if "/desk/join/" in line.text]
    desk = build(setting.settings)
    desk.state.site = replace(desk.state.site, clock=setting.clock, scope=lambda: session_scope(setting.engine))
    petro, people = founder_at(desk, setting), {}
    known = [*anchors(petro)]
    for name, link in zip(("iryna", "tomas", "halyna"), links, strict=True):
        people[name] = Newcomer(desk, setting.clock, link.removeprefix("http://127.0.0.1:8000"), name)
        people[name].join()
        petro.open("/admin/")
        (address,) = [person for person in anchors(petro) if person not in known]
        known.append(address)
        petro.open(address)
        petro.press(petro.page.form_with("fingerprint"), fingerprint=people[name].fingerprint)
        assert petro.status == 200
        if name == "tomas":
            petro.open(address)
            petro.press(petro.page.form_with("queue"), queue="triage")
    setting.clock.pass_by(timedelta(minutes=2))
    tomas = people["tomas"]
    tomas.log_in()
    tomas.press(next(form for form in tomas.page.forms if form.action.endswith("/triage/begin")))
    assert tomas.address == "/desk/queues/triage/people"
    tomas.press(tomas.page.form_with("fingerprint"), fingerprint=people["halyna"].fingerprint)
    assert tomas.status == 200
    with session_scope(setting.engine) as session:
        found = {lack.what for lack in lacks(session, setting.clock.now, safely_reached=True)}
    # What is left is for the machine, and for trustees.
    assert found == {Lacking.WORKER, Lacking.RECOVERY}


def anchors(window: Browser) -> list[str]:
    """The addresses of people on the page that is shown."""
    addresses = [each.attributes.get("href") or "" for each in window.page.all("a")]
    return [address for address in addresses if address.startswith("/admin/people/")]


def founder_at(desk: FastAPI, setting: Setting) -> Browser:
    """The founder at the desk, logged in with what is on paper."""
    assert setting.first.founder is not None
    petro = Browser(desk)
    petro.open("/desk/login")
    petro.press(petro.page.form_with("password"), name="petro", password=setting.first.founder.passphrase)
    petro.press(petro.page.form_with("totp"), totp=totp_at(setting.first.founder.totp_secret, setting.clock.now))
    petro.open("/admin/")
    assert petro.status == 200
    return petro


def test_without_the_token_or_after_the_hour_there_is_nothing(setting: Setting) -> None:
    for wrong in ("/setup/", "/setup/nosuch", f"/setup/{setting.first.token}x", "/", "/uk/", "/desk/login", "/admin/"):
        setting.open(wrong)
        assert setting.status == 404, wrong
    answer = setting.client.post("/setup/nosuch", data={"go": "found", "meant": "yes"})
    assert answer.status_code == 404
    setting.open(setting.link)
    assert setting.status == 200
    setting.clock.pass_by(LASTS + timedelta(seconds=1))
    setting.open(setting.link)
    assert setting.status == 404
    assert nothing(setting.engine)


def test_a_service_has_no_such_page(setting: Setting) -> None:
    served = build(setting.settings)
    window = Browser(served)
    window.open(setting.link)
    assert window.status == 404
    served.state.site.close()


def test_what_is_wrong_is_said_and_what_was_typed_comes_back(setting: Setting) -> None:
    setting.open(setting.link)
    setting.step("names", **{**NAMES, "organisation": " ", "log_in": "p", "lead": "Т" * 101})
    assert setting.status == 422
    for told in (
        "Please write a name of at most 200 characters.",
        "Please choose a name of 3 to 50 characters.",
        "Please write a name of at most 100 characters.",
    ):
        assert setting.says(say(told)), told
    assert setting.page.forms[-1].get("shown") == NAMES["shown"]
    assert setting.first.step is Step.NAMES


def test_a_key_that_is_not_on_paper_founds_nothing(setting: Setting) -> None:
    setting.to_paper()
    setting.step("written")
    right = setting.from_paper()
    setting.step("prove", **{**right, f"root_{setting.first.asked[0]}": "zzzz"})
    assert setting.status == 422
    assert setting.says(say("This is not what was shown. Look at the paper again, group by group."))
    # The keys are not on this page, and those that are drawn anew are others.
    assert not any(group in setting.text for group in ("".join(setting.keys["root"]), " ".join(setting.keys["root"])))
    before = setting.keys
    setting.step("another")
    assert spaced(setting.page, "root").split() != before["root"]
    # The words cannot be reached past the proof.
    assert setting.client.post(setting.link, data={"go": "found", "meant": "yes"}).status_code == 200
    assert setting.first.step is Step.PAPER
    assert nothing(setting.engine)


def test_the_founder_must_hold_their_own_words_and_digits(setting: Setting) -> None:
    setting.to_words()
    right = setting.founder()
    for wrong, told in (
        (
            {"password": "six other words than those drawn"},
            JOINING["other_words"],
        ),
        ({"totp": "000000"}, JOINING["digits"]),
        ({"meant": "no"}, "Please say that you have read what cannot be undone."),
    ):
        setting.step("found", **{**right, **wrong})
        assert (setting.status, setting.says(say(told))) == (422, True)
        assert nothing(setting.engine)


def test_an_interrupted_set_up_goes_on_where_it_stood_and_a_failed_founding_leaves_nothing(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting.to_words()
    again = Browser(setting.application)
    again.open(setting.link)
    assert again.page.by_id("passphrase").text == setting.page.by_id("passphrase").text

    def full(_founded: object) -> None:
        raise OSError("the disk is full")

    site = setting.application.state.site
    setting.application.state.site = replace(site, keep_outside=full)
    setting.step("found", **setting.founder())
    assert setting.status == 500
    assert nothing(setting.engine)
    setting.application.state.site = site
    setting.open(setting.link)
    setting.step("found", **setting.founder())
    assert setting.status == 200


def test_of_two_who_found_at_once_one_does(setting: Setting) -> None:
    setting.to_words()
    typed = setting.founder()
    other = Browser(setting.application)
    other.open(setting.link)
    setting.step("found", **typed)
    other.press(other.page.forms[-1], "found", **typed)
    assert (setting.status, other.status) == (200, 404)
    with session_scope(setting.engine) as session:
        assert len(session.exec(select(Installation)).all()) == 1

"""Administrators see what is in force and sign what a release brought; families meet nothing that nobody signed."""

from dataclasses import replace

import pytest
from fastapi import FastAPI

from app.accounts.vouching_stating import administered, sign_organisation, write_statement
from app.in_force import reading, watch
from app.in_force.carried import carried
from tests.cast import Cast
from tests.web.desk.conftest import Sit
from tests.web.walking import Browser, write_report

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_a_release_is_signed_by_an_administrator_who_says_that_it_is_meant(
    cast: Cast, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    petro = sit("petro")
    petro.come_in()
    petro.open("/admin/in-force")
    assert petro.says("Запитання 2026-11 як підписано")
    assert petro.says("Тексти згод 2026-11, Qırımtatarca як підписано")
    assert "group" not in petro.text

    for place in ("app.in_force.watch.carried", "app.in_force.signing.carried"):
        monkeypatch.setattr(place, lambda: {**carried(), "rules:2027-02": bytes(32)})
    petro.open("/admin/in-force")
    assert petro.says("Правила, 2027-02")
    petro.press_to("/admin/in-force")
    assert (petro.status, petro.says("Нічого не підписано")) == (422, True)
    petro.press_to("/admin/in-force", meant="yes")
    assert (petro.status, petro.says("на сервері інші")) == (200, True)
    assert petro.says("кожне звернення потрапляє на первинний розгляд"), "the alarm of rules that are not here"


def test_a_family_meets_no_changed_text_and_the_desk_sees_the_alarm(
    application: FastAPI, cast: Cast, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    lena = sit("lena")
    family = Browser(application)
    write_report(family)
    form = family.page.form_with("draft")
    for room in (reading, watch):
        monkeypatch.setattr(room, "consents_digest", lambda _version, _language: bytes(32))

    family.press(form, "send")
    assert (family.status, "Retry-After" in family.headers) == (503, True)
    for address in ("/uk/report/safety", "/api/v1/questionnaire"):
        family.open(address)
        assert family.status == 503, address
    family.open("/healthz")
    assert family.status == 503
    lena.come_in()
    assert lena.says("тексти згод або правила на цьому сервері не ті, що підписані")

    monkeypatch.undo()
    family.press(form, "send")
    assert (family.status, "code" in family.text) == (200, True)


def test_what_a_later_release_signed_is_shown_though_this_one_has_no_word_for_it(cast: Cast, sit: Sit) -> None:
    with cast.session() as session:
        member = cast.member("petro")
        known, state = administered(session, member, member.organisation_id)
        pins = {**state.in_force, "consents:2026-11/pl": bytes(32), "guidance:2027-02": bytes(32)}
        following = replace(state, in_force=pins)
        write_statement(session, sign_organisation(known, member.organisation_id, following, member))
    petro = sit("petro")
    petro.log_in()
    petro.open("/admin/in-force")
    assert petro.status == 200
    for name in ("2026-11, pl", "guidance 2027-02"):
        assert petro.says(name), name

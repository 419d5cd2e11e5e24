"""What is asked and by which rules counts as it was signed, whatever a file or a row says."""

from dataclasses import replace

import pytest
from sqlmodel import col, delete

from app.accounts.alarms import Alarm, alarms
from app.accounts.errors import MayNotState
from app.accounts.pinned import CONSENTS, QUESTIONS, RULES
from app.accounts.readiness import Lacking, lacks
from app.accounts.tables import StatementRow
from app.accounts.vouching import vouched
from app.accounts.vouching_following import Fault
from app.accounts.vouching_statements import make_statement
from app.accounts.vouching_states import organisation_chain
from app.accounts.vouching_stating import administered, sign_organisation, write_statement
from app.health.installation import signed_contents
from app.in_force import carried as program
from app.in_force import reading, watch
from app.in_force.carried import carried
from app.in_force.errors import NotInForce
from app.in_force.reading import UNSURE, questions, questions_of, rules
from app.in_force.signing import Group, bring_into_force, may_sign
from app.in_force.watch import in_force
from app.intake import sending
from app.questionnaire import UnknownVersion
from app.routing.rules_file import CURRENT_RULES
from tests.accounts.attacks import id_of, store
from tests.cast import NOW, OMAR, Cast
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
VERSION = "2026-11"
D = bytes(32)


def sign_for(cast: Cast, name: str, **in_force_: bytes) -> None:
    """Somebody of the receiving organisation signs whatever they like, as far as the program lets them."""
    with cast.session() as session:
        member = cast.member(name)
        known, state = administered(session, member, member.organisation_id)
        pins = {**state.in_force, **{name.replace("_", ":", 1): digest for name, digest in in_force_.items()}}
        write_statement(
            session, sign_organisation(known, member.organisation_id, replace(state, in_force=pins), member)
        )


def unsigned(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that was founded before anything of this was signed."""
    monkeypatch.setattr(reading, "pins", lambda _known: {})
    monkeypatch.setattr(watch, "pins", lambda _known: {})


def test_a_founded_installation_has_signed_all_of_it(cast: Cast) -> None:
    with cast.session() as session:
        stands = in_force(session)
        assert (set(stands.signed), stands.differing, stands.waiting, stands.unsigned) == (set(carried()), {}, (), ())
        assert (alarms(session), watch.raised(session), list(signed_contents(session))) == ((), (), [])
        assert questions(session, "crh").version == VERSION
        assert rules(session).version == CURRENT_RULES
        assert Lacking.UNSIGNED not in {lack.what for lack in lacks(session, NOW, safely_reached=True)}
    case = cast.case_of(cast.report())
    assert [row["priority"] for row in dump(cast.engine)["case"] if row["id"] == case] == [1]


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_a_changed_text_of_consent_is_shown_to_nobody_and_everybody_hears_of_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    real = program.consents_digest
    changed = lambda version, spoken: D if spoken == "ru" else real(version, spoken)  # noqa: E731 - one line says it.
    for room in (reading, watch):
        monkeypatch.setattr(room, "consents_digest", changed)
    with cast.session() as session:
        assert [(each.alarm, each.subject) for each in watch.raised(session)] == [
            (Alarm.IN_FORCE, f"consents:{VERSION}/ru")
        ]
        assert sending.ready(session)
        if language == "ru":
            with pytest.raises(NotInForce):
                questions(session, "ru")
        else:
            assert questions(session, "uk").version == VERSION


def test_changed_questions_are_asked_of_nobody_and_nothing_is_received(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in (reading, watch):
        monkeypatch.setattr(room, "questions_digest", lambda _version: D)
    with cast.session() as session:
        assert not sending.ready(session)
        assert [each.subject for each in watch.raised(session)] == [f"questionnaire:{VERSION}"]
        assert [finding.bad for finding in signed_contents(session)] == [True]
    with pytest.raises(NotInForce):
        cast.report()
    assert dump(cast.engine)["case"] == []


def test_with_rules_that_nobody_signed_every_report_goes_to_the_first_look_and_soon(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "rules_digest", lambda _version: D)
    with cast.session() as session:
        assert rules(session) is UNSURE
        assert [each.subject for each in watch.raised(session)] == [f"rules:{VERSION}"]
    cast.report()
    assert [(row["queue_id"]) for row in dump(cast.engine)["grant"]] == ["triage"]
    assert [row["priority"] for row in dump(cast.engine)["case"]] == [0]


def test_what_was_signed_and_this_machine_has_not_is_not_replaced_by_something_else(cast: Cast) -> None:
    sign_for(cast, "petro", **{"questionnaire_2027-01": D, "consents_2027-01/uk": D, "consents_2026-11/pl": D})
    with cast.session() as session:
        with pytest.raises(NotInForce):
            questions(session, "uk")
        with pytest.raises(NotInForce):
            questions_of(session, VERSION, "pl")
        with pytest.raises(UnknownVersion):
            questions_of(session, "2027-01", "uk")
        # A report that was begun with the older questions is still received.
        assert questions_of(session, VERSION, "uk").version == VERSION
        assert set(in_force(session).differing.values()) == {"missing"}


def test_a_release_brings_nothing_into_force_before_an_administrator_signs_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought = {**carried(), f"{QUESTIONS}2027-01": D, f"{CONSENTS}2027-01/uk": D, f"{RULES}2027-02": D}
    for place in ("app.in_force.watch.carried", "app.in_force.signing.carried"):
        monkeypatch.setattr(place, lambda: brought)
    with cast.session() as session:
        assert len(in_force(session).waiting) == 3
        assert questions(session, "uk").version == VERSION
        assert [(finding.bad, "brought" in finding.what) for finding in signed_contents(session)] == [(False, True)]
    for name in ("daria", "roman", "lena", OMAR, "rustem"):
        with cast.session() as session:
            assert not may_sign(session, cast.member(name))
            with pytest.raises(MayNotState):
                bring_into_force(session, cast.member(name), Group.QUESTIONS, NOW)
    with cast.session() as session:
        assert may_sign(session, cast.member("petro"))
        assert bring_into_force(session, cast.member("petro"), Group.QUESTIONS, NOW) == (
            f"{CONSENTS}2027-01/uk",
            f"{QUESTIONS}2027-01",
        )
    with cast.session() as session:
        assert in_force(session).waiting == (f"{RULES}2027-02",)
        assert bring_into_force(session, cast.member("petro"), Group.QUESTIONS, NOW) == ()
        bring_into_force(session, cast.member("petro"), Group.RULES, NOW)
    with cast.session() as session:
        assert {name for name in in_force(session).signed if name.startswith(RULES)} == {f"{RULES}2027-02"}
        assert rules(session) is UNSURE, "this machine has no such rules"


def test_where_nothing_is_signed_yet_families_are_received_and_it_is_a_finding(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsigned(monkeypatch)
    with cast.session() as session:
        stands = in_force(session)
        assert set(stands.unsigned) == {QUESTIONS, CONSENTS, RULES}
        assert set(stands.waiting) == set(carried())
        assert watch.raised(session) == ()
        assert {finding.bad for finding in signed_contents(session)} == {False}
        assert rules(session).version == CURRENT_RULES
    assert cast.report()


def test_rules_do_not_come_back_and_questions_do_not_go(cast: Cast) -> None:
    """What an administrator signs with the database's password at hand, past the program, does not hold."""
    petro = cast.member("petro")
    chain = organisation_chain(petro.organisation_id)
    with cast.session() as session:
        known, state = administered(session, petro, petro.organisation_id)
        pins = {name: digest for name, digest in state.in_force.items() if not name.startswith(RULES)}
        older = replace(state, in_force={**pins, f"{RULES}2026-10": D})
        with pytest.raises(MayNotState):
            sign_organisation(known, petro.organisation_id, older, petro)
        store(session, make_statement(chain, 2, known.digests[chain], older, petro.account_id, petro.signing_key))
    with cast.session() as session:
        assert vouched(session).faults == {chain: Fault.NOT_ALLOWED}
        assert rules(session).version == CURRENT_RULES
        session.execute(delete(StatementRow).where(col(StatementRow.chain) == chain, col(StatementRow.number) == 2))
    with cast.session() as session:
        stranger = replace(state, in_force={**state.in_force, f"{QUESTIONS}x": D})
        store(
            session, make_statement(chain, 2, known.digests[chain], stranger, id_of(cast, "petro"), petro.signing_key)
        )
    with cast.session() as session:
        assert vouched(session).faults == {chain: Fault.UNREADABLE}
        assert Alarm.STATEMENTS in {each.alarm for each in alarms(session)}

"""Rules are changed by two administrators and by nobody else, whoever has the database's password."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from app.accounts import record
from app.accounts.alarms import Alarm, alarms
from app.accounts.errors import MayNotState, StatedMeanwhile
from app.accounts.removal import remove_person
from app.accounts.tables import RingKey, StatementRow
from app.accounts.vouching import vouched
from app.accounts.vouching_anchor import anchor_to
from app.accounts.vouching_following import Fault
from app.accounts.vouching_statements import make_statement
from app.accounts.vouching_states import RULES_CHAIN, organisation_chain
from app.accounts.vouching_stating import administered, sign_next, sign_organisation, write_statement
from app.accounts.vouching_together import RulesState
from app.casework.opening import read_case
from app.in_force import watch
from app.in_force.changing_rules import (
    agree,
    earlier,
    proposal,
    propose,
    propose_again,
    reasons,
    take_back,
    wishes,
)
from app.in_force.reading import UNSURE, rules
from app.routing.editing import RefusedRules, Wish
from app.routing.rules_file import rules_data
from app.trail.chain import check
from tests.accounts.attacks import id_of, store
from tests.cast import NOW, OMAR, Cast
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
ON_TRIAL = "prisoner_or_on_trial"
SLOWER = {"priority": 2, "act_hours": 100}


def wanted(cast: Cast, rule: str = ON_TRIAL, **changes: Any) -> Sequence[Wish]:
    with cast.session() as session:
        return [replace(wish, **changes) if wish.rule_id == rule else wish for wish in wishes(session)]


def proposed(cast: Cast, name: str = "petro", rule: str = ON_TRIAL, **changes: Any) -> str:
    wish = wanted(cast, rule, **(changes or SLOWER))
    with cast.session() as session:
        return propose(session, cast.member(name), wish, NOW)


def agreed(cast: Cast, name: str = "iryna", **changes: Any) -> str:
    version = proposed(cast, **changes)
    with cast.session() as session:
        agree(session, cast.member(name), version, NOW)
    return version


def test_one_proposes_another_signs_and_cases_keep_what_they_were_routed_by(cast: Cast) -> None:
    before = cast.case_of(cast.report())
    version = proposed(cast)
    assert version == "2026-11.1"
    between = cast.case_of(cast.report())
    with cast.session() as session:
        waits = proposal(session)
        assert waits is not None
        assert (waits.version, waits.by) == (version, id_of(cast, "petro"))
        with pytest.raises(MayNotState):
            agree(session, cast.member("petro"), version, NOW)
    with cast.session() as session:
        agree(session, cast.member("iryna"), version, NOW)
    after = cast.case_of(cast.report())

    assert {row["id"]: row["priority"] for row in dump(cast.engine)["case"]} == {before: 1, between: 1, after: 2}
    with cast.session() as session:
        assert (proposal(session), rules(session).version, earlier(session)) == (None, version, ("2026-11",))
        assert (alarms(session), watch.raised(session)) == ((), ())
        by = {case: read_case(session, cast.member("daria"), case, NOW).view.routing.rules for case in (before, after)}
        assert by == {before: "2026-11", after: version}
        verdict = check(session, lambda actor, at: record.actor_keys(vouched(session), actor, at))
        assert verdict.reason is None
        assert set(reasons(session)) == {wish.rule_id for wish in wishes(session)}


def test_what_was_in_force_comes_back_only_as_a_new_proposal(cast: Cast) -> None:
    agreed(cast, off=True)
    with cast.session() as session:
        assert [wish.rule_id for wish in wishes(session) if wish.off] == [ON_TRIAL]
        version = propose_again(session, cast.member("iryna"), "2026-11", NOW)
    assert version == "2026-11.2"
    with cast.session() as session, pytest.raises(MayNotState):
        propose_again(session, cast.member("iryna"), "2026-11.2", NOW)
    with cast.session() as session:
        agree(session, cast.member("petro"), version, NOW)
    with cast.session() as session:
        assert rules(session).version == version
        assert ON_TRIAL in {rule.id for rule in rules(session).rules}
        assert earlier(session) == ("2026-11.1", "2026-11")
        assert not any(wish.off for wish in wishes(session))


def test_a_proposal_waits_alone_and_may_come_to_nothing(cast: Cast) -> None:
    version = proposed(cast)
    for act in (
        lambda session: propose(session, cast.member("iryna"), wanted(cast), NOW),
        lambda session: agree(session, cast.member("iryna"), "2026-11.7", NOW),
        lambda session: take_back(session, cast.member("iryna"), "2026-11.7", NOW),
    ):
        with cast.session() as session, pytest.raises((StatedMeanwhile, RefusedRules)):
            act(session)
    with cast.session() as session:
        take_back(session, cast.member("iryna"), version, NOW)
    with cast.session() as session:
        assert (proposal(session), rules(session).version) == (None, "2026-11")
        with pytest.raises(StatedMeanwhile):
            agree(session, cast.member("iryna"), version, NOW)
    assert proposed(cast) == "2026-11.2", "no number is given twice"


@pytest.mark.parametrize("first", ["takes back", "signs"])
def test_of_one_who_takes_back_and_one_who_signs_at_once_the_second_is_told(
    cast: Cast, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, petro, iryna = proposed(cast, off=True), cast.member("petro"), cast.member("iryna")
    acts = [(take_back, petro), (agree, iryna)]
    (one, who), (other, second) = acts if first == "takes back" else reversed(acts)
    with cast.session() as session:
        before = vouched(session)
        with cast.session() as meanwhile:
            one(meanwhile, who, version, NOW)
        for room in ("in_force.changing_rules", "in_force.reading", "accounts.vouching_stating"):
            monkeypatch.setattr(f"app.{room}.vouched", lambda _session: before)
        with pytest.raises(StatedMeanwhile):
            other(session, second, version, NOW)
        session.rollback()
    monkeypatch.undo()
    with cast.session() as session:
        signed = first == "signs"
        assert (rules(session).version, proposal(session)) == (version if signed else "2026-11", None)
        assert (ON_TRIAL in {rule.id for rule in rules(session).rules}) is not signed


def test_nothing_changed_and_a_queue_that_cannot_receive_are_refused(cast: Cast) -> None:
    petro = cast.member("petro")
    with cast.session() as session, pytest.raises(RefusedRules) as same:
        propose(session, petro, wishes(session), NOW)
    assert same.value.problems == {"": "nothing_changed"}
    wish = wanted(cast, queue_kind="documentation")
    with cast.session() as session:
        # The documentation queue loses its key: nobody vouched for this one.
        closed = col(RingKey.ring) == "queue:documentation"
        key = session.execute(select(col(RingKey.public_key)).where(closed)).scalar_one()
        session.execute(update(RingKey).where(closed).values(public_key=bytes(len(key))))
    with cast.session() as session, pytest.raises(RefusedRules) as refused:
        propose(session, petro, wish, NOW)
    assert refused.value.problems == {ON_TRIAL: "closed_queue"}


@pytest.mark.parametrize("name", ["daria", "roman", "lena", "ayshe", OMAR])
def test_nobody_else_proposes_signs_or_takes_back(cast: Cast, name: str) -> None:
    version = proposed(cast)
    wish, member = wanted(cast, priority=3), cast.member(name)
    for act in (
        lambda session: propose(session, member, wish, NOW),
        lambda session: propose_again(session, member, "2026-11", NOW),
        lambda session: agree(session, member, version, NOW),
        lambda session: take_back(session, member, version, NOW),
    ):
        with cast.session() as session, pytest.raises(MayNotState):
            act(session)


def test_an_administrator_with_sql_signs_both_and_the_rules_are_not_used(cast: Cast) -> None:
    """Both signatures are right and of one person: whoever follows the chains sees that."""
    version, petro = proposed(cast), cast.member("petro")
    with cast.session() as session:
        known, state = administered(session, petro, petro.organisation_id)
        pins = {name: digest for name, digest in state.in_force.items() if not name.startswith("rules:")}
        following = replace(state, in_force={**pins, f"rules:{version}": known.proposed[0].digest})
        write_statement(session, sign_organisation(known, petro.organisation_id, following, petro))
    with cast.session() as session:
        assert rules(session) is UNSURE
        assert [(each.alarm, each.subject) for each in watch.raised(session)] == [(Alarm.IN_FORCE, f"rules:{version}")]
    cast.report()
    assert [row["priority"] for row in dump(cast.engine)["case"]] == [0]


def test_rules_that_go_beyond_what_was_released_are_not_used_though_two_signed(cast: Cast) -> None:
    petro, iryna = cast.member("petro"), cast.member("iryna")
    data = {**rules_data("2026-11"), "base": "2026-11", "version": "2026-11.1"}
    data["otherwise"] = {**data["otherwise"], "queue": "documentation"}
    with cast.session() as session:
        write_statement(session, sign_next(vouched(session), RULES_CHAIN, RulesState("2026-11.1", data), petro))
    with cast.session() as session:
        known, state = administered(session, iryna, iryna.organisation_id)
        pins = {name: digest for name, digest in state.in_force.items() if not name.startswith("rules:")}
        following = replace(state, in_force={**pins, "rules:2026-11.1": known.proposed[0].digest})
        write_statement(session, sign_organisation(known, iryna.organisation_id, following, iryna))
    with cast.session() as session:
        assert rules(session) is UNSURE


def test_what_was_never_proposed_is_not_taken_back(cast: Cast) -> None:
    petro, nothing = cast.member("petro"), RulesState("2026-11.7", {})
    with cast.session() as session:
        store(session, sign_next(vouched(session), RULES_CHAIN, nothing, petro))
    with cast.session() as session:
        assert vouched(session).faults == {RULES_CHAIN: Fault.NOT_ALLOWED}


@pytest.mark.parametrize("name", ["daria", "ayshe", OMAR])
def test_a_proposal_of_somebody_else_does_not_hold(cast: Cast, name: str) -> None:
    member = cast.member(name)
    with cast.session() as session:
        data = dict(rules_data("2026-11"))
        store(session, sign_next(vouched(session), RULES_CHAIN, RulesState("2026-11.1", data), member))
    with cast.session() as session:
        assert vouched(session).faults == {RULES_CHAIN: Fault.NOT_ALLOWED}
        assert Alarm.STATEMENTS in {each.alarm for each in alarms(session)}
        assert rules(session).version == "2026-11"


def test_a_row_that_is_deleted_altered_or_put_back_brings_no_older_rules(cast: Cast) -> None:
    version = agreed(cast)
    organisation = organisation_chain(cast.member("petro").organisation_id)
    with cast.session() as session:
        vouched(session)
        (row,) = session.exec(select(StatementRow).where(col(StatementRow.chain) == RULES_CHAIN)).all()
        kept = {name: getattr(row, name) for name in ("chain", "number", "signer", "content", "signature")}
        session.execute(delete(StatementRow).where(col(StatementRow.chain) == RULES_CHAIN))
    with cast.session() as session:
        assert rules(session) is UNSURE
        assert vouched(session).faults == {RULES_CHAIN: Fault.MISSING}
        session.add(
            StatementRow(**{**kept, "content": kept["content"].replace(b'"act_hours":100', b'"act_hours":700')})
        )
    with cast.session() as session:
        assert rules(session) is UNSURE
        session.execute(update(StatementRow).where(col(StatementRow.chain) == RULES_CHAIN).values(**kept))
    with cast.session() as session:
        assert rules(session).version == version
        session.execute(
            delete(StatementRow).where(col(StatementRow.chain) == organisation, col(StatementRow.number) > 1)
        )
    with cast.session() as session:
        # The newest numbers were seen: yesterday's state is named, and an alarm.
        assert vouched(session).faults == {organisation: Fault.PUT_BACK}
        assert Alarm.STATEMENTS in {each.alarm for each in alarms(session)}


def test_who_was_removed_proposes_no_more_and_what_they_proposed_is_not_signed(cast: Cast) -> None:
    version, petro = proposed(cast), cast.member("petro")
    with cast.session() as session:
        remove_person(session, cast.member("iryna"), petro.account_id, NOW)
    with cast.session() as session:
        assert vouched(session).faults == {}
        with pytest.raises(MayNotState):
            agree(session, cast.member("iryna"), version, NOW)
        known = vouched(session)
        signed = make_statement(
            RULES_CHAIN,
            2,
            known.digests[RULES_CHAIN],
            RulesState("2026-11.9", dict(rules_data("2026-11"))),
            petro.account_id,
            petro.signing_key,
        )
        store(session, signed)
    with cast.session() as session:
        assert vouched(session).faults == {RULES_CHAIN: Fault.NOT_ALLOWED}


def test_proposals_follow_each_other_by_number(cast: Cast) -> None:
    petro, data = cast.member("petro"), dict(rules_data("2026-11"))
    for version, content, fault in (
        ("2026-11.1", {}, Fault.NOT_ALLOWED),
        ("november", data, Fault.UNREADABLE),
    ):
        with cast.session() as session:
            store(session, sign_next(vouched(session), RULES_CHAIN, RulesState(version, content), petro))
        with cast.session() as session:
            assert vouched(session).faults == {RULES_CHAIN: fault}
            session.execute(delete(StatementRow).where(col(StatementRow.chain) == RULES_CHAIN))
        anchor_to(cast.engine, cast.founded.fingerprint)
    version = proposed(cast)
    for again, content in ((version, data), ("2026-11.2", {}), ("2026-10.5", data)):
        with cast.session() as session:
            store(session, sign_next(vouched(session), RULES_CHAIN, RulesState(again, content), petro))
        with cast.session() as session:
            assert vouched(session).faults == {RULES_CHAIN: Fault.NOT_ALLOWED}
            session.execute(
                delete(StatementRow).where(col(StatementRow.chain) == RULES_CHAIN, col(StatementRow.number) == 2)
            )

"""Rules that somebody signed by hand, past the pages: what is none waits for nobody and keeps nobody from working."""

from typing import Any

import pytest

from app.accounts.vouching import vouched
from app.accounts.vouching_states import RULES_CHAIN
from app.accounts.vouching_stating import sign_next, write_statement
from app.accounts.vouching_together import RulesState
from app.in_force import watch
from app.in_force.changing_rules import earlier, proposal, reasons, wishes
from app.in_force.reading import rules
from app.routing.rules_file import rules_data
from tests.cast import Cast
from tests.in_force.test_changing_rules import agreed

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"base": None},
        {"base": "1999-01"},
        {"rules": [{"id": "nothing"}]},
        {"version": "2026-11.7"},
        {"act_hours": float("1e300")},
    ],
    ids=str,
)
def test_a_proposal_that_is_none_waits_for_nobody_and_keeps_nobody_from_another(
    cast: Cast, spoiled: dict[str, Any]
) -> None:
    """Signed by hand, or by a later release whose rules this one does not know."""
    petro = cast.member("petro")
    content = {"base": "2026-11", **rules_data("2026-11"), "version": "2026-11.1"}
    otherwise = {**content["otherwise"], **{name: value for name, value in spoiled.items() if name == "act_hours"}}
    content |= {"otherwise": otherwise} | {name: value for name, value in spoiled.items() if name in content}
    with cast.session() as session:
        write_statement(session, sign_next(vouched(session), RULES_CHAIN, RulesState("2026-11.1", content), petro))
    with cast.session() as session:
        assert (vouched(session).faults, proposal(session), rules(session).version) == ({}, None, "2026-11")
        assert set(reasons(session)) == {wish.rule_id for wish in wishes(session)}
    assert agreed(cast) == "2026-11.2"
    with cast.session() as session:
        assert (rules(session).version, earlier(session)) == ("2026-11.2", ("2026-11",))


def test_other_rules_under_the_number_that_is_in_force_change_nothing(cast: Cast) -> None:
    petro = cast.member("petro")
    content = {"base": "1999-01", **rules_data("2026-11")}
    with cast.session() as session:
        write_statement(session, sign_next(vouched(session), RULES_CHAIN, RulesState("2026-11", content), petro))
    with cast.session() as session:
        assert (rules(session).version, watch.raised(session)) == ("2026-11", ())
        assert set(reasons(session)) == {wish.rule_id for wish in wishes(session)}
    assert agreed(cast) == "2026-11.1"

"""Every desk is told of an organisation that came after the founding, whoever had the root's paper key."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col

from app.accounts.alarms import Alarm, RootUse, alarms_for, root_uses
from app.accounts.partners import NewOrganisation, add_organisation
from app.accounts.permissions import Role
from app.accounts.tables import Organisation, StatementRow
from app.accounts.vouching import vouched
from app.accounts.vouching_anchor import anchor_to, root_fingerprint
from app.accounts.vouching_by_root import SignedByRoot
from app.accounts.vouching_following import Fault
from app.accounts.vouching_rings import Keys
from app.accounts.vouching_statements import BEFORE_THE_FIRST, ROOT, make_statement
from app.accounts.vouching_states import INSTALLATION, Named, OrganisationState, Person, organisation_chain
from app.vault.signing import new_signing_key, verify_key
from app.web.desk.alarms import ORGANISATION_ADDED, in_words
from tests.accounts.attacks import store
from tests.cast import NOW, Cast

EVERYBODY = ("petro", "daria", "ayshe")
THIEVES = "Правнича допомога"


def told(cast: Cast, name: str, days: int = 0) -> list[tuple[Alarm, str, str]]:
    organisation = cast.member(name).organisation_id
    with cast.session() as session:
        raised = alarms_for(session, organisation, NOW + timedelta(days=days))
        return [(each.alarm, each.subject, each.detail) for each in raised]


def uses(cast: Cast) -> list[RootUse]:
    with cast.session() as session:
        return list(root_uses(session, NOW + timedelta(days=60)))


def steal_in(cast: Cast) -> str:
    """What whoever stole the paper and has the database signs and writes: people and a legal queue of their own."""
    thief = Keys(verify_key(new_signing_key()), bytes(32))
    state = OrganisationState(
        THIEVES,
        {"thief": Person(thief, frozenset(Role))},
        rings={"queue:their-legal": Named("legal", {"thief": (thief.verify,)})},
    )
    with cast.session() as session:
        session.add(Organisation(id="thieves", name=THIEVES))
        chain, root = organisation_chain("thieves"), cast.founded.root_private
        store(session, make_statement(chain, 1, BEFORE_THE_FIRST, state, ROOT, root))
    return chain


def test_of_those_that_were_founded_together_nobody_is_told(cast: Cast) -> None:
    with cast.session() as session:
        known = vouched(session)
        assert known.installation is not None
        assert set(known.installation.founded) == set(known.organisations)
        assert len(known.organisations) == 3
    assert [told(cast, name) for name in EVERYBODY] == [[], [], []]
    assert uses(cast) == []


def test_every_desk_is_told_for_two_weeks_of_one_that_an_administrator_added(cast: Cast) -> None:
    petro, new = cast.member("petro"), NewOrganisation("Правнича сотня", "Угода.", "Марта Нова")
    with cast.session() as session:
        add_organisation(session, petro, new, cast.founded.root_private.hex(), NOW)
    with cast.session() as session:
        (added,) = (name for name, state in vouched(session).organisations.items() if state.name == new.name)
    alarm = (Alarm.ORGANISATION_ADDED, added, new.name)
    for name in EVERYBODY:
        assert told(cast, name) == told(cast, name, 14) == [alarm]
        assert told(cast, name, 15) == []
    assert uses(cast) == [RootUse(SignedByRoot(added, is_new=True), NOW.date())]


def test_whoever_stole_the_paper_brings_none_in_unnoticed(cast: Cast) -> None:
    chain = steal_in(cast)
    with cast.session() as session:
        assert vouched(session).faults == {}
        shown = in_words(alarms_for(session, cast.member("daria").organisation_id, NOW))
    assert (ORGANISATION_ADDED, (f"{THIEVES} (thieves)",)) in [(each.text, each.subjects) for each in shown]
    for name in EVERYBODY:
        assert (Alarm.ORGANISATION_ADDED, "thieves", THIEVES) in told(cast, name, 14)
    assert uses(cast) == [RootUse(SignedByRoot("thieves", ("thief",), is_new=True), NOW.date())]
    with cast.session() as session:
        session.execute(delete(StatementRow).where(col(StatementRow.chain) == chain))
    with cast.session() as session:
        assert vouched(session).faults == {chain: Fault.MISSING}


def test_a_later_statement_does_not_say_that_one_was_founded(cast: Cast) -> None:
    steal_in(cast)
    with cast.session() as session:
        known, root = vouched(session), cast.founded.root_private
        assert known.installation is not None
        founded = (*known.installation.founded, "thieves")
        state = replace(known.installation, founded=founded)
        store(session, make_statement(INSTALLATION, 2, known.digests[INSTALLATION], state, ROOT, root))
    assert {(use.signed.organisation_id, use.signed.is_new) for use in uses(cast)} == {
        ("thieves", True),
        (INSTALLATION, False),
    }


def test_an_older_installation_names_each_but_the_one_that_receives_as_nobody_signed_which_were_founded(
    cast: Cast,
) -> None:
    with cast.session() as session:
        known, root = vouched(session), cast.founded.root_private
        assert known.installation is not None
        older = make_statement(INSTALLATION, 1, BEFORE_THE_FIRST, replace(known.installation, founded=()), ROOT, root)
        assert b"founded" not in older.content
        session.execute(delete(StatementRow).where(col(StatementRow.chain) == INSTALLATION))
        store(session, older)
    anchor_to(cast.engine, root_fingerprint(verify_key(root)))
    others = known.organisations.keys() - {known.receiving}
    assert {use.signed.organisation_id for use in uses(cast) if use.signed.is_new} == others != set()
    assert len(uses(cast)) == len(others)

"""Founding: a plan that contradicts itself founds nothing, and an installation is founded once."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app.accounts.errors import InstalledAlready, NotInstalled, RefusedPlan
from app.accounts.installation import about
from app.accounts.permissions import PERMISSIONS, Permission, Role, allowed
from app.accounts.setup import OrganisationPlan, PersonPlan, QueuePlan, found
from app.accounts.tables import Account, RingShare
from app.storage.sessions import session_scope
from tests.cast import Cast
from tests.keys.dump import dump

Change = Callable[[OrganisationPlan], Sequence[OrganisationPlan]]

DARIA = PersonPlan("daria", "Дарія", (Role.CASEWORKER,), ("legal",), ("legal",))
PETRO = PersonPlan("petro", "Петро", (Role.ADMINISTRATOR,))
ROMAN = PersonPlan("roman", "Роман", (Role.AUDITOR,))
PLAN = OrganisationPlan("Родинний захист", (QueuePlan("legal", "legal"),), (DARIA, PETRO, ROMAN))


def people(*more: PersonPlan) -> Change:
    return lambda plan: [replace(plan, people=(*plan.people, *more))]


def queues(*queues: QueuePlan) -> Change:
    return lambda plan: [replace(plan, queues=(*plan.queues, *queues))]


REFUSED: dict[str, Change] = {
    "there is no organisation": lambda _plan: [],
    "two people have one name": people(replace(PETRO, name="DARIA")),
    "two people have one name, as it is typed": people(replace(PETRO, name=" ｄaria ")),
    "two queues have one id": queues(QueuePlan("legal", "tracing")),
    "two organisations share a queue's id": lambda plan: [
        plan,
        OrganisationPlan("Partner", (QueuePlan("legal", "legal"),), ()),
    ],
    "nobody is an administrator": lambda plan: [replace(plan, people=(DARIA, ROMAN))],
    "nobody is an auditor": lambda plan: [replace(plan, people=(DARIA, PETRO))],
    "a queue is of no known kind": queues(QueuePlan("press", "press")),
    "a queue's id is no plain word": queues(QueuePlan("legal/../admin", "legal")),
    "a queue's id is too long for its ring": queues(QueuePlan("l" * 60, "legal")),
    "a person belongs to another organisation's queue": lambda plan: [
        plan,
        OrganisationPlan("Partner", (), (replace(DARIA, name="ayshe"),)),
    ],
    "a person is named twice in a queue": people(replace(DARIA, name="bohdan", queues=("legal", "legal"))),
    "a person leads a queue without belonging to it": people(replace(DARIA, name="bohdan", queues=())),
    "somebody in a queue is no caseworker": people(replace(PETRO, name="iryna", queues=("legal",))),
    "a person has no name": people(replace(PETRO, name=" \t")),
    "an organisation has no name": lambda plan: [replace(plan, name="")],
    "an organisation's name is too long": lambda plan: [replace(plan, name="n" * 201)],
}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("problem", REFUSED)
def test_a_plan_that_contradicts_itself_founds_nothing(engine: Engine, problem: str) -> None:
    with session_scope(engine) as session, pytest.raises(RefusedPlan):
        found(session, REFUSED[problem](PLAN))
    assert {name for name, rows in dump(engine).items() if rows} == set()


def test_an_installation_is_founded_once(cast: Cast) -> None:
    with cast.session() as session:
        before = about(session)
    with cast.session() as session, pytest.raises(InstalledAlready):
        found(session, [PLAN])
    with cast.session() as session:
        assert about(session) == before
        assert before.receiving == "Родинний захист"
        assert before.practice


def test_an_empty_database_is_no_installation(engine: Engine) -> None:
    with session_scope(engine) as session, pytest.raises(NotInstalled):
        about(session)


def test_what_founding_leaves_for_paper_is_in_no_row_and_in_no_word_about_it(engine: Engine) -> None:
    with session_scope(engine) as session:
        founded = found(session, [PLAN])
    secrets = [founded.root_private, founded.backup_private, founded.service_private]
    secrets += [
        secret for each in founded.people for secret in (each.person.passphrase.encode(), each.person.totp_secret)
    ]
    kept = str(dump(engine))

    for secret in secrets:
        assert repr(secret)[2:-1] not in kept + repr(founded)
        assert secret.hex() not in kept + repr(founded)
    assert "daria" not in kept
    assert "Дарія" not in kept


def test_everybody_hears_who_is_being_added(engine: Engine) -> None:
    heard: list[str] = []
    with session_scope(engine) as session:
        found(session, [PLAN], progress=heard.append)

    assert heard == ["daria", "petro", "roman"]


def test_auditors_alone_hold_the_record_and_members_their_queue(engine: Engine) -> None:
    with session_scope(engine) as session:
        found(session, [PLAN])
    with session_scope(engine) as session:
        roles = {account.id: account.roles for account in session.exec(select(Account))}
        held = {(share.ring, roles[share.account_id]) for share in session.exec(select(RingShare))}

    assert held == {("record", "auditor"), ("queue:legal", "caseworker")}


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_is_declared_once_and_asked_by_role(permission: Permission) -> None:
    for role in Role:
        assert allowed([role], permission) == (role in PERMISSIONS[permission])
    assert not allowed([], permission)
    assert allowed(frozenset(Role), permission)


def test_nobody_but_caseworkers_works_on_cases() -> None:
    for permission in (Permission.READ_CASES, Permission.WORK_CASES, Permission.ANSWER_FAMILIES):
        assert [role for role in Role if allowed([role], permission)] == [Role.CASEWORKER]

"""Changing what somebody is: a role takes its keys with it, gives none, and nobody is left without an administrator."""

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from app.accounts import admission, invitations, members
from app.accounts.administration import to_begin
from app.accounts.admission import mean_for_queues, newcomers
from app.accounts.alarms import Alarm
from app.accounts.appointing import name_lead, name_queue
from app.accounts.auditing import Wanted, read_trail
from app.accounts.changing_roles import roles_of
from app.accounts.errors import KeyNotHeld, MayNotState, SessionEnded
from app.accounts.partners import NewOrganisation, add_organisation
from app.accounts.permissions import Role
from app.accounts.queues import queue_states
from app.accounts.removal import administers_still
from app.accounts.ring_keeping import begin_ring, grant_ring, renew_ring
from app.accounts.ring_people import ring_people
from app.accounts.rings import RECORD, STATISTICS
from app.accounts.standing import Trouble, standing
from app.accounts.tables import Account, DirectoryShare, Membership, Newcomer, RingShare, SessionRow, StatementRow
from app.accounts.vouching import vouched
from app.casefile.errors import NotFound
from app.casework.assigning import assign
from app.casework.handing import holding
from app.casework.opening import open_case
from app.casework.resealing import queue_keys, renew_queue_key
from tests.accounts.attacks import id_of
from tests.accounts.roles import ADMINISTRATOR, AUDITOR, CASEWORKER, COORDINATOR, change, raised, refusal
from tests.cast import NOW, Cast

ON_ONE_KIND = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def rows_of(cast: Cast, name: str, *tables: type[RingShare | Membership | SessionRow | Newcomer]) -> int:
    with cast.session() as session:
        account = id_of(cast, name)
        counts = (select(func.count()).where(col(table.account_id) == account) for table in tables)
        return sum(session.scalars(each).one() for each in counts)


def ready(cast: Cast) -> set[str]:
    with cast.session() as session:
        return {queue.id for queue in queue_states(session) if queue.ready}


def test_who_loses_the_caseworkers_role_loses_the_queue_at_once_and_what_comes_later_stays_shut(cast: Cast) -> None:
    token, daria = cast.log_in("bohdan"), cast.member("daria")
    before = cast.case_of(cast.report())
    (lost,) = change(cast, "bohdan", AUDITOR)

    assert (lost.ring, lost.kind, lost.others, lost.may_renew) == ("queue:legal", "legal", 1, (daria.name,))
    assert rows_of(cast, "bohdan", RingShare, Membership, SessionRow) == 0
    with cast.session() as session:
        with pytest.raises(SessionEnded):
            members.resume(session, token, NOW)
        assert session.get_one(Account, id_of(cast, "bohdan")).roles == "auditor"
        assert standing(session).rings["queue:legal"].trouble is Trouble.REMOVAL_WAITS
    assert "legal" not in ready(cast)
    assert raised(cast) == {(Alarm.REMOVAL_WAITS, "legal")}
    bohdan = cast.member("bohdan")
    assert bohdan.roles == {AUDITOR}
    assert bohdan.queues == ()
    with cast.session() as session, pytest.raises(KeyNotHeld):
        bohdan.ring_pair(session, "queue:legal", 1)

    with cast.session() as session:
        (hers, his) = queue_keys(session, daria, "legal").holders
        assert (hers.here, his.here, queue_keys(session, daria, "legal").removal_waits) == (True, False, True)
        renew_queue_key(session, daria, "legal", NOW)
    with cast.session() as session:
        assert set(vouched(session).rings["queue:legal"].holders) == {daria.account_id}
        grant_ring(session, daria, "queue:legal", id_of(cast, "oksana"), NOW)
    assert raised(cast) == set()
    after = cast.case_of(cast.report())
    assert "legal" in ready(cast)
    for case_id in (before, after):
        with cast.session() as session, pytest.raises(NotFound):
            open_case(session, cast.member("bohdan"), case_id, NOW)
        with cast.session() as session:
            assert open_case(session, cast.member("daria"), case_id, NOW).queue.id == "legal"


@ON_ONE_KIND
def test_a_role_comes_back_only_once_its_keys_were_made_anew_and_brings_none(cast: Cast) -> None:
    daria = cast.member("daria")
    change(cast, "bohdan", COORDINATOR)
    assert refusal(cast, "bohdan", COORDINATOR, CASEWORKER) == "renew_first"
    with cast.session() as session:
        renew_queue_key(session, daria, "legal", NOW)
    assert change(cast, "bohdan", CASEWORKER) == ()
    assert cast.member("bohdan").queues == ()
    assert raised(cast) == set()
    with cast.session() as session:
        mean_for_queues(session, cast.member("petro"), id_of(cast, "bohdan"), ["legal"], NOW)
    with cast.session() as session:
        keys = vouched(session).appointed(id_of(cast, "bohdan"))
        assert keys is not None
        admission.admit_to_queue(session, daria, "legal", id_of(cast, "bohdan"), admission.own_words(keys), NOW)
    assert [queue.id for queue in cast.member("bohdan").queues] == ["legal"]
    assert "legal" in ready(cast)


@ON_ONE_KIND
def test_whoever_lost_the_role_is_given_no_case_and_what_they_have_is_handed_on(cast: Cast) -> None:
    case_id, daria, bohdan = cast.case_of(cast.report()), cast.member("daria"), cast.member("bohdan")
    with cast.session() as session:
        assign(session, daria, case_id, 1, bohdan.account_id, "Так треба.", NOW)
    change(cast, "bohdan", COORDINATOR)
    with cast.session() as session:
        assert list(members.queue_colleagues(session, daria, "legal")) == [daria.account_id]
        held = holding(session, daria, "legal", bohdan.account_id, NOW)
        assert ([row.id for row in held.cases], list(held.people)) == ([case_id], [daria.account_id])


@ON_ONE_KIND
def test_who_was_named_for_a_queue_without_a_key_makes_none_without_the_role(cast: Cast) -> None:
    petro, bohdan = cast.member("petro"), cast.member("bohdan")
    with cast.session() as session:
        name_queue(session, petro, petro.organisation_id, "second", "legal", bohdan.account_id, NOW)
    with cast.session() as session:
        assert to_begin(session, bohdan) == (("second", "legal"),)
    change(cast, "bohdan", COORDINATOR)
    for member in (bohdan, cast.member("bohdan")):
        with cast.session() as session:
            assert to_begin(session, member) == ()
            with pytest.raises(MayNotState):
                begin_ring(session, member, "queue:second", NOW)


@ON_ONE_KIND
def test_whoever_waited_for_queues_waits_no_more_without_the_role(cast: Cast) -> None:
    petro, vira = cast.member("petro"), id_of(cast, "vira")
    change(cast, "vira", COORDINATOR, CASEWORKER)
    with cast.session() as session:
        mean_for_queues(session, petro, vira, ["tracing"], NOW)
    assert rows_of(cast, "vira", Newcomer) == 1
    assert change(cast, "vira", COORDINATOR) == ()
    with cast.session() as session:
        assert newcomers(session, petro) == {}


@ON_ONE_KIND
@pytest.mark.parametrize(
    ("ring", "role", "alone", "other"), [(RECORD, AUDITOR, "roman", ""), (STATISTICS, COORDINATOR, "lena", "vira")]
)
def test_where_the_last_holder_of_a_shared_key_loses_the_role_who_has_it_begins_anew(
    cast: Cast, ring: str, role: Role, alone: str, other: str
) -> None:
    heir = "mykola"
    change(cast, heir, CASEWORKER, role)
    heirs = cast.member(heir)
    with cast.session() as session:
        # The role alone gives no key.
        assert not ring_people(session, heirs, ring).may
        with pytest.raises(KeyNotHeld):
            heirs.ring_pair(session, ring, 1)
    if other:
        change(cast, other, AUDITOR)
    (lost,) = change(cast, alone, CASEWORKER)
    assert (lost.ring, lost.others, lost.may_renew) == (ring, 0, ())
    assert raised(cast) == {(Alarm.REMOVAL_WAITS, ring)}
    with cast.session() as session, pytest.raises(MayNotState):
        renew_ring(session, cast.member(alone), ring, NOW)
    with cast.session() as session:
        renew_ring(session, cast.member(heir), ring, NOW)
    with cast.session() as session:
        assert set(vouched(session).rings[ring].holders) == {heirs.account_id}
    assert raised(cast) == set()
    assert refusal(cast, heir, CASEWORKER, role) == "same_roles"


@ON_ONE_KIND
def test_who_loses_the_administrators_role_signs_nothing_and_stands_in_nowhere(cast: Cast) -> None:
    petro, iryna, root = cast.member("petro"), cast.member("iryna"), cast.founded.root_private.hex()
    with cast.session() as session:
        add_organisation(session, petro, NewOrganisation("Правнича сотня", "Угода.", "Марта Нова"), root, NOW)
    with cast.session() as session:
        stands_in = roles_of(session, petro, iryna.account_id).stands_in_for
    assert "Правнича сотня" in stands_in
    assert change(cast, "iryna", CASEWORKER) == ()
    with cast.session() as session:
        assert not any(iryna.account_id in state.stewards for state in vouched(session).organisations.values())
        own = session.exec(select(DirectoryShare).where(col(DirectoryShare.account_id) == iryna.account_id)).all()
        assert {share.organisation_id for share in own} == {iryna.organisation_id}
        assert administers_still(session, iryna.account_id) == ()
    assert raised(cast) == set()
    for old in (iryna, cast.member("iryna")):
        with cast.session() as session, pytest.raises(MayNotState):
            name_lead(session, old, iryna.organisation_id, "queue:legal", id_of(cast, "bohdan"), NOW)


@ON_ONE_KIND
def test_who_may_not_sign_elsewhere_leaves_an_alarm_that_somebody_administers_there_still(cast: Cast) -> None:
    petro = cast.member("petro")
    change(cast, "halyna", CASEWORKER, ADMINISTRATOR)
    change(cast, "petro", CASEWORKER, by="halyna")
    with cast.session() as session:
        assert len(administers_still(session, petro.account_id)) == 2
    assert raised(cast) == {(Alarm.PERSON, petro.account_id)}


@ON_ONE_KIND
def test_what_was_given_and_taken_stands_on_the_record(cast: Cast) -> None:
    change(cast, "bohdan", CASEWORKER, COORDINATOR)
    change(cast, "bohdan", COORDINATOR)
    with cast.session() as session:
        page = read_trail(session, cast.member("roman"), Wanted(kind="roles_changed"), None, NOW)
    assert [(entry.actor, dict(entry.details), entry.verified) for entry in page.entries] == [
        (id_of(cast, "petro"), {"account": id_of(cast, "bohdan"), **details}, True)
        for details in (
            {"roles": "coordinator", "taken": "caseworker"},
            {"roles": "caseworker coordinator", "given": "coordinator"},
        )
    ]


@ON_ONE_KIND
def test_a_link_for_other_keys_brings_no_queue_back_that_went_with_a_role(cast: Cast) -> None:
    petro = cast.member("petro")
    change(cast, "bohdan", COORDINATOR)
    with cast.session() as session:
        invitations.invite_again(session, petro, id_of(cast, "bohdan"), NOW)
    with cast.session() as session:
        (link,) = invitations.pending(session, petro, NOW)
    assert (link.wish.roles, link.wish.queues) == ((COORDINATOR,), ())


@ON_ONE_KIND
def test_one_statement_says_it_all(cast: Cast) -> None:
    cast.member("petro")
    with cast.session() as session:
        before = session.scalars(select(func.count()).select_from(StatementRow)).one()
    change(cast, "bohdan", AUDITOR)
    with cast.session() as session:
        assert session.scalars(select(func.count()).select_from(StatementRow)).one() == before + 1

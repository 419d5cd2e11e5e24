"""Removing a person: at once what an administrator can, the keys by a lead, and nothing to the old ones in between."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from app.accounts import login, members
from app.accounts.address_cards import cards, change_card, keep_card
from app.accounts.admission import newcomers
from app.accounts.alarms import Alarm, alarms
from app.accounts.appointing import appoint, name_lead
from app.accounts.directory import seal_name
from app.accounts.errors import KeyNotHeld, LogInRefused, MayNotState, SessionEnded, StatedMeanwhile
from app.accounts.invitations import Wish, invite, pending
from app.accounts.meant import Meant, seal_newcomer
from app.accounts.members import colleagues
from app.accounts.permissions import Role
from app.accounts.queues import newest_key, queue_states
from app.accounts.removal import administers_still, new_directory, remove_person, write_directory
from app.accounts.ring_keeping import grant_ring, renew_ring
from app.accounts.standing import Trouble, standing
from app.accounts.tables import Account, AddressCard, DirectoryShare, Membership, Newcomer, RingShare, SessionRow
from app.accounts.vouching import vouched
from app.casework.opening import open_case
from app.intake.sending import ready
from app.vault.errors import VaultError
from app.vault.signing import verify_key
from tests.cast import NOW, Cast
from tests.keys.dump import dump
from tests.keys.test_closure import grants_opened, rings_of, texts_in

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

LATER = NOW + timedelta(minutes=10)


def id_of(cast: Cast, name: str) -> str:
    return next(each.person.account_id for each in cast.founded.people if each.plan.name == name)


def remove(cast: Cast, name: str, by: str = "petro") -> tuple[str, ...]:
    petro = cast.member(by)
    with cast.session() as session:
        return remove_person(session, petro, id_of(cast, name), NOW)


def renew(cast: Cast, name: str, ring: str, *without: str) -> None:
    lead = cast.member(name)
    with cast.session() as session:
        renew_ring(session, lead, ring, NOW, [id_of(cast, other) for other in without])


def ready_queues(cast: Cast) -> set[str]:
    with cast.session() as session:
        return {queue.id for queue in queue_states(session) if queue.ready}


def test_a_removed_persons_sessions_and_sealed_copies_go_and_the_log_in_is_refused(cast: Cast) -> None:
    token, other = cast.log_in("bohdan"), cast.log_in("halyna")

    assert remove(cast, "bohdan") == ("queue:legal",)

    gone = id_of(cast, "bohdan")
    with cast.session() as session:
        for table in (SessionRow, RingShare, DirectoryShare, Membership):
            assert session.exec(select(table).where(col(table.account_id) == gone)).all() == [], table
        with pytest.raises(SessionEnded):
            members.resume(session, token, NOW)
        assert members.resume(session, other, NOW).name == "Галина Яворська"
        with pytest.raises(LogInRefused):
            login.log_in(session, "bohdan", cast.secrets("bohdan")[0], LATER)


def test_nothing_is_sealed_to_the_old_key_until_a_lead_has_made_a_new_one(cast: Cast) -> None:
    remove(cast, "bohdan")
    with cast.session() as session:
        assert standing(session).rings["queue:legal"].trouble is Trouble.REMOVAL_WAITS
        assert "legal" not in ready_queues(cast)
        assert ready(session)
    code = cast.report()
    assert [row["queue_id"] for row in dump(cast.engine)["grant"]] == ["triage"]

    renew(cast, "daria", "queue:legal")
    with cast.session() as session:
        assert standing(session).rings["queue:legal"].trouble is None
        assert newest_key(session, "queue:legal").generation == 2
    # One person alone holds it now, so a second is given it before reports come again.
    assert "legal" not in ready_queues(cast)
    oksana, daria = id_of(cast, "oksana"), cast.member("daria")
    with cast.session() as session:
        grant_ring(session, daria, "queue:legal", oksana, NOW)
    assert "legal" in ready_queues(cast)
    assert code


def test_where_it_is_triages_own_key_families_are_asked_to_come_back(cast: Cast) -> None:
    remove(cast, "halyna")
    with cast.session() as session:
        states = {queue.id for queue in queue_states(session) if queue.ready and queue.receiving}
    assert "triage" not in states
    assert "legal" in states


def test_what_came_before_opens_for_who_stays_and_what_came_after_not_for_who_left(cast: Cast) -> None:
    before = cast.case_of(cast.report())
    # Everything that Bohdan can have kept: his keys, and the database of the day he left.
    stolen = rings_of(cast, dump(cast.engine), "bohdan")
    remove(cast, "bohdan")
    renew(cast, "daria", "queue:legal")
    with cast.session() as session:
        grant_ring(session, cast.member("daria"), "queue:legal", id_of(cast, "oksana"), NOW)
    after = cast.case_of(cast.report())

    rows = dump(cast.engine)
    assert set(grants_opened(rows, stolen)) == {before}
    daria, oksana = cast.member("daria"), cast.member("oksana")
    with cast.session() as session:
        for person in (daria, oksana):
            for case_id in (before, after):
                assert open_case(session, person, case_id, NOW).queue.id == "legal"
    with pytest.raises(VaultError):
        texts_in(rows, after, grants_opened(rows, stolen)[before])


def test_names_are_under_a_new_key_and_stay_readable_for_colleagues(cast: Cast) -> None:
    old = cast.member("bohdan").directory_key
    daria, gone = cast.member("daria"), id_of(cast, "bohdan")
    remove(cast, "bohdan")
    again = cast.member("daria", LATER)
    assert again.directory_key not in (old, daria.directory_key)
    with cast.session() as session:
        assert colleagues(session, again, [gone, daria.account_id]) == {
            gone: "Богдан Терновий",
            daria.account_id: "Дарія Лановенко",
        }
        assert colleagues(session, daria, [gone]) == {}


def test_the_address_book_is_under_a_new_key_and_one_card_that_does_not_open_hides_no_other(cast: Cast) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        keep_card(session, daria, {"name": "Адвокатка Вигадана", "kind": "lawyer"}, NOW)
        session.add(AddressCard(organisation_id=daria.organisation_id, id="planted", sealed=b"noise"))
    remove(cast, "bohdan")
    again = cast.member("daria", LATER)
    with cast.session() as session:
        assert [card.said.name for card in cards(session, again)] == ["Адвокатка Вигадана"]
        assert cards(session, daria) == (), "who left with the older key reads nothing"


def test_a_name_that_nobody_can_read_keeps_nobody_from_being_removed(cast: Cast) -> None:
    with cast.session() as session:
        session.get_one(Account, id_of(cast, "vira")).name_sealed = b"noise"
    remove(cast, "bohdan")
    with cast.session() as session:
        assert session.get_one(Account, id_of(cast, "vira")).name_sealed == b"noise"
        halyna = id_of(cast, "halyna")
        assert colleagues(session, cast.member("petro", LATER), [halyna]) == {halyna: "Галина Яворська"}


def test_a_partners_names_are_renewed_by_its_lead(cast: Cast) -> None:
    old = cast.member("rustem").directory_key
    remove(cast, "rustem")
    ayshe = cast.member("ayshe")
    assert ayshe.directory_key == old
    renew(cast, "ayshe", "queue:partner-legal")
    assert cast.member("ayshe", LATER).directory_key != old


def test_an_auditor_leaves_and_the_record_goes_on(cast: Cast) -> None:
    remove(cast, "roman")
    daria = cast.member("daria")
    case_id = cast.case_of(cast.report())
    with cast.session() as session:
        assert open_case(session, daria, case_id, NOW).queue.id == "legal"
        assert standing(session).rings["record"].trouble is Trouble.REMOVAL_WAITS


@pytest.mark.parametrize("by", ["daria", "lena", "roman", "ayshe", "omar"])
def test_nobody_but_an_administrator_removes_anybody(cast: Cast, by: str) -> None:
    cast.member(by)
    before = dump(cast.engine)
    with pytest.raises(MayNotState):
        remove(cast, "bohdan", by)
    assert dump(cast.engine) == before


def test_nobody_removes_themselves_or_somebody_twice(cast: Cast) -> None:
    for name in ("petro", "nobody"):
        petro = cast.member("petro")
        target = id_of(cast, "petro") if name == "petro" else "nobody"
        with cast.session() as session, pytest.raises(MayNotState):
            remove_person(session, petro, target, NOW)
    remove(cast, "iryna")
    with pytest.raises(MayNotState):
        remove(cast, "iryna")


def test_a_lead_who_left_signs_nothing_that_counts(cast: Cast) -> None:
    daria = cast.member("daria")
    remove(cast, "daria")
    with cast.session() as session, pytest.raises((MayNotState, KeyNotHeld)):
        renew_ring(session, daria, "queue:legal", NOW)
    with cast.session() as session:
        assert vouched(session).faults == {}


def test_where_the_only_lead_left_the_organisation_names_another_who_holds_the_key(cast: Cast) -> None:
    case_id = cast.case_of(cast.report())
    remove(cast, "daria")
    petro, bohdan = cast.member("petro"), cast.member("bohdan")
    organisation = bohdan.organisation_id
    with cast.session() as session, pytest.raises(MayNotState):
        renew_ring(session, bohdan, "queue:legal", NOW)
    with cast.session() as session:
        name_lead(session, petro, organisation, "queue:legal", bohdan.account_id, NOW)
        session.flush()
        name_lead(session, petro, organisation, "queue:legal", id_of(cast, "oksana"), NOW)
    with cast.session() as session, pytest.raises(MayNotState):
        # She was named too, and holds nothing: naming gives nobody a key that somebody still has.
        renew_ring(session, cast.member("oksana"), "queue:legal", NOW)
    renew(cast, "bohdan", "queue:legal")
    with cast.session() as session:
        assert open_case(session, cast.member("bohdan", LATER), case_id, NOW).queue.lead


def test_removing_a_person_counts_only_as_a_whole(cast: Cast) -> None:
    petro = cast.member("petro")
    before = dump(cast.engine)

    def interrupted(session: Session) -> None:
        remove_person(session, petro, id_of(cast, "bohdan"), NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError), cast.session() as session:
        interrupted(session)
    assert dump(cast.engine) == before
    assert "legal" in ready_queues(cast)


def test_links_that_were_given_out_end_and_who_waits_is_still_known_by_what_they_wait_for(cast: Cast) -> None:
    petro = cast.member("petro")
    with cast.session() as session:
        invite(session, petro, Wish("Нова Людина", (Role.COORDINATOR,)), NOW)
        session.add(
            Newcomer(
                account_id=id_of(cast, "vira"),
                sealed=seal_newcomer(petro.directory_key, id_of(cast, "vira"), Meant((Role.COORDINATOR,), ()), None),
            )
        )
    with cast.session() as session:
        assert [each.wish.shown for each in pending(session, petro, NOW)] == ["Нова Людина"]
    remove(cast, "bohdan")
    again = cast.member("petro", LATER)
    with cast.session() as session:
        assert pending(session, again, NOW) == ()
        assert newcomers(session, again) == {id_of(cast, "vira"): Meant((Role.COORDINATOR,), ())}


def test_who_still_administers_elsewhere_is_said_and_is_an_alarm(cast: Cast) -> None:
    petro, halyna = cast.member("petro"), cast.member("halyna")
    keys = verify_key(halyna.signing_key), halyna.pair.public
    with cast.session() as session:
        roles = [Role.CASEWORKER, Role.ADMINISTRATOR]
        appoint(session, petro, halyna.organisation_id, halyna.account_id, keys, roles, NOW)
    remove(cast, "petro", by="halyna")
    with cast.session() as session:
        # She came after the partner organisations were founded, and none of them named her.
        assert len(administers_still(session, petro.account_id)) == 2
        assert {(each.alarm, each.subject) for each in alarms(session) if each.detail == "administers_still"} == {
            (Alarm.PERSON, petro.account_id)
        }
        assert administers_still(session, id_of(cast, "iryna")) == ()


@pytest.mark.parametrize("changed", ["a name", "a card"])
def test_names_and_cards_that_are_changed_while_their_key_is_are_not_lost(cast: Cast, changed: str) -> None:
    petro, vira = cast.member("petro"), id_of(cast, "vira")
    with cast.session() as session:
        keep_card(session, petro, {"name": "Адвокатка Вигадана", "kind": "lawyer"}, NOW)
    with cast.session() as session:
        directory = new_directory(session, petro, vouched(session).organisations[petro.organisation_id])
    with cast.session() as session:
        if changed == "a name":
            session.get_one(Account, vira).name_sealed = seal_name(
                petro.directory_key, petro.organisation_id, vira, "Віра Інша"
            )
        else:
            (card,) = cards(session, petro)
            change_card(session, petro, card.id, card.state, {"name": "Адвокатка Інша", "kind": "lawyer"}, NOW)
    with pytest.raises(StatedMeanwhile), cast.session() as session:
        write_directory(session, directory)
    with cast.session() as session:
        name = colleagues(session, petro, [vira])[vira]
        (card,) = cards(session, petro)
    assert [name, card.said.name][changed == "a card"].endswith("Інша")

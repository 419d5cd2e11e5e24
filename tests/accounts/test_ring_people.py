"""The keys of the record and of the statistics: renewed by who holds them, given to a second person after six words."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col, delete

from app.accounts.admission import own_words
from app.accounts.alarms import Alarm, alarms
from app.accounts.appointing import appoint
from app.accounts.auditing import Wanted, read_trail
from app.accounts.errors import KeyNotHeld, MayNotState, NoSuchPerson, WrongFingerprint
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.queues import newest_key
from app.accounts.record import put_on_record
from app.accounts.removal import remove_person
from app.accounts.ring_keeping import begin_ring, renew_ring
from app.accounts.ring_people import admit_to_ring, ring_people
from app.accounts.rings import RECORD, STATISTICS
from app.accounts.tables import Account, RingShare
from app.accounts.vouching import vouched
from app.statistics.facets import statistics_key
from app.vault.hybrid import key_pair, new_private_key
from app.vault.signing import new_signing_key, verify_key
from tests.accounts.attacks import id_of
from tests.accounts.test_rings_of_others import founded_without_coordinators
from tests.cast import NOW, OMAR, Cast

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def appointed(cast: Cast, name: str, role: Role) -> str:
    """Somebody of the receiving organisation gets one more role; give their account."""
    petro, member = cast.member("petro"), cast.member(name)
    with cast.session() as session:
        keys = verify_key(member.signing_key), member.pair.public
        roles = [*member.roles, role]
        appoint(session, petro, petro.organisation_id, member.account_id, keys, roles, NOW)
    return member.account_id


def words(cast: Cast, account: str) -> str:
    with cast.session() as session:
        keys = vouched(session).appointed(account)
    assert keys is not None
    return own_words(keys)


def give(cast: Cast, by: Member, ring: str, account: str) -> None:
    with cast.session() as session:
        admit_to_ring(session, by, ring, account, words(cast, account), NOW)


@pytest.mark.parametrize(
    ("ring", "holder", "role"), [(RECORD, "roman", Role.AUDITOR), (STATISTICS, "lena", Role.COORDINATOR)]
)
def test_a_second_person_gets_the_key_after_six_words_and_renews_it(
    cast: Cast, ring: str, holder: str, role: Role
) -> None:
    first = cast.member(holder)
    account = appointed(cast, "oksana", role)
    with cast.session() as session:
        seen = ring_people(session, first, ring)
        assert (seen.may, dict(seen.waiting)) == (True, {account: "Оксана Зоряна"})
        with pytest.raises(WrongFingerprint):
            admit_to_ring(session, first, ring, account, "one two three four five six", NOW)
        with pytest.raises(NoSuchPerson):
            admit_to_ring(session, first, ring, id_of(cast, "daria"), words(cast, id_of(cast, "daria")), NOW)
    second = cast.member("oksana")
    with cast.session() as session:
        with pytest.raises(KeyNotHeld):
            second.ring_pair(session, ring, 1)
        assert not ring_people(session, second, ring).may
    give(cast, first, ring, account)
    with cast.session() as session:
        assert ring_people(session, first, ring).waiting == {}
        assert cast.member("oksana").ring_pair(session, ring, 1).public
        renew_ring(session, cast.member("oksana"), ring, NOW)
    with cast.session() as session:
        seen = ring_people(session, second, ring)
        assert (seen.generation, seen.may, seen.removal_waits) == (2, True, False)
        assert {holder.here for holder in seen.holders} == {True}
        assert newest_key(session, ring).generation == 2
        # The row of her roles was not written here; that is all that differs.
        assert alarms(session) == ()


def test_after_a_removal_the_other_makes_a_new_key_and_whoever_left_opens_nothing_new(cast: Cast) -> None:
    roman, account = cast.member("roman"), appointed(cast, "oksana", Role.AUDITOR)
    give(cast, roman, RECORD, account)
    with cast.session() as session:
        remove_person(session, cast.member("petro"), roman.account_id, NOW)
    oksana = cast.member("oksana")
    with cast.session() as session:
        seen = ring_people(session, oksana, RECORD)
        assert seen.removal_waits
        assert {(holder.name, holder.here) for holder in seen.holders} == {
            ("Роман Ключник", False),
            ("Оксана Зоряна", True),
        }
        assert Alarm.REMOVAL_WAITS in {each.alarm for each in alarms(session)}
        renew_ring(session, oksana, RECORD, NOW)
    with cast.session() as session:
        assert {each.alarm for each in alarms(session)}.isdisjoint({Alarm.REMOVAL_WAITS, Alarm.RECORD})
        with pytest.raises(KeyNotHeld):
            roman.ring_pair(session, RECORD, 2)
        # The names are under a new key too, which a page opened now has.
        page = read_trail(session, cast.member("oksana"), Wanted(), None, NOW)
    assert None not in {entry.kind for entry in page.entries}


def test_who_came_after_a_new_key_reads_what_is_older(cast: Cast) -> None:
    roman = cast.member("roman")
    with cast.session() as session:
        renew_ring(session, roman, RECORD, NOW)
    account = appointed(cast, "oksana", Role.AUDITOR)
    give(cast, cast.member("roman"), RECORD, account)
    with cast.session() as session:
        page = read_trail(session, cast.member("oksana"), Wanted(), None, NOW)
        assert {entry.kind for entry in page.entries} == {"key_made", "appointed", "key_given"}
        session.execute(delete(RingShare).where(col(RingShare.account_id) == account))
    with cast.session() as session, pytest.raises(KeyNotHeld):
        read_trail(session, cast.member("oksana"), Wanted(), None, NOW)


@pytest.mark.parametrize("name", ["petro", "daria", "lena", "ayshe", OMAR])
def test_nobody_else_sees_who_waits_gives_or_renews(cast: Cast, name: str) -> None:
    account = appointed(cast, "oksana", Role.AUDITOR)
    member = cast.member(name)
    with cast.session() as session:
        seen = ring_people(session, member, RECORD)
        assert (seen.may, seen.waiting) == (False, {})
        with pytest.raises(NoSuchPerson):
            admit_to_ring(session, member, RECORD, account, words(cast, account), NOW)
        with pytest.raises(MayNotState):
            renew_ring(session, member, RECORD, NOW)
        assert ring_people(session, member, "queue:nosuch").holders == ()


def test_the_first_coordinator_who_is_appointed_later_makes_the_statistics_key(engine: Engine) -> None:
    cast = founded_without_coordinators(engine)
    with cast.session() as session:
        assert statistics_key(session) is None
        with pytest.raises(MayNotState):
            begin_ring(session, cast.member("daria"), STATISTICS, NOW)
    account = appointed(cast, "daria", Role.COORDINATOR)
    with cast.session() as session:
        begin_ring(session, cast.member("daria"), STATISTICS, NOW)
    with cast.session() as session:
        assert statistics_key(session) is not None
        assert vouched(session).rings[STATISTICS].holders.keys() == {account}
        assert vouched(session).faults == {}
    # Whoever comes after is given it, and takes nothing.
    appointed(cast, "roman", Role.COORDINATOR)
    with cast.session() as session, pytest.raises(MayNotState):
        renew_ring(session, cast.member("roman"), STATISTICS, NOW)


def test_the_only_auditor_whose_keys_are_lost_begins_the_record_anew_and_no_administrator_does(cast: Cast) -> None:
    roman, petro = cast.member("roman"), cast.member("petro")
    signing, private = new_signing_key(), new_private_key()
    anew = replace(roman, signing_key=signing, pair=key_pair(private))
    with cast.session() as session:
        keys = verify_key(signing), anew.pair.public
        row = col(Account.id) == roman.account_id
        session.execute(update(Account).where(row).values(verify_key=keys[0], public_key=keys[1]))
        appoint(session, petro, petro.organisation_id, roman.account_id, keys, roman.roles, NOW)
    with cast.session() as session:
        with pytest.raises(MayNotState):
            renew_ring(session, petro, RECORD, NOW)
        renew_ring(session, anew, RECORD, NOW)
    with cast.session() as session:
        assert (newest_key(session, RECORD).generation, vouched(session).faults) == (2, {})
        assert anew.ring_pair(session, RECORD, 2).public
        # What was put there before stays shut for whoever lost the key to it.
        with pytest.raises(KeyNotHeld):
            anew.ring_pair(session, RECORD, 1)
        put_on_record(session, anew, "queue_opened", NOW, queue="legal")
    with cast.session() as session:
        kinds = [entry.kind for entry in read_trail(session, anew, Wanted(), None, NOW).entries]
    assert (kinds[0], set(kinds[1:])) == ("queue_opened", {None})

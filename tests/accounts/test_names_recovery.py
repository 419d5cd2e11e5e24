"""The names of staff in recovery: held with every new key, told from a forged copy, given back by trustees alone."""

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from app.accounts import login, members, sessions
from app.accounts.administration import staff
from app.accounts.alarms import Alarm, alarms_for
from app.accounts.directory import open_name, share_directory
from app.accounts.errors import MayNotState, NotVouched, RefusedShares, SessionEnded, StillHeld
from app.accounts.members import Member
from app.accounts.names_copy import TAG_BYTES, keep_names, names_covered, open_names, recovery_for_names, seal_names
from app.accounts.readiness import Lack, Lacking, recovery_lacks
from app.accounts.recovery import cover_names, recover_names, try_recovery
from app.accounts.recovery_copies import copy_place
from app.accounts.rings import NAMES, recovery_ring
from app.accounts.sessions import SessionKind
from app.accounts.tables import DirectoryShare, RecoveryCopy, RingKey
from app.accounts.vouching import vouched
from app.vault.hybrid import new_private_key, public_key, seal_to
from app.vault.shares import join_key, read_share
from app.vault.symmetric import new_key
from tests.accounts.trustees import hold_ceremony, lose_the_names, remove
from tests.cast import NOW, OMAR, Cast
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def covered(cast: Cast) -> bool:
    with cast.session() as session:
        petro = cast.member("petro")
        return names_covered(session, petro.organisation_id, petro.directory_key)


def nameless(cast: Cast, name: str) -> Member:
    """Somebody who logged in and reads no names, as the command takes them."""

    with cast.session() as session:
        token = sessions.open_new(session, SessionKind.STAFF, cast.known[name], NOW)
        session.flush()
        return members.resume_without_names(session, token, NOW)


def test_a_ceremony_holds_the_names_and_so_does_every_new_key_of_theirs(cast: Cast) -> None:
    assert not covered(cast)
    ceremony = hold_ceremony(cast)
    assert covered(cast)
    before = cast.member("petro").directory_key
    remove(cast, "bohdan")
    after = cast.member("petro").directory_key
    assert after != before
    assert covered(cast)
    private = join_key([read_share(words) for words in ceremony.words[:2]])
    with cast.session() as session:
        assert open_names(session, cast.member("petro").organisation_id, 1, private) == after


def test_trustees_give_the_names_back_to_everybody_when_nobody_reads_them(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    lose_the_names(cast)
    token = cast.log_in("daria")
    with cast.session() as session, pytest.raises(SessionEnded):
        members.resume(session, token, NOW)
    petro = nameless(cast, "petro")
    assert (petro.directory_key, petro.name) == (b"", "")
    with cast.session() as session:
        recover_names(session, petro, ceremony.words[1:], NOW)
    with cast.session() as session:
        assert members.resume(session, token, NOW).name == "Дарія Лановенко"
        assert "Дарія Лановенко" in {person.name for person in staff(session, cast.member("petro"))}
        raised = alarms_for(session, petro.organisation_id, NOW)
        assert [(each.alarm, each.subject) for each in raised] == [(Alarm.RECOVERY_USED, NAMES)]
        assert vouched(session).faults == {}
    assert covered(cast)
    with cast.session() as session, pytest.raises(StillHeld):
        recover_names(session, cast.member("petro"), ceremony.words[1:], NOW)


def test_wrong_shares_give_nothing(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    lose_the_names(cast)
    petro, before = nameless(cast, "petro"), dump(cast.engine)
    for typed in (ceremony.words[:1], [ceremony.words[0], ceremony.words[0]], ["one two", ceremony.words[1]]):
        with cast.session() as session, pytest.raises(RefusedShares):
            recover_names(session, petro, typed, NOW)
    assert dump(cast.engine)["directory_share"] == before["directory_share"] == []


@pytest.mark.parametrize("name", ["daria", "ayshe", OMAR])
def test_who_administers_nothing_there_gets_nothing_though_they_have_the_shares(cast: Cast, name: str) -> None:
    ceremony = hold_ceremony(cast)
    lose_the_names(cast)
    with cast.session() as session, pytest.raises(MayNotState):
        recover_names(session, nameless(cast, name), ceremony.words, NOW)
    with cast.session() as session, pytest.raises(MayNotState):
        cover_names(session, nameless(cast, name), NOW)


@pytest.mark.parametrize("attack", ["deleted", "noise", "of another key", "an older one", "moved"])
def test_a_copy_that_somebody_with_the_database_spoiled_is_told(cast: Cast, attack: str) -> None:
    ceremony = hold_ceremony(cast)
    petro = cast.member("petro")
    with cast.session() as session:
        older = session.exec(select(RecoveryCopy)).one().sealed
    remove(cast, "bohdan")
    with cast.session() as session:
        if attack == "deleted":
            session.execute(delete(RecoveryCopy))
        elif attack == "noise":
            session.execute(update(RecoveryCopy).values(sealed=b"noise"))
        elif attack == "an older one":
            session.execute(update(RecoveryCopy).values(sealed=older))
        elif attack == "moved":
            partner = cast.member("ayshe").organisation_id
            session.execute(update(RecoveryCopy).values(ring=f"{NAMES}:{partner}", organisation_id=partner))
        else:
            # Right in every way, but of a key that opens no name.
            recovery = recovery_for_names(session, petro.organisation_id)
            assert recovery is not None
            session.execute(delete(RecoveryCopy))
            session.add(seal_names(petro.organisation_id, new_key(), recovery))
    assert not covered(cast)
    with cast.session() as session:
        try_recovery(session, cast.member("petro"), ceremony.words[:2], NOW)
        cover_names(session, cast.member("petro"), NOW)
    assert covered(cast)


def test_a_copy_that_says_it_is_anothers_stands_in_nobodys_way(cast: Cast) -> None:
    hold_ceremony(cast)
    partner = cast.member("ayshe").organisation_id
    with cast.session() as session:
        session.execute(update(RecoveryCopy).values(organisation_id=partner))
    remove(cast, "bohdan")
    assert covered(cast)


def test_a_copy_of_another_key_gives_nobody_another_key(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    petro = cast.member("petro")
    with cast.session() as session:
        recovery = recovery_for_names(session, petro.organisation_id)
        assert recovery is not None
        keep_names(session, petro.organisation_id, seal_names(petro.organisation_id, new_key(), recovery))
    lose_the_names(cast)
    with cast.session() as session, pytest.raises(NotVouched):
        recover_names(session, nameless(cast, "petro"), ceremony.words[:2], NOW)
    assert dump(cast.engine)["directory_share"] == []


def test_a_share_of_another_key_lets_nobody_in_and_opens_no_page(cast: Cast) -> None:
    petro = cast.member("petro")
    with cast.session() as session:
        session.execute(delete(DirectoryShare).where(col(DirectoryShare.account_id) == petro.account_id))
        share_directory(session, petro.organisation_id, new_key(), petro.account_id, petro.pair.public)
    with cast.session() as session:
        half = login.log_in(session, "petro", cast.secrets("petro")[0], NOW)
        assert half
    token = cast.log_in("petro")
    with cast.session() as session, pytest.raises(SessionEnded):
        members.resume(session, token, NOW)


def test_the_copy_tells_the_names_to_nobody_but_trustees(cast: Cast) -> None:
    hold_ceremony(cast)
    petro, daria = cast.member("petro"), cast.member("daria")
    for private in (petro.pair.private, daria.pair.private):
        with cast.session() as session, pytest.raises(NotVouched):
            open_names(session, petro.organisation_id, 1, private)
    with cast.session() as session:
        row = next(each for each in dump(cast.engine)["account"] if each["id"] == daria.account_id)
        assert open_name(petro.directory_key, petro.organisation_id, daria.account_id, row["name_sealed"]) == daria.name
        assert session.exec(select(RecoveryCopy)).one().organisation_id == petro.organisation_id


def test_names_are_not_held_by_a_recovery_key_that_somebody_swapped(cast: Cast) -> None:
    hold_ceremony(cast)
    ring = recovery_ring(cast.member("petro").organisation_id)
    with cast.session() as session:
        swapped = public_key(new_private_key())
        session.execute(update(RingKey).where(col(RingKey.ring) == ring).values(public_key=swapped))
    assert not covered(cast)


def test_where_the_copy_is_gone_readiness_says_so_and_trustees_give_no_names(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    lose_the_names(cast)
    with cast.session() as session:
        session.execute(delete(RecoveryCopy))
    petro = nameless(cast, "petro")
    with cast.session() as session:
        assert Lack(Lacking.RECOVERY_NAMES) in recovery_lacks(session, petro.organisation_id)
    with cast.session() as session, pytest.raises(NotVouched):
        recover_names(session, petro, ceremony.words[:2], NOW)
    assert dump(cast.engine)["directory_share"] == []


def test_a_copy_whose_tag_its_own_key_did_not_make_is_not_opened(cast: Cast) -> None:
    ceremony, organisation = hold_ceremony(cast), cast.member("petro").organisation_id
    private = join_key([read_share(words) for words in ceremony.words[:2]])
    with cast.session() as session:
        recovery = recovery_for_names(session, organisation)
        assert recovery is not None
        row = session.exec(select(RecoveryCopy)).one()
        place = copy_place(organisation, row.ring, row.generation, recovery.generation)
        row.sealed = seal_to(recovery.public_key, new_key(), place) + bytes(TAG_BYTES)
        session.add(row)
    with cast.session() as session, pytest.raises(NotVouched):
        open_names(session, organisation, recovery.generation, private)

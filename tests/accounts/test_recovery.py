"""Recovery: a key that only trustees have together, copies that leads made for it, and one who carries a queue on."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.accounts.alarms import Alarm, alarms, alarms_for
from app.accounts.covering import cover_ring, recovery_key, take_up, to_cover, to_take_up
from app.accounts.errors import (
    MayNotState,
    NoSuchPerson,
    RefusedPerson,
    RefusedShares,
    StatedMeanwhile,
    StillHeld,
    WrongFingerprint,
)
from app.accounts.queues import queue_states
from app.accounts.readiness import Lack, Lacking, recovery_lacks
from app.accounts.recovery import make_recovery, try_recovery, use_recovery
from app.accounts.ring_keeping import renew_ring
from app.accounts.rings import RECORD, STATISTICS
from app.accounts.tables import RecoveredKey, RecoveryCopy
from app.accounts.vouching import vouched
from app.casework.opening import open_case
from app.vault.shares import split_key
from tests.accounts.trustees import LEGAL, copies, cover, hold_ceremony, remove
from tests.cast import NOW, Cast
from tests.keys.dump import dump

LATER = NOW + timedelta(minutes=10)
both = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def ready_queues(cast: Cast) -> set[str]:
    with cast.session() as session:
        return {queue.id for queue in queue_states(session) if queue.ready}


@both
def test_what_everybody_lost_who_held_it_trustees_give_back_to_one_who_carries_it_on(cast: Cast) -> None:
    before = cast.case_of(cast.report())
    ceremony = hold_ceremony(cast)
    cover(cast, ceremony)
    remove(cast, "daria", "bohdan")
    petro, oksana = cast.member("petro"), cast.member("oksana")
    with cast.session() as session:
        use_recovery(session, petro, ceremony.words[1:], LEGAL, oksana.account_id, NOW)
    with cast.session() as session:
        assert to_take_up(session, oksana) == (LEGAL,)
        take_up(session, oksana, LEGAL, NOW)

    again = cast.member("oksana", LATER)
    after = cast.case_of(cast.report())
    with cast.session() as session:
        assert [queue.id for queue in again.queues if queue.lead and queue.id == "legal"] == ["legal"]
        assert {open_case(session, again, case, NOW).queue.id for case in (before, after)} == {"legal"}
        # One person alone holds it, and a tested recovery: it receives.
        assert "legal" in ready_queues(cast)
        assert session.exec(select(RecoveredKey)).all() == []
        assert [each.alarm for each in alarms(session)] == []


@sqlite
def test_a_queue_of_one_member_receives_only_when_recovery_was_tested_and_has_its_key(cast: Cast) -> None:
    remove(cast, "bohdan")
    daria, petro = cast.member("daria"), cast.member("petro")
    with cast.session() as session:
        renew_ring(session, daria, LEGAL, NOW)
    assert "legal" not in ready_queues(cast)
    ceremony = hold_ceremony(cast, tested=False)
    cover(cast, ceremony)
    assert "legal" not in ready_queues(cast)
    with cast.session() as session:
        try_recovery(session, petro, ceremony.words[:2], NOW)
    assert "legal" in ready_queues(cast)
    with cast.session() as session:
        assert not next(
            each for each in recovery_key(session, daria.organisation_id).rings if each.ring == RECORD
        ).covered
    # Whoever renews it later leaves it covered, without hearing the words again.
    with cast.session() as session:
        renew_ring(session, daria, LEGAL, NOW)
    assert "legal" in ready_queues(cast)
    # A new ceremony begins from nothing.
    hold_ceremony(cast)
    assert "legal" not in ready_queues(cast)


@sqlite
def test_what_is_missing_is_said_until_it_is_done(cast: Cast) -> None:
    organisation = cast.member("petro").organisation_id

    def missing() -> tuple[Lack, ...]:
        with cast.session() as session:
            return recovery_lacks(session, organisation)

    assert missing() == (Lack(Lacking.RECOVERY),)
    ceremony = hold_ceremony(cast, tested=False)
    assert missing()[0] == Lack(Lacking.RECOVERY_TEST)
    leads = {"queue:tracing": "oksana", LEGAL: "daria", RECORD: "roman", STATISTICS: "lena", "queue:triage": "tomas"}
    leads |= {"queue:protection": "ivan", "queue:psychosocial": "nadia", "queue:documentation": "lesia"}
    assert {lack.where for lack in missing()[1:]} == leads.keys()
    for ring, name in leads.items():
        with cast.session() as session:
            assert to_cover(session, cast.member(name)) == (ring,)
        cover(cast, ceremony, name, ring)
    petro = cast.member("petro")
    with cast.session() as session:
        try_recovery(session, petro, ceremony.words[1:], NOW)
    assert missing() == ()
    with cast.session() as session:
        assert alarms(session) == ()


@sqlite
@pytest.mark.parametrize(("name", "typed"), [("daria", "six words that nobody read out"), ("daria", "")])
def test_a_lead_who_did_not_hear_the_words_seals_nothing(cast: Cast, name: str, typed: str) -> None:
    hold_ceremony(cast)
    with cast.session() as session, pytest.raises(WrongFingerprint):
        cover_ring(session, cast.member(name), LEGAL, typed, NOW)
    assert copies(cast) == []


@sqlite
@pytest.mark.parametrize("name", ["bohdan", "oksana", "lena", "roman", "petro", "ayshe", "omar"])
def test_nobody_but_who_leads_a_ring_seals_its_key(cast: Cast, name: str) -> None:
    ceremony = hold_ceremony(cast)
    with pytest.raises(NoSuchPerson):
        cover(cast, ceremony, name)


@sqlite
@pytest.mark.parametrize("name", ["daria", "lena", "roman", "ayshe", "omar"])
def test_nobody_but_an_administrator_makes_tests_or_uses_it(cast: Cast, name: str) -> None:
    ceremony = hold_ceremony(cast)
    cover(cast, ceremony)
    remove(cast, "bohdan")
    member = cast.member(name)
    before = dump(cast.engine)["statement"]
    with cast.session() as session:
        with pytest.raises(MayNotState):
            make_recovery(session, member, 2, 3, 1, NOW)
        with pytest.raises(MayNotState):
            try_recovery(session, member, ceremony.words, NOW)
        with pytest.raises(MayNotState):
            use_recovery(session, member, ceremony.words, LEGAL, member.account_id, NOW)
    assert dump(cast.engine)["statement"] == before


@sqlite
def test_each_wrong_share_is_told_from_a_right_one(cast: Cast) -> None:
    old = hold_ceremony(cast, needed=3, count=5)
    words = hold_ceremony(cast, needed=3, count=5).words
    petro = cast.member("petro")

    def problems(*typed: str) -> dict[int, str]:
        with cast.session() as session, pytest.raises(RefusedShares) as caught:
            try_recovery(session, petro, typed, NOW)
        return caught.value.problems

    first = words[0].split()
    swapped = " ".join([first[1], first[0], *first[2:]])
    stranger = split_key(bytes(32), 3, 5)[0].words
    assert problems(swapped, words[1], "mariupol " + words[2]) == {1: "check", 3: "word:1"}
    assert problems(" ".join(first[:-1]), old.words[1], stranger) == {1: "length", 2: "other_set", 3: "other_set"}
    assert problems(words[0], words[0], words[1]) == {2: "twice"}
    assert problems(words[0], "", words[1]) == problems() == {0: "not_enough"}


@sqlite
def test_whole_shares_of_another_key_do_not_pass_for_this_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ceremony = hold_ceremony(cast, tested=False)
    petro = cast.member("petro")
    with cast.session() as session:
        trustees = recovery_key(session, petro.organisation_id).trustees
    # The mark has fifteen bits alone: another set may have the same.
    monkeypatch.setattr("shamir_mnemonic.shamir._random_identifier", lambda: trustees.mark)
    forged = [share.words for share in split_key(bytes(32), 2, 3)]
    with cast.session() as session, pytest.raises(RefusedShares) as caught:
        try_recovery(session, petro, forged[:2], NOW)
    assert caught.value.problems == {0: "other_key"}
    with cast.session() as session, pytest.raises(RefusedShares) as caught:
        try_recovery(session, petro, [ceremony.words[0], forged[1]], NOW)
    assert caught.value.problems == {0: "do_not_fit"}
    with cast.session() as session:
        assert not recovery_key(session, petro.organisation_id).tested


@sqlite
def test_nothing_is_recovered_that_somebody_holds_or_for_whom_it_is_not(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    cover(cast, ceremony)
    petro, roman, omar = cast.member("petro"), cast.member("roman"), cast.member("omar")
    oksana = cast.founded_account("oksana")
    with cast.session() as session, pytest.raises(StillHeld):
        use_recovery(session, petro, ceremony.words, LEGAL, oksana, NOW)
    remove(cast, "daria", "bohdan")
    for ring, account in ((LEGAL, roman.account_id), (LEGAL, omar.account_id), ("queue:outside", oksana)):
        with cast.session() as session, pytest.raises(RefusedPerson):
            use_recovery(session, petro, ceremony.words, ring, account, NOW)
    with cast.session() as session, pytest.raises(RefusedShares):
        use_recovery(session, petro, ceremony.words[:1], LEGAL, oksana, NOW)
    assert dump(cast.engine)["recovered_key"] == []


@sqlite
def test_what_was_given_back_is_taken_up_by_nobody_else_and_once(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    cover(cast, ceremony)
    remove(cast, "daria", "bohdan")
    petro, oksana, ivan = cast.member("petro"), cast.member("oksana"), cast.member("ivan")
    with cast.session() as session:
        use_recovery(session, petro, ceremony.words, LEGAL, oksana.account_id, NOW)
    for other in (petro, ivan):
        with cast.session() as session, pytest.raises(NoSuchPerson):
            take_up(session, other, LEGAL, NOW)
    with cast.session() as session:
        take_up(session, oksana, LEGAL, NOW)
    with cast.session() as session, pytest.raises(NoSuchPerson):
        take_up(session, oksana, LEGAL, NOW)


@sqlite
def test_that_it_was_used_stands_on_every_desk_for_two_weeks_and_a_new_ceremony_does_not_hide_it(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    cover(cast, ceremony)
    remove(cast, "daria", "bohdan")
    petro, oksana = cast.member("petro"), cast.founded_account("oksana")
    with cast.session() as session:
        use_recovery(session, petro, ceremony.words, LEGAL, oksana, NOW)
    hold_ceremony(cast)

    def told(days: int, name: str = "halyna") -> list[tuple[Alarm, str, str]]:
        with cast.session() as session:
            raised = alarms_for(session, cast.member(name).organisation_id, NOW + timedelta(days=days))
        return [(each.alarm, each.subject, each.detail) for each in raised if each.alarm is Alarm.RECOVERY_USED]

    assert told(0) == told(14) == [(Alarm.RECOVERY_USED, "legal", "2026-11-20")]
    assert told(15) == told(0, "omar") == []


@sqlite
def test_a_ceremony_is_held_once_however_often_its_form_is_sent(cast: Cast) -> None:
    hold_ceremony(cast)
    petro = cast.member("petro")
    for before in (0, 2):
        with cast.session() as session, pytest.raises(StatedMeanwhile):
            make_recovery(session, petro, 2, 3, before, NOW)


@sqlite
def test_a_new_ceremony_leaves_no_copy_for_the_older_shares_and_keys_that_they_do_not_know(cast: Cast) -> None:
    old = hold_ceremony(cast)
    cover(cast, old)
    (copy,) = copies(cast)
    new = hold_ceremony(cast)
    assert copies(cast) == []
    cover(cast, new)
    (other,) = copies(cast)
    assert (other["generation"], other["recovery"]) == (copy["generation"] + 1, copy["recovery"] + 1)
    petro = cast.member("petro")
    with cast.session() as session, pytest.raises(RefusedShares):
        try_recovery(session, petro, old.words, NOW)
    with cast.session() as session:
        assert vouched(session).faults == {}
        assert len(session.exec(select(RecoveryCopy).where(col(RecoveryCopy.ring) == LEGAL)).all()) == 1


@sqlite
def test_nothing_of_the_words_is_in_the_database_or_the_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    ceremony = hold_ceremony(cast)
    cover(cast, ceremony)
    stored = str(dump(cast.engine))
    for text in (*ceremony.words, ceremony.fingerprint):
        assert text not in stored
        assert text not in caplog.text
    assert ceremony.words[0] not in repr(ceremony)

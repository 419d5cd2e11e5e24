"""An administrator with the database's password gets no key sealed to a recovery key of their own, and is seen."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session, col

from app.accounts.alarms import Alarm, alarms, alarms_for
from app.accounts.covering import take_up, to_cover
from app.accounts.errors import MayNotState, NotVouched
from app.accounts.queues import queue_states
from app.accounts.recovery import make_recovery, try_recovery, use_recovery
from app.accounts.recovery_copies import seal_copy
from app.accounts.ring_keeping import renew_ring
from app.accounts.rings import RingPublic, recovery_ring
from app.accounts.tables import Account, RecoveredKey, RecoveryCopy, RingKey
from app.accounts.vouching import vouched
from app.accounts.vouching_following import Fault
from app.accounts.vouching_rings import Trustees
from app.accounts.vouching_statements import make_statement
from app.accounts.vouching_states import ring_chain
from app.accounts.vouching_stating import sign_next, write_statement
from app.vault.digest import sha256
from app.vault.hybrid import new_private_key, public_key
from tests.accounts.attacks import store
from tests.accounts.trustees import LEGAL, cover, hold_ceremony, remove
from tests.cast import NOW, Cast

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
OWN = new_private_key()


def swap_key(session: Session, cast: Cast) -> None:
    ours = col(RingKey.ring) == recovery_ring(cast.member("petro").organisation_id)
    session.execute(update(RingKey).where(ours).values(public_key=public_key(OWN)))


def drop_copy(session: Session, _cast: Cast) -> None:
    session.execute(delete(RecoveryCopy))


def swap_copy(session: Session, cast: Cast) -> None:
    """A copy that opens with the trustees' key, of a ring's key that petro drew himself."""
    organisation = cast.member("petro").organisation_id
    known = vouched(session)
    recovery = session.get_one(
        RingKey, (recovery_ring(organisation), known.rings[recovery_ring(organisation)].generation)
    )
    public = RingPublic(recovery.ring, recovery.generation, recovery.public_key)
    generation = known.rings[LEGAL].generation
    forged = seal_copy(organisation, LEGAL, generation, OWN, public).sealed
    session.execute(update(RecoveryCopy).values(sealed=forged))


def forge_statement(session: Session, cast: Cast) -> None:
    """A next recovery key, right in every way but who signed it: a lead, who is no administrator."""
    daria = cast.member("daria")
    known, ring = vouched(session), recovery_ring(daria.organisation_id)
    trustees = Trustees(2, 3, 7, tested=True)
    state = replace(known.rings[ring], generation=2, public=sha256(public_key(OWN)), trustees=trustees)
    chain = f"ring:{ring}"
    number, after = known.numbers[chain] + 1, known.digests[chain]
    store(session, make_statement(chain, number, after, state, daria.account_id, daria.signing_key))


def split_a_queues_key(session: Session, cast: Cast) -> None:
    """A queue's ring that is said to be a recovery key: who should hold it then would be its trustees."""
    daria, known = cast.member("daria"), vouched(session)
    state = replace(known.rings[LEGAL], trustees=Trustees(2, 3, 7, tested=True))
    store(session, sign_next(known, ring_chain(LEGAL), state, daria))


ATTACKS: dict[str, tuple[Callable[[Session, Cast], None], Alarm]] = {
    "the key is swapped": (swap_key, Alarm.RECOVERY),
    "a copy is deleted": (drop_copy, Alarm.RECOVERY),
    "a copy is swapped": (swap_copy, Alarm.RECOVERY),
    "a statement is signed by a lead": (forge_statement, Alarm.STATEMENTS),
    "a queue's key is given trustees": (split_a_queues_key, Alarm.STATEMENTS),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_raises_its_alarm_and_nothing_rests_on_recovery_any_more(cast: Cast, attack: str) -> None:
    ceremony = hold_ceremony(cast)
    cover(cast, ceremony)
    remove(cast, "bohdan")
    daria = cast.member("daria")
    with cast.session() as session:
        renew_ring(session, daria, LEGAL, NOW)
    with cast.session() as session:
        assert [queue.ready for queue in queue_states(session) if queue.id == "legal"] == [True]
    act, alarm = ATTACKS[attack]
    with cast.session() as session:
        act(session, cast)
    with cast.session() as session:
        assert alarm in {each.alarm for each in alarms(session)}
        assert [queue.ready for queue in queue_states(session) if queue.id == "legal"] == [False]


def test_no_lead_is_asked_to_seal_to_a_key_that_was_swapped(cast: Cast) -> None:
    hold_ceremony(cast)
    daria = cast.member("daria")
    with cast.session() as session:
        assert to_cover(session, daria) == (LEGAL,)
        swap_key(session, cast)
        session.flush()
        assert to_cover(session, daria) == ()


def test_renewing_seals_nothing_to_a_key_that_was_swapped(cast: Cast) -> None:
    cover(cast, hold_ceremony(cast))
    daria = cast.member("daria")
    with cast.session() as session:
        swap_key(session, cast)
    with cast.session() as session:
        renew_ring(session, daria, LEGAL, NOW)
    with cast.session() as session:
        assert vouched(session).rings[LEGAL].cover is None
        assert session.get(RecoveryCopy, (LEGAL, 3, 1)) is None


def test_a_swapped_copy_is_given_to_nobody(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    cover(cast, ceremony)
    remove(cast, "daria", "bohdan")
    petro = cast.member("petro")
    with cast.session() as session:
        swap_copy(session, cast)
    with cast.session() as session, pytest.raises(NotVouched):
        use_recovery(session, petro, ceremony.words, LEGAL, cast.founded_account("oksana"), NOW)


def test_a_recovery_key_with_shares_for_one_alone_is_not_made(cast: Cast) -> None:
    petro = cast.member("petro")
    for needed, count in ((1, 3), (3, 2), (2, 17)):
        with cast.session() as session, pytest.raises(ValueError, match="shares"):
            make_recovery(session, petro, needed, count, 0, NOW)
    with cast.session() as session, pytest.raises(MayNotState):
        try_recovery(session, petro, ["words", "words"], NOW)


def test_a_copy_that_its_own_lead_spoiled_is_given_to_nobody(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    cover(cast, ceremony)
    daria, petro = cast.member("daria"), cast.member("petro")
    with cast.session() as session:
        # Daria signs for noise, so that nobody carries the queue on after her.
        known = vouched(session)
        state = known.rings[LEGAL]
        assert state.cover is not None
        spoiled = replace(state, cover=replace(state.cover, copy=sha256(b"noise")))
        write_statement(session, sign_next(known, ring_chain(LEGAL), spoiled, daria))
        session.execute(update(RecoveryCopy).values(sealed=b"noise"))
    remove(cast, "daria", "bohdan")
    with cast.session() as session, pytest.raises(NotVouched):
        use_recovery(session, petro, ceremony.words, LEGAL, cast.founded_account("oksana"), NOW)


def test_a_copy_of_another_key_that_its_lead_signed_for_is_given_to_nobody(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    cover(cast, ceremony)
    daria, petro = cast.member("daria"), cast.member("petro")
    with cast.session() as session:
        swap_copy(session, cast)
        copy = session.get_one(RecoveryCopy, (LEGAL, vouched(session).rings[LEGAL].generation, 1)).sealed
        known = vouched(session)
        state = known.rings[LEGAL]
        assert state.cover is not None
        spoiled = replace(state, cover=replace(state.cover, copy=sha256(copy)))
        write_statement(session, sign_next(known, ring_chain(LEGAL), spoiled, daria))
    remove(cast, "daria", "bohdan")
    with cast.session() as session, pytest.raises(NotVouched):
        use_recovery(session, petro, ceremony.words, LEGAL, cast.founded_account("oksana"), NOW)


def test_what_trustees_give_back_goes_to_no_key_that_a_row_says_and_out_of_no_row_that_was_changed(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    cover(cast, ceremony)
    remove(cast, "daria", "bohdan")
    petro, oksana = cast.member("petro"), cast.member("oksana")
    mine = col(Account.id) == oksana.account_id

    def use() -> None:
        with cast.session() as session:
            use_recovery(session, petro, ceremony.words, LEGAL, oksana.account_id, NOW)

    with cast.session() as session:
        session.execute(update(Account).where(mine).values(public_key=public_key(OWN)))
    with pytest.raises(NotVouched):
        use()
    with cast.session() as session:
        session.execute(update(Account).where(mine).values(public_key=oksana.pair.public))
    use()
    with cast.session() as session:
        session.execute(update(RecoveredKey).values(sealed=b"noise"))
    with cast.session() as session, pytest.raises(NotVouched):
        take_up(session, oksana, LEGAL, NOW)


def test_nobody_tries_trustees_on_a_key_that_was_swapped(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    petro = cast.member("petro")
    with cast.session() as session:
        # It was tested already: once more is on the record and states nothing anew.
        before = vouched(session).numbers
        try_recovery(session, petro, ceremony.words[:2], NOW)
    with cast.session() as session:
        assert vouched(session).numbers == before
        swap_key(session, cast)
    with cast.session() as session, pytest.raises(NotVouched):
        try_recovery(session, petro, ceremony.words[:2], NOW)


@pytest.mark.parametrize("day", ["yesterday", "20261119", "2026-W47-4", ""])
def test_a_day_of_use_that_is_none_breaks_its_own_chain_and_no_page(cast: Cast, day: str) -> None:
    hold_ceremony(cast)
    petro = cast.member("petro")
    ring = recovery_ring(petro.organisation_id)
    with cast.session() as session:
        known = vouched(session)
        state = known.rings[ring]
        assert state.trustees is not None
        said = replace(state, trustees=replace(state.trustees, used={LEGAL: day}))
        write_statement(session, sign_next(known, ring_chain(ring), said, petro))
    with cast.session() as session:
        raised = alarms_for(session, petro.organisation_id, NOW)
        assert vouched(session).faults == {ring_chain(ring): Fault.UNREADABLE}
    assert (Alarm.STATEMENTS, ring_chain(ring)) in {(each.alarm, each.subject) for each in raised}

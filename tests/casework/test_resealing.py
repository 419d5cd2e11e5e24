"""Cases come under the newest key when they are opened, or all of them in steps that may be cut off."""

from collections.abc import Callable

import pytest
from sqlalchemy import event, update
from sqlmodel import Session, col

from app.accounts.errors import MayNotState
from app.accounts.removal import remove_person
from app.accounts.ring_keeping import grant_ring, renew_ring
from app.accounts.tables import RingKey
from app.casefile.errors import NotFound
from app.casefile.keys import seal_grant
from app.casefile.tables import Grant
from app.casework import resealing
from app.casework.opening import open_case
from app.casework.resealing import begin_resealing, queue_keys, reseal_some
from app.vault import hybrid
from tests.accounts.attacks import id_of
from tests.casework.desk import record
from tests.cast import NOW, Cast
from tests.keys.dump import dump
from tests.keys.test_closure import grants_opened, rings_of

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def renew(cast: Cast) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        renew_ring(session, daria, "queue:legal", NOW)


def generations(cast: Cast) -> list[int]:
    return sorted(row["generation"] for row in dump(cast.engine)["grant"])


def steps(cast: Cast) -> list[int]:
    """Take steps until it is through; how many were left after each."""
    daria, left = cast.member("daria"), list[int]()
    after: str | None = "0"
    while after is not None:
        with cast.session() as session:
            step = reseal_some(session, daria, "legal", after, NOW)
        after = step.after
        left.append(step.left.number)
    return left


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cases in each step."""
    monkeypatch.setattr(resealing, "STEP", 2)


def test_a_case_comes_under_the_newest_key_when_it_is_opened(cast: Cast) -> None:
    cases = [cast.case_of(cast.report()) for _ in range(2)]
    renew(cast)
    assert generations(cast) == [1, 1]
    for name, case_id in (("daria", cases[0]), ("bohdan", cases[0])):
        member = cast.member(name)
        with cast.session() as session:
            assert open_case(session, member, case_id, NOW).queue.id == "legal"
    assert generations(cast) == [1, 2]


def test_all_cases_are_sealed_anew_in_steps_that_may_be_cut_off(cast: Cast, small_steps: None) -> None:
    cases = {cast.case_of(cast.report()) for _ in range(5)}
    renew(cast)
    renew(cast)
    daria = cast.member("daria")
    with cast.session() as session:
        assert queue_keys(session, daria, "legal").older.number == 5
        begin_resealing(session, daria, "legal", NOW)

    def interrupted(session: Session) -> None:
        reseal_some(session, daria, "legal", "0", NOW)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), cast.session() as session:
        interrupted(session)
    assert generations(cast) == [1] * 5
    with cast.session() as session:
        reseal_some(session, daria, "legal", "0", NOW)
    assert generations(cast) == [1, 1, 1, 3, 3]

    assert steps(cast) == [1, 0]
    assert generations(cast) == [3] * 5
    bohdan = cast.member("bohdan")
    with cast.session() as session:
        assert {open_case(session, bohdan, case_id, NOW).listed.id for case_id in cases} == cases
    assert [entry["kind"] for entry in record(cast)].count("resealing_ended") == 1


def test_who_left_opens_nothing_that_was_sealed_anew_nor_what_came_after(cast: Cast) -> None:
    cast.report()
    untouched = cast.case_of(cast.report())
    # All that Bohdan can have kept: his passphrase, his keys, and the database of his last day.
    stolen = rings_of(cast, dump(cast.engine), "bohdan")
    assert len(grants_opened(dump(cast.engine), stolen)) == 2
    petro, daria = cast.member("petro"), cast.member("daria")
    with cast.session() as session:
        remove_person(session, petro, id_of(cast, "bohdan"), NOW)
    renew(cast)
    with cast.session() as session:
        grant_ring(session, daria, "queue:legal", id_of(cast, "oksana"), NOW)
    with cast.session() as session:
        open_case(session, daria, untouched, NOW)
    cast.report()
    assert untouched not in grants_opened(dump(cast.engine), stolen)
    assert len(grants_opened(dump(cast.engine), stolen)) == 1

    steps(cast)
    rows = dump(cast.engine)
    assert len(rows["grant"]) == 3
    assert grants_opened(rows, stolen) == {}


def test_a_grant_that_cannot_be_opened_keeps_no_other_waiting(cast: Cast, small_steps: None) -> None:
    cases = sorted(cast.case_of(cast.report()) for _ in range(3))
    with cast.session() as session:
        session.execute(update(Grant).where(col(Grant.case_id) == cases[0]).values(consent="legal_ngo"))
    renew(cast)

    assert steps(cast)[-1] == 1
    assert generations(cast) == [1, 2, 2]


def test_nothing_is_sealed_to_a_key_that_somebody_put_there(cast: Cast) -> None:
    case_id = cast.case_of(cast.report())
    renew(cast)
    with cast.session() as session:
        session.add(RingKey(ring="queue:legal", generation=3, public_key=hybrid.public_key(hybrid.new_private_key())))
    bohdan = cast.member("bohdan")
    with cast.session() as session:
        assert open_case(session, bohdan, case_id, NOW).queue.id == "legal"
    assert generations(cast) == [1]


def test_a_step_seals_before_it_writes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        cast.report()
    renew(cast)
    said: list[str] = []

    def sealed(*arguments: object) -> bytes:
        said.append("sealed")
        return seal_grant(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(resealing, "seal_grant", sealed)

    @event.listens_for(cast.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "UPDATE" in statement and "grant" in statement:
            said.append("written")

    steps(cast)
    assert said == ["sealed"] * 3 + ["written"] * 3


ACTIONS: list[Callable[..., object]] = [
    lambda session, member: queue_keys(session, member, "legal"),
    lambda session, member: reseal_some(session, member, "legal", "0", NOW),
    lambda session, member: resealing.renew_queue_key(session, member, "legal", NOW),
    lambda session, member: begin_resealing(session, member, "legal", NOW),
]


@pytest.mark.parametrize("action", ACTIONS)
def test_only_the_lead_keeps_the_key(cast: Cast, action: Callable[..., object]) -> None:
    for name, refusal in (("bohdan", MayNotState), ("oksana", NotFound), ("petro", NotFound), ("omar", NotFound)):
        member = cast.member(name)
        with cast.session() as session, pytest.raises(refusal):
            action(session, member)

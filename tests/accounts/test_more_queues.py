"""Somebody who is here already works in one more queue: an administrator says so, and its lead alone gives the key."""

import pytest
from sqlmodel import col, select, update

from app.accounts.administration import Waiting, staff, staff_queues, waits
from app.accounts.admission import admit_to_queue, mean_for_queues, own_fingerprint, waiting_for_queue
from app.accounts.errors import NoSuchPerson, WrongFingerprint
from app.accounts.tables import Newcomer
from app.accounts.vouching import vouched
from tests.cast import NOW, OMAR, Cast


def meant(cast: Cast, *queues: str, who: str = "bohdan", by: str = "petro") -> None:
    administrator = cast.member(by)
    with cast.session() as session:
        mean_for_queues(session, administrator, cast.founded_account(who), queues, NOW)


def give(cast: Cast, lead: str, words: str, queue: str = "tracing") -> None:
    member = cast.member(lead)
    with cast.session() as session:
        admit_to_queue(session, member, queue, cast.founded_account("bohdan"), words, NOW)


def said(cast: Cast) -> list[tuple[Waiting, str, str]]:
    petro = cast.member("petro")
    with cast.session() as session:
        people = staff(session, petro)
        found = waits(session, petro, people, staff_queues(session, petro, people), NOW)
        return [(each.what, each.who, each.queue) for each in found]


def test_the_lead_of_the_other_queue_gives_its_key_after_six_words(cast: Cast) -> None:
    words = own_fingerprint(cast.member("bohdan"))
    meant(cast, "tracing")
    assert said(cast) == [(Waiting.TO_QUEUE, "Богдан Терновий", "tracing")]
    for other in ("daria", "mykola", "petro", OMAR):
        with pytest.raises(NoSuchPerson):
            give(cast, other, words)
    with pytest.raises(WrongFingerprint):
        give(cast, "oksana", " ".join(reversed(words.split())))
    assert {queue.id for queue in cast.member("bohdan").queues} == {"legal"}
    give(cast, "oksana", words)
    assert {queue.id for queue in cast.member("bohdan").queues} == {"legal", "tracing"}
    assert said(cast) == []
    with cast.session() as session:
        assert vouched(session).faults == {}
        assert session.exec(select(Newcomer)).all() == []


def test_what_was_said_before_and_nobody_acted_on_counts_no_more(cast: Cast) -> None:
    meant(cast, "tracing", "protection")
    meant(cast, "protection")
    oksana, ivan = cast.member("oksana"), cast.member("ivan")
    with cast.session() as session:
        assert waiting_for_queue(session, oksana, "tracing") == {}
        assert set(waiting_for_queue(session, ivan, "protection")) == {cast.founded_account("bohdan")}
    meant(cast)
    with pytest.raises(NoSuchPerson):
        give(cast, "ivan", own_fingerprint(cast.member("bohdan")), "protection")


@pytest.mark.parametrize(
    ("who", "queues"),
    [
        ("bohdan", ("legal",)),
        ("bohdan", ("tracing", "partner-legal")),
        ("bohdan", ("nosuch",)),
        ("lena", ("tracing",)),
        ("ayshe", ("tracing",)),
        (OMAR, ("outside",)),
    ],
    ids=str,
)
def test_nobody_waits_for_what_is_not_theirs_to_work_in(cast: Cast, who: str, queues: tuple[str, ...]) -> None:
    with pytest.raises(NoSuchPerson):
        meant(cast, *queues, who=who)
    with cast.session() as session:
        assert session.exec(select(Newcomer)).all() == []


def test_whoever_has_the_database_alone_lets_nobody_wait(cast: Cast) -> None:
    meant(cast, "protection")
    with cast.session() as session:
        session.add(Newcomer(account_id=cast.founded_account("mykola"), sealed=b"noise"))
        mine = col(Newcomer.account_id) == cast.founded_account("bohdan")
        sealed = session.exec(select(Newcomer.sealed).where(mine)).one()
        session.execute(update(Newcomer).where(mine).values(account_id=cast.founded_account("nadia")))
        session.add(Newcomer(account_id=cast.founded_account("yurii"), sealed=sealed))
    ivan = cast.member("ivan")
    with cast.session() as session:
        assert waiting_for_queue(session, ivan, "protection") == {}

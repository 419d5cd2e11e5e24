"""Sent many times at once, by threads and by processes, a report is one case with one code."""

from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread

from sqlalchemy.exc import OperationalError

from app.accounts.errors import SessionEnded
from app.intake import draft, returning, sending
from app.intake.draft import Draft
from app.intake.errors import UnknownCode
from app.intake.sending import Sent
from app.vault.tokens import new_token
from tests import forked
from tests.cast import CONSENTS, NOW, Cast, answers
from tests.keys.dump import dump

HANDS = 8

OPEN = """
import sys
from app.accounts.vouching_anchor import anchor_to
from app.intake import draft, sending
from app.storage.engine import make_engine
from app.storage.sessions import session_scope
from tests.cast import NOW
def connected():
    engine = make_engine(sys.argv[1])
    anchor_to(engine, bytes.fromhex(sys.argv[3]))
    return engine
engine = connected()
with session_scope(engine) as session:
    whole = draft.open_draft(session, sys.argv[2], NOW)
engine.dispose()
"""
SEND = """
with session_scope(connected()) as session:
    print(sending.send(session, whole, NOW).code)
"""


def begun() -> Draft:
    return replace(draft.begin("uk", NOW), answers=answers(story="Його забрали."), consents=CONSENTS)


def at_once(*actions: Callable[[], None]) -> None:
    barrier = Barrier(len(actions))

    def run(action: Callable[[], None]) -> None:
        barrier.wait()
        action()

    threads = [Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_draft_sent_by_many_threads_at_once_is_one_case(cast: Cast) -> None:
    whole, sent = begun(), list[Sent]()

    def send() -> None:
        with cast.session() as session:
            sent.append(sending.send(session, whole, NOW))

    at_once(*[send] * HANDS)

    assert [each.code for each in sent] == [whole.code] * HANDS
    assert sorted(each.received_before for each in sent) == [False] + [True] * (HANDS - 1)
    assert not any(each.changed for each in sent)
    rows = dump(cast.engine)
    assert [len(rows[name]) for name in ("case", "grant", "locker", "item")] == [1, 1, 1, 5]


def test_a_draft_sent_by_many_processes_at_once_is_one_case(cast: Cast) -> None:
    whole = begun()
    with cast.session() as session:
        carried = draft.seal_draft(session, whole, NOW)
    codes = forked.at_once(OPEN, SEND, cast.url, carried, cast.founded.fingerprint.hex())

    assert codes == [whole.code] * 3
    assert len(dump(cast.engine)["case"]) == 1


def test_a_call_repeated_by_many_at_once_is_one_case(cast: Cast) -> None:
    key, codes = new_token(), list[str]()

    def call() -> None:
        with cast.session() as session:
            codes.append(sending.send_document(session, key, replace(begun(), begun="2026-11-20"), NOW))

    at_once(*[call] * HANDS)

    assert len(codes) == HANDS
    assert len(set(codes)) == 1
    assert len(dump(cast.engine)["case"]) == len(dump(cast.engine)["locker"]) == 1
    assert cast.case_of(codes[0])


def test_reports_of_many_families_at_once_are_all_received(cast: Cast) -> None:
    codes: list[str] = []

    def report() -> None:
        codes.extend(cast.report() for _ in range(3))

    at_once(*[report] * HANDS)

    assert len({cast.case_of(code) for code in codes}) == HANDS * 3


def test_a_message_that_meets_a_withdrawal_is_received_before_it_or_refused(cast: Cast) -> None:
    for _ in range(4):
        code = cast.report()
        with cast.session() as session:
            _, opened = returning.open_return(session, code, NOW)
        told: list[str] = []

        def write(opened: returning.Opened = opened, told: list[str] = told) -> None:
            try:
                with cast.session() as session:
                    returning.write_message(session, opened, "Дякую.", NOW)
                told.append("received")
            except SessionEnded:
                told.append("refused")

        def withdraw(opened: returning.Opened = opened, code: str = code) -> None:
            with cast.session() as session:
                returning.withdraw(session, opened, code, NOW)

        at_once(write, withdraw, write)

        assert len(told) == 2
        rows = dump(cast.engine)
        assert [rows[name] for name in ("case", "item", "grant")] == [[], [], []]


def test_two_withdrawals_at_once_end_alike(cast: Cast) -> None:
    code = cast.report()
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
    raised: list[BaseException] = []

    def withdraw() -> None:
        try:
            with cast.session() as session:
                returning.withdraw(session, opened, code, NOW)
        except (UnknownCode, OperationalError) as refusal:
            raised.append(refusal)

    at_once(*[withdraw] * 4)

    assert not [refusal for refusal in raised if isinstance(refusal, OperationalError)]
    assert len(dump(cast.engine)["withdrawal"]) == 1

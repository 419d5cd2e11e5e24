"""Many people act at once, in threads and in processes, and the record stays one chain."""

from collections import Counter
from threading import Event, Thread

from app.trail.chain import Verdict
from app.vault.hybrid import public_key
from tests.forked import at_once
from tests.service.waiting import wait_for
from tests.trail.book import Book

PER_WRITER = 12

LOAD = """
import sys
from app.storage.engine import make_engine
from app.storage.sessions import session_scope, write_last
from app.trail import chain
"""
ACT = """
actor = chain.Actor("daria", bytes.fromhex(sys.argv[2]))
engine = make_engine(sys.argv[1])
for number in range(int(sys.argv[4])):
    with session_scope(engine) as session:
        prepared = chain.prepare(session, actor, bytes.fromhex(sys.argv[3]), {"kind": "opened"})
        write_last(session, lambda: chain.append(session, prepared))
engine.dispose()
"""


def test_threads_that_act_at_once_write_one_chain(book: Book) -> None:
    def act(name: str) -> None:
        for number in range(PER_WRITER):
            book.act(name, kind="opened", case=str(number))

    threads = [Thread(target=act, args=[name]) for name in ("daria", "bohdan") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    verdict = book.verdict()
    assert (verdict.entries, verdict.reason) == (8 * PER_WRITER, None)
    assert Counter(event["case"] for event in book.opened()) == {str(number): 8 for number in range(PER_WRITER)}


def test_processes_that_act_at_once_write_one_chain(book: Book) -> None:
    arguments = [
        book.engine.url.render_as_string(hide_password=False),
        book.actors["daria"].signing_key.hex(),
        public_key(book.record_private).hex(),
        str(PER_WRITER),
    ]
    at_once(LOAD, ACT, *arguments)

    verdict = book.verdict()
    assert (verdict.entries, verdict.reason) == (3 * PER_WRITER, None)


def test_a_record_that_grows_while_it_is_checked_is_not_called_broken(book: Book) -> None:
    enough = Event()

    def act() -> None:
        while not enough.wait(0.01):
            book.act("daria", kind="opened")

    threads = [Thread(target=act) for _ in range(3)]
    for thread in threads:
        thread.start()
    verdicts = list[Verdict]()

    def grew() -> bool:
        verdicts.append(book.verdict())
        return len(verdicts) >= 25 and verdicts[-1].entries > verdicts[0].entries

    try:
        wait_for(grew)
    finally:
        enough.set()
        for thread in threads:
            thread.join()

    assert {verdict.reason for verdict in verdicts} == {None}
    assert verdicts[-1].entries > verdicts[0].entries
    assert book.verdict().entries == len(book.opened())

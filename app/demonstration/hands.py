"""Hands that send reports and do deeds: in this process, or in several at once where there are many.

Stretching codes leaves the interpreter free, but coding, signing and sealing what the desk does not: a few thousand
cases keep all processors busy only from several processes. Each opens the database for itself; what passes between them
are made-up reports, and the tokens of sessions.
"""

import os
import signal
import threading
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess

from sqlalchemy import Engine
from sqlmodel import select

from app.accounts.vouching_anchor import anchor_to
from app.casefile.errors import CasefileError, ChangedMeanwhile
from app.casefile.tables import Case
from app.casework.errors import CaseworkError
from app.demonstration.deeds import FAMILY, Deed
from app.demonstration.doing import DEEDS, Doing
from app.demonstration.made_up import MadeUpReport
from app.demonstration.staff import Staff, resume
from app.intake import draft, returning, sending
from app.storage.engine import make_engine
from app.storage.sessions import session_scope

# Reports and deeds that are given out at once; so many are done twice where a run was killed.
REPORTS_AT_ONCE, DEEDS_AT_ONCE = 16, 240


@dataclass(frozen=True)
class SentReport:
    """What came of sending a report."""

    key: str
    case_id: str
    code: str


@dataclass(frozen=True)
class Place:
    """The database, the root that is trusted in it, and everybody's session there since a moment."""

    url: str
    root: bytes
    tokens: Mapping[str, str]
    since: datetime


@dataclass(frozen=True)
class Asked:
    """A deed with the case that it is done with; ``again`` says that it may be done already."""

    deed: Deed
    case: SentReport
    again: bool


class Hand:
    """One pair of hands."""

    def __init__(self, engine: Engine, staff: Staff) -> None:
        """Begin, with everybody's keys open."""
        self._engine, self._staff = engine, staff
        self._asked: dict[str, str] = {}

    def send(self, report: MadeUpReport, now: datetime) -> SentReport:
        """Send a report as a family would, at the hour it says."""
        moment = now - timedelta(hours=report.age_hours)
        with session_scope(self._engine) as session:
            whole = replace(draft.begin(report.language, moment), answers=report.answers, consents=report.consents)
            case_id = sending.send_made_up(session, whole, moment)
        return SentReport(report.key, case_id, whole.code)

    def do(self, asked: Asked) -> None:
        """Do a deed as staff or family do it; one that was done before is left."""
        try:
            try:
                self._do(asked.deed, asked.case)
            except ChangedMeanwhile:
                # Another hand wrote to a case that is linked with this one.
                self._do(asked.deed, asked.case)
        except (CasefileError, CaseworkError):
            if not asked.again:
                raise

    def _do(self, deed: Deed, case: SentReport) -> None:
        if deed.who == FAMILY:
            with session_scope(self._engine) as session:
                _, visit = returning.open_return(session, case.code, deed.at)
            with session_scope(self._engine) as session:
                returning.write_message(session, visit, str(deed.what["text"]), deed.at)
            return
        with session_scope(self._engine) as session:
            query = select(Case.queue_id, Case.version, Case.unread).where(Case.id == case.case_id)
            queue_id, version, unread = session.exec(query).one()
            member = self._staff.at_work(deed.who, queue_id)
            doing = Doing(session, member, case.case_id, version, unread, deed.at, deed.what, self._asked)
            DEEDS[deed.do](doing)


class Hands:
    """Several hands; what they are given is done in any order, and each case stays in one pair."""

    def __init__(self, pool: ProcessPoolExecutor | ThreadPoolExecutor, number: int, own: Hand | None) -> None:
        """Work in the processes of a pool, or with one's ``own`` hand where they are threads."""
        self._pool, self._number, self._own = pool, number, own

    def send(
        self, reports: Iterable[MadeUpReport], now: datetime, note: Callable[[list[SentReport]], None]
    ) -> Generator[None]:
        """Send reports, some at a time, and ``note`` what was received for good, what is under way at an end too."""
        waiting, running = iter(reports), list[Future[list[SentReport]]]()
        at_once = 1 if self._own else REPORTS_AT_ONCE
        try:
            while True:
                while len(running) < self._number * 3 and (some := list(islice(waiting, at_once))):
                    running.append(self._pool.submit(partial(_send, self._own), some, now))
                if not running:
                    return
                note(running.pop(0).result())
                yield
        finally:
            for future in running:
                if not future.cancel():
                    note(future.result())

    def do(self, turn: Sequence[Asked]) -> None:
        """Do the deeds of one turn; of each case in their order."""
        parts: dict[int, list[Asked]] = {}
        for asked in turn:
            part = zlib.crc32(asked.case.case_id.encode()) % (1 if self._own else self._number)
            parts.setdefault(part, []).append(asked)
        for done in [self._pool.submit(partial(_do, self._own), part) for part in parts.values()]:
            done.result()


@contextmanager
def hands(place: Place, *, many: bool) -> Iterator[Hands]:
    """Hands for a while: for ``many`` cases in processes of their own, one more than there are processors."""
    processors = max(2, os.cpu_count() or 1)
    if not many:
        with _opened(place) as own, ThreadPoolExecutor(processors) as threads:
            yield Hands(threads, processors, own)
        return
    # Begun anew, not copied: a copy would hold the connections and locks of this process.
    begun = get_context("spawn")
    with ProcessPoolExecutor(processors + 1, mp_context=begun, initializer=_begin, initargs=(place,)) as processes:
        yield Hands(processes, processors + 1, None)


@contextmanager
def _opened(place: Place) -> Iterator[Hand]:
    engine = make_engine(place.url, waits_for_disk=False)
    anchor_to(engine, place.root)
    try:
        yield Hand(engine, resume(engine, place.tokens, place.since))
    finally:
        engine.dispose()


_OF_THIS_PROCESS: list[Hand] = []


def _begin(place: Place) -> None:
    # Whoever stops the command stops the process that gives the work out; these end with it, however it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent_process(),), daemon=True).start()
    # For as long as the process lives; the end of it closes its connections.
    engine = make_engine(place.url, waits_for_disk=False)
    anchor_to(engine, place.root)
    _OF_THIS_PROCESS.append(Hand(engine, resume(engine, place.tokens, place.since)))


def _end_with(parent: BaseProcess | None) -> None:
    if parent is not None:
        parent.join()
        os._exit(1)


def _send(own: Hand | None, reports: Sequence[MadeUpReport], now: datetime) -> list[SentReport]:
    hand = own or _OF_THIS_PROCESS[0]
    return [hand.send(report, now) for report in reports]


def _do(own: Hand | None, part: Sequence[Asked]) -> None:
    hand = own or _OF_THIS_PROCESS[0]
    for asked in part:
        hand.do(asked)

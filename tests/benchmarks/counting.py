"""Facets by the hundred thousand, and how long and in how much memory a coordinator counts them.

Facets that are timed are sealed as real ones are. Where only memory is looked at, those beyond them are rows of the
same length that no key opens: the work for them is the same, and a million real sealings would take minutes.
"""

import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import insert

from app.accounts.members import Member
from app.accounts.rings import RingPublic
from app.questionnaire import current
from app.statistics import making
from app.statistics.facets import code_report, facet_place, seal_facet, statistics_key
from app.statistics.periods import Period, ReleaseKind
from app.statistics.reading import raw_facets, statistics_pair
from app.statistics.tables import Facet
from app.storage.sessions import session_scope
from app.vault.hybrid import open_with
from tests.cast import Cast

KIND, PERIOD = ReleaseKind.INTAKE, Period(2026, 3)
LATER = datetime(2026, 11, 20, 12, tzinfo=UTC)
_ASKED = ("oblast", "raion", "situation", "method", "sex", "passport_period", "age_band")
_ASKED_OFTEN = ("need", "threat")
_BATCH = 2_000


@dataclass(frozen=True)
class Counted:
    """A release that was made: seconds in all and of all processors, the part of these that other requests of the same
    service wait for, the slowest step, and the most memory that an early and a late step took."""

    seconds: float
    processor_seconds: float
    own_seconds: float
    slowest_step: float
    steps: int
    early_bytes: int
    late_bytes: int


def fill_facets(cast: Cast, real: int, total: int) -> None:
    """Store so many facets of the period, ``real`` of them sealed as a report's is."""
    with session_scope(cast.engine) as session:
        ring = statistics_key(session)
        already = sum(1 for _ in raw_facets(session, b""))
    assert ring is not None
    rows = _rows(ring, already, real, total)
    while batch := list(islice(rows, _BATCH)):
        with session_scope(cast.engine) as session:
            session.execute(insert(Facet), batch)


def make_release(cast: Cast, member: Member) -> Counted:
    """Make a release step by step, each in a transaction of its own, as the page does; then stop it unseen."""
    with session_scope(cast.engine) as session:
        making.begin(session, member, KIND, PERIOD, LATER)
    seconds, resident, made = list[float](), list[int](), False
    used, beside = process_time(), _of_others()
    while not made:
        _forget_the_peak()
        begun = perf_counter()
        with session_scope(cast.engine) as session:
            made = making.take_step(session, member, KIND, PERIOD, LATER).made
        seconds.append(perf_counter() - begun)
        resident.append(_peak_bytes())
    used, beside = process_time() - used, _of_others() - beside
    with session_scope(cast.engine) as session:
        making.stop(session, member, KIND, PERIOD, LATER)
    # The first step warms caches, and the last loads OpenDP.
    return Counted(sum(seconds), used + beside, used, max(seconds), len(seconds), resident[1], resident[-2])


def open_all(cast: Cast, member: Member) -> float:
    """The bare loop: read every facet in the order of its id and open it, and do nothing with it; processor seconds."""
    begun = process_time()
    with session_scope(cast.engine) as session:
        for facet_id, generation, sealed in raw_facets(session, b""):
            open_with(statistics_pair(session, member, generation), sealed, facet_place(facet_id, generation))
    return process_time() - begun


def _rows(ring: RingPublic, already: int, real: int, total: int) -> Iterator[Mapping[str, Any]]:
    dice = random.Random(6)
    length = len(seal_facet(ring, bytes(32), None).sealed)
    for number in range(already, total):
        if number < real:
            facet = seal_facet(ring, os.urandom(32), _content(dice))
            yield {"id": facet.id, "generation": facet.generation, "sealed": facet.sealed}
        else:
            yield {"id": os.urandom(32), "generation": ring.generation, "sealed": b"\1" + os.urandom(length - 1)}


def _content(dice: random.Random) -> dict[str, Any]:
    questions = current().questions
    one = {code: dice.choice(questions[code].choices).code for code in _ASKED}
    some = {code: [choice.code for choice in dice.sample(questions[code].choices, 3)] for code in _ASKED_OFTEN}
    received = datetime(2026, dice.randint(7, 9), dice.randint(1, 28), 9, tzinfo=UTC)
    return code_report({**one, **some}, received)


def _of_others() -> float:
    """Processor seconds of the processes that opened and have ended."""
    ended = getrusage(RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def _forget_the_peak() -> None:
    """Let the kernel begin anew to note how much memory this process has at most (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak_bytes() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024

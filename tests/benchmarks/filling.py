"""A queue filled with as many cases as a benchmark asks for.

The most urgent are sealed as real reports are, so that every page that is looked at opens them. The others are rows of
the same shape whose sealed columns are noise of the same length: nobody opens them, and a hundred thousand real
sealings would take the time of the benchmark.
"""

import os
import random
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, text

from app.casefile.cases import NOTHING_DUE, Sealed, seal_case, store_case
from app.casefile.keys import new_case_number
from app.casefile.tables import Case, Escalation, Grant, Item, Proposal, Reminder, Told
from app.casework.opening import Standing
from app.casework.watch import TO_COORDINATOR, TO_LEAD
from app.storage.sessions import Session, session_scope
from tests.benchmarks.arrivals import arrivals
from tests.cast import Cast

# More than any page opens, and what is due for the worker's step; so many of another queue's are shared with this one.
REAL, DUE, SHARED = 400, 200, 60
# For one in so many another queue answers for a case that is shared with this one, and for another that it is told of.
_ONE_IN = 100
_BATCH = 2000
Rows = list[dict[str, Any]]


class Filling:
    """A queue that grows; `member` has a share of its cases."""

    def __init__(
        self,
        cast: Cast,
        queue_id: str,
        member_id: str,
        colleague_id: str = "somebody",
        other_id: str = "protection",
    ) -> None:
        """Put the real cases on top: overdue for a month, unread, the member's own; half went to the coordinators.

        What is shared with the queue, and what it is told of, is of the queue ``other_id``.
        """
        self._engine, self._queue_id, self._member_id = cast.engine, queue_id, member_id
        self._colleague_id, self._other_id = colleague_id, other_id
        self._dice = random.Random(11)
        self._now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        self.total = 0
        self.real: list[str] = []
        with session_scope(self._engine) as session:
            self._shape = [*self._fill_real(session)]
            self._fill_beside(session)

    def grow_to(self, total: int) -> None:
        """Add rows until the queue has so many cases, and let the database look at what it has."""
        while self.total < total:
            count = min(_BATCH, total - self.total)
            cases, grants, items = self._noise(count)
            under_way = self._work(cases, items)
            elsewhere = self._elsewhere(count // _ONE_IN)
            with session_scope(self._engine) as session:
                for table, rows in ((Case, cases), (Grant, grants), (Item, items), *under_way, *elsewhere):
                    session.execute(insert(table), rows)
            self.total += count
        _tidy(self._engine)

    def _fill_real(self, session: Session) -> Iterator[tuple[type[Grant | Item], dict[str, Any]]]:
        for number, arrival in enumerate(arrivals(session, self._queue_id, REAL + SHARED, 3, self._now)):
            sealed = seal_case(arrival, self._now - timedelta(days=30, hours=number))
            if number >= REAL:
                self._share(sealed)
                store_case(session, sealed)
                continue
            for table, rows in sealed.rows:
                if table is Case:
                    escalated = None if number < DUE else TO_COORDINATOR
                    rows[0].update(unread=True, assignee=self._member_id, escalated=escalated)
                    if escalated:
                        rows[0].update(escalate_at=None)
                elif not number and table in (Grant, Item):
                    yield from ((table, row) for row in rows)
            store_case(session, sealed)
            self.real.append(sealed.case_id)
        passed_on = [{"case_id": case_id, "seen": False, "reminded": None} for case_id in self.real[DUE:]]
        session.execute(insert(Escalation), passed_on)
        self.total = REAL

    def _fill_beside(self, session: Session) -> None:
        """As much that is told of as the queue's page shows of it, from the beginning on."""
        for table, rows in self._elsewhere(SHARED):
            session.execute(insert(table), rows)

    def _share(self, sealed: Sealed) -> None:
        """Let the other queue answer for a case, and this one have it as a guest: its grant is what it was."""
        for table, rows in sealed.rows:
            if table is Case:
                rows[0].update(queue_id=self._other_id)
            elif table is Grant:
                rows[0].update(standing=Standing.REFERRED.value)

    def _elsewhere(self, count: int) -> Iterator[tuple[type[Case | Grant | Told], Rows]]:
        """Cases that another queue answers for: as many as are told of are shared."""
        cases, grants, _items = self._noise(2 * count)
        yield Case, [{**row, "queue_id": self._other_id, "assignee": None} for row in cases]
        yield Grant, [{**row, "standing": Standing.REFERRED.value} for row in grants[:count]]
        yield Told, [{"case_id": row["id"], "queue_id": self._queue_id} for row in cases[count:]]

    def _noise(self, count: int) -> tuple[Rows, Rows, Rows]:
        cases, grants, items = Rows(), Rows(), Rows()
        # In the order of the keys: that is how a database takes many rows fastest.
        for case_id in sorted({new_case_number() for _ in range(count)}):
            cases.append(self._case_row(case_id))
            for table, row in self._shape:
                noise = {**row, "case_id": case_id, "sealed": os.urandom(len(row["sealed"]))}
                if table is Grant:
                    grants.append(noise)
                else:
                    items.append({**noise, "id": secrets.token_urlsafe(12)})
        return cases, grants, items

    def _work(self, cases: Rows, items: Rows) -> Iterator[tuple[type[Escalation | Reminder | Proposal], Rows]]:
        """What is under way in some of the cases: passed on to coordinators, due on a day, waiting for a second one."""
        late = [row["id"] for row in cases if row["escalated"] == TO_COORDINATOR]
        yield Escalation, [{"case_id": case_id, "seen": False, "reminded": None} for case_id in late]
        first = {item["case_id"]: item["id"] for item in items}
        today = self._now.date()
        some = self._dice.sample(sorted(first.items()), len(first) // 10)
        yield (
            Reminder,
            [
                {"case_id": case_id, "id": item_id, "day": today + timedelta(days=self._dice.randint(30, 59))}
                for case_id, item_id in some
            ],
        )
        yield (
            Proposal,
            [
                {
                    "case_id": case_id,
                    "id": item_id,
                    "proposed_by": self._colleague_id,
                    "agreed_by": None,
                    "state": "open",
                    "ends": today + timedelta(days=20),
                }
                for case_id, item_id in some[: len(some) // 5]
            ],
        )

    def _case_row(self, case_id: str) -> dict[str, Any]:
        due = self._now + timedelta(hours=self._dice.randint(-20 * 24, 20 * 24))
        states = ("new", "acknowledged", "in_progress", "awaiting_family", "closed")
        status = self._dice.choices(states, (2, 1, 2, 1, 5))[0]
        new, waiting = status == "new", status == "awaiting_family"
        escalated = self._dice.choice((TO_LEAD, TO_COORDINATOR)) if new and due <= self._now else None
        later = self._now + timedelta(hours=self._dice.randint(1, 300))
        return {
            "id": case_id,
            "queue_id": self._queue_id,
            "status": status,
            "priority": self._dice.randint(0, 3),
            # Older than the real ones, which a search therefore opens first.
            "received": due.date() - timedelta(days=60),
            "acknowledge_by": due if new else None,
            "acted_on": None if new else self._now.date() - timedelta(days=self._dice.randint(0, 55)),
            "act_by": None if waiting else due,
            "due": NOTHING_DUE if waiting else due,
            "assignee": self._dice.choice((self._member_id, None, None, "somebody")),
            "unread": self._dice.random() < 0.1,
            "version": 1,
            "escalated": escalated,
            "escalate_at": later if new and escalated != TO_COORDINATOR else None,
            "waits_until": later if waiting else None,
        }


def _tidy(engine: Engine) -> None:
    """What a database does by itself in a quiet hour."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        else:
            connection.execute(text("VACUUM ANALYZE"))

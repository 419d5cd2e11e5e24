"""The ledger: what every release drew from the people in it. A kind of a period draws once, and signs for it.

That a period was released is also kept outside the database: who deletes an entry there, and the release with it, has
no period counted a second time, whose two noises could be held against one another. An entry that somebody wrote or
changed past the program counts as the most that a release ever draws, so that none makes room.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

from sqlalchemy import LargeBinary, cast, delete, event
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from app.accounts.members import Member
from app.accounts.vouching import Vouched, vouched
from app.accounts.vouching_anchor import ONCE, anchor_of
from app.statistics.errors import Overdrawn
from app.statistics.periods import Period, ReleaseKind, read_named
from app.statistics.tables import MOST_EPSILON_MILLI, LedgerEntry
from app.storage.conflicts import insert_if_absent
from app.storage.sessions import write_last
from app.vault.context import Purpose, context
from app.vault.digest import sha256
from app.vault.signing import is_signed, sign

_ALL_DRAWN = select(col(LedgerEntry.kind), col(LedgerEntry.period))
_ENTRIES = columns(
    col(LedgerEntry.number),
    col(LedgerEntry.kind),
    col(LedgerEntry.period),
    col(LedgerEntry.epsilon_milli),
    col(LedgerEntry.account_id),
    # SQLite takes a text for bytes as well.
    cast(LedgerEntry.signature, LargeBinary).label("signature"),
)


@dataclass(frozen=True)
class Drawn:
    """An entry; ``holds`` says that its signature fits the person who drew.

    Without ``kind`` and ``period`` nobody can read what it was drawn for, and it never holds.
    """

    number: int
    kind: ReleaseKind | None
    period: Period | None
    epsilon_milli: int
    account_id: str
    holds: bool


def next_number(session: Session) -> int:
    """The number that the next release will have, unless somebody else is faster; what nobody signed leads nowhere."""
    entries = read_ledger(session)
    last, taken = max((each.number for each in entries if each.holds), default=0), {each.number for each in entries}
    return next(number for number in count(last + 1) if number not in taken)


def draw(session: Session, member: Member, number: int, kind: ReleaseKind, period: Period, epsilon_milli: int) -> None:
    """Enter what a release draws; at most once for a kind of a period, whoever tries at the same time.

    Raises: :class:`Overdrawn`, also where ``number`` is taken, or it is more than a release of this kind ever draws.
    """
    if epsilon_milli > MOST_EPSILON_MILLI[kind.value]:
        raise Overdrawn(f"{kind} {epsilon_milli}")
    signature = sign(member.signing_key, b"", _place(number, kind, period, epsilon_milli, member.account_id))
    entered = insert_if_absent(
        session,
        LedgerEntry,
        number=number,
        kind=kind.value,
        period=str(period),
        epsilon_milli=epsilon_milli,
        account_id=member.account_id,
        signature=signature,
    )
    if not entered:
        raise Overdrawn(f"{kind} {period}")


def note_released(session: Session, kind: ReleaseKind, period: Period, number: int, content: bytes) -> None:
    """Keep in the witness that a period was released, once the transaction is committed."""
    anchor, noted = anchor_of(session), {f"{ONCE}{_name(kind, period)}": (number, sha256(content))}
    # Of a transaction that was rolled back nothing is kept, also where the session is used for another afterwards.
    keep = partial(event.listen, session, "after_commit", lambda _session: anchor.note(noted), once=True)
    write_last(session, keep)


def keep_known(session: Session, shown: Iterable[tuple[ReleaseKind, Period, int, bytes]]) -> None:
    """Keep in the witness what is released and shown: by another machine, or before a crash came between.

    Each is kind, period, number and content, as two coordinators signed it.
    """
    anchor = anchor_of(session)
    known = anchor.done_once()
    new = {_name(kind, period): (number, sha256(content)) for kind, period, number, content in shown}
    if missing := {f"{ONCE}{name}": head for name, head in new.items() if name not in known}:
        anchor.note(missing)


def was_released(session: Session, kind: ReleaseKind, period: Period) -> bool:
    """Whether the witness knows of a release of this kind and period, whatever the database says."""
    return _name(kind, period) in anchor_of(session).done_once()


def missing_releases(session: Session) -> tuple[str, ...]:
    """The kinds and periods that the witness knows as released, and of which the ledger has no entry any more."""
    kept = {f"release:{kind}:{period}" for kind, period in session.execute(_ALL_DRAWN)}
    gone = sorted(name for name in anchor_of(session).done_once() if name.startswith("release:") and name not in kept)
    return tuple(name.removeprefix("release:").replace(":", " ") for name in gone)


def take_back(session: Session, kind: ReleaseKind, period: Period) -> None:
    """Strike what was drawn for figures that nobody has seen and nobody will."""
    session.execute(
        delete(LedgerEntry).where(col(LedgerEntry.kind) == kind.value, col(LedgerEntry.period) == str(period))
    )


def was_drawn(session: Session, kind: ReleaseKind, period: Period) -> int | None:
    """The number of the entry of this kind and period, if there is one."""
    entry = select(col(LedgerEntry.number)).where(
        col(LedgerEntry.kind) == kind.value, col(LedgerEntry.period) == str(period)
    )
    return session.exec(entry).first()


def read_ledger(session: Session) -> tuple[Drawn, ...]:
    """Every entry, the newest first."""
    known = vouched(session)
    rows = session.execute(_ENTRIES.order_by(col(LedgerEntry.number).desc()))
    return tuple(_drawn(row, known) for row in rows)


def most_drawn(entries: tuple[Drawn, ...]) -> int:
    """The most that any one person can have lost: one period of each kind, in thousandths.

    What does not hold may have been more than it says: it counts as the most of its kind, or of each if it has none.
    """
    return sum(max((_at_most(each, kind) for each in entries), default=0) for kind in ReleaseKind)


def _name(kind: ReleaseKind, period: Period) -> str:
    return f"release:{kind}:{period}"


def _at_most(entry: Drawn, kind: ReleaseKind) -> int:
    if entry.kind not in (kind, None):
        return 0
    return entry.epsilon_milli if entry.holds else MOST_EPSILON_MILLI[kind.value]


def _drawn(row: Any, known: Vouched) -> Drawn:
    # SQLite takes anything for a number.
    number, milli = (value if isinstance(value, int) else 0 for value in (row.number, row.epsilon_milli))
    account_id, of = str(row.account_id), read_named(row.kind, row.period)
    if of is None:
        return Drawn(number, None, None, milli, account_id, holds=False)
    holds = is_signed(known.signing_keys(account_id), row.signature, b"", _place(number, *of, milli, account_id))
    return Drawn(number, *of, milli, account_id, holds)


def _place(number: int, kind: ReleaseKind, period: Period, epsilon_milli: int, account_id: str) -> bytes:
    return context(Purpose.LEDGER, str(number), kind.value, str(period), str(epsilon_milli), account_id)

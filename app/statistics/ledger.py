"""The ledger: what every release drew from the people in it. A kind of a period draws once, and signs for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from app.accounts.members import Member
from app.accounts.vouching import vouched
from app.statistics.errors import Overdrawn
from app.statistics.periods import Period, ReleaseKind, read_period
from app.statistics.tables import LedgerEntry
from app.storage.conflicts import insert_if_absent
from app.vault.context import Purpose, context
from app.vault.signing import is_signed, sign


@dataclass(frozen=True)
class Drawn:
    """An entry; ``holds`` says that its signature fits the person who drew."""

    number: int
    kind: ReleaseKind
    period: Period
    epsilon_milli: int
    account_id: str
    holds: bool


def next_number(session: Session) -> int:
    """The number that the next release will have, unless somebody else is faster."""
    return (session.execute(select(func.max(col(LedgerEntry.number)))).scalar_one() or 0) + 1


def draw(session: Session, member: Member, number: int, kind: ReleaseKind, period: Period, epsilon_milli: int) -> None:
    """Enter what a release draws; at most once for a kind of a period, whoever tries at the same time.

    Raises: :class:`Overdrawn`, also where ``number`` is taken.
    """
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
    rows = session.exec(select(LedgerEntry).order_by(col(LedgerEntry.number).desc()))
    return tuple(_drawn(row, known.signing_keys(row.account_id)) for row in rows)


def most_drawn(entries: tuple[Drawn, ...]) -> int:
    """The most that any one person can have lost: one period of each kind, in thousandths."""
    most = [max((each.epsilon_milli for each in entries if each.kind is kind), default=0) for kind in ReleaseKind]
    return sum(most)


def _drawn(row: LedgerEntry, keys: Iterable[bytes]) -> Drawn:
    kind, period = ReleaseKind(row.kind), read_period(row.period)
    place = _place(row.number, kind, period, row.epsilon_milli, row.account_id)
    holds = is_signed(keys, row.signature, b"", place)
    return Drawn(row.number, kind, period, row.epsilon_milli, row.account_id, holds)


def _place(number: int, kind: ReleaseKind, period: Period, epsilon_milli: int, account_id: str) -> bytes:
    return context(Purpose.LEDGER, str(number), kind.value, str(period), str(epsilon_milli), account_id)

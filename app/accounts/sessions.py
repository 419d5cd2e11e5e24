"""Sessions of families and staff alike: rows that only the cookie's token finds and opens.

The row shows nothing but when it ends, to the quarter of an hour, and for staff whose it
is, so that removing a person can end it. Nothing is kept in memory between requests.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.accounts.errors import SessionEnded
from app.accounts.tables import SessionRow, SpentTotp
from app.storage.columns import quarter_up
from app.storage.conflicts import changed_rows
from app.storage.packing import pack, unpack
from app.storage.sessions import write_last
from app.vault.context import Purpose, context
from app.vault.hybrid import seal_to
from app.vault.symmetric import open_sealed, seal
from app.vault.tokens import TokenKeys, new_token, open_token


class SessionKind(StrEnum):
    """What a session is for; a token of one kind opens no other."""

    FAMILY = Purpose.RETURN_SESSION
    STAFF = Purpose.SESSION
    SECOND_FACTOR = Purpose.SECOND_FACTOR

    def keys(self, token: str) -> TokenKeys:
        """What ``token`` finds and opens as a session of this kind."""
        return open_token(token, Purpose(self.value))

    @property
    def place(self) -> bytes:
        """The context that sessions of this kind are sealed in."""
        return context(Purpose(self.value))


@dataclass(frozen=True)
class Limits:
    """How long a session lives without use, and at most."""

    idle: timedelta
    absolute: timedelta


LIMITS = {
    SessionKind.FAMILY: Limits(timedelta(minutes=30), timedelta(hours=2)),
    SessionKind.STAFF: Limits(timedelta(hours=1), timedelta(hours=12)),
    SessionKind.SECOND_FACTOR: Limits(timedelta(minutes=10), timedelta(minutes=10)),
}


def open_new(
    session: Session,
    kind: SessionKind,
    content: Mapping[str, Any],
    now: datetime,
    account_id: str | None = None,
    account_key: bytes | None = None,
) -> str:
    """Begin a session holding ``content``; return the token for the cookie.

    With a person's public key (``account_key``, 1,216 bytes) the session stands in their own list of sessions.
    """
    token = new_token()
    keys = kind.keys(token)
    until = (now + LIMITS[kind].absolute).isoformat()
    about = None
    if account_id is not None and account_key is not None:
        about = seal_to(
            account_key, pack({"begun": now.isoformat(), "until": until}), about_place(account_id, keys.locator)
        )
    session.add(
        SessionRow(
            locator=keys.locator,
            account_id=account_id,
            sealed=seal(keys.key, pack({"content": content, "until": until}), kind.place),
            about=about,
            ends=quarter_up(now + LIMITS[kind].idle),
        )
    )
    return token


def about_place(account_id: str, locator: bytes) -> bytes:
    """The context in which a session tells its owner when it began; no other session can be made to say it."""
    return context(Purpose.SESSION_ABOUT, account_id, locator)


def read(session: Session, kind: SessionKind, token: str, now: datetime) -> dict[str, Any]:
    """What the session holds, its idle limit moved on.

    Raises: :class:`SessionEnded`.
    """
    keys = kind.keys(token)
    row = session.get(SessionRow, keys.locator)
    if row is None or row.ends <= now:
        raise SessionEnded
    opened = unpack(open_sealed(keys.key, row.sealed, kind.place))
    until = datetime.fromisoformat(opened["until"])
    if until <= now:
        raise SessionEnded
    ends = min(quarter_up(now + LIMITS[kind].idle), quarter_up(until))
    if ends > row.ends:
        move = update(SessionRow).where(col(SessionRow.locator) == keys.locator).values(ends=ends)
        write_last(session, lambda: session.execute(move))
    content: dict[str, Any] = opened["content"]
    return content


def change(
    session: Session, kind: SessionKind, token: str, how: Callable[[dict[str, Any]], dict[str, Any]], now: datetime
) -> None:
    """Put into a running session what ``how`` makes of what it holds, its end unchanged.

    Where another page of the same browser put something in at this moment, ``how`` is asked again, of that.

    Raises: :class:`SessionEnded`.
    """
    keys = kind.keys(token)
    mine = col(SessionRow.locator) == keys.locator
    while True:
        row = session.execute(select(col(SessionRow.sealed), col(SessionRow.ends)).where(mine)).first()
        if row is None or row.ends <= now:
            raise SessionEnded
        opened = unpack(open_sealed(keys.key, row.sealed, kind.place))
        sealed = seal(keys.key, pack({**opened, "content": how(opened["content"])}), kind.place)
        as_read = update(SessionRow).where(mine, col(SessionRow.sealed) == row.sealed)
        if changed_rows(session.execute(as_read.values(sealed=sealed))):
            return


def end(session: Session, kind: SessionKind, token: str) -> None:
    """End the session, if there is one."""
    session.execute(delete(SessionRow).where(col(SessionRow.locator) == kind.keys(token).locator))


def forget_ended(session: Session, now: datetime) -> int:
    """Delete sessions and spent one-time passwords whose time is over; say how many."""
    ended = changed_rows(session.execute(delete(SessionRow).where(col(SessionRow.ends) <= now)))
    return ended + changed_rows(session.execute(delete(SpentTotp).where(col(SpentTotp.ends) <= now)))

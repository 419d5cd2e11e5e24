"""A person's own sessions: which there are, and ending any of them.

Nothing is known of a session but when it began and when it ends: no address and no device is kept anywhere.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.accounts.sessions import SessionKind, about_place
from app.accounts.tables import SessionRow
from app.storage.conflicts import changed_rows
from app.storage.packing import unpack
from app.vault.errors import VaultError
from app.vault.hybrid import open_with


@dataclass(frozen=True)
class OwnSession:
    """A running session: when it began, when it ends unless it is used, and at the latest; ``this`` is the one asked
    from, ``tag`` tells it from the others.

    One that does not say when it began is a log-in without its second factor, was begun before an upgrade, or was
    tampered with in the database.
    """

    tag: str
    begun: datetime | None
    ends: datetime
    until: datetime | None
    this: bool


def own_sessions(session: Session, member: Member, token: str, now: datetime) -> tuple[OwnSession, ...]:
    """The member's running sessions, this one first and then the newest first."""
    here = SessionKind.STAFF.keys(token).locator
    query = select(SessionRow.locator, SessionRow.about, SessionRow.ends).where(
        col(SessionRow.account_id) == member.account_id, col(SessionRow.ends) > now
    )
    found = [_read(member, locator, about, ends, here) for locator, about, ends in session.exec(query)]
    running = [each for each in found if each.until is None or each.until > now]
    return tuple(sorted(running, key=lambda each: (not each.this, -(each.begun or each.ends).timestamp())))


def end_own(session: Session, member: Member, token: str, tag: str | None, now: datetime) -> int:
    """End one other session by its ``tag``, or all others, half-open ones too; say how many."""
    here = SessionKind.STAFF.keys(token).locator
    query = select(SessionRow.locator).where(col(SessionRow.account_id) == member.account_id)
    others = [locator for locator in session.exec(query) if locator != here]
    chosen = others if tag is None else [locator for locator in others if _tag(locator) == tag]
    if not chosen:
        return 0
    put_on_record(session, member, "sessions_ended", now, count=str(len(chosen)))
    return changed_rows(session.execute(delete(SessionRow).where(col(SessionRow.locator).in_(chosen))))


def _read(member: Member, locator: bytes, about: bytes | None, ends: datetime, here: bytes) -> OwnSession:
    this = locator == here
    try:
        told = unpack(open_with(member.pair, about or b"", about_place(member.account_id, locator)))
        begun, until = datetime.fromisoformat(told["begun"]), datetime.fromisoformat(told["until"])
    except (VaultError, ValueError, KeyError, TypeError):
        return OwnSession(_tag(locator), None, ends, None, this)
    return OwnSession(_tag(locator), begun, min(ends, until), until, this)


def _tag(locator: bytes) -> str:
    # The locator is derived from the token and does not lead back to it; a part of it names the session.
    return locator.hex()[:16]

"""Codes and the lockers they open."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from app.accounts.installation import about
from app.casefile.cases import hold_case
from app.intake.errors import MistypedCode
from app.intake.tables import Locker
from app.storage.columns import day_of
from app.storage.conflicts import changed_rows, insert_if_absent
from app.storage.packing import pack, unpack
from app.vault import errors as vault_errors
from app.vault.code import normalise_code
from app.vault.context import Purpose, context
from app.vault.symmetric import open_sealed, seal
from app.vault.unlock import Unlocked, unlock_code

# Built once: every sending and every return asks it.
_FIND = select(col(Locker.typed), col(Locker.sealed), col(Locker.case_id)).where(
    col(Locker.locator) == bindparam("locator")
)


@dataclass(frozen=True)
class Contents:
    """What a locker keeps: enough to read staff's replies and to add to the inbox.

    ``digest`` tells whether answers that are sent again are the same; ``replaces`` is the locator
    of the code that this one was drawn for: when this one is typed for the first time, that one ends.
    ``read_out`` says that somebody else knows the code: whoever comes with it takes a new one first.
    """

    case_id: str
    language: str
    replies_key: bytes = field(repr=False)
    inbox_public: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    replaces: bytes | None = field(default=None, repr=False)
    read_out: bool = False


@dataclass(frozen=True)
class Found:
    """A locker: whether its code was typed once, and its contents unless they were withdrawn."""

    typed: bool
    contents: Contents | None


def read_code(typed: str) -> str:
    """The 24 digits of a typed code.

    Raises: :class:`~app.intake.errors.MistypedCode`.
    """
    try:
        return normalise_code(typed)
    except vault_errors.MistypedCode as slip:
        raise MistypedCode(str(slip.reason)) from None


def same_code(one: str, other: str) -> bool:
    """Whether two codes are equal, in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def unlock(session: Session, code: str) -> Unlocked:
    """Stretch a code (about 20 ms) into what finds and opens its locker."""
    return unlock_code(code, about(session).salt)


def find_locker(session: Session, unlocked: Unlocked) -> Found | None:
    """The locker of a code, or None where there never was one."""
    row = session.execute(_FIND, {"locator": unlocked.locator}).first()
    if row is None:
        return None
    if row.sealed is None:
        return Found(row.typed, None)
    opened = unpack(open_sealed(unlocked.wrapping_key, row.sealed, _place(row.case_id)))
    return Found(row.typed, Contents(case_id=row.case_id, **opened))


def was_typed(session: Session, unlocked: Unlocked) -> bool | None:
    """Whether a code was typed once, or None where there is no locker; what it holds is not even read."""
    query = select(col(Locker.typed)).where(col(Locker.locator) == unlocked.locator)
    return session.execute(query).scalar_one_or_none()


def seal_locker(unlocked: Unlocked, contents: Contents) -> bytes:
    """Seal a locker's contents under the code's wrapping key."""
    kept: Mapping[str, Any] = {
        "language": contents.language,
        "replies_key": contents.replies_key,
        "inbox_public": contents.inbox_public,
        "digest": contents.digest,
        "replaces": contents.replaces,
        "read_out": contents.read_out,
    }
    return seal(unlocked.wrapping_key, pack(kept), _place(contents.case_id))


def store_locker(session: Session, unlocked: Unlocked, case_id: str, sealed: bytes, now: datetime) -> bool:
    """Store a locker; False where this code was used before, even a moment ago by another process."""
    return insert_if_absent(
        session, Locker, locator=unlocked.locator, case_id=case_id, sealed=sealed, typed=False, day=day_of(now)
    )


def is_filled(session: Session, locator: bytes) -> bool:
    """Whether a code still opens something: its case was not withdrawn, and no newer code was typed."""
    filled = col(Locker.locator) == locator, col(Locker.sealed).is_not(None)
    return session.execute(select(col(Locker.case_id)).where(*filled)).first() is not None


def mark_typed(session: Session, unlocked: Unlocked, contents: Contents | None) -> bool:
    """Note that the family has the code: no page shows it again, and one that replaces another ends all others.

    False where such a one opens nothing any more itself: another new code was typed at the same moment.
    """
    marked = update(Locker).where(col(Locker.locator) == unlocked.locator, col(Locker.typed).is_(False))
    if contents is None or contents.replaces is None:
        session.execute(marked.values(typed=True))
        return True
    hold_case(session, contents.case_id)
    # Of two new codes that are typed at once the later finds itself emptied, and must not empty the other.
    if changed_rows(session.execute(marked.where(col(Locker.sealed).is_not(None)).values(typed=True))):
        # Not the old one alone: whoever saw it may have drawn a spare code for later.
        others = col(Locker.case_id) == contents.case_id, col(Locker.locator) != unlocked.locator
        session.execute(update(Locker).where(*others).values(sealed=None))
        return True
    # The same code that is sent twice was marked by the first, and is filled.
    return is_filled(session, unlocked.locator)


def empty_lockers(session: Session, case_id: str) -> None:
    """Empty what codes of a withdrawn case opened; the row stays, so that no old page sends it anew."""
    session.execute(update(Locker).where(col(Locker.case_id) == case_id).values(sealed=None))


def _place(case_id: str) -> bytes:
    return context(Purpose.LOCKER, case_id)

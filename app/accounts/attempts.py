"""Wrong attempts, counted in the database so that every process sees the same number.

Log-ins are counted per name under the day's key, codes all together: nothing here knows
an address, and nobody is held back by where they come from. Too many wrong codes, or wrong
passphrases, turn away wrong ones alone, since a limit on right ones would let anybody keep
every family out, or anybody who knows a name its owner. One-time passwords are short and are
limited for everybody; only who has the passphrase comes so far.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col

from app.accounts.epochs import current_epoch
from app.accounts.errors import TooManyAttempts
from app.accounts.tables import Attempts
from app.storage.columns import day_of, quarter_up
from app.storage.conflicts import changed_rows, insert_if_absent
from app.vault.context import Purpose, context
from app.vault.digest import keyed_tag
from app.vault.unlock import fold_words

LOG_IN_ATTEMPTS = 10
CODE_ATTEMPTS = 600
WINDOW = timedelta(minutes=15)


def log_in_tag(session: Session, name: str, now: datetime) -> bytes:
    """The day's tag of a log-in name; tomorrow it is another, and nobody can compute today's."""
    _, key = current_epoch(session, now)
    return keyed_tag(key, context(Purpose.LOG_IN_LIMIT, fold_words(name)))


def second_factor_tag(secret: bytes, now: datetime) -> bytes:
    """The day's tag of a person's one-time passwords, under their secret, so that it names nobody."""
    return keyed_tag(secret, context(Purpose.LOG_IN_LIMIT, "second-factor", day_of(now).isoformat()))


def code_tag(session: Session, now: datetime) -> bytes:
    """The day's tag of all codes together."""
    _, key = current_epoch(session, now)
    return keyed_tag(key, context(Purpose.RETURN_LIMIT))


def refuse_when_too_many(session: Session, tag: bytes, most: int, now: datetime) -> None:
    """Let pass, or raise.

    Raises: :class:`TooManyAttempts` once ``most`` attempts failed in the running window.
    """
    row = session.get(Attempts, tag, populate_existing=True)
    if row is not None and row.ends > now and row.failed >= most:
        raise TooManyAttempts(retry_after_seconds=max(1, int((row.ends - now).total_seconds())))


def note_failure(session: Session, tag: bytes, now: datetime) -> None:
    """Count a wrong attempt; a window that is over begins anew."""
    ends = quarter_up(now + WINDOW)
    if insert_if_absent(session, Attempts, tag=tag, failed=1, ends=ends):
        return
    running = (
        update(Attempts)
        .where(col(Attempts.tag) == tag, col(Attempts.ends) > now)
        .values(failed=col(Attempts.failed) + 1)
    )
    if not changed_rows(session.execute(running)):
        session.execute(update(Attempts).where(col(Attempts.tag) == tag).values(failed=1, ends=ends))


def forget_attempts(session: Session, now: datetime) -> int:
    """Delete counts whose window is over; say how many."""
    return changed_rows(session.execute(delete(Attempts).where(col(Attempts.ends) <= now)))

"""The scope of a transaction: one request, one session, one commit."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from sqlalchemy import Engine, event
from sqlmodel import Session

__all__ = ["Session", "after_commit", "open_session", "session_scope", "write_after_all", "write_last"]

_LAST = "rodyna_last_writes"
_AFTER_ALL = "rodyna_after_all_writes"
_AFTER = "rodyna_after_commit"


class _Transaction(Session):
    """A session that knows what is to be written last."""


def open_session(engine: Engine) -> Session:
    """A session that flushes only when it is told to, so that no write lock is taken early."""
    return _Transaction(engine, autoflush=False, expire_on_commit=False)


@contextmanager
def session_scope(engine: Engine) -> Generator[Session]:
    """Yield a session; commit when the block ends well, roll back when it raises."""
    with open_session(engine) as session:
        yield session
        session.commit()


def write_last(session: Session, action: Callable[[], object]) -> None:
    """Run ``action`` right before the commit, after all other rows are written.

    For writes that contend or that begin a transaction whose remainder is cryptography (a
    session's end moved on): the lock is held for the shortest time. Actions run in the order
    in which they were given, and not at all on a rollback.
    """
    session.info.setdefault(_LAST, []).append(action)


def write_after_all(session: Session, action: Callable[[], object]) -> None:
    """As :func:`write_last`, but after those too: for the head of the record, which everybody waits for.

    Who holds it waits for no other row, so that no two wait for one another.
    """
    session.info.setdefault(_AFTER_ALL, []).append(action)


def after_commit(session: Session, action: Callable[[], object]) -> None:
    """Run ``action`` as soon as everything is committed, and not at all on a rollback; it asks no database."""
    session.info.setdefault(_AFTER, []).append(action)


@event.listens_for(_Transaction, "before_commit")
def _write_last(session: Session) -> None:
    for when in (_LAST, _AFTER_ALL):
        actions = session.info.pop(when, [])
        if actions:
            session.flush()
        for action in actions:
            action()


@event.listens_for(_Transaction, "after_commit")
def _after_commit(session: Session) -> None:
    for action in session.info.pop(_AFTER, []):
        action()


@event.listens_for(_Transaction, "after_soft_rollback")
def _forget(session: Session, _transaction: object) -> None:
    for kept in (_LAST, _AFTER_ALL, _AFTER):
        session.info.pop(kept, None)

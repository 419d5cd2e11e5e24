"""When a transaction looked at what is vouched, and what it found: it decides by one look, until it states anything."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

_STATED = "rodyna_stated"
_FOUND = "rodyna_vouched"
_FIRST_LOOK = "rodyna_first_look"


def found_before(session: Session) -> Any:
    """What this transaction found when it last looked, or None."""
    transaction, found = session.info.get(_FOUND, (None, None))
    return found if transaction is not None and transaction is session.get_transaction() else None


def note_found(session: Session, found: object) -> None:
    """What was found counts for this transaction until it states something itself."""
    session.info[_FOUND] = session.get_transaction(), found


def first_look(session: Session) -> dict[str, int]:
    """How many statements each chain had when this transaction first asked; what it decides rests on them.

    What it states itself is to be put there too.
    """
    transaction, numbers = session.info.get(_FIRST_LOOK, (None, {}))
    return numbers if transaction is session.get_transaction() else {}


def note_first_look(session: Session, numbers: Mapping[str, int]) -> None:
    """Keep what each chain had, unless this transaction looked before."""
    transaction = session.get_transaction()
    if session.info.get(_FIRST_LOOK, (None,))[0] is not transaction:
        session.info[_FIRST_LOOK] = transaction, dict(numbers)


def note_stated(session: Session, chain: str, number: int) -> None:
    """This transaction itself stated that number of a chain: from now on that counts too."""
    note_founded(session)
    first_look(session)[chain] = number


def note_founded(session: Session) -> None:
    """This session stated something that may yet be rolled back."""
    session.info[_STATED] = True
    session.info.pop(_FOUND, None)


def has_stated(session: Session) -> bool:
    """Whether this session ever stated something: what it finds may be its own, and is not to be kept for others."""
    return bool(session.info.get(_STATED))


def look_anew(session: Session) -> None:
    """Forget what this transaction looked at: what it decides from now on rests on what it reads from now on.

    For whoever has their turn already, with which nothing can change any more before the end.
    """
    session.info.pop(_FIRST_LOOK, None)
    session.info.pop(_FOUND, None)

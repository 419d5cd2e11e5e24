"""What is not done with a case that was made for practice: the sealed mark decides, which nobody outside can write."""

from sqlmodel import Session

from app.casefile.cases import items_of
from app.casefile.items import Kind, open_item
from app.casefile.keys import Compartment
from app.casework.errors import NotAllowedNow
from app.casework.opening import OpenCase
from app.casework.view import routing_of


def is_for_practice(session: Session, opened: OpenCase) -> bool:
    """Whether the case says of itself, under its own keys, that it was made for practice."""
    items = items_of(session, opened.row.id, Compartment.FACTS)
    return any(routing_of(open_item(opened.keys, item)).practice for item in items if item.kind == Kind.ROUTING)


def refuse_practice(session: Session, opened: OpenCase) -> None:
    """Keep a case for practice in its queue, and apart from what families reported.

    Raises: :class:`NotAllowedNow`.
    """
    if is_for_practice(session, opened):
        raise NotAllowedNow("practice")

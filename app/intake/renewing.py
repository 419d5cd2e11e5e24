"""A new code for an old one that somebody may have seen.

Both open the case until the new one was typed once; then every other code of the case is over.
Between the two pages the new code travels sealed, like a draft.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from app.accounts.carried import open_carried, seal_carried
from app.accounts.errors import CarriedGone, SessionEnded
from app.casefile.cases import hold_case
from app.intake import codes
from app.intake.codes import Contents, same_code
from app.intake.errors import DraftGone
from app.intake.returning import Opened
from app.vault.code import new_code
from app.vault.context import Purpose


@dataclass(frozen=True)
class Renewal:
    """The new code, and what the page carries until it was typed."""

    code: str = field(repr=False)
    carried: str = field(repr=False)


def renew_code(session: Session, opened: Opened, now: datetime) -> Renewal:
    """Draw a new code for the case; nothing ends yet.

    Raises: :class:`~app.accounts.errors.SessionEnded` where everything was withdrawn meanwhile, or the code renewed.
    """
    code = new_code()
    unlocked = codes.unlock(session, code)
    contents = Contents(
        opened.case_id,
        opened.language,
        opened.replies_key,
        opened.inbox_public,
        opened.digest,
        replaces=opened.locator,
    )
    sealed = codes.seal_locker(unlocked, contents)
    carried = seal_carried(session, Purpose.CODE_RENEWAL, {"code": code, "case": opened.case_id}, now)
    # Held, so that no code is left that a renewal or a withdrawal of this very moment did not see.
    if not hold_case(session, opened.case_id) or not codes.is_filled(session, opened.locator):
        raise SessionEnded
    codes.store_locker(session, unlocked, opened.case_id, sealed, now)
    return Renewal(code, carried)


def show_again(session: Session, opened: Opened, carried: str, now: datetime) -> Renewal:
    """The code that a page carries, to be shown once more after a slip.

    Raises: :class:`~app.intake.errors.DraftGone`.
    """
    try:
        content = open_carried(session, Purpose.CODE_RENEWAL, carried, now)
    except CarriedGone:
        raise DraftGone from None
    if content["case"] != opened.case_id:
        raise DraftGone
    return Renewal(content["code"], carried)


def confirm_renewal(session: Session, opened: Opened, renewal: Renewal, typed: str) -> bool:
    """Whether ``typed`` is the new code; if it is, no other opens the case any more.

    Raises: :class:`~app.intake.errors.MistypedCode`; :class:`~app.accounts.errors.SessionEnded` where another new code
    was typed at the same moment, which ended this one with the rest.
    """
    if not same_code(codes.read_code(typed), renewal.code):
        return False
    unlocked = codes.unlock(session, renewal.code)
    found = codes.find_locker(session, unlocked)
    if found is None or found.contents is None or found.contents.case_id != opened.case_id:
        return False
    if not codes.mark_typed(session, unlocked, found.contents):
        raise SessionEnded
    return True

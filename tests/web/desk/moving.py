"""What tests of moving cases share: offering one, a family that changes its mind, and who holds a key."""

from datetime import timedelta
from itertools import count

from app.casefile.tables import Grant
from app.intake import changing, returning
from tests.cast import Cast, answers
from tests.web.desk.conftest import Staff

STORY = "Його забрали з роботи, Коваль Андрій."
_minutes = count(1)


def allowed(cast: Cast) -> str:
    """The code of a family that allowed the partner's lawyers to read all of its report."""
    return cast.report(answers(surname="Коваль", story=STORY), {"ngo": "full", "legal_ngo": "full"})


def allow(cast: Cast, code: str, **consents: str) -> None:
    """The family changes its consents, a minute after it did so last."""
    moment = cast.now + timedelta(minutes=next(_minutes))
    with cast.session() as session:
        _, opened = returning.open_return(session, code, moment)
    with cast.session() as session:
        changing.change_consents(session, opened, consents, moment)


def offer(staff: Staff, case: str, **typed: str) -> None:
    """Open the page of ways, and offer the case."""
    staff.open(f"/desk/cases/{case}/move")
    staff.press_to("/offer", **{"queue": "partner-legal", "way": "refer", "scope": "full", "reason": "Прошу.", **typed})


def granted(cast: Cast, case: str) -> bool:
    """Whether the partner's lawyers hold a key."""
    with cast.session() as session:
        return session.get(Grant, (case, "partner-legal")) is not None

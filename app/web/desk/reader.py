"""Who reads which case, when."""

from dataclasses import dataclass
from datetime import datetime

from app.accounts.members import Member
from app.casework.opening import Reading
from app.storage.sessions import Session


@dataclass(frozen=True)
class Reader:
    """What every section of a case's page is made from."""

    session: Session
    member: Member
    reading: Reading
    now: datetime
    # The code of a reply to begin with, as the address asks for it.
    reply: str = ""
    # The id of an address card to put into it.
    card: str = ""

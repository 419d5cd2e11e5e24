"""What an installation is: its salt, its receiving organisation, its public keys."""

from dataclasses import dataclass

from sqlmodel import Session

from app.accounts.errors import NotInstalled
from app.accounts.tables import Installation, Organisation


@dataclass(frozen=True)
class About:
    """The installation as every room may know it."""

    salt: bytes
    receiving_id: str
    receiving: str
    service_public: bytes
    practice: bool


def about(session: Session) -> About:
    """Read the installation.

    Raises: :class:`NotInstalled`.
    """
    row = session.get(Installation, 1)
    if row is None:
        raise NotInstalled
    organisation = session.get_one(Organisation, row.receiving_id)
    return About(row.salt, row.receiving_id, organisation.name, row.service_public, row.practice)

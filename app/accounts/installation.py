"""What an installation is: its salt, its receiving organisation, its public keys."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.errors import NotInstalled
from app.accounts.tables import Installation, Organisation

# Columns and not rows, and built once: this is asked with every request, and a mapped row costs several times as much.
_ABOUT = select(
    col(Installation.salt),
    col(Installation.receiving_id),
    col(Organisation.name),
    col(Installation.service_public),
    col(Installation.practice),
).join(Organisation, col(Organisation.id) == col(Installation.receiving_id))


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
    row = session.execute(_ABOUT).first()
    if row is None:
        raise NotInstalled
    return About(*row)


def backup_key(session: Session) -> bytes:
    """The public key (1,216 bytes) that backups are sealed to.

    Raises: :class:`NotInstalled`.
    """
    key = session.execute(select(col(Installation.backup_public))).first()
    if key is None:
        raise NotInstalled
    return bytes(key[0])

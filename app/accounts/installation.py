"""What an installation is: its salt, its receiving organisation, its public keys."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.errors import NotInstalled, NotVouched
from app.accounts.tables import Installation, Organisation
from app.accounts.vouching import vouched
from app.accounts.vouching_states import INSTALLATION
from app.vault.digest import sha256

# Columns and not rows, and built once: this is asked with every request, and a mapped row costs several times as much.
_ABOUT = select(
    col(Installation.salt),
    col(Installation.receiving_id),
    col(Organisation.name),
    col(Installation.practice),
).join(Organisation, col(Organisation.id) == col(Installation.receiving_id))


@dataclass(frozen=True)
class About:
    """The installation as every room may know it."""

    salt: bytes
    receiving_id: str
    receiving: str
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
    """The public key (1,216 bytes) that backups are sealed to, which is the one that the root signed.

    Raises: :class:`NotInstalled`, :class:`NotVouched` where a key of the installation is not as the root signed it: the
    backup would open for somebody else, or could not be told from a forged one.
    """
    key = _keys(session)[0]
    if stray_keys(session):
        raise NotVouched(INSTALLATION)
    return key


def service_verify_key(session: Session) -> bytes | None:
    """The public key (32 bytes) of the service itself, as the root signed it; None where nothing trusted says so."""
    signed = vouched(session).installation
    return None if signed is None else signed.service


def stray_keys(session: Session) -> tuple[str, ...]:
    """The installation's own keys, ``backup`` and ``service``, whose row says another than the root signed.

    Raises: :class:`NotInstalled`.
    """
    backup, service = _keys(session)
    signed = vouched(session).installation
    holds = {
        "backup": signed is not None and signed.backup == sha256(backup),
        "service": signed is not None and signed.service == service,
    }
    return tuple(name for name, held in holds.items() if not held)


def _keys(session: Session) -> tuple[bytes, bytes]:
    row = session.execute(select(col(Installation.backup_public), col(Installation.service_public))).first()
    if row is None:
        raise NotInstalled
    return bytes(row[0]), bytes(row[1])

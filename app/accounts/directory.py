"""Names of staff, readable only by people of the same organisation."""

from collections.abc import Collection
from contextlib import suppress

from sqlmodel import Session, col, select

from app.accounts.errors import KeyNotHeld
from app.accounts.tables import Account, DirectoryShare
from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.hybrid import KeyPair, open_with, seal_to
from app.vault.symmetric import open_sealed, seal


def name_place(organisation_id: str, account_id: str) -> bytes:
    """What a sealed name is bound to."""
    return context(Purpose.NAME, organisation_id, account_id)


def seal_name(directory_key: bytes, organisation_id: str, account_id: str, name: str) -> bytes:
    """Seal a person's name under their organisation's directory key."""
    return seal(directory_key, name.encode(), name_place(organisation_id, account_id))


def sealed_directory_share(
    organisation_id: str, directory_key: bytes, account_id: str, account_key: bytes
) -> DirectoryShare:
    """The directory key sealed to a person's public key, as a row to be added."""
    place = context(Purpose.DIRECTORY_SHARE, organisation_id, account_id)
    sealed = seal_to(account_key, directory_key, place)
    return DirectoryShare(organisation_id=organisation_id, account_id=account_id, sealed=sealed)


def share_directory(
    session: Session, organisation_id: str, directory_key: bytes, account_id: str, account_key: bytes
) -> None:
    """Seal the directory key to a person and keep the row."""
    session.add(sealed_directory_share(organisation_id, directory_key, account_id, account_key))


def open_directory(session: Session, organisation_id: str, account_id: str, private: bytes | KeyPair) -> bytes:
    """Open a person's share of the directory key.

    Raises: :class:`KeyNotHeld`.
    """
    row = session.get(DirectoryShare, (organisation_id, account_id))
    if row is None:
        raise KeyNotHeld(organisation_id)
    return open_with(private, row.sealed, context(Purpose.DIRECTORY_SHARE, organisation_id, account_id))


def names(session: Session, organisation_id: str, directory_key: bytes, account_ids: Collection[str]) -> dict[str, str]:
    """The names of those of ``account_ids`` who belong to the organisation, by account id.

    One that this key does not open is left out: it was put there with the database alone, or while the key was renewed,
    and hides no other.
    """
    query = select(Account.id, Account.name_sealed).where(
        col(Account.organisation_id) == organisation_id, col(Account.id).in_(account_ids)
    )
    found = {}
    for account_id, sealed in session.exec(query):
        with suppress(VaultError):
            found[account_id] = open_name(directory_key, organisation_id, account_id, sealed)
    return found


def open_name(directory_key: bytes, organisation_id: str, account_id: str, sealed: bytes) -> str:
    """Open one sealed name."""
    return open_sealed(directory_key, sealed, name_place(organisation_id, account_id)).decode()

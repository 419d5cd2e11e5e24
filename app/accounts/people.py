"""A new member of staff: keys, bundle, passphrase and second factor, made once and told once."""

from collections.abc import Collection
from dataclasses import dataclass, field
from secrets import token_urlsafe

from sqlmodel import Session

from app.accounts.directory import seal_name, share_directory
from app.accounts.permissions import Role
from app.accounts.tables import Account
from app.storage.packing import pack
from app.vault.context import Purpose, context
from app.vault.hybrid import new_private_key, public_key
from app.vault.passphrase import new_passphrase
from app.vault.signing import new_signing_key, verify_key
from app.vault.symmetric import seal
from app.vault.totp import new_totp_secret
from app.vault.unlock import unlock_passphrase


@dataclass(frozen=True)
class NewPerson:
    """What is told to the new member once, and their keys; nothing of it is stored in clear but the public ones."""

    account_id: str
    name: str
    passphrase: str = field(repr=False)
    totp_secret: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    verify_key: bytes = field(repr=False)
    signing_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Own:
    """What a person logs in with: the name in the salt, the passphrase, and the second factor's secret."""

    name: str
    passphrase: str = field(repr=False)
    totp_secret: bytes = field(repr=False)


@dataclass(frozen=True)
class NewKeys:
    """A person's keys as they were just drawn."""

    private_key: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    signing_key: bytes = field(repr=False)
    verify_key: bytes


def new_id() -> str:
    """A random id of 16 characters that says nothing, and that no command takes for an option."""
    while (drawn := token_urlsafe(12)).startswith("-"):
        pass
    return drawn


def add_person(
    session: Session,
    *,
    salt: bytes,
    organisation_id: str,
    directory_key: bytes,
    name: str,
    shown: str,
    roles: Collection[Role],
    own: Own | None = None,
) -> NewPerson:
    """Make an account with fresh keys under a generated passphrase, or under their ``own``, which was generated before.

    The log-in ``name`` goes into the salt of the derivation, so the row names nobody;
    ``shown`` is what colleagues read, sealed under the directory key.
    """
    account_id = new_id()
    own = own or Own(name, new_passphrase(), new_totp_secret())
    name_sealed = seal_name(directory_key, organisation_id, account_id, shown)
    row, keys = draw_account(salt, account_id, organisation_id, name_sealed, roles, own)
    session.add(row)
    # The shares that follow refer to the account, and relationships never order rows by themselves here.
    session.flush()
    share_directory(session, organisation_id, directory_key, account_id, keys.public_key)
    return NewPerson(
        account_id, name, own.passphrase, own.totp_secret, keys.public_key, keys.verify_key, keys.signing_key
    )


def draw_account(
    salt: bytes, account_id: str, organisation_id: str, name_sealed: bytes, roles: Collection[Role], own: Own
) -> tuple[Account, NewKeys]:
    """Draw a person's keys and put them under their own secrets; the row, not stored yet, names nobody."""
    private, signing = new_private_key(), new_signing_key()
    unlocked = unlock_passphrase(own.name, own.passphrase, salt)
    bundle = pack({"private_key": private, "signing_key": signing, "totp_secret": own.totp_secret})
    keys = NewKeys(private, public_key(private), signing, verify_key(signing))
    row = Account(
        id=account_id,
        organisation_id=organisation_id,
        locator=unlocked.locator,
        bundle=seal(unlocked.wrapping_key, bundle, context(Purpose.BUNDLE, account_id)),
        public_key=keys.public_key,
        verify_key=keys.verify_key,
        name_sealed=name_sealed,
        roles=" ".join(sorted(roles)),
    )
    return row, keys

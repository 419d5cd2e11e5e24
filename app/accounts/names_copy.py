"""The key to an organisation's names, sealed to its recovery key as well, for when nobody reads them any more.

It is made anew by whoever puts the names under a new key, or holds a ceremony: each of them reads the names. A tag
behind it, which that key makes, tells everybody who reads them whether the copy is theirs and of now: somebody with the
database alone makes none, and one of an older key has another.
"""

from hmac import compare_digest

from sqlalchemy import delete
from sqlmodel import Session, col

from app.accounts.errors import NotVouched
from app.accounts.recovery_copies import copy_place, standing_recovery
from app.accounts.rings import NAMES, RingPublic
from app.accounts.tables import RecoveryCopy
from app.vault.context import Purpose, context
from app.vault.digest import keyed_tag, sha256
from app.vault.errors import VaultError, WrongKey
from app.vault.hybrid import KeyPair, open_with, seal_to

# The names' key has no generations of its own: there is one copy at a time.
_GENERATION = 0
TAG_BYTES = 32


def seal_names(organisation_id: str, directory_key: bytes, recovery: RingPublic) -> RecoveryCopy:
    """The key to the names (``directory_key``, 32 bytes) sealed to the recovery key, as a row to be added."""
    ring = _ring(organisation_id)
    place = copy_place(organisation_id, ring, _GENERATION, recovery.generation)
    sealed = seal_to(recovery.public_key, directory_key, place)
    return RecoveryCopy(
        ring=ring,
        generation=_GENERATION,
        recovery=recovery.generation,
        organisation_id=organisation_id,
        sealed=sealed + _tag(directory_key, place, sealed),
    )


def keep_names(session: Session, organisation_id: str, copy: RecoveryCopy | None) -> None:
    """Write the names' copy for trustees in the place of the one before, whose key opens them no more.

    Whatever stands there goes, whosever it says that it is: nothing that somebody put there is in the way.
    """
    session.execute(delete(RecoveryCopy).where(col(RecoveryCopy.ring) == _ring(organisation_id)))
    if copy is not None:
        session.add(copy)


def recovery_for_names(session: Session, organisation_id: str) -> RingPublic | None:
    """The recovery key that the names go to; None where there is none, or it is not as it was signed."""
    try:
        return standing_recovery(session, organisation_id)
    except NotVouched:
        return None


def names_covered(session: Session, organisation_id: str, directory_key: bytes = b"") -> bool:
    """Whether recovery holds the key to the names; who has it (``directory_key``) sees whether it is that one."""
    recovery = recovery_for_names(session, organisation_id)
    row = None if recovery is None else _row(session, organisation_id, recovery.generation)
    if row is None or not directory_key:
        return row is not None
    place = copy_place(organisation_id, row.ring, _GENERATION, row.recovery)
    sealed, tag = row.sealed[:-TAG_BYTES], row.sealed[-TAG_BYTES:]
    return compare_digest(tag, _tag(directory_key, place, sealed))


def open_names(session: Session, organisation_id: str, recovery: int, trustees: bytes) -> bytes:
    """The key to the names out of its copy, opened with the recovery key's private half (``trustees``, 32 bytes).

    Raises: :class:`NotVouched` where there is none, or it was sealed to another key.
    """
    row = _row(session, organisation_id, recovery)
    if row is None:
        raise NotVouched(NAMES)
    try:
        return open_names_copy(trustees, row.sealed, copy_place(organisation_id, row.ring, _GENERATION, recovery))
    except VaultError:
        raise NotVouched(NAMES) from None


def open_names_copy(trustees: bytes | KeyPair, copy: bytes, place: bytes) -> bytes:
    """The key out of the bytes of a copy, if its tag is the one that this key makes.

    Raises: :class:`~app.vault.errors.VaultError`.
    """
    sealed, tag = copy[:-TAG_BYTES], copy[-TAG_BYTES:]
    key = open_with(trustees, sealed, place)
    if not compare_digest(tag, _tag(key, place, sealed)):
        raise WrongKey("the tag behind the copy is not this key's")
    return key


def _row(session: Session, organisation_id: str, recovery: int) -> RecoveryCopy | None:
    return session.get(RecoveryCopy, (_ring(organisation_id), _GENERATION, recovery))


def _ring(organisation_id: str) -> str:
    return f"{NAMES}:{organisation_id}"


def _tag(directory_key: bytes, place: bytes, sealed: bytes) -> bytes:
    return keyed_tag(directory_key, context(Purpose.DIRECTORY_COPY, place, sha256(sealed)))

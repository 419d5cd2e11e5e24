"""Copies of rings' keys for recovery: sealed to the organisation's recovery key, whose private half is on paper alone.

Copies are made by leads, who have the keys. A lead heard the words of the recovery key from a trustee before the first
one, and signs with each that it is there; which of them stands is asked of what was signed.
"""

from sqlmodel import Session

from app.accounts.errors import NotVouched
from app.accounts.rings import RingPublic, recovery_ring
from app.accounts.standing import standing
from app.accounts.tables import RecoveredKey, RecoveryCopy
from app.accounts.vouching_rings import RingState
from app.vault.context import Purpose, context
from app.vault.digest import sha256
from app.vault.errors import VaultError
from app.vault.hybrid import KeyPair, open_with, public_key, seal_to


def seal_copy(organisation_id: str, ring: str, generation: int, private: bytes, recovery: RingPublic) -> RecoveryCopy:
    """A ring's private key sealed to the recovery key, as a row to be added."""
    place = copy_place(organisation_id, ring, generation, recovery.generation)
    return RecoveryCopy(
        ring=ring,
        generation=generation,
        recovery=recovery.generation,
        organisation_id=organisation_id,
        sealed=seal_to(recovery.public_key, private, place),
    )


def open_copy(session: Session, ring: str, state: RingState, recovery: int, trustees: bytes) -> bytes:
    """The ring's private key out of its copy, opened with the recovery key's private half (``trustees``, 32 bytes).

    Raises: :class:`NotVouched` where the copy is not the one that a lead signed for, or is of another key.
    """
    row = session.get(RecoveryCopy, (ring, state.generation, recovery))
    if row is None or state.cover is None or sha256(row.sealed) != state.cover.copy:
        raise NotVouched(ring)
    try:
        private = open_with(trustees, row.sealed, copy_place(state.organisation, ring, state.generation, recovery))
    except VaultError:
        raise NotVouched(ring) from None
    if sha256(public_key(private)) != state.public:
        raise NotVouched(ring)
    return private


def hand_over(ring: str, generation: int, private: bytes, account_id: str, account_key: bytes) -> RecoveredKey:
    """A ring's private key sealed to the person who carries it on (``account_key``, 1,216 bytes), as a row."""
    sealed = seal_to(account_key, private, _handed_place(ring, generation, account_id))
    return RecoveredKey(ring=ring, generation=generation, account_id=account_id, sealed=sealed)


def open_handed(row: RecoveredKey, pair: KeyPair) -> bytes:
    """What :func:`hand_over` sealed, for the person themselves.

    Raises: :class:`NotVouched` where it is not for them.
    """
    try:
        return open_with(pair, row.sealed, _handed_place(row.ring, row.generation, row.account_id))
    except VaultError:
        raise NotVouched(row.ring) from None


def standing_recovery(session: Session, organisation_id: str) -> RingPublic | None:
    """The organisation's recovery key if it has one, as it was signed.

    Raises: :class:`NotVouched` where the row or the statements say something else.
    """
    found = standing(session).rings.get(recovery_ring(organisation_id))
    if found is None or (found.key is None and found.trouble is None):
        return None
    if found.key is None or found.trouble is not None:
        raise NotVouched(found.ring)
    return found.key


def standing_cover(session: Session, state: RingState) -> RingPublic | None:
    """The recovery key that a ring's lead agreed to, where it is still the organisation's and stands as it was signed.

    Otherwise None: a key is renewed all the same, and leads are asked anew.
    """
    found = standing(session).rings.get(recovery_ring(state.organisation))
    if state.cover is None or found is None or found.key is None or found.trouble is not None:
        return None
    return found.key if sha256(found.key.public_key) == state.cover.key else None


def copy_place(organisation_id: str, ring: str, generation: int, recovery: int) -> bytes:
    """What a copy for recovery is bound to."""
    return context(Purpose.RECOVERY_COPY, organisation_id, ring, str(generation), str(recovery))


def _handed_place(ring: str, generation: int, account_id: str) -> bytes:
    return context(Purpose.RECOVERED_KEY, ring, str(generation), account_id)

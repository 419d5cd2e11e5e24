"""Recovery as leads meet it: sealing their keys to the recovery key, and taking up what trustees gave back.

Whoever runs a ceremony sees every sheet. So no key goes to a recovery key because a row or an administrator says so: a
lead types the six words of the recovery key first, heard from a trustee who has them on paper.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from app.accounts.errors import NoSuchPerson, WrongFingerprint
from app.accounts.holding import holds
from app.accounts.members import Member
from app.accounts.names_copy import names_covered
from app.accounts.queues import newest_key
from app.accounts.record import put_on_record
from app.accounts.recovery_copies import open_handed
from app.accounts.ring_keeping import renew_ring, take_up_ring
from app.accounts.rings import RECOVERY, recovery_ring
from app.accounts.standing import Standing, standing
from app.accounts.tables import RecoveredKey
from app.accounts.vouching import Vouched
from app.accounts.vouching_rings import RingState, Trustees
from app.accounts.vouching_rules import speakers, still_held
from app.vault.digest import sha256
from app.vault.fingerprint import recovery_fingerprint, same_recovery_fingerprint
from app.vault.signing import verify_key

# For how long everybody at the desk is told that recovery was used.
TOLD_FOR = timedelta(days=14)


@dataclass(frozen=True)
class CoveredRing:
    """A key of the organisation: whether recovery holds it, and whether anybody still does.

    ``waits_for`` is the account that trustees gave it back to and that has not taken it up yet.
    """

    ring: str
    kind: str
    covered: bool
    held: bool
    waits_for: str | None


@dataclass(frozen=True)
class RecoveryKey:
    """An organisation's recovery key; generation 0: it has none. ``trouble``: it is not as it was signed."""

    generation: int
    trouble: bool
    trustees: Trustees
    fingerprint: str
    rings: tuple[CoveredRing, ...]
    # Whether it holds the key to the names of the organisation's people too.
    names: bool = False

    @property
    def tested(self) -> bool:
        """Whether it is there, and its shares gave it once."""
        return self.generation > 0 and self.trustees.tested


def recovery_key(session: Session, organisation_id: str, directory_key: bytes = b"") -> RecoveryKey:
    """How recovery stands in an organisation, and for each of its keys; ``directory_key`` is that to its names."""
    now = standing(session)
    state = now.vouched.rings.get(recovery_ring(organisation_id))
    handed = {row.ring: row.account_id for row in session.exec(select(RecoveredKey)) if _is_newest(now.vouched, row)}
    rings = tuple(
        CoveredRing(
            ring=ring,
            kind=now.vouched.organisations[organisation_id].rings[ring].kind,
            covered=now.rings[ring].covered,
            held=still_held(ring, each, now.vouched.organisations[organisation_id]),
            waits_for=handed.get(ring),
        )
        for ring, each in _keys_of(now, organisation_id)
    )
    if state is None or state.trustees is None:
        return RecoveryKey(0, False, Trustees(0, 0, 0), "", rings)
    found = now.rings.get(recovery_ring(organisation_id))
    trouble = found is None or found.key is None or found.trouble is not None
    return RecoveryKey(
        state.generation,
        trouble,
        state.trustees,
        recovery_fingerprint(organisation_id, state.public),
        rings,
        names=names_covered(session, organisation_id, directory_key),
    )


def to_cover(session: Session, member: Member) -> tuple[str, ...]:
    """The rings for which the member speaks and which the organisation's recovery key, if it has one, has not yet."""
    now = standing(session)
    recovery = now.rings.get(recovery_ring(member.organisation_id))
    if recovery is None or recovery.key is None or recovery.trouble is not None:
        return ()
    return tuple(
        ring
        for ring, state in _keys_of(now, member.organisation_id)
        if not now.rings[ring].covered and _holds_and_leads(now.vouched, state, member, ring)
    )


def cover_ring(session: Session, member: Member, ring: str, typed: str, now: datetime) -> None:
    """Make a new key of the ring and seal it to the recovery key too, whose six words a trustee has read out.

    A new one, so that no copy that was made for an older recovery key opens what comes from now on.

    Raises: :class:`NoSuchPerson`, :class:`WrongFingerprint`, :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    if ring not in to_cover(session, member):
        raise NoSuchPerson
    key = newest_key(session, recovery_ring(member.organisation_id))
    if not same_recovery_fingerprint(typed, member.organisation_id, sha256(key.public_key)):
        raise WrongFingerprint
    put_on_record(session, member, "recovery_covered", now, ring=ring)
    renew_ring(session, member, ring, now, cover=key)


def note_wrong_words(session: Session, member: Member, ring: str, now: datetime) -> None:
    """Put on the record that somebody typed words that are not the recovery key's: it may be another's key."""
    put_on_record(session, member, "wrong_fingerprint", now, ring=ring)


def to_take_up(session: Session, member: Member) -> tuple[str, ...]:
    """The rings whose key trustees gave back for the member."""
    known = standing(session).vouched
    mine = select(RecoveredKey).where(col(RecoveredKey.account_id) == member.account_id)
    return tuple(sorted(row.ring for row in session.exec(mine) if _is_newest(known, row)))


def take_up(session: Session, member: Member, ring: str, now: datetime) -> None:
    """Carry a ring on with the key that trustees gave back: a new one, under which the older opens what came before.

    Raises: :class:`NoSuchPerson`, :class:`~app.accounts.errors.MayNotState`, :class:`~app.accounts.errors.NotVouched`.
    """
    mine = col(RecoveredKey.ring) == ring, col(RecoveredKey.account_id) == member.account_id
    row = session.exec(select(RecoveredKey).where(*mine).order_by(col(RecoveredKey.generation).desc())).first()
    if row is None or not _is_newest(standing(session).vouched, row):
        raise NoSuchPerson
    older = open_handed(row, member.pair)
    put_on_record(session, member, "recovery_taken_up", now, ring=ring)
    take_up_ring(session, member, ring, row.generation, older, now)


def recent_uses(known: Vouched, organisation_id: str, now: datetime) -> Mapping[str, date]:
    """For which rings of an organisation recovery was used in the last days, and when; as it was signed."""
    state = known.rings.get(recovery_ring(organisation_id))
    if state is None or state.trustees is None:
        return {}
    days = {ring: date.fromisoformat(day) for ring, day in state.trustees.used.items()}
    return {ring: day for ring, day in days.items() if now.date() - day <= TOLD_FOR}


def _keys_of(now: Standing, organisation_id: str) -> list[tuple[str, RingState]]:
    return [
        (ring, state)
        for ring, state in sorted(now.vouched.rings.items())
        if state.organisation == organisation_id and not ring.startswith(RECOVERY) and ring in now.rings
    ]


def _holds_and_leads(known: Vouched, state: RingState, member: Member, ring: str) -> bool:
    own = verify_key(member.signing_key)
    organisation = known.organisations[state.organisation]
    leads = own in speakers(state, member.account_id, ring, organisation)
    return leads and holds(known, ring, member.account_id)


def _is_newest(known: Vouched, row: RecoveredKey) -> bool:
    state = known.rings.get(row.ring)
    return state is not None and state.generation == row.generation

"""The recovery key of an organisation: made in a ceremony, tested, and used by an administrator with k trustees.

Its private half is drawn, split into shares, shown once and forgotten; nothing of it is ever stored. What it opens are
the copies that leads sealed to it. Using it gives nobody a key at once: the copy is sealed anew to one person whom the
administrator names, who takes it up in their own session, and only where nobody holds the key any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from app.accounts.appointing import naming
from app.accounts.directory import open_name
from app.accounts.directory_held import hold_directory
from app.accounts.errors import MayNotState, NotVouched, RefusedPerson, RefusedShares, StatedMeanwhile, StillHeld
from app.accounts.members import Member
from app.accounts.names_copy import keep_names, names_covered, open_names, recovery_for_names, seal_names
from app.accounts.record import put_on_record
from app.accounts.recovery_copies import hand_over, open_copy, standing_recovery
from app.accounts.removal import new_directory, write_directory
from app.accounts.rings import NAMES, RECOVERY, RingPublic, recovery_ring
from app.accounts.tables import Account, RecoveredKey, RecoveryCopy, RingKey
from app.accounts.vouching import Vouched, vouched
from app.accounts.vouching_rings import RingState, Trustees
from app.accounts.vouching_rules import role_for, still_held
from app.accounts.vouching_statements import Statement
from app.accounts.vouching_states import OrganisationState, ring_chain
from app.accounts.vouching_stating import administered, sign_next, sign_organisation, write_statement
from app.vault.digest import sha256
from app.vault.errors import VaultError
from app.vault.fingerprint import recovery_fingerprint
from app.vault.hybrid import new_private_key, public_key
from app.vault.shares import (
    LEAST_NEEDED,
    MOST_SHARES,
    KeyShare,
    MistypedShare,
    SharesDoNotFit,
    join_key,
    read_share,
    split_key,
)
from app.vault.signing import verify_key


@dataclass(frozen=True)
class Ceremony:
    """What a ceremony gives, once: one text of words for each trustee, and what stands on every sheet."""

    needed: int
    fingerprint: str
    words: tuple[str, ...] = field(repr=False)


def can_be_split(needed: int, count: int) -> bool:
    """Whether a key can be split into ``count`` shares of which ``needed`` give it back."""
    return LEAST_NEEDED <= needed <= count <= MOST_SHARES


def make_recovery(session: Session, by: Member, needed: int, count: int, before: int, now: datetime) -> Ceremony:
    """Make a new recovery key of the organisation of ``by``, in the place of generation ``before`` (0: the first).

    Shares of an older key open nothing any more that comes after: copies under it are deleted, and each lead seals a
    new key to the new one.

    Raises: :class:`MayNotState`, :class:`StatedMeanwhile` where another was made meanwhile, or this page was sent
    twice; ``ValueError`` for numbers of shares that cannot be.
    """
    known, state = administered(session, by, by.organisation_id)
    ring = recovery_ring(by.organisation_id)
    older = known.rings.get(ring)
    if (0 if older is None else older.generation) != before:
        raise StatedMeanwhile
    private = new_private_key()
    shares, public = split_key(private, needed, count), public_key(private)
    used = older.trustees.used if older is not None and older.trustees is not None else {}
    trustees = Trustees(needed, count, shares[0].mark, used=used)
    following = RingState(by.organisation_id, before + 1, sha256(public), {}, trustees=trustees)
    statements = _signed(known, state, following, by)
    names = seal_names(by.organisation_id, by.directory_key, RingPublic(ring, before + 1, public))
    put_on_record(session, by, "recovery_made", now, needed=str(needed), count=str(count), generation=str(before + 1))
    for statement in statements:
        write_statement(session, statement)
    session.execute(delete(RecoveryCopy).where(col(RecoveryCopy.organisation_id) == by.organisation_id))
    # Nor does anything stand in the way that somebody put where the new row belongs.
    session.execute(delete(RingKey).where(col(RingKey.ring) == ring))
    session.add(RingKey(ring=ring, generation=before + 1, public_key=public))
    hold_directory(session, by)
    keep_names(session, by.organisation_id, names)
    words = tuple(share.words for share in shares)
    return Ceremony(needed, recovery_fingerprint(by.organisation_id, sha256(public)), words)


def try_recovery(session: Session, by: Member, typed: Sequence[str], now: datetime) -> None:
    """Let trustees show that their shares give the key; nothing is opened with it but the names, which ``by`` reads.

    Raises: :class:`RefusedShares`, :class:`MayNotState`, :class:`NotVouched`.
    """
    known, organisation = administered(session, by, by.organisation_id)
    recovery, trustees, private = _joined(session, known, by.organisation_id, typed)
    # The one key whose copy can be held against what is right without opening anything to anybody.
    if names_covered(session, by.organisation_id, by.directory_key):
        open_names(session, by.organisation_id, recovery.generation, private)
    statements = []
    if not trustees.tested:
        following = replace(recovery, trustees=replace(trustees, tested=True))
        statements = _signed(known, organisation, following, by)
    put_on_record(session, by, "recovery_tested", now, generation=str(recovery.generation))
    for statement in statements:
        write_statement(session, statement)


def use_recovery(session: Session, by: Member, typed: Sequence[str], ring: str, account_id: str, now: datetime) -> None:
    """Give the key of ``ring``, which nobody holds any more, to somebody of the organisation who carries it on.

    It stands on the record, and for some days as an alarm on every page of the organisation's desk.

    Raises: :class:`RefusedShares`, :class:`StillHeld`, :class:`RefusedPerson`, :class:`MayNotState`,
    :class:`NotVouched`.
    """
    known, organisation = administered(session, by, by.organisation_id)
    state, person = known.rings.get(ring), organisation.people.get(account_id)
    problems = {}
    if state is None or state.organisation != by.organisation_id or ring.startswith(RECOVERY):
        problems["ring"] = "no_such_key"
    elif still_held(ring, state, organisation):
        raise StillHeld
    if person is None or (state is not None and role_for(ring) not in person.roles):
        problems["person"] = "not_for_them"
    if problems:
        raise RefusedPerson(problems)
    recovery, trustees, private = _joined(session, known, by.organisation_id, typed)
    assert state is not None
    assert person is not None
    opened = open_copy(session, ring, state, recovery.generation, private)
    account = session.get_one(Account, account_id)
    if sha256(account.public_key) != person.keys.sealing:
        raise NotVouched(account_id)
    handed = hand_over(ring, state.generation, opened, account_id, account.public_key)
    named = naming(organisation, ring, account_id, person.keys.verify)
    following = replace(recovery, trustees=replace(trustees, used={**trustees.used, ring: now.date().isoformat()}))
    statements = _signed(known, organisation, following, by, named)
    put_on_record(session, by, "recovery_used", now, ring=ring, account=account_id)
    for statement in statements:
        write_statement(session, statement)
    session.execute(delete(RecoveredKey).where(col(RecoveredKey.ring) == ring))
    session.add(handed)


def cover_names(session: Session, by: Member, now: datetime) -> None:
    """Seal the key to the names to the recovery key, where it is not there any more.

    Raises: :class:`MayNotState` where there is no recovery key that stands, :class:`StatedMeanwhile` where the names
    stand under another key by now.
    """
    administered(session, by, by.organisation_id)
    recovery = recovery_for_names(session, by.organisation_id)
    if recovery is None:
        raise MayNotState
    copy = seal_names(by.organisation_id, by.directory_key, recovery)
    put_on_record(session, by, "recovery_covered", now, ring=NAMES)
    hold_directory(session, by)
    keep_names(session, by.organisation_id, copy)


def recover_names(session: Session, by: Member, typed: Sequence[str], now: datetime) -> None:
    """Give the names back to everybody of the organisation, by an administrator who does not read them any more.

    They go under a new key for all who stand there. It stands on the record, and for some days as an alarm.

    Raises: :class:`RefusedShares`, :class:`StillHeld` for whoever reads them, :class:`MayNotState`, :class:`NotVouched`
    where the copy is not of the key that sealed them.
    """
    known, organisation = administered(session, by, by.organisation_id)
    if by.directory_key:
        raise StillHeld
    recovery, trustees, private = _joined(session, known, by.organisation_id, typed)
    key = open_names(session, by.organisation_id, recovery.generation, private)
    sealed = session.get_one(Account, by.account_id).name_sealed
    try:
        reading = replace(by, directory_key=key, name=open_name(key, by.organisation_id, by.account_id, sealed))
    except VaultError:
        raise NotVouched(NAMES) from None
    directory = new_directory(session, reading, organisation)
    following = replace(recovery, trustees=replace(trustees, used={**trustees.used, NAMES: now.date().isoformat()}))
    statements = _signed(known, organisation, following, by)
    put_on_record(session, by, "recovery_used", now, ring=NAMES, account=by.account_id)
    for statement in statements:
        write_statement(session, statement)
    write_directory(session, directory)


def names_by_trustees(session: Session, organisation_id: str, typed: Sequence[str]) -> bytes:
    """The key (32 bytes) to an organisation's names by its trustees alone, for the root to appoint an administrator.

    Raises: :class:`RefusedShares`, :class:`MayNotState` where there is no recovery key, :class:`NotVouched`.
    """
    recovery, _trustees, private = _joined(session, vouched(session), organisation_id, typed)
    return open_names(session, organisation_id, recovery.generation, private)


def note_refused_shares(session: Session, by: Member, now: datetime) -> None:
    """Put on the record that shares were typed that did not fit: somebody may be guessing, or hold another's sheet."""
    put_on_record(session, by, "recovery_refused", now)


def _joined(
    session: Session, known: Vouched, organisation_id: str, typed: Sequence[str]
) -> tuple[RingState, Trustees, bytes]:
    """The recovery key as it was signed, and its private half out of the shares.

    Raises: :class:`RefusedShares`, :class:`MayNotState` where there is none, :class:`NotVouched`.
    """
    state = known.rings.get(recovery_ring(organisation_id))
    if standing_recovery(session, organisation_id) is None or state is None or state.trustees is None:
        raise MayNotState
    shares = _read(typed, state.trustees)
    try:
        private = join_key(shares)
    except SharesDoNotFit:
        raise RefusedShares({0: "do_not_fit"}) from None
    if sha256(public_key(private)) != state.public:
        raise RefusedShares({0: "other_key"})
    return state, state.trustees, private


def _read(typed: Sequence[str], trustees: Trustees) -> list[KeyShare]:
    """The shares, as many as are needed.

    Raises: :class:`RefusedShares` with what is wrong with each.
    """
    found: dict[int, KeyShare] = {}
    problems: dict[int, str] = {}
    for place, text in enumerate(typed, 1):
        if not text.strip():
            continue
        try:
            share = read_share(text)
        except MistypedShare as error:
            problems[place] = f"{error.reason}:{error.at}" if error.at else error.reason
            continue
        if share.mark != trustees.mark or share.needed != trustees.needed:
            problems[place] = "other_set"
        elif share.number in found:
            problems[place] = "twice"
        else:
            found[share.number] = share
    if not problems and len(found) < trustees.needed:
        problems[0] = "not_enough"
    if problems:
        raise RefusedShares(problems)
    return list(found.values())[: trustees.needed]


def _signed(
    known: Vouched, before: OrganisationState, state: RingState, by: Member, after: OrganisationState | None = None
) -> list[Statement]:
    """What an administrator signs of the recovery key, and first that they may, if they never did."""
    ring = recovery_ring(state.organisation)
    organisation = naming(after or before, ring, by.account_id, verify_key(by.signing_key))
    statements = [] if organisation == before else [sign_organisation(known, by.organisation_id, organisation, by)]
    return [*statements, sign_next(known, ring_chain(ring), state, by)]

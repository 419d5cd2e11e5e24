"""Who and which key counts: every chain of statements followed from the root, and kept while not a byte changes.

What is kept is found by the bytes of the newest statement of every chain, so a row that was changed, added or removed
is seen with the next request, and what was verified once is not verified again. A state that was put back is refused by
the highest numbers seen so far (see :mod:`app.accounts.vouching_anchor`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.accounts.tables import Installation, StatementRow
from app.accounts.vouching_anchor import Heads, anchor_of, root_fingerprint
from app.accounts.vouching_rules import Claim, Since, follows, intruders, is_of_its_kind, keeps, speakers, without
from app.accounts.vouching_statements import BEFORE_THE_FIRST, ROOT, Statement
from app.accounts.vouching_states import (
    INSTALLATION,
    InstallationState,
    Keys,
    OrganisationState,
    RingState,
    organisation_chain,
)

STATED = "rodyna_stated"
_KEPT = "vouched"

_newest = (
    select(col(StatementRow.chain).label("chain"), func.max(col(StatementRow.number)).label("number"))
    .group_by(col(StatementRow.chain))
    .subquery()
)
_COLUMNS = (
    col(StatementRow.chain),
    col(StatementRow.number),
    col(StatementRow.signer),
    col(StatementRow.content),
    col(StatementRow.signature),
)
# Every sending asks this; it is built once.
_NEWEST = (
    select(*_COLUMNS)
    .join(_newest, (_newest.c.chain == col(StatementRow.chain)) & (_newest.c.number == col(StatementRow.number)))
    .order_by(col(StatementRow.chain))
)
_ALL = select(*_COLUMNS).order_by(col(StatementRow.chain), col(StatementRow.number))


class Fault(StrEnum):
    """Why a chain does not count as it stands."""

    NO_ROOT = "no_root"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    OUT_OF_ORDER = "out_of_order"
    NOT_SIGNED = "not_signed"
    NOT_ALLOWED = "not_allowed"
    NOT_THEIRS = "not_theirs"
    PUT_BACK = "put_back"
    FORKED = "forked"


@dataclass(frozen=True)
class Vouched:
    """What the statements say, as far as they hold; ``faults`` names each chain that does not, and why.

    A chain with a fault still tells what was signed before it, which opens the desk so that people see the alarm. What
    is sealed rests on chains without one alone.
    """

    installation: InstallationState | None = None
    organisations: Mapping[str, OrganisationState] = field(default_factory=dict)
    rings: Mapping[str, RingState] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    digests: Mapping[str, bytes] = field(default_factory=dict)
    faults: Mapping[str, Fault] = field(default_factory=dict)

    def organisation_of(self, account_id: str) -> str | None:
        """The organisation that appointed ``account_id``, if one did."""
        return next((id_ for id_, state in self.organisations.items() if account_id in state.people), None)

    def appointed(self, account_id: str) -> Keys | None:
        """The keys with which ``account_id`` is appointed now, or None."""
        organisation_id = self.organisation_of(account_id)
        return None if organisation_id is None else self.organisations[organisation_id].people[account_id].keys

    def signing_keys(self, account_id: str) -> tuple[bytes, ...]:
        """Every signing key that is or was this person's, who may have left: what an old signature is checked with."""
        return next((keys for state in self.organisations.values() if (keys := state.signing_keys(account_id))), ())


S = TypeVar("S", InstallationState, OrganisationState, RingState)


@dataclass
class _Followed(Generic[S]):
    """How far a chain could be followed."""

    state: S | None = None
    number: int = 0
    digest: bytes = BEFORE_THE_FIRST
    fault: Fault | None = None
    by_number: dict[int, bytes] = field(default_factory=dict)
    had: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def note(self, state: S, statement: Statement) -> None:
        """Go on to ``state``; ``had`` keeps when an organisation first had somebody, and whether the root said so."""
        self.state, self.number, self.digest = state, statement.number, statement.digest
        self.by_number[statement.number] = statement.digest
        if isinstance(state, OrganisationState):
            for account in (*state.people, *state.left):
                self.had.setdefault(account, (statement.number, statement.signer == ROOT))


def vouched(session: Session) -> Vouched:
    """What the statements in the database say now."""
    anchor = anchor_of(session)
    newest = tuple(tuple(row) for row in session.connection().execute(_NEWEST))
    kept = anchor.kept.get(_KEPT)
    if kept is not None and kept[0] == newest:
        found: Vouched = kept[1]
        return found
    found, heads = _verify(session, anchor.fingerprint, anchor.seen())
    # What this transaction itself stated may yet be rolled back: neither kept nor witnessed.
    if not session.info.get(STATED):
        anchor.note(heads)
        anchor.kept[_KEPT] = newest, found
    return found


def _verify(session: Session, fingerprint: bytes | None, seen: Heads) -> tuple[Vouched, Heads]:
    root = session.execute(select(col(Installation.root_public))).scalar_one_or_none()
    if root is None or fingerprint is None or root_fingerprint(root) != fingerprint:
        return Vouched(faults={INSTALLATION: Fault.NO_ROOT}), {}
    chains: dict[str, list[Statement]] = {INSTALLATION: []}
    for row in session.execute(_ALL):
        chains.setdefault(row[0], []).append(Statement(*row))
    for chain in seen:
        chains.setdefault(chain, [])
    installation = _follow(chains[INSTALLATION], InstallationState.unpacked, _by_root(root))
    followed: dict[str, _Followed[OrganisationState]] = {}
    rings: dict[str, _Followed[RingState]] = {}
    unknown: dict[str, Fault] = {}
    for chain, statements in chains.items():
        kind, _, name = chain.partition(":")
        if kind == "organisation":
            followed[name] = _follow(statements, OrganisationState.unpacked, _by_administrators(root))
        elif kind != "ring" and chain != INSTALLATION:
            unknown[chain] = Fault.UNREADABLE
    _send_home(followed, installation.state, seen)
    organisations = {name: each.state for name, each in followed.items() if each.state is not None}
    for chain, statements in chains.items():
        kind, _, name = chain.partition(":")
        if kind == "ring":
            rings[name] = _follow(statements, RingState.unpacked, _by_leads(name, organisations))
    every: dict[str, _Followed[Any]] = {
        INSTALLATION: installation,
        **{f"organisation:{name}": each for name, each in followed.items()},
        **{f"ring:{name}": each for name, each in rings.items()},
    }
    faults = unknown | {chain: fault for chain, each in every.items() if (fault := _fault(each, seen.get(chain)))}
    return Vouched(
        installation=installation.state,
        organisations=organisations,
        rings={name: each.state for name, each in rings.items() if each.state is not None},
        numbers={chain: each.number for chain, each in every.items()},
        digests={chain: each.digest for chain, each in every.items()},
        faults=faults,
    ), {chain: (each.number, each.digest) for chain, each in every.items() if chain not in faults and each.number}


def _send_home(
    followed: "dict[str, _Followed[OrganisationState]]", installation: InstallationState | None, seen: Heads
) -> None:
    """Let nobody stand in two organisations: whoever named another's person has a fault, and has them not."""
    claims: dict[str, list[Claim]] = {}
    for name, each in followed.items():
        last = seen.get(organisation_chain(name), (0, b""))[0]
        receiving = installation is not None and installation.receiving == name
        for account, (number, by_root) in each.had.items():
            since = Since.FOUNDED if by_root else Since.SEEN if number <= last else Since.NEW
            claims.setdefault(account, []).append(Claim(name, since, receiving))
    for name, accounts in intruders(claims).items():
        each = followed[name]
        each.fault = each.fault or Fault.NOT_THEIRS
        assert each.state is not None
        each.state = without(each.state, accounts)


def _fault(followed: "_Followed[Any]", seen: tuple[int, bytes] | None) -> Fault | None:
    if followed.fault is not None:
        return followed.fault
    if followed.number == 0:
        return Fault.MISSING
    if seen is None:
        return None
    if followed.number < seen[0]:
        return Fault.PUT_BACK
    return None if followed.by_number[seen[0]] == seen[1] else Fault.FORKED


def _follow(
    statements: Iterable[Statement],
    unpacked: Callable[[Mapping[str, object]], S],
    keys_for: Callable[[S | None, S, Statement], tuple[bytes, ...]],
) -> "_Followed[S]":
    """Follow one chain to its end, or to the first statement that does not hold."""
    followed: _Followed[S] = _Followed()
    for statement in statements:
        if statement.number != followed.number + 1:
            followed.fault = Fault.OUT_OF_ORDER
            return followed
        try:
            after, packed = statement.read()
            state = unpacked(packed)
            keys = keys_for(followed.state, state, statement)
            signed = any(statement.is_signed_by(key) for key in keys)
        except (ValueError, KeyError, TypeError, AttributeError):
            # Not even a signature makes what cannot be read a statement.
            followed.fault = Fault.UNREADABLE
            return followed
        if after != followed.digest:
            followed.fault = Fault.OUT_OF_ORDER
            return followed
        if not signed:
            followed.fault = Fault.NOT_SIGNED if keys else Fault.NOT_ALLOWED
            return followed
        followed.note(state, statement)
    return followed


def _by_root(root: bytes) -> Callable[[InstallationState | None, InstallationState, Statement], tuple[bytes, ...]]:
    return lambda _before, _after, statement: (root,) if statement.signer == ROOT else ()


def _by_administrators(
    root: bytes,
) -> Callable[[OrganisationState | None, OrganisationState, Statement], tuple[bytes, ...]]:
    def keys_for(before: OrganisationState | None, after: OrganisationState, statement: Statement) -> tuple[bytes, ...]:
        """The root may always speak; an administrator may, who stood there before, and takes back no one's leaving."""
        if statement.signer == ROOT:
            return (root,)
        if before is None or not keeps(before, after):
            return ()
        key = before.administrator_key(statement.signer)
        return () if key is None else (key,)

    return keys_for


def _by_leads(
    ring: str, organisations: Mapping[str, OrganisationState]
) -> Callable[[RingState | None, RingState, Statement], tuple[bytes, ...]]:
    def keys_for(before: RingState | None, after: RingState, statement: Statement) -> tuple[bytes, ...]:
        """Whoever may speak for the ring after the state before, and had not left when they did."""
        organisation = organisations.get(after.organisation)
        if organisation is None or ring not in organisation.rings or not follows(before, after):
            return ()
        if not is_of_its_kind(ring, after):
            return ()
        left = organisation.left.get(statement.signer)
        if left is not None and statement.number > left.rings.get(ring, 0):
            return ()
        return speakers(before, statement.signer, ring, organisation)

    return keys_for

"""Following a chain of statements to its end, or to the first that does not hold.

The rules by which one state comes after another stand in :mod:`app.accounts.vouching_rules`, and by whose keys it may
be signed in :mod:`app.accounts.vouching_signers`; each statement is asked in turn. No database.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Generic, TypeVar

from app.accounts.vouching_rings import RingState
from app.accounts.vouching_rules import changed_by_root, remembering
from app.accounts.vouching_statements import BEFORE_THE_FIRST, ROOT, Statement
from app.accounts.vouching_states import (
    INSTALLATION,
    ORGANISATION,
    RING,
    SHARED_CHAINS,
    InstallationState,
    OrganisationState,
)
from app.accounts.vouching_together import DeskState, RulesState
from app.storage.packing import pack
from app.vault.digest import sha256


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
class Proposed:
    """Rules that somebody proposed, by whom, and the hash by which the second person's signature names them.

    ``taken_back`` ends the waiting alone: where somebody signed them all the same, as of two at one moment could happen
    in earlier releases, the signature stands.
    """

    version: str
    content: Mapping[str, Any] = field(repr=False)
    by: str
    digest: bytes
    taken_back: bool = False


S = TypeVar("S", InstallationState, OrganisationState, RingState, RulesState, DeskState)


@dataclass
class Followed(Generic[S]):
    """How far a chain could be followed."""

    state: S | None = None
    first: S | None = None
    number: int = 0
    digest: bytes = BEFORE_THE_FIRST
    fault: Fault | None = None
    by_number: dict[int, bytes] = field(default_factory=dict)
    had: dict[str, tuple[int, bool]] = field(default_factory=dict)
    leads: set[str] = field(default_factory=set)
    given: frozenset[tuple[str, bytes]] = frozenset()
    administrators: set[str] = field(default_factory=set)
    pinned_by: dict[str, str] = field(default_factory=dict)
    proposed: dict[str, Proposed] = field(default_factory=dict)
    rule_versions: list[str] = field(default_factory=list)
    by_root: dict[bytes, tuple[str, ...]] = field(default_factory=dict)
    left_at: dict[str, int] = field(default_factory=dict)

    def note(self, state: S, statement: Statement) -> None:
        """Go on to ``state``; ``had`` keeps when an organisation first had somebody, and whether the root said so."""
        before: Mapping[str, bytes] = getattr(self.state, "in_force", {})
        older, self.first = self.state, self.first or state
        self.state, self.number, self.digest = state, statement.number, statement.digest
        self.by_number[statement.number] = statement.digest
        if isinstance(state, OrganisationState):
            for account in (*state.people, *state.left):
                self.had.setdefault(account, (statement.number, statement.signer == ROOT))
            for account in state.left:
                self.left_at.setdefault(account, statement.number)
            self.administrators |= {account for account in state.people if state.administrator_key(account)}
            new = (name for name, digest in state.in_force.items() if before.get(name) != digest)
            self.pinned_by |= dict.fromkeys(new, statement.signer)
            whom = changed_by_root(older, state) if statement.signer == ROOT and older is not None else None
            self.by_root |= {} if whom is None else {statement.digest: whom}
        elif isinstance(state, InstallationState):
            self.by_root |= {statement.digest: ()} if statement.number > 1 else {}
        elif isinstance(state, RingState):
            self._note_holders(older, state)
        elif isinstance(state, RulesState):
            self.rule_versions.append(state.version)
            if state.content:
                digest = sha256(pack(state.content))
                self.proposed[state.version] = Proposed(state.version, state.content, statement.signer, digest)
            else:
                self.proposed[state.version] = replace(self.proposed[state.version], taken_back=True)

    def _note_holders(self, older: object, state: RingState) -> None:
        """Who leads a ring, and to whom its newest key was given; with a new one that begins anew."""
        self.leads |= {account for account, holder in state.holders.items() if holder.lead}
        given = frozenset((account, holder.keys.verify) for account, holder in state.holders.items())
        same_key = isinstance(older, RingState) and older.generation == state.generation
        self.given = self.given | given if same_key else given


def follow(
    statements: Iterable[Statement],
    unpacked: Callable[[Mapping[str, object]], S],
    keys_for: Callable[[S | None, S, Statement], tuple[bytes, ...]],
) -> "Followed[S]":
    """Follow one chain to its end, or to the first statement that does not hold."""
    followed: Followed[S] = Followed()
    for statement in statements:
        if statement.number != followed.number + 1:
            followed.fault = Fault.OUT_OF_ORDER
            return followed
        try:
            after, packed = statement.read()
            state = unpacked(packed)
            keys = keys_for(followed.state, state, statement)
            signed = any(statement.is_signed_by(key) for key in keys)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            # Not even a signature makes what cannot be read a statement.
            followed.fault = Fault.UNREADABLE
            return followed
        if after != followed.digest:
            followed.fault = Fault.OUT_OF_ORDER
            return followed
        if not signed:
            followed.fault = Fault.NOT_SIGNED if keys else Fault.NOT_ALLOWED
            return followed
        if isinstance(state, OrganisationState):
            state = remembering(followed.state, state)
        followed.note(state, statement)
    return followed


def leaving_numbers(organisations: Iterable[Followed[OrganisationState]]) -> dict[str, int]:
    """With which number of its chain each organisation said that somebody of its own leaves."""
    states = ((each.state, each.left_at) for each in organisations)
    return {account: numbers[account] for state, numbers in states if state is not None for account in state.left}


def of_no_kind(chains: Iterable[str]) -> dict[str, Fault]:
    """Chains that no release so far knows."""
    named = (INSTALLATION, *SHARED_CHAINS)
    strange = [chain for chain in chains if chain not in named and not chain.startswith((ORGANISATION, RING))]
    return dict.fromkeys(strange, Fault.UNREADABLE)


def is_behind(followed: Followed[Any], seen: tuple[int, bytes] | None) -> bool:
    """Whether the newest statement that was seen of a chain is not there any more, or is another."""
    return seen is not None and followed.by_number.get(seen[0]) != seen[1]


def fault_of(followed: Followed[Any], seen: tuple[int, bytes] | None) -> Fault | None:
    """What is wrong with a chain, also by what was seen of it before."""
    if followed.fault is not None:
        return followed.fault
    if followed.number == 0:
        return Fault.MISSING
    if seen is None:
        return None
    if followed.number < seen[0]:
        return Fault.PUT_BACK
    return None if followed.by_number[seen[0]] == seen[1] else Fault.FORKED

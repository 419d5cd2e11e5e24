"""Who and which key counts: every chain of statements followed from the root, and kept while not a byte changes.

What is kept is found by the bytes of the newest statement of every chain, as they were when it was verified, so a row
that was changed, added or removed is seen with the next request, and what was verified once is not verified again. A
state that was put back is refused by the highest numbers that any process here has seen so far (see
:mod:`app.accounts.vouching_anchor`), in a process that had kept just that state too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.accounts.rings import QUEUE, RECORD, STATISTICS
from app.accounts.tables import Installation, StatementRow
from app.accounts.vouching_anchor import Heads, anchor_of, root_fingerprint
from app.accounts.vouching_by_root import SignedByRoot, signed_by_root
from app.accounts.vouching_following import (
    Fault,
    Followed,
    Proposed,
    fault_of,
    follow,
    is_behind,
    leaving_numbers,
    of_no_kind,
)
from app.accounts.vouching_looks import found_before, has_stated, note_first_look, note_found
from app.accounts.vouching_rings import Keys, RingState
from app.accounts.vouching_rules import Claim, Since, intruders, without
from app.accounts.vouching_signers import by_administrators, by_closers, by_leads, by_proposers, by_root
from app.accounts.vouching_statements import Statement
from app.accounts.vouching_states import (
    INSTALLATION,
    LOCKDOWN_CHAIN,
    ON_ORGANISATION,
    ORGANISATION,
    RULES_CHAIN,
    SHARED_CHAINS,
    InstallationState,
    OrganisationState,
    organisation_chain,
    ring_chain,
)
from app.accounts.vouching_together import DeskState, RulesState

_KEPT = "vouched"
# Chain, number, signer, content, signature.
_Rows = tuple[tuple[Any, ...], ...]

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
NUMBERS = select(_newest.c.chain, _newest.c.number)
_ALL = select(*_COLUMNS).order_by(col(StatementRow.chain), col(StatementRow.number))


@dataclass(frozen=True)
class Vouched:
    """What the statements say, as far as they hold; ``faults`` names each chain that does not, and why.

    A chain with a fault still tells what was signed before it, which opens the desk so that people see the alarm. What
    is sealed rests on chains without one alone.
    """

    installation: InstallationState | None = None
    organisations: Mapping[str, OrganisationState] = field(default_factory=dict)
    rings: Mapping[str, RingState] = field(default_factory=dict)
    # Everybody to whom the newest key of each ring was given, with their signing key of then.
    given: Mapping[str, frozenset[tuple[str, bytes]]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    digests: Mapping[str, bytes] = field(default_factory=dict)
    faults: Mapping[str, Fault] = field(default_factory=dict)
    # Chains whose newest signatures were seen here and are not there, whatever stands in their place.
    behind: frozenset[str] = frozenset()
    # Whose signature brought a name into force, for every name that ever was, in the organisation that receives.
    pinned_by: Mapping[str, str] = field(default_factory=dict)
    # What people or the machine signed of the desk; None where nobody ever did.
    desk: DeskState | None = None
    proposed: tuple[Proposed, ...] = ()
    # What the root signed after the founding, beyond that one leaves, by the digest of the statement.
    by_root: Mapping[bytes, SignedByRoot] = field(default_factory=dict)
    # With which number of their organisation's chain somebody left.
    left_at: Mapping[str, int] = field(default_factory=dict)
    # Every version that was ever proposed, taken back or not: no number is given twice.
    rule_versions: tuple[str, ...] = ()

    @property
    def receiving(self) -> str:
        """The organisation that receives, as the root signed it; "" where nobody knows."""
        return self.installation.receiving if self.installation is not None else ""

    def organisation_of(self, account_id: str) -> str | None:
        """The organisation that appointed ``account_id``, if one did."""
        return next((id_ for id_, state in self.organisations.items() if account_id in state.people), None)

    def appointed(self, account_id: str) -> Keys | None:
        """The keys with which ``account_id`` is appointed now, or None."""
        organisation_id = self.organisation_of(account_id)
        return None if organisation_id is None else self.organisations[organisation_id].people[account_id].keys

    def reached(self, organisation: OrganisationState) -> dict[str, int]:
        """Where each ring of an organisation stands, and each shared chain: whoever leaves or is reset ends there."""
        rings = {ring: self.numbers.get(ring_chain(ring), 0) for ring in organisation.rings}
        return rings | {chain: self.numbers.get(chain, 0) for chain in SHARED_CHAINS}

    def signing_keys_at(self, account_id: str, place: str, number: int) -> tuple[bytes, ...]:
        """Every signing key that was this person's when ``number`` was reached in a place, or is since.

        Whoever had left by then has none where it is their organisation's own chain that was reached.
        """
        if place == ON_ORGANISATION and number >= self.left_at.get(account_id, number + 1):
            return ()
        known = (state.signing_keys_at(account_id, place, number) for state in self.organisations.values())
        return next((keys for keys in known if keys), ())

    def signing_keys(self, account_id: str) -> tuple[bytes, ...]:
        """Every signing key that is or was this person's, who may have left: what an old signature is checked with."""
        return next((keys for state in self.organisations.values() if (keys := state.signing_keys(account_id))), ())


@dataclass(frozen=True)
class _Kept:
    """What was verified, of which newest statements, and by which of the numbers that were seen."""

    newest: _Rows
    stamp: object
    found: Vouched


def vouched(session: Session) -> Vouched:
    """What the statements in the database say, as this transaction first found them, or since it stated something.

    Whoever must know what others stated meanwhile takes their turn and looks anew
    (:func:`~app.accounts.vouching_looks.look_anew`).
    """
    found: Vouched | None = found_before(session)
    if found is None:
        found = _look(session)
        note_found(session, found)
    return found


def _look(session: Session) -> Vouched:
    anchor = anchor_of(session)
    stamp = anchor.stamp()
    newest: _Rows = tuple(tuple(row) for row in session.connection().execute(_NEWEST))
    note_first_look(session, {row[0]: row[1] for row in newest})
    kept: _Kept | None = anchor.kept.get(_KEPT)
    if kept is not None and kept.newest == newest:
        if kept.stamp == stamp:
            return kept.found
        if _are_seen(kept.found, anchor.seen()):
            anchor.kept[_KEPT] = replace(kept, stamp=stamp)
            return kept.found
    rows: _Rows = tuple(tuple(row) for row in session.connection().execute(_ALL))
    found, heads = _verify(session, rows, anchor.fingerprint, anchor.seen())
    # What this transaction itself stated may yet be rolled back: neither kept nor witnessed. Nor is it kept that there
    # is no root, since its row is not among what is compared.
    if not has_stated(session) and found.faults.get(INSTALLATION) is not Fault.NO_ROOT:
        anchor.note(heads)
        # Of the very rows that were verified: others may have been there a moment before.
        anchor.kept[_KEPT] = _Kept(tuple({row[0]: row for row in rows}.values()), stamp, found)
    return found


def _are_seen(found: Vouched, seen: Heads) -> bool:
    """Whether nothing newer was seen than what was verified."""
    at = ((found.numbers.get(chain, 0), found.digests.get(chain), head) for chain, head in seen.items())
    return all(number > head[0] or (number, digest) == head for number, digest, head in at)


def _verify(session: Session, rows: _Rows, fingerprint: bytes | None, seen: Heads) -> tuple[Vouched, Heads]:
    root = session.execute(select(col(Installation.root_public))).scalar_one_or_none()
    if root is None or fingerprint is None or root_fingerprint(root) != fingerprint:
        return Vouched(faults={INSTALLATION: Fault.NO_ROOT}), {}
    chains = _chains(rows, seen)
    installation = follow(chains[INSTALLATION], InstallationState.unpacked, by_root(root))
    followed = {
        chain.partition(":")[2]: follow(statements, OrganisationState.unpacked, by_administrators(root))
        for chain, statements in chains.items()
        if chain.startswith(ORGANISATION)
    }
    _send_home(followed, installation.state, seen)
    organisations = {name: each.state for name, each in followed.items() if each.state is not None}
    rings = _rings(chains, organisations, installation.state)
    receiving = followed.get(installation.state.receiving if installation.state else "", Followed())
    rules = follow(chains.get(RULES_CHAIN, ()), RulesState.unpacked, by_proposers(receiving))
    closers = by_closers(receiving, _leads(rings, installation.state), installation.state)
    desk = follow(chains.get(LOCKDOWN_CHAIN, ()), DeskState.unpacked, closers)
    found: dict[str, Followed[Any]] = {INSTALLATION: installation, RULES_CHAIN: rules, LOCKDOWN_CHAIN: desk}
    found |= {organisation_chain(name): each for name, each in followed.items()}
    found |= {ring_chain(name): each for name, each in rings.items()}
    every = {chain: each for chain, each in found.items() if chain in chains}
    faults = {chain: fault for chain, each in every.items() if (fault := fault_of(each, seen.get(chain)))}
    return Vouched(
        installation=installation.state,
        organisations=organisations,
        rings={name: each.state for name, each in rings.items() if each.state is not None},
        given={name: each.given for name, each in rings.items()},
        numbers={chain: each.number for chain, each in every.items()},
        digests={chain: each.digest for chain, each in every.items()},
        faults=of_no_kind(chains) | faults,
        behind=frozenset(chain for chain, each in every.items() if is_behind(each, seen.get(chain))),
        pinned_by=receiving.pinned_by,
        desk=desk.state,
        proposed=tuple(rules.proposed.values()),
        rule_versions=tuple(rules.rule_versions),
        left_at=leaving_numbers(followed.values()),
        by_root=signed_by_root(followed, installation),
    ), {chain: (each.number, each.digest) for chain, each in every.items() if chain not in faults and each.number}


def _send_home(
    followed: "dict[str, Followed[OrganisationState]]", installation: InstallationState | None, seen: Heads
) -> None:
    """Let nobody stand in two organisations: whoever named another's person has a fault, and has them not."""
    claims: dict[str, list[Claim]] = {}
    for name, each in followed.items():
        last = seen.get(organisation_chain(name), (0, b""))[0]
        receiving = installation is not None and installation.receiving == name
        for account, (number, of_root) in each.had.items():
            since = Since.FOUNDED if of_root else Since.SEEN if number <= last else Since.NEW
            claims.setdefault(account, []).append(Claim(name, since, receiving))
    for name, accounts in intruders(claims).items():
        each = followed[name]
        each.fault = each.fault or Fault.NOT_THEIRS
        assert each.state is not None
        each.state = without(each.state, accounts)


def _chains(rows: _Rows, seen: Heads) -> dict[str, list[Statement]]:
    """Every chain that is there or was seen."""
    chains: dict[str, list[Statement]] = {INSTALLATION: []}
    for row in rows:
        chains.setdefault(row[0], []).append(Statement(*row))
    for chain in seen:
        chains.setdefault(chain, [])
    return chains


def _rings(
    chains: Mapping[str, list[Statement]],
    organisations: Mapping[str, OrganisationState],
    installation: InstallationState | None,
) -> dict[str, Followed[RingState]]:
    """Every ring's chain, followed; record and statistics tell of everybody, and are of who receives alone."""
    receives = {name: state for name, state in organisations.items() if installation and name == installation.receiving}
    return {
        name: follow(
            statements,
            RingState.unpacked,
            by_leads(name, receives if name in (RECORD, STATISTICS) else organisations, organisations.values()),
        )
        for chain, statements in chains.items()
        for kind, _, name in (chain.partition(":"),)
        if kind == "ring"
    }


def _leads(rings: Mapping[str, Followed[RingState]], installation: InstallationState | None) -> set[str]:
    """Everybody who leads or led a queue of the organisation that receives."""
    found: set[str] = set()
    for ring, followed in rings.items():
        owner = followed.state.organisation if followed.state is not None else None
        if installation is not None and owner == installation.receiving and ring.startswith(QUEUE):
            found |= followed.leads
    return found

"""Whether the rows say what was signed: for every ring its key, and what is wrong with it if anything is.

Rows are compared whenever they are used, and what was found is kept as long as neither a statement nor a row that went
into it is another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Integer, LargeBinary, Select, String, cast, literal, select, union_all
from sqlmodel import Session, col

from app.accounts.holding import holds, lost_role
from app.accounts.rings import QUEUE, RingPublic, queue_ring, recovery_ring
from app.accounts.tables import Installation, Membership, Organisation, Queue, RecoveryCopy, RingKey, RingShare
from app.accounts.vouching import Vouched, vouched
from app.accounts.vouching_anchor import anchor_of
from app.accounts.vouching_rings import RingState
from app.accounts.vouching_states import INSTALLATION, organisation_chain, ring_chain
from app.vault.digest import sha256

_KEPT = "standing"


def _part(number: int, *texts: Any, count: Any = None, content: Any = None, claim: Any = None) -> Select[Any]:
    """Some columns of one table as a part of the one question; what a part has not stands there empty."""
    empty: list[Any] = [cast(None, String)] * (3 - len(texts))
    return select(
        literal(number).label("part"),
        *(text.label(f"text_{at}") for at, text in enumerate((*texts, *empty))),
        (cast(None, Integer) if count is None else count).label("count"),
        (cast(None, LargeBinary) if content is None else content).label("content"),
        (cast(None, Boolean) if claim is None else claim).label("claim"),
    )


# Every sending asks this. It is built once, and is one question because PostgreSQL answers each over the network.
_ROWS = union_all(
    _part(0, col(Installation.receiving_id)),
    _part(1, col(Organisation.id), col(Organisation.name)),
    _part(2, col(Queue.id), col(Queue.kind), col(Queue.organisation_id)),
    _part(3, col(RingKey.ring), count=col(RingKey.generation), content=col(RingKey.public_key)),
    _part(4, col(RingShare.ring), col(RingShare.account_id), count=col(RingShare.generation)),
    _part(5, col(Membership.queue_id), col(Membership.account_id), claim=col(Membership.lead)),
)
_COPIES = select(col(RecoveryCopy.ring), col(RecoveryCopy.sealed))


class Trouble(StrEnum):
    """What is wrong with a ring, an organisation or the installation."""

    NOT_VOUCHED = "not_vouched"
    CHAIN = "chain"
    KEY = "key"
    MEMBERS = "members"
    ALTERED = "altered"
    REMOVAL_WAITS = "removal_waits"


@dataclass(frozen=True)
class RingStanding:
    """A ring as statements and rows have it together; ``key`` is None where it has none that is vouched.

    ``covered``: recovery holds it too. ``recoverable``: and that was tested.
    """

    ring: str
    key: RingPublic | None
    holders: int
    trouble: Trouble | None
    covered: bool = False
    recoverable: bool = False


@dataclass(frozen=True)
class Standing:
    """How everything stands; ``troubles`` names what is wrong beyond single rings (organisation id -> what).

    ``lost_copies`` are rings of which recovery should have a copy, and the row is not there or not the one signed for.
    """

    vouched: Vouched
    receiving: str
    queues: tuple[tuple[str, str, str], ...] = ()
    rings: Mapping[str, RingStanding] = field(default_factory=dict)
    troubles: Mapping[str, Trouble] = field(default_factory=dict)
    lost_copies: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Rows:
    receiving: str
    organisations: Mapping[str, str]
    queues: Iterable[tuple[str, str, str]]
    keys: Mapping[str, Mapping[int, bytes]]
    shares: frozenset[tuple[str, int, str]]
    members: Mapping[str, Mapping[str, bool]]
    copies: frozenset[tuple[str, bytes]] = frozenset()


def standing(session: Session) -> Standing:
    """Compare what was signed with the rows as they are now."""
    known = vouched(session)
    covered = any(state.cover for state in known.rings.values())
    queries = (_ROWS, _COPIES) if covered else (_ROWS,)
    # Plain columns, asked of the connection: what the session adds for objects is most of the time such a query takes.
    connection = session.connection()
    read = tuple(tuple(tuple(row) for row in connection.execute(query)) for query in queries)
    anchor = anchor_of(session)
    kept = anchor.kept.get(_KEPT)
    if kept is not None and kept[0] is known and kept[1] == read:
        found: Standing = kept[2]
        return found
    found = _compare(known, _sorted_rows(read))
    anchor.kept[_KEPT] = known, read, found
    return found


def _sorted_rows(read: tuple[Any, ...]) -> _Rows:
    rows, *copied = read
    parts: list[list[Any]] = [[], [], [], [], [], []]
    for part, *values in rows:
        parts[part].append(values)
    installed, organisations, queues, keys, shares, members = parts
    # Where nothing is founded nobody receives, and nothing else stands there either.
    receiving = installed[0][0] if installed else ""
    by_ring: dict[str, dict[int, bytes]] = {}
    for ring, _, _, generation, public_key, _ in keys:
        by_ring.setdefault(ring, {})[generation] = public_key
    by_queue: dict[str, dict[str, bool]] = {}
    for queue_id, account_id, *_, lead in members:
        by_queue.setdefault(queue_id, {})[account_id] = lead
    return _Rows(
        receiving,
        {organisation_id: name for organisation_id, name, *_ in organisations},
        tuple((queue_id, kind, owner) for queue_id, kind, owner, *_ in queues),
        by_ring,
        frozenset((ring, generation, account_id) for ring, account_id, _, generation, *_ in shares),
        by_queue,
        frozenset((ring, sha256(sealed)) for copies in copied for ring, sealed in copies),
    )


def _compare(known: Vouched, rows: _Rows) -> Standing:
    troubles = dict(_organisations_in_trouble(known, rows))
    owned = tuple(
        (ring, named.kind, organisation_id)
        for organisation_id, organisation in known.organisations.items()
        for ring, named in organisation.rings.items()
        if not organisation.ended
        # A ring is whose its own statement says; nobody else gets it by naming it.
        if ring not in known.rings or known.rings[ring].organisation == organisation_id
    )
    queues = tuple((ring.removeprefix(QUEUE), kind, owner) for ring, kind, owner in owned if ring.startswith(QUEUE))
    # Of an organisation that ended there are names and public keys, and nothing that anybody holds.
    over = {ring for organisation in known.organisations.values() if organisation.ended for ring in organisation.rings}
    stray = ({queue_ring(queue_id) for queue_id, *_ in rows.queues} | set(rows.keys)) - over
    stray |= {row[0] for row in rows.shares}
    rings = {ring: _ring(ring, organisation_id, known, rows, troubles) for ring, _, organisation_id in owned}
    for ring in stray - rings.keys():
        rings[ring] = RingStanding(ring, None, 0, Trouble.NOT_VOUCHED)
    meant = {ring for ring, state in known.rings.items() if _is_meant_to_be_covered(ring, state, rings)}
    there = {ring for ring in meant if (cover := known.rings[ring].cover) and (ring, cover.copy) in rows.copies}
    for ring in there & rings.keys():
        trustees = known.rings[recovery_ring(known.rings[ring].organisation)].trustees
        rings[ring] = replace(rings[ring], covered=True, recoverable=trustees is not None and trustees.tested)
    return Standing(known, known.receiving, tuple(sorted(queues)), rings, troubles, frozenset(meant - there))


def _is_meant_to_be_covered(ring: str, state: RingState, rings: Mapping[str, RingStanding]) -> bool:
    """Whether a lead signed that the organisation's recovery key, as it is now and stands, holds this key too."""
    recovery = rings.get(recovery_ring(state.organisation))
    if state.cover is None or ring not in rings or recovery is None or recovery.key is None:
        return False
    return recovery.trouble is None and sha256(recovery.key.public_key) == state.cover.key


def _organisations_in_trouble(known: Vouched, rows: _Rows) -> Iterable[tuple[str, Trouble]]:
    if INSTALLATION in known.faults:
        yield INSTALLATION, Trouble.CHAIN
    if known.receiving not in ("", rows.receiving):
        yield INSTALLATION, Trouble.ALTERED
    for organisation_id, name in rows.organisations.items():
        state = known.organisations.get(organisation_id)
        if state is None:
            yield organisation_id, Trouble.NOT_VOUCHED
        elif organisation_chain(organisation_id) in known.faults:
            yield organisation_id, Trouble.CHAIN
        elif state.name != name:
            yield organisation_id, Trouble.ALTERED
    for organisation_id in known.organisations.keys() - rows.organisations.keys():
        yield organisation_id, Trouble.ALTERED


def _ring(
    ring: str, organisation_id: str, known: Vouched, rows: _Rows, troubles: Mapping[str, Trouble]
) -> RingStanding:
    state = known.rings.get(ring)
    public_key = rows.keys.get(ring, {}).get(state.generation) if state is not None else None
    if state is None or public_key is None:
        trouble = _of_a_ring_without_key(ring, state, known, rows)
        return RingStanding(ring, None, 0, trouble)
    trouble = _trouble(ring, state, known, rows, troubles)
    here = known.organisations[organisation_id].people
    holders = sum(
        account in here and holds(known, ring, account) and (ring, state.generation, account) in rows.shares
        for account in state.holders
    )
    return RingStanding(ring, RingPublic(ring, state.generation, public_key), holders, trouble)


def _of_a_ring_without_key(ring: str, state: RingState | None, known: Vouched, rows: _Rows) -> Trouble | None:
    if ring_chain(ring) in known.faults:
        return Trouble.CHAIN
    # A queue whose lead has not made its key yet has nothing to be wrong with.
    has_rows = ring in rows.keys or bool(rows.members.get(ring.removeprefix(QUEUE)) and ring.startswith(QUEUE))
    return None if state is None and not has_rows else Trouble.KEY


def _trouble(
    ring: str, state: RingState, known: Vouched, rows: _Rows, troubles: Mapping[str, Trouble]
) -> Trouble | None:
    if {INSTALLATION, state.organisation} & troubles.keys() or ring_chain(ring) in known.faults:
        return Trouble.CHAIN
    keys = rows.keys[ring]
    if max(keys) != state.generation or sha256(keys[state.generation]) != state.public:
        return Trouble.KEY
    if ring.startswith(QUEUE) and not _queue_row_is_whole(ring, state, known, rows):
        return Trouble.ALTERED
    # A queue's key is of its organisation's own people; the record's was given to auditors of others at founding.
    own = known.organisations[state.organisation].people
    staying = {
        account: holder.lead
        for account, holder in state.holders.items()
        if (account in own if ring.startswith(QUEUE) else known.appointed(account))
        and not lost_role(known, ring, account)
    }
    shared = {account for each, _, account in rows.shares if each == ring}
    if shared - staying.keys() or (
        ring.startswith(QUEUE) and rows.members.get(ring.removeprefix(QUEUE), {}) != staying
    ):
        return Trouble.MEMBERS
    return Trouble.REMOVAL_WAITS if len(staying) < len(state.holders) else None


def _queue_row_is_whole(ring: str, state: RingState, known: Vouched, rows: _Rows) -> bool:
    queue_id = ring.removeprefix(QUEUE)
    kind = known.organisations[state.organisation].rings[ring].kind
    return (queue_id, kind, state.organisation) in tuple(rows.queues)

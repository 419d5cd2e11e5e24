"""The person who is logged in, with the keys that their session opened."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session

from app.accounts import directory, rings, sessions
from app.accounts.errors import KeyNotHeld, SessionEnded
from app.accounts.holding import holds, lost_role
from app.accounts.permissions import Role
from app.accounts.rings import QUEUE
from app.accounts.sessions import SessionKind
from app.accounts.tables import Account
from app.accounts.vouching import Vouched, vouched
from app.accounts.vouching_rings import Keys
from app.accounts.waiting import waits
from app.alphabet import by_name
from app.trail.chain import Actor
from app.vault.errors import VaultError
from app.vault.hybrid import KeyPair, key_pair
from app.vault.signing import verify_key

Opened = TypeVar("Opened")
MOST_OPENED = 200


@dataclass(frozen=True)
class MemberQueue:
    """A queue that the member belongs to."""

    id: str
    kind: str
    organisation_id: str
    organisation: str
    lead: bool


@dataclass(frozen=True)
class Member:
    """A member of staff with open keys, for the length of one request."""

    account_id: str
    organisation_id: str
    organisation: str
    name: str
    roles: frozenset[Role]
    queues: tuple[MemberQueue, ...]
    language: str
    head: str
    filters: Mapping[str, str] = field(repr=False)
    pair: KeyPair = field(repr=False)
    signing_key: bytes = field(repr=False)
    directory_key: bytes = field(repr=False)
    admitted: bool = True
    # What was begun in this session and goes on in steps, by its kind.
    begun: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    _rings: dict[tuple[str, int], KeyPair] = field(default_factory=dict, repr=False, compare=False)
    _opened: dict[tuple[bytes, bytes], Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def actor(self) -> Actor:
        """The member as a signer of the record."""
        return Actor(self.account_id, self.signing_key)

    def queue(self, queue_id: str) -> MemberQueue | None:
        """The membership in ``queue_id``, if there is one."""
        return next((queue for queue in self.queues if queue.id == queue_id), None)

    def ring_pair(self, session: Session, ring: str, generation: int) -> KeyPair:
        """The key pair of a ring the member holds; opened and expanded once a request.

        Raises: :class:`~app.accounts.errors.KeyNotHeld`.
        """
        place = (ring, generation)
        if place not in self._rings:
            self._rings[place] = key_pair(rings.open_ring(session, ring, generation, self.account_id, self.pair))
        return self._rings[place]

    def opened_once(self, sealed: bytes, place: bytes, open_it: Callable[[], Opened]) -> Opened:
        """What these bytes hold in this place, opened once a request; of very many the last are kept."""
        kept: Opened | None = self._opened.get((place, sealed))
        if kept is None:
            if len(self._opened) >= MOST_OPENED:
                self._opened.clear()
            kept = self._opened[place, sealed] = open_it()
        return kept


def resume(session: Session, token: str, now: datetime) -> Member:
    """The member whose session ``token`` opens.

    Raises: :class:`SessionEnded`.
    """
    return _resumed(session, token, now)


def resume_without_names(session: Session, token: str, now: datetime) -> Member:
    """The same of somebody who may read no names any more, because their share of that key is gone or is of another.

    They have an empty ``directory_key`` then; it is for whoever gets the names back from trustees, and for no page.

    Raises: :class:`SessionEnded`.
    """
    return _resumed(session, token, now, without_names=True)


def set_language(session: Session, token: str, language: str, now: datetime) -> None:
    """Keep the language in which the member reads the desk, for this session."""
    sessions.change(session, SessionKind.STAFF, token, lambda content: {**content, "language": language}, now)


def keep_filter(session: Session, token: str, place: str, query: str, now: datetime) -> None:
    """Keep what the member wants to see of a list, for this session alone; an empty ``query`` forgets it."""

    def keep(content: dict[str, Any]) -> dict[str, Any]:
        filters = {**content.get("filters", {}), place: query}
        return {**content, "filters": {name: value for name, value in filters.items() if value}}

    sessions.change(session, SessionKind.STAFF, token, keep, now)


def keep_begun(session: Session, token: str, kind: str, work: Mapping[str, Any] | None, now: datetime) -> None:
    """Keep what was begun and goes on in steps, for this session alone; none where it is over."""

    def keep(content: dict[str, Any]) -> dict[str, Any]:
        begun = {name: value for name, value in content.get("begun", {}).items() if name != kind}
        return {**content, "begun": begun if work is None else {**begun, kind: dict(work)}}

    sessions.change(session, SessionKind.STAFF, token, keep, now)


def colleagues(session: Session, member: Member, account_ids: Collection[str]) -> dict[str, str]:
    """The names of those of ``account_ids`` who are of the member's own organisation."""
    return directory.names(session, member.organisation_id, member.directory_key, account_ids)


def queue_colleagues(session: Session, member: Member, queue_id: str) -> dict[str, str]:
    """The members of one of the member's queues, themselves included: account -> name, by name."""
    known, name = vouched(session), f"{QUEUE}{queue_id}"
    ring = known.rings.get(name)
    holders = [account for account in ring.holders if not lost_role(known, name, account)] if ring else []
    found = colleagues(session, member, holders)
    return dict(sorted(found.items(), key=lambda pair: by_name(pair[1])))


def _resumed(session: Session, token: str, now: datetime, *, without_names: bool = False) -> Member:
    content = sessions.read(session, SessionKind.STAFF, token, now)
    account = session.get(Account, content["account_id"])
    if account is None:
        raise SessionEnded
    return _member(session, account, content, without_names=without_names)


def _member(session: Session, account: Account, content: Mapping[str, Any], *, without_names: bool) -> Member:
    pair, known = key_pair(content["private_key"]), vouched(session)
    organisation = known.organisations.get(account.organisation_id)
    admitted = known.appointed(account.id) == Keys.of(verify_key(content["signing_key"]), pair.public)
    # A session that was open when its owner was removed, or given other keys, is over.
    if organisation is None or organisation.ended or not (admitted or waits(session, account)):
        raise SessionEnded
    key, name = b"", ""
    if admitted:
        try:
            key = directory.open_directory(session, account.organisation_id, account.id, pair)
            name = directory.open_name(key, account.organisation_id, account.id, account.name_sealed)
        except (KeyNotHeld, VaultError):
            if not without_names:
                raise SessionEnded from None
            key = b""
    return Member(
        account_id=account.id,
        organisation_id=account.organisation_id,
        organisation=organisation.name,
        name=name,
        # What was signed counts; the rows are there for lists. Who waits has no role and no queue.
        roles=organisation.people[account.id].roles if admitted else frozenset(),
        queues=_queues(known, account.id) if admitted else (),
        language=content["language"],
        head=content["head"],
        filters=content.get("filters", {}),
        pair=pair,
        signing_key=content["signing_key"],
        directory_key=key,
        admitted=admitted,
        begun=content.get("begun", {}),
    )


def _queues(known: Vouched, account_id: str) -> tuple[MemberQueue, ...]:
    found = []
    for ring, state in sorted(known.rings.items()):
        holder = state.holders.get(account_id)
        if ring.startswith(QUEUE) and holder is not None and holds(known, ring, account_id):
            owner = known.organisations[state.organisation]
            queue_id, kind = ring.removeprefix(QUEUE), owner.rings[ring].kind
            if account_id in owner.people:
                found.append(MemberQueue(queue_id, kind, state.organisation, owner.name, holder.lead))
    return tuple(found)

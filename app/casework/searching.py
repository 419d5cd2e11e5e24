"""Finding a case: by its number at once; by names and words within what the member's own keys open, step by step.

Nothing searchable is stored. Each step opens so many of the newest cases, looks, and lets them go: memory and time
stay the same however many there are, and the page says how far it has looked.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from app.accounts.errors import AccountsError
from app.accounts.members import Member
from app.accounts.queues import newest_key
from app.accounts.record import put_on_record
from app.accounts.rings import queue_ring
from app.casefile.cases import as_item
from app.casefile.errors import NotFound
from app.casefile.items import Kind, SealedItem, open_item
from app.casefile.keys import CaseKeys, Compartment, is_case_number
from app.casefile.tables import Case, Grant, Item
from app.casework.facts import known_entries
from app.casework.folding import Folding, fits, fold
from app.casework.opening import open_grant_of, open_keys
from app.casework.queues import ListedCase, listed
from app.storage.packing import pack
from app.storage.picked import among
from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.hybrid import seal_to

STEP = 200
STEPS = 5
# With so many the next step waits to be asked for.
ENOUGH = 50
LONGEST = 200
LOOKED_AT = (Compartment.IDENTITY, Compartment.FACTS, Compartment.WORDS)
# The day of receipt, a case, and which of the member's queues holds it.
_Place = tuple[date, str, str]


@dataclass(frozen=True)
class Hit:
    """A case that fits, with the name that was given in it."""

    listed: ListedCase
    name: str


@dataclass(frozen=True)
class Found:
    """What was found among the ``looked`` newest cases, which reach ``back`` to a day (none where there was no case).

    ``after`` is where to look further; it is empty at the end.
    """

    hits: tuple[Hit, ...]
    looked: int
    back: date | None
    after: str


def find_number(session: Session, member: Member, words: str) -> str | None:
    """The case of that number, if the member's keys open it."""
    number = words.strip().upper()
    if not is_case_number(number):
        return None
    try:
        return open_keys(session, member, number).row.id
    except NotFound:
        return None


def search(session: Session, member: Member, words: str, after: str, now: datetime) -> Found:
    """Look through the next thousand of the member's cases, newest first; the search goes on the record.

    What was searched for is kept with it, sealed to the key of a queue of the searcher's: colleagues who open its cases
    can read it. An auditor reads that there was a search, and never a name.
    """
    wanted, start, looked = fold(words[:LONGEST]), _read_cursor(after), 0
    hits: list[Hit] = []
    back = None if start is None else start[0]
    for _ in range(STEPS):
        places = _next(session, member, start)
        hits += _look(session, member, _rows(session, member, places), wanted, now)
        looked += len(places)
        back = places[-1][0] if places else back
        start = places[-1][:2] if len(places) == STEP else None
        # What was opened is let go before the next step.
        session.expunge_all()
        if start is None or len(hits) >= ENOUGH:
            break
    kept = _kept(session, member, words[:LONGEST])
    put_on_record(session, member, "searched", now, looked=str(looked), found=str(len(hits)), **kept)
    return Found(tuple(hits), looked, back, _cursor(start) if start else "")


def _next(session: Session, member: Member, start: tuple[date, str] | None) -> list[_Place]:
    """The newest cases beyond ``start``: a walk along an index for each queue, and what was shared with them.

    Their keys are read afterwards, for the few that are looked at: a database would sort them with all the others.
    """
    mine = [queue.id for queue in member.queues]
    own = [(col(Case.queue_id) == queue, col(Grant.queue_id) == queue) for queue in mine]
    shared = (col(Grant.queue_id).in_(mine), col(Grant.standing).is_not(None))
    # Said because the index is made for whoever says it.
    newest = col(Case.received).is_not(None)
    found: set[_Place] = set()
    for conditions in (*own, shared):
        query = select(col(Case.received), col(Case.id), col(Grant.queue_id))
        query = query.join(Grant, col(Grant.case_id) == col(Case.id)).where(*conditions, newest)
        if start is not None:
            query = query.where(_beyond(*start))
        few = query.order_by(col(Case.received).desc(), col(Case.id).desc()).limit(STEP)
        found |= {(received, case_id, queue_id) for received, case_id, queue_id in session.exec(few)}
    return sorted(found, reverse=True)[:STEP]


def _rows(session: Session, member: Member, places: Sequence[_Place]) -> list[tuple[Case, Grant]]:
    mine = [queue.id for queue in member.queues]
    query = select(Case, Grant).join(Grant, col(Grant.case_id) == col(Case.id))
    query = query.where(col(Case.id).in_({case_id for _, case_id, _ in places}), among(col(Grant.queue_id), mine))
    found = {(row.id, grant.queue_id): (row, grant) for row, grant in session.exec(query)}
    # One that was withdrawn between the two questions is gone.
    return [found[case_id, queue_id] for _, case_id, queue_id in places if (case_id, queue_id) in found]


def _beyond(received: date, case_id: str) -> ColumnElement[bool]:
    return (col(Case.received) <= received) & ((col(Case.received) < received) | (col(Case.id) < case_id))


def _look(
    session: Session, member: Member, rows: Sequence[tuple[Case, Grant]], wanted: Sequence[str], now: datetime
) -> list[Hit]:
    parts = col(Item.compartment).in_([part.value for part in LOOKED_AT])
    of_these = col(Item.case_id).in_([row.id for row, _ in rows])
    items: dict[str, list[SealedItem]] = {}
    for item in session.exec(select(Item).where(of_these, parts, col(Item.kind).in_((Kind.REPORT, Kind.ENTRY)))):
        items.setdefault(item.case_id, []).append(as_item(item))
    found: dict[str, Hit] = {}
    folding = Folding()
    for row, grant in rows:
        try:
            texts, name = _texts(open_grant_of(session, member, grant), items.get(row.id, []))
        except (NotFound, VaultError):
            # One case that somebody tampered with must not keep all others from being found.
            continue
        if fits(wanted, folding.words(" ".join(texts))):
            found.setdefault(row.id, Hit(listed(row, now), name))
    return list(found.values())


def _texts(keys: CaseKeys, items: Sequence[SealedItem]) -> tuple[list[str], str]:
    """Every text of the report and of what became known since, and the name of the person it is about."""
    texts: list[str] = []
    named: dict[str, str] = {}
    for item in items:
        if item.kind == Kind.REPORT and Compartment(item.compartment) in keys.keys:
            answers = open_item(keys, item)["answers"]
            texts += [value for value in answers.values() if isinstance(value, str)]
            named |= {code: value for code, value in answers.items() if code in ("surname", "given_name")}
    known = (value for entry in known_entries(keys, items) for value in entry.body["answers"].values())
    texts += [value for value in known if isinstance(value, str)]
    return texts, " ".join(named[code] for code in ("surname", "given_name") if isinstance(named.get(code), str))


def search_place(account_id: str, queue_id: str, generation: int) -> bytes:
    """The context that the words of a search are sealed in."""
    return context(Purpose.SEARCH, account_id, queue_id, str(generation))


def _kept(session: Session, member: Member, words: str) -> dict[str, str]:
    """What the record keeps of the words; nothing where no queue of the member's has a key that is vouched for."""
    for queue in member.queues:
        try:
            ring = newest_key(session, queue_ring(queue.id))
        except AccountsError:
            continue
        place = search_place(member.account_id, queue.id, ring.generation)
        sealed = seal_to(ring.public_key, pack({"words": words}), place)
        return {"words": base64.b64encode(sealed).decode(), "queue": queue.id, "generation": str(ring.generation)}
    return {}


def _cursor(start: tuple[date, str]) -> str:
    return base64.urlsafe_b64encode(f"{start[0].isoformat()} {start[1]}".encode()).decode()


def _read_cursor(after: str) -> tuple[date, str] | None:
    """A cursor that was tampered with begins anew: it opens nothing."""
    try:
        day, case_id = base64.urlsafe_b64decode(after.encode()).decode().split(" ")
        return (date.fromisoformat(day), case_id) if is_case_number(case_id) else None
    except (ValueError, binascii.Error):
        return None

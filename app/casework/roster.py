"""A queue's roster: who is on duty when, and who is away and who stands in for them.

It is sealed to the queue's key, so a disk tells nothing but that there is one. What counts in it is signed: the plan by
somebody who leads the queue now, an absence by somebody who holds its key. Who has the database alone can delete it or
put an older one back, which the page shows by its day, and can put nobody in. The worker reads none of it: it marks
what is late, and who is on duty is found out when a person opens their page.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from app.accounts.errors import AccountsError, StatedMeanwhile
from app.accounts.holding import holds
from app.accounts.members import Member, MemberQueue, queue_colleagues
from app.accounts.queues import newest_key
from app.accounts.rings import queue_ring
from app.accounts.tables import Roster as RosterRow
from app.accounts.vouching import Vouched, vouched
from app.casework.duty import Shift, Turn, turns_at, wall_clock
from app.casework.queues import member_queue
from app.storage.conflicts import changed_rows, insert_if_absent
from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.digest import sha256
from app.vault.errors import VaultError
from app.vault.hybrid import open_with, seal_to
from app.vault.signing import is_signed


@dataclass(frozen=True)
class Absence:
    """Somebody is away, both days included; ``stands_in`` is the account that takes over, or nobody ("")."""

    id: str
    who: str
    since: date
    until: date
    stands_in: str
    at: datetime


@dataclass(frozen=True)
class OnDuty:
    """Somebody who is on duty now, until when by the clock of Kyiv, and for whom if they stand in."""

    who: str
    name: str = field(repr=False)
    until: datetime
    instead_of: str = field(default="", repr=False)


@dataclass(frozen=True)
class Roster:
    """A queue's roster as far as its signatures hold; ``people`` are those who hold the key now, by name.

    ``in_force`` is false for a plan that was signed by somebody who leads no more, or with a key of before a reset: a
    lead may sign it again.
    """

    queue: MemberQueue
    people: Mapping[str, str] = field(repr=False)
    leads: tuple[str, ...] = ()
    plan: tuple[Shift, ...] = ()
    planned_by: str = ""
    planned_at: datetime | None = None
    in_force: bool = True
    absences: tuple[Absence, ...] = ()
    # As it lies in the database, and the signed parts that are to be kept as they are.
    sealed: bytes | None = field(default=None, repr=False)
    parts: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def state(self) -> str:
        """Tells this state of the roster from every other, for a form that was shown beside it."""
        return sha256(pack(dict(self.parts))).hex()[:16]

    def away(self, who: str, day: date) -> Absence | None:
        """The newest absence of somebody on a day."""
        held = [each for each in self.absences if each.who == who and each.since <= day <= each.until]
        return max(held, key=lambda absence: absence.at, default=None)

    def acting(self, who: str, day: date) -> str:
        """Who does on a day what is this person's: they, or who stands in, or a lead who is here; "" where nobody."""
        seen: list[str] = []
        while who and who not in seen:
            absence = self.away(who, day)
            if absence is None:
                return who if who in self.people else ""
            seen.append(who)
            who = absence.stands_in if absence.stands_in in self.people else ""
        return next((lead for lead in self.leads if lead not in seen and self.away(lead, day) is None), "")

    def uncovered(self, first: date, last: date) -> set[tuple[str, date]]:
        """Who of those planned is away between two days with nobody in their place, or is no longer of the queue."""
        days = [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]
        planned = {shift.who for shift in self.plan}
        return {(who, day) for who in planned for day in days if not self.standing_in(who, day)}

    def standing_in(self, who: str, day: date) -> str:
        """Who has a turn of this person on a day: unlike cases, a turn goes to no lead by itself."""
        acting = self.acting(who, day)
        absence = self.away(who, day)
        if absence is None:
            return acting
        return acting if acting and absence.stands_in in self.people else ""

    def on_duty(self, now: datetime) -> tuple[OnDuty, ...]:
        """Who is on duty now; nobody where the plan is not in force."""
        found = {}
        for turn in turns_at(self.plan, now) if self.in_force else ():
            who = self.standing_in(turn.who, turn.day)
            if who:
                found[who] = self._on_duty(turn, who)
        return tuple(found.values())

    def stands_for(self, member_id: str, now: datetime) -> tuple[Absence, ...]:
        """The absences of today in which this person takes over."""
        day = wall_clock(now).date()
        away = {each.who for each in self.absences if each.since <= day <= each.until and each.who != member_id}
        mine = sorted(who for who in away if self.acting(who, day) == member_id)
        return tuple(absence for who in mine if (absence := self.away(who, day)) is not None)

    def _on_duty(self, turn: Turn, who: str) -> OnDuty:
        other = self.people.get(turn.who, "") if who != turn.who else ""
        return OnDuty(who, self.people[who], turn.ends, other)


def open_roster(session: Session, member: Member, queue_id: str) -> Roster:
    """The roster of one of the member's queues; an empty one where there is none, or none that opens.

    Raises: :class:`~app.casefile.errors.NotFound`.
    """
    queue = member_queue(member, queue_id)
    known = vouched(session)
    people = queue_colleagues(session, member, queue_id)
    here = _holders(known, queue_id)
    names = {account: name for account, name in people.items() if account in here}
    leads = tuple(account for account in names if here[account])
    row = session.get(RosterRow, queue_id, populate_existing=True)
    content = {} if row is None else _opened(session, member, row)
    bare = Roster(queue, names, leads, sealed=None if row is None else row.sealed, parts={"absences": []})
    try:
        return _as_signed(known, bare, content)
    except (KeyError, TypeError, ValueError, AttributeError):
        # Sealed to a public key by somebody who has the database, and no roster.
        return bare


@dataclass(frozen=True)
class SealedRoster:
    """A roster in the place of the one that was read, computed and not yet written."""

    queue_id: str
    generation: int
    sealed: bytes = field(repr=False)
    before: bytes | None = field(repr=False)


def seal_roster(session: Session, roster: Roster, **parts: Any) -> SealedRoster:
    """Seal the roster anew with some of its parts (``plan``, ``absences``) replaced: no write.

    Raises: :class:`~app.accounts.errors.NotVouched`.
    """
    ring = newest_key(session, queue_ring(roster.queue.id))
    place = roster_place(roster.queue.id, ring.generation)
    kept = {"plan": roster.parts.get("plan"), "absences": roster.parts.get("absences", []), **parts}
    return SealedRoster(
        roster.queue.id, ring.generation, seal_to(ring.public_key, pack(kept), place), before=roster.sealed
    )


def write_roster(session: Session, new: SealedRoster) -> None:
    """Write a roster that was sealed.

    Raises: :class:`StatedMeanwhile` where somebody else wrote it since it was read.
    """
    values = {"generation": new.generation, "sealed": new.sealed}
    if new.before is None:
        if not insert_if_absent(session, RosterRow, queue_id=new.queue_id, **values):
            raise StatedMeanwhile
        return
    same = col(RosterRow.queue_id) == new.queue_id, col(RosterRow.sealed) == new.before
    if not changed_rows(session.execute(update(RosterRow).where(*same).values(**values))):
        raise StatedMeanwhile


def roster_place(queue_id: str, generation: int) -> bytes:
    """What a sealed roster is bound to."""
    return context(Purpose.ROSTER, queue_id, str(generation))


def plan_place(queue_id: str) -> bytes:
    """What a signed plan is bound to."""
    return context(Purpose.DUTY_PLAN, queue_id)


def absence_place(queue_id: str, absence_id: str) -> bytes:
    """What a signed absence is bound to."""
    return context(Purpose.ABSENCE, queue_id, absence_id)


def _holders(known: Vouched, queue_id: str) -> dict[str, bool]:
    """Who holds the queue's key, by the keys and the role that are theirs now; true for those who lead."""
    ring = known.rings.get(queue_ring(queue_id))
    holders = ring.holders.items() if ring else ()
    return {account: each.lead for account, each in holders if holds(known, queue_ring(queue_id), account)}


def _opened(session: Session, member: Member, row: RosterRow) -> dict[str, Any]:
    try:
        pair = member.ring_pair(session, queue_ring(row.queue_id), row.generation)
        return unpack(open_with(pair, row.sealed, roster_place(row.queue_id, row.generation)))
    except (AccountsError, VaultError, ValueError, RecursionError):
        # Put there with the database alone, or moved: it says nothing, and keeps nobody from planning anew.
        return {}


def _as_signed(known: Vouched, roster: Roster, content: Mapping[str, Any]) -> Roster:
    absences = tuple(_absences(known, roster, content.get("absences", ())))
    kept = {"absences": [part for part, _ in absences]}
    values: dict[str, Any] = {"absences": tuple(absence for _, absence in absences), "parts": kept}
    plan, place = content.get("plan"), plan_place(roster.queue.id)
    if plan is not None and _holds(known.signing_keys(plan["author"]), plan, place):
        kept["plan"] = plan
        values |= {
            "plan": tuple(_shift(each) for each in plan["shifts"]),
            "planned_by": roster.people.get(plan["author"], ""),
            "planned_at": datetime.fromisoformat(plan["at"]),
            # By the key that is theirs now: one that they had before a reset may be somebody else's.
            "in_force": plan["author"] in roster.leads and _holds(known.signing_keys(plan["author"])[:1], plan, place),
        }
    return Roster(roster.queue, roster.people, roster.leads, sealed=roster.sealed, **values)


def _absences(known: Vouched, roster: Roster, parts: Any) -> Iterator[tuple[dict[str, Any], Absence]]:
    for part in parts:
        # Others are noted as away by a lead, who may have handed the lead on since.
        may = part["author"] in roster.people and part["who"] in roster.people
        if may and _holds(known.signing_keys(part["author"]), part, absence_place(roster.queue.id, part["id"])):
            yield (
                part,
                Absence(
                    part["id"],
                    part["who"],
                    date.fromisoformat(part["since"]),
                    date.fromisoformat(part["until"]),
                    part["stands_in"],
                    datetime.fromisoformat(part["at"]),
                ),
            )


def _holds(keys: Iterable[bytes], part: Mapping[str, Any], place: bytes) -> bool:
    signed = pack({name: value for name, value in part.items() if name != "signature"})
    return is_signed(keys, part["signature"], signed, place)


def _shift(part: Mapping[str, Any]) -> Shift:
    return Shift(
        part["id"],
        part["who"],
        tuple(part["weekdays"]),
        date.fromisoformat(part["day"]) if part["day"] else None,
        time.fromisoformat(part["begins"]),
        time.fromisoformat(part["ends"]),
    )

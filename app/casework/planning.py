"""Writing the roster: a lead plans duty, everybody says when they are away, a lead also for others."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from app.accounts.errors import MayNotState
from app.accounts.members import Member
from app.accounts.people import new_id
from app.accounts.record import put_on_record
from app.casework.duty import NOBODY, Shift, wall_clock
from app.casework.errors import EntryRefused
from app.casework.meanwhile import check_seen
from app.casework.roster import (
    Roster,
    SealedRoster,
    absence_place,
    open_roster,
    plan_place,
    seal_roster,
    write_roster,
)
from app.storage.packing import pack
from app.vault.signing import sign

MOST_SHIFTS = 200
# Of one person, whoever notes them: nobody can fill the roster of all.
MOST_ABSENCES = 12
LONGEST_ABSENCE = timedelta(days=400)
WEEKLY, ONE_DAY = "weekly", "day"


def add_shift(
    session: Session, member: Member, queue_id: str, typed: Mapping[str, str], weekdays: Iterable[str], now: datetime
) -> None:
    """Plan duty: ``who``, ``begins`` and ``ends`` (HH:MM), on ``weekdays`` (0 is Monday), or on ``day`` alone.

    With a day, ``who`` may be nobody (""): then nobody is on duty on it, whatever the week says. ``state`` is that of
    the roster which the page showed.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`MayNotState` for who does not lead, :class:`EntryRefused`,
    :class:`~app.casework.errors.FollowedMeanwhile` and :class:`~app.accounts.errors.StatedMeanwhile` where somebody
    else changed it.
    """
    roster = _led(session, member, queue_id)
    shift = _read_shift(roster, typed, set(weekdays), now)
    check_seen(typed.get("state"), roster.state)
    kept = _still_to_come(roster.plan, now)
    if shift.day is not None:
        # A day is either free or has turns: the one that was said last holds.
        kept = [each for each in kept if each.day != shift.day or (each.who == NOBODY) == (shift.who == NOBODY)]
    if len(kept) >= MOST_SHIFTS:
        raise EntryRefused((("who", "too_many"),))
    _sign_plan(session, member, roster, [*kept, shift], now)


def remove_shift(
    session: Session, member: Member, queue_id: str, shift_id: str, now: datetime, state: str | None = None
) -> None:
    """Take a line out of the plan; nothing where it is gone already.

    Raises: as :func:`add_shift`.
    """
    roster = _led(session, member, queue_id)
    kept = [shift for shift in _still_to_come(roster.plan, now) if shift.id != shift_id]
    if len(kept) != len(roster.plan):
        check_seen(state, roster.state)
        _sign_plan(session, member, roster, kept, now)


def sign_plan(session: Session, member: Member, queue_id: str, now: datetime) -> None:
    """Sign a plan again whose signer leads no more; nothing where it is in force.

    Raises: as :func:`add_shift`.
    """
    roster = _led(session, member, queue_id)
    if roster.plan and not roster.in_force:
        _sign_plan(session, member, roster, _still_to_come(roster.plan, now), now)


def note_absence(
    session: Session, member: Member, queue_id: str, who: str, typed: Mapping[str, str], now: datetime
) -> None:
    """Note that ``who`` is away: ``since`` and ``until`` (days, both included), ``stands_in`` (an account, or "").

    It replaces what was noted of the same person for any of these days; ``state`` is that of the roster which the page
    showed.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`MayNotState` where it is neither oneself nor somebody of a
    queue that one leads, :class:`EntryRefused`, :class:`~app.casework.errors.FollowedMeanwhile` and
    :class:`~app.accounts.errors.StatedMeanwhile` where somebody else changed it.
    """
    new = _with_absence(session, member, queue_id, who, typed, now)
    put_on_record(session, member, "absence_noted", now, queue=queue_id, account=who)
    write_roster(session, new)


def note_own_absence(
    session: Session, member: Member, typed: Mapping[str, str], stand_ins: Mapping[str, str], now: datetime
) -> None:
    """Note in each queue of the member's that they are away, or in none; ``stand_ins`` says who stands in, by queue.

    What was typed has of each queue's roster the state that the page showed (``state_legal``).

    Raises: as :func:`note_absence`; what is wrong in one queue alone is named by its field (``stands_in_legal``).
    """
    found, problems = [], []
    for queue_id, stands_in in stand_ins.items():
        try:
            here = {**typed, "stands_in": stands_in}
            if (state := typed.get(f"state_{queue_id}")) is not None:
                here["state"] = state
            found.append(_with_absence(session, member, queue_id, member.account_id, here, now))
        except EntryRefused as refused:
            problems += [(_own_field(name, queue_id), reason) for name, reason in refused.problems]
    if problems:
        raise EntryRefused(tuple(dict.fromkeys(problems)))
    for new in found:
        put_on_record(session, member, "absence_noted", now, queue=new.queue_id, account=member.account_id)
    for new in found:
        write_roster(session, new)


def _own_field(name: str, queue_id: str) -> str:
    return f"{name}_{queue_id}" if name == "stands_in" else name


def _with_absence(
    session: Session, member: Member, queue_id: str, who: str, typed: Mapping[str, str], now: datetime
) -> SealedRoster:
    roster = open_roster(session, member, queue_id)
    if who not in roster.people:
        raise EntryRefused((("who", "choose"),))
    if not may_note(member, roster, who):
        raise MayNotState
    since, until, stands_in = _read_absence(roster, who, typed, now)
    check_seen(typed.get("state"), roster.state)
    absence_id = new_id()
    part: dict[str, Any] = {
        "id": absence_id,
        "who": who,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "stands_in": stands_in,
        "author": member.account_id,
        "at": now.isoformat(),
    }
    part["signature"] = sign(member.signing_key, pack(part), absence_place(queue_id, absence_id))
    theirs = [each for each in roster.absences if each.who == who and each.id not in _over(roster, now)]
    replaced = {each.id for each in theirs if each.since <= until and since <= each.until}
    if len(theirs) - len(replaced) >= MOST_ABSENCES:
        raise EntryRefused((("since", "away_too_often"),))
    return _seal_absences(session, roster, replaced, [part], now)


def end_absence(session: Session, member: Member, queue_id: str, absence_id: str, now: datetime) -> None:
    """Say that somebody is here again, or not away after all; nothing where it is gone already.

    Raises: as :func:`note_absence`.
    """
    roster = open_roster(session, member, queue_id)
    found = next((each for each in roster.absences if each.id == absence_id), None)
    if found is None:
        return
    if not may_note(member, roster, found.who):
        raise MayNotState
    new = _seal_absences(session, roster, {absence_id}, [], now)
    put_on_record(session, member, "absence_ended", now, queue=queue_id, account=found.who)
    write_roster(session, new)


def may_note(member: Member, roster: Roster, who: str) -> bool:
    """Whether the member may say of ``who`` that they are away."""
    return who in roster.people and (who == member.account_id or roster.queue.lead)


def reseal_roster(session: Session, roster: Roster) -> None:
    """Seal a roster that was read to the queue's newest key, signatures as they are; nothing where there is none."""
    if roster.parts.get("plan") or roster.absences:
        write_roster(session, seal_roster(session, roster))


def _led(session: Session, member: Member, queue_id: str) -> Roster:
    roster = open_roster(session, member, queue_id)
    if not roster.queue.lead:
        raise MayNotState
    return roster


def _sign_plan(session: Session, member: Member, roster: Roster, shifts: Sequence[Shift], now: datetime) -> None:
    part: dict[str, Any] = {
        "shifts": [
            {
                "id": shift.id,
                "who": shift.who,
                "weekdays": list(shift.weekdays),
                "day": shift.day.isoformat() if shift.day else "",
                "begins": f"{shift.begins:%H:%M}",
                "ends": f"{shift.ends:%H:%M}",
            }
            for shift in shifts
        ],
        "author": member.account_id,
        "at": now.isoformat(),
    }
    part["signature"] = sign(member.signing_key, pack(part), plan_place(roster.queue.id))
    new = seal_roster(session, roster, plan=part)
    put_on_record(session, member, "duty_planned", now, queue=roster.queue.id)
    write_roster(session, new)


def _seal_absences(
    session: Session, roster: Roster, without: set[str], more: list[dict[str, Any]], now: datetime
) -> SealedRoster:
    # What is over is forgotten with the next one that is noted.
    gone = without | _over(roster, now)
    kept = [part for part in roster.parts["absences"] if part["id"] not in gone]
    return seal_roster(session, roster, absences=[*kept, *more])


def _over(roster: Roster, now: datetime) -> set[str]:
    yesterday = wall_clock(now).date() - timedelta(days=1)
    return {each.id for each in roster.absences if each.until < yesterday}


def _still_to_come(shifts: Iterable[Shift], now: datetime) -> list[Shift]:
    yesterday = wall_clock(now).date() - timedelta(days=1)
    return [shift for shift in shifts if shift.day is None or shift.day >= yesterday]


def _read_shift(roster: Roster, typed: Mapping[str, str], weekdays: set[str], now: datetime) -> Shift:
    problems: list[tuple[str, str]] = []
    one_day = typed.get("when") == ONE_DAY
    who = typed.get("who", "")
    nobody = one_day and who == "nobody"
    if not nobody and who not in roster.people:
        problems.append(("who", "choose"))
    day = _day(typed, "day", problems) if one_day else None
    if day is not None and day < wall_clock(now).date():
        problems.append(("day", "past"))
    chosen = () if one_day else tuple(number for number in range(7) if str(number) in weekdays)
    if not one_day and not chosen:
        problems.append(("weekday", "choose"))
    begins = time() if nobody else _time(typed, "begins", problems)
    ends = time() if nobody else _time(typed, "ends", problems)
    if problems:
        raise EntryRefused(tuple(problems))
    return Shift(new_id(), NOBODY if nobody else who, chosen, day, begins, ends)


def _read_absence(roster: Roster, who: str, typed: Mapping[str, str], now: datetime) -> tuple[date, date, str]:
    problems: list[tuple[str, str]] = []
    since, until = _day(typed, "since", problems), _day(typed, "until", problems)
    stands_in = typed.get("stands_in", "")
    if stands_in and (stands_in == who or stands_in not in roster.people):
        problems.append(("stands_in", "choose"))
    if not problems:
        if until < since or until < wall_clock(now).date():
            problems.append(("until", "past"))
        elif until - since > LONGEST_ABSENCE:
            problems.append(("until", "too_long"))
    if problems:
        raise EntryRefused(tuple(problems))
    return since, until, stands_in


def _day(typed: Mapping[str, str], name: str, problems: list[tuple[str, str]]) -> date:
    text = typed.get(name, "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append((name, "no_day" if text else "needed"))
        return date.min


def _time(typed: Mapping[str, str], name: str, problems: list[tuple[str, str]]) -> time:
    text = typed.get(name, "").strip()
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        problems.append((name, "no_time" if text else "needed"))
        return time()

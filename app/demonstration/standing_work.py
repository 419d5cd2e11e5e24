"""What stands at the made-up desks besides their cases: the address book, duty, who is away, a case to practise on.

Each is left where it is there already.
"""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from app.accounts.address_cards import cards, keep_card
from app.accounts.members import Member
from app.casefile.practice import practice_cases
from app.casework.planning import WEEKLY, add_shift, note_absence
from app.casework.roster import open_roster
from app.demonstration.deeds import FIRST, SECOND
from app.demonstration.made_up import date_from, read_data
from app.demonstration.staff import Staff
from app.intake.practice import begin_practice, stories
from app.storage.sessions import session_scope

# Where an hour was promised somebody is there day and night; elsewhere on working days.
AROUND_THE_CLOCK = frozenset({"protection", "legal", "triage"})
_WORKING_DAYS, _EVERY_DAY = "01234", "0123456"
_TURNS = ((FIRST, "08:00", "20:00"), (SECOND, "20:00", "08:00"))
_OFFICE = (FIRST, "09:00", "18:00")
# Queue, who is away and who stands in, from which day from now until which.
_AWAY = (("tracing", "mykola", "oksana", -1, 4), ("documentation", "ostap", "", 3, 9))
_PRACTISED_IN = "protection"


def prepare_desks(engine: Engine, staff: Staff, moment: datetime, now: datetime) -> None:
    """Keep cards and plan duty at a ``moment`` long ago, and note who is away around ``now``."""
    for member in {member.organisation_id: member for member in staff.people.values()}.values():
        with session_scope(engine) as session:
            _keep_cards(session, member, moment)
    for queue_id in staff.places:
        _plan_duty(engine, staff, queue_id, moment)
    for queue_id, who, stands_in, since, until in _AWAY:
        typed = {"since": date_from(now, "day", since), "until": date_from(now, "day", until)}
        person = staff.people[who]
        typed["stands_in"] = staff.people[stands_in].account_id if stands_in else ""
        with session_scope(engine) as session:
            if not open_roster(session, person, queue_id).absences:
                note_absence(session, person, queue_id, person.account_id, typed, moment)


def begin_to_practise(engine: Engine, staff: Staff, moment: datetime) -> None:
    """Let somebody begin to practise."""
    with session_scope(engine) as session:
        if not practice_cases(session, [_PRACTISED_IN]):
            begin_practice(session, staff.at_work(SECOND, _PRACTISED_IN), _PRACTISED_IN, stories()[0], moment)


def _keep_cards(session: Session, member: Member, moment: datetime) -> None:
    if not cards(session, member):
        for card in read_data("cards")["cards"]:
            said = {name: value for name, value in card.items() if name != "languages"}
            keep_card(session, member, said, moment, card["languages"])


def _plan_duty(engine: Engine, staff: Staff, queue_id: str, moment: datetime) -> None:
    always = queue_id in AROUND_THE_CLOCK
    for who, begins, ends in _TURNS if always else (_OFFICE,):
        with session_scope(engine) as session:
            lead, on_duty = staff.at_work(FIRST, queue_id), staff.at_work(who, queue_id).account_id
            if any(shift.who == on_duty for shift in open_roster(session, lead, queue_id).plan):
                continue
            typed = {"when": WEEKLY, "who": on_duty, "begins": begins, "ends": ends}
            add_shift(session, lead, queue_id, typed, _EVERY_DAY if always else _WORKING_DAYS, moment)

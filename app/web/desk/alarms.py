"""What an alarm says to people at the desk: what is wrong, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.alarms import Alarm, Raised
from app.web.languages import mark as _

STATEMENTS = _(
    "What is signed about keys and people here was changed, removed or put back. Reports may be refused until it is"
    " mended."
)
ORGANISATION = _("The database names this installation or an organisation otherwise than was signed.")
PERSON = _("An account in the database is not as an administrator signed it: its keys, its roles, or all of it.")
LOCKDOWN = _(
    "The database says of the lockdown something else than was signed: somebody set or lifted it in the database."
)
IN_FORCE = _(
    "The questions, the texts of consent or the rules on this machine are not those that were signed. None of them is"
    " used: families are asked to come back later, and where it is the rules, every report goes to the first look."
)
QUEUE = _("This queue's key or members are not as its lead signed them. It receives no reports until this is mended.")
STRAY_QUEUE = _("Somebody put a queue or a key into the database that nobody signed. It receives nothing.")
RECORD = _("The key of the record is not as an auditor signed it. No work can be put on the record with it.")
RECOVERY = _(
    "The recovery key, or what leads sealed to it, is not as it was signed. Until this is mended, trustees may not be"
    " able to give back what is lost."
)
RECOVERY_USED = _("Trustees and an administrator gave a key of this organisation back to somebody in the last days.")
EXPECTED = _(
    "If you did not know of it, ask the administrator and a trustee by telephone now, not here, and note the time."
    " Whoever has the key reads what was sealed to it. This notice goes by itself after two weeks."
)
ROOT_USED = _(
    "Somebody with the root's paper key appointed an administrator, or changed who may sign here, in the last days."
)
ORGANISATION_ADDED = _("Somebody with the root's paper key added an organisation here in the last days.")
A_NEW_ONE = _(
    "Where families allow it, their reports can go to its queues. If you did not know that it was to come, somebody may"
    " have stolen the paper: ask whoever keeps it, by telephone and not here, pass nothing on to this organisation, and"
    " let the machine's operator close the desk with “rodyna lockdown” until it is clear. This notice goes by itself"
    " after two weeks."
)
NOBODY_LEFT = _(
    "That is done only where no administrator is left. If you did not know of it, somebody may have stolen the paper:"
    " ask whoever keeps it, by telephone and not here, and let the machine's operator close the desk with “rodyna"
    " lockdown” until it is clear. This notice goes by itself after two weeks."
)
REMOVAL_WAITS = _(
    "Somebody who knew this key was removed, or lost the role that it needs. Until one who holds it makes a new one,"
    " nothing more is sealed to a queue; the record and the statistics go on under the key that they know."
)

TELL = _(
    "Tell your lead and the administrator by telephone, not here, and note the time. Whoever has the database's"
    " password may have done this: let the machine be looked at before anything is put right. “rodyna verify” names"
    " what is wrong."
)
RENEW = _(
    "The queue's lead makes the new key on its page “Keys”; for the record an auditor does, for the statistics a"
    " coordinator. It takes a moment, and no case is lost."
)

_WORDS = {
    Alarm.STATEMENTS: (STATEMENTS, TELL),
    Alarm.ORGANISATION: (ORGANISATION, TELL),
    Alarm.PERSON: (PERSON, TELL),
    Alarm.LOCKDOWN: (LOCKDOWN, TELL),
    Alarm.IN_FORCE: (IN_FORCE, TELL),
    Alarm.QUEUE: (QUEUE, TELL),
    Alarm.STRAY_QUEUE: (STRAY_QUEUE, TELL),
    Alarm.RECORD: (RECORD, TELL),
    Alarm.RECOVERY: (RECOVERY, TELL),
    Alarm.ORGANISATION_ADDED: (ORGANISATION_ADDED, A_NEW_ONE),
    Alarm.ROOT_USED: (ROOT_USED, NOBODY_LEFT),
    Alarm.RECOVERY_USED: (RECOVERY_USED, EXPECTED),
    Alarm.REMOVAL_WAITS: (REMOVAL_WAITS, RENEW),
}


@dataclass(frozen=True)
class ShownAlarm:
    """One kind of alarm with everything that it is about."""

    text: str
    advice: str
    subjects: tuple[str, ...]


def in_words(raised: Sequence[Raised]) -> tuple[ShownAlarm, ...]:
    """Each kind once, in the order of how much it matters."""
    kinds = dict.fromkeys(each.alarm for each in raised)
    return tuple(
        ShownAlarm(*_WORDS[kind], tuple(dict.fromkeys(_about(each) for each in raised if each.alarm is kind)))
        for kind in kinds
    )


def _about(raised: Raised) -> str:
    """What an alarm is about; a new organisation also by its name, by which people know whether it was to come."""
    return f"{raised.detail} ({raised.subject})" if raised.alarm is Alarm.ORGANISATION_ADDED else raised.subject

"""Words of recovery, as msgids: names of keys, and what is wrong with shares."""

from collections.abc import Mapping

from app.accounts.rings import NAMES, QUEUE, RECORD, STATISTICS
from app.web.desk.words import QUEUE_KINDS
from app.web.languages import mark as _

KEY_NAMES: Mapping[str, str] = {
    RECORD: _("The record"),
    STATISTICS: _("The statistics"),
    NAMES: _("The names of staff"),
}
# What a person can mend, by what the domain says of a share; 0 stands for all of them together.
SHARE_PROBLEMS: Mapping[str, str] = {
    "length": _("A share has 33 words; this has more or fewer."),
    "word": _("One word is not of the list. It is word number %(at)s."),
    "check": _("A word was mistaken for another, or two were swapped. Please compare it with the sheet."),
    "kind": _("These are the words of something else."),
    "other_set": _("This share is of another ceremony, or of another organisation. Its sheet is out of date."),
    "twice": _("This share stands here twice."),
    "not_enough": _("These shares are right, and too few. Nothing can be said of the key yet."),
    "do_not_fit": _("These shares do not fit together: one of them was not made in the ceremony."),
    "other_key": _("These shares fit together and give another key than the one that was signed."),
}
PROBLEMS: Mapping[str, str] = {
    "numbers": _("Please choose how many trustees there are, from 2 to 16, and how many are needed: 2 at least."),
    "labels": _("Please write one line for each trustee, at most 60 characters each."),
    "meant": _("Nothing was made: please say first that it is meant."),
    "no_such_key": _("Please choose a key that nobody holds any more and that recovery has."),
    "not_for_them": _("Please choose somebody with the role that this key needs."),
    "still_held": _("Somebody still holds this key and can give it on. Nothing was opened."),
}


def ring_name(ring: str, kind: str) -> tuple[str, str]:
    """A key's name as a msgid, and the queue's id where it is a queue's."""
    if ring in KEY_NAMES:
        return KEY_NAMES[ring], ""
    return QUEUE_KINDS.get(kind, kind), ring.removeprefix(QUEUE)


def share_problem(found: str) -> tuple[str, str]:
    """What is wrong with a share as a msgid, and which word it is about, if one."""
    reason, _colon, at = found.partition(":")
    return SHARE_PROBLEMS[reason], at

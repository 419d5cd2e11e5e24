"""What families are told about codes, messages and where a case stands; all texts are msgids."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.casefile.cases import Status
from app.web.languages import mark as _

CODE_SLIPS: Mapping[str, str] = {
    "length": _("The code has 24 digits, and this is not 24. Perhaps one is missing, or one is there twice."),
    "digits": _("The code has only digits. Something else was typed among them."),
    "check": _("One digit is mistyped, or two changed places. Please compare it with your note once more."),
}
OTHER_CODE = _("This is a different code. Please type the one that stands on this page.")
UNKNOWN_CODE = _(
    "Nothing opens with this code. Please check every digit. If everything was withdrawn, the code is gone with it."
)
ENDS_EVERYTHING = _(
    "Without that consent nobody would answer for this report. Ending it means withdrawing everything, so your code is "
    "needed."
)
NOTHING_CHOSEN = _("Nothing was chosen yet. Whatever you leave as it is stays as it is.")
MESSAGE_REFUSALS: Mapping[str, str] = {
    "empty": _("There is no text in the message yet."),
    "too_long": _("The message is too long. Please send it in two parts."),
}


@dataclass(frozen=True)
class Standing:
    """Where a case stands, and what happens next."""

    now: str
    next: str


STANDINGS: Mapping[Status, Standing] = {
    Status.NEW: Standing(
        _("Your report has arrived. Nobody has opened it yet."),
        _("A person on duty reads it next. The most urgent reports are read first."),
    ),
    Status.ACKNOWLEDGED: Standing(
        _("A person has read your report."),
        _("They are deciding what can be done. When there is something to tell or to ask, it stands here."),
    ),
    Status.IN_PROGRESS: Standing(
        _("A person is working on your report."),
        _("When there is something to tell or to ask, it stands here. Look in when it is safe for you."),
    ),
    Status.AWAITING_FAMILY: Standing(
        _("We are waiting for an answer from you."),
        _("Please read the last message below and answer if you can. If you cannot, that is all right too."),
    ),
    Status.CLOSED: Standing(
        _("The work on your report has ended."),
        _("The messages stay here. If something has changed, write: the report can be taken up again."),
    ),
}

TOO_MANY = _("Too many wrong codes were tried here. Please wait a little; nothing is lost, and your code stays good.")
VISIT_ENDED = _("To keep you safe, a visit ends by itself after a while. Please type the code again to go on.")
DRAFT_LOST: Mapping[str, str] = {
    "opened": _(
        "The report begins on this page. Answers live only in the open page, so a step that is opened by its address "
        "is empty. If you still have the other page open, go on there."
    ),
    "too_old": _(
        "The page had been open for too long, and to protect you the earlier answers were forgotten. Nothing was sent. "
        "What you typed last is kept; please begin here once more."
    ),
}

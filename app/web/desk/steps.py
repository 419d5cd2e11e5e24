"""What may be done with a case as it stands, as buttons and links beside it: one list, the likeliest first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.casework.actions import NEXT_STATUS
from app.casework.view import CaseView
from app.web.languages import mark as _


@dataclass(frozen=True)
class Step:
    """A button that posts to the case's `address` a field and its value, or, with `page`, the link to a page.

    `text` is a msgid; `kind` says how loud it is.
    """

    address: str
    text: str
    field: str = ""
    value: str = ""
    kind: str = ""
    page: bool = False


# The addresses of these buttons, whichever of them a case has now.
BUTTONS = frozenset({"acknowledge", "take", "status", "read", "set-aside"})
_STATUS_STEPS = {
    "in_progress": _("Set to “in progress”"),
    "awaiting_family": _("Set to “waiting for the family”"),
}


def _acknowledging(case: CaseView) -> Iterator[Step]:
    if case.listed.status == "new":
        yield Step("acknowledge", _("Acknowledge"), kind="on")


def _taking(case: CaseView) -> Iterator[Step]:
    if not case.mine and case.listed.status != "closed":
        yield Step("take", _("Take this case"), kind="" if case.listed.status == "new" else "on")


def _moving_on(case: CaseView) -> Iterator[Step]:
    for status in sorted(NEXT_STATUS[case.listed.status]):
        yield Step("status", _STATUS_STEPS[status.value], "status", status.value)


def _having_read(case: CaseView) -> Iterator[Step]:
    if case.listed.unread:
        yield Step("read", _("The family's messages are read"))


def _telling(_case: CaseView) -> Iterator[Step]:
    yield Step("story", _("The story so far"), page=True)


def _setting_aside(case: CaseView) -> Iterator[Step]:
    if case.listed.status != "closed":
        yield Step("set-aside", _("Set aside as junk"), kind="plain")


# Whoever adds a kind of step adds its function here, and the address of its button above.
OFFERED: Sequence[Callable[[CaseView], Iterator[Step]]] = (
    _acknowledging,
    _taking,
    _having_read,
    _moving_on,
    _telling,
    _setting_aside,
)


def steps(case: CaseView) -> list[Step]:
    """Everything that may be done with the case as it stands."""
    # Only the queue that answers for the case changes what stands in its row.
    return [step for offered in OFFERED for step in offered(case)] if case.answers_for else []

"""What can be wrong with an answer. A problem names the field and the reason, never the content."""

import dataclasses
from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "required": "Please answer this question; we need it to know who should read your report.",
    "basis_required": "Please say how this is known.",
    "consent_required": ("Without this consent nobody may read the report, and it cannot be sent."),
    "unknown_field": "This questionnaire has no such question.",
    "unknown_choice": "This answer is not one of the choices.",
    "wrong_type": "This value is not of the kind that the question asks for.",
    "one_only": "Only one answer is possible here.",
    "missing_not_offered": "This question cannot be left open in this way.",
    "answer_and_missing": (
        "You answered, and also ticked that you do not know or would rather not say. Please keep only one of the two."
    ),
    "too_long": "This is too long; at most %(limit)s characters fit.",
    "date_format": "Please write the date in numbers: day, month and year.",
    "date_year_needed": "Please add the year, or leave the whole date empty.",
    "date_month_needed": "Please add the month, or leave out the day.",
    "date_impossible": "There is no such day in the calendar.",
    "date_out_of_range": "The year must lie between %(earliest)s and %(latest)s.",
    "date_in_future": "This day has not come yet. Please check the year.",
    "not_in_group": "This district does not lie in the region that you chose.",
}


@dataclasses.dataclass(frozen=True)
class Problem:
    """Something that keeps an answer from being accepted.

    `field` is a form field's name (for consents `consent_<recipient>` or `scope_<recipient>`),
    or `answers` and `consents` when the whole is of a wrong shape.
    """

    field: str
    reason: str
    params: Mapping[str, int] = dataclasses.field(default_factory=dict, hash=False)

    @property
    def message(self) -> str:
        """Return the msgid that explains the problem; `params` fill its places."""
        return MESSAGES[self.reason]


class Refused(Exception):
    """Raised inside this room when a value cannot be accepted; it carries no content."""

    def __init__(self, reason: str, **params: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params

    def problem(self, field_name: str) -> Problem:
        """Return the problem for the field that the value was given in."""
        return Problem(field_name, self.reason, self.params)

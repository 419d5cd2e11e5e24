"""Ready-made questions to a family, in the family's own language: a consent without which a case cannot go on."""

from dataclasses import dataclass, field

from app.casework.consents import ConsentNeeded
from app.questionnaire import current
from app.web.languages import mark as _
from app.web.pages import translate_into

# Families read these, so they stand in the families' catalogues, in every language.
_ASKED = _(
    "We would like another organisation to help here: %(organisation)s. It may read your report only if you allow it."
    " If you agree, choose “%(link)s” here, and allow “%(recipient)s”. What would be enough: “%(scope)s”."
    " If you do not want this, nothing changes: we go on helping as before."
)
_LINK = _("Change who may read the report")


@dataclass(frozen=True)
class Question:
    """A question ready to be sent, in the language that the family reads."""

    text: str = field(repr=False)
    language: str


def question(needed: ConsentNeeded, organisation: str, language: str) -> Question:
    """The question for a consent that is missing or does not go far enough."""
    translate = translate_into(language)
    recipient = current().recipient(needed.consent)
    asked = translate(_ASKED) % {
        "organisation": organisation,
        "link": translate(_LINK),
        "recipient": translate(recipient.label if recipient else needed.consent),
        "scope": translate(current().scopes[needed.scope]),
    }
    return Question(asked, language)

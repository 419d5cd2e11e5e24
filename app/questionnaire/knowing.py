"""What a caseworker records as known now: the questionnaire's own questions on one page, with basis and date."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from app.questionnaire.answers import Answer, Answers, Compartment, Kind
from app.questionnaire.definition import Choice, Question, Questionnaire, Step
from app.questionnaire.forms import Fields, StepInput, read_form

KNOWN_STEP = "known"
BASIS, SINCE = "known_basis", "known_since"
# What changes while a case is worked on, in the order in which it is asked.
KNOWABLE = (
    "situation",
    "deadline",
    "oblast",
    "raion",
    "taken_on",
    "method",
    "formation",
    "unit",
    "last_contact_on",
    "surrendered_on",
    "surrender_voluntary",
    "held_where",
    "charge",
    "court",
    "next_hearing",
    "lawyer",
    "body",
    "need",
)
_TITLE = "What is known now"
_LEAD = "Fill in only what is new. The report stays as it was sent; what you record stands beside it, with your name."


def knowing(questionnaire: Questionnaire, parts: frozenset[str] = frozenset(Compartment)) -> Questionnaire:
    """The questionnaire of working facts: one step, all of it optional but the basis; only what lies in ``parts``."""
    asked = [
        replace(
            questionnaire.questions[code],
            step=KNOWN_STEP,
            mandatory=False,
            has_basis=False,
            why="",
            # The first one's hint speaks to families.
            hint="" if code == "situation" else questionnaire.questions[code].hint,
            default="",
            applies_when=None,
            condition=None,
            condition_text="",
        )
        for code in KNOWABLE
        if questionnaire.questions[code].compartment.value in parts
    ]
    questions = (_basis(questionnaire), _since(), *asked)
    return replace(questionnaire, steps=(Step(KNOWN_STEP, _TITLE, _LEAD, questions),), advice=())


def read_known(questionnaire: Questionnaire, fields: Fields, today: date) -> tuple[StepInput, str, str, Answers]:
    """Read the form: as it was read, the basis, the date since when it is so (empty if not said), and the answers."""
    read = read_form(questionnaire, KNOWN_STEP, fields, {}, today)
    # A caseworker is not told what families are: why an answer is needed to send a report.
    problems = tuple(replace(each, reason="basis_required") if each.field == BASIS else each for each in read.problems)
    read = replace(read, problems=problems)
    answers = {code: value for code, value in read.answers.items() if code not in (BASIS, SINCE)}
    return read, _text(read.answers, BASIS), _text(read.answers, SINCE), answers


def _text(answers: Mapping[str, Answer], code: str) -> str:
    value = answers.get(code)
    return value if isinstance(value, str) else ""


def _basis(questionnaire: Questionnaire) -> Question:
    return Question(
        code=BASIS,
        step=KNOWN_STEP,
        kind=Kind.ONE,
        label="How is it known?",
        why="",
        compartment=Compartment.FACTS,
        layout="radio",
        choices=tuple(Choice(code, label) for code, label in questionnaire.basis.items()),
        mandatory=True,
    )


def _since() -> Question:
    return Question(
        code=SINCE, step=KNOWN_STEP, kind=Kind.DATE, label="Since when is it so?", why="", compartment=Compartment.FACTS
    )

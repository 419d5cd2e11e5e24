"""Questionnaire: what is asked, in versions; answers checked, labelled and split into compartments.

The questions are data (`versions/`), the code knows only kinds of questions. The room is
pure: it touches neither database, keys, clock nor catalogue. Words leave it as English
msgids, or through a `translate` that the caller passes in, so that one report can be shown
in any language and in the version in which it was answered.
"""

from app.questionnaire.answers import Answer, Answers, Compartment, Consents, Kind, missing_code
from app.questionnaire.checking import Checked, check
from app.questionnaire.compartments import split
from app.questionnaire.dates import DateParts, read_date
from app.questionnaire.definition import Choice, Question, Questionnaire, Recipient, Step
from app.questionnaire.describing import ConsentRow, Row, Section, describe, describe_consents
from app.questionnaire.document import questionnaire_document
from app.questionnaire.forms import StepInput, read_form
from app.questionnaire.loading import UnknownVersion, current, data_of, load, versions
from app.questionnaire.problems import Problem
from app.questionnaire.showing import problem_views, step_view
from app.questionnaire.steps import guidance, next_step, previous_step, step_is_complete
from app.questionnaire.views import ProblemView, StepView

__all__ = [
    "Answer",
    "Answers",
    "Checked",
    "Choice",
    "Compartment",
    "ConsentRow",
    "Consents",
    "DateParts",
    "Kind",
    "Problem",
    "ProblemView",
    "Question",
    "Questionnaire",
    "Recipient",
    "Row",
    "Section",
    "Step",
    "StepInput",
    "StepView",
    "UnknownVersion",
    "check",
    "current",
    "data_of",
    "describe",
    "describe_consents",
    "guidance",
    "load",
    "missing_code",
    "next_step",
    "previous_step",
    "problem_views",
    "questionnaire_document",
    "read_date",
    "read_form",
    "split",
    "step_is_complete",
    "step_view",
    "versions",
]

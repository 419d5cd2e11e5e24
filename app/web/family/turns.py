"""One turn of the report: what was typed and which button was pressed decide the draft and the next page. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.intake.draft import Draft
from app.questionnaire import Problem, Questionnaire, StepInput, next_step, previous_step, read_form
from app.questionnaire.forms import step_fields
from app.questionnaire.steps import CONSENT_STEP
from app.web.languages import offered

CHECK = "check"
SEND = "send"
LANGUAGE_BUTTON = "lang-"
# A step that was left halfway lacks these; the last page names them, so they keep nobody from moving about.
LACKING = frozenset({"required", "consent_required"})


@dataclass(frozen=True)
class Turn:
    """The draft after a turn, and the page it leads to; `send` says that the report is to be sent now."""

    draft: Draft
    step: str
    problems: tuple[Problem, ...] = ()
    advice_of: str | None = None
    send: bool = False


def take_turn(
    questionnaire: Questionnaire, draft: Draft, step: str, fields: Mapping[str, list[str]], go: str, today: date
) -> Turn:
    """What `go` does on the page of `step` with these `fields`.

    Going on asks for a whole step; every other way keeps what was typed, valid or not, and asks nothing.
    """
    read = read_form(questionnaire, step, fields, draft.answers, today)
    kept = _keep(questionnaire, draft, step, read)
    if language := language_wished(go):
        return Turn(replace(kept, language=language, pending={**kept.pending, **read.fields}), step)
    if step == CHECK and go == SEND:
        return Turn(kept, CHECK, send=True)
    target, onward = _target(questionnaire, kept, step, go)
    if onward and read.problems:
        return Turn(kept, step, problems=read.problems)
    return Turn(kept, target, advice_of=step if onward else None)


def language_wished(go: str) -> str | None:
    """The language that a button asks for, if it is one of those buttons."""
    language = go.removeprefix(LANGUAGE_BUTTON)
    return language if language != go and language in offered() else None


def unfinished(questionnaire: Questionnaire, draft: Draft) -> list[tuple[str, Problem]]:
    """Steps that were left with something in them that could not be read, and what that is."""
    found = []
    for step in questionnaire.step_codes:
        fields = step_fields(questionnaire, step, draft.pending)
        if fields:
            read = read_form(questionnaire, step, fields, draft.answers)
            found += [(step, problem) for problem in read.problems if problem.reason not in LACKING]
    return found


def _keep(questionnaire: Questionnaire, draft: Draft, step: str, read: StepInput) -> Draft:
    answers, consents = read.merged(draft.answers, draft.consents)
    of_this_step = step_fields(questionnaire, step, draft.pending)
    pending = {name: values for name, values in draft.pending.items() if name not in of_this_step}
    if any(problem.reason not in LACKING for problem in read.problems):
        pending |= read.fields
    texts = _texts_shown(questionnaire, draft, consents) if step == CONSENT_STEP else draft.texts
    return replace(draft, answers=answers, consents=consents, pending=pending, texts=texts)


def _texts_shown(questionnaire: Questionnaire, draft: Draft, consents: Mapping[str, str]) -> dict[str, str]:
    versions = {recipient.code: recipient.text_version for recipient in questionnaire.recipients}
    return {code: f"{versions[code]}/{draft.language}" for code in consents}


def _target(questionnaire: Questionnaire, draft: Draft, step: str, go: str) -> tuple[str, bool]:
    codes = questionnaire.step_codes
    if go == "back":
        return previous_step(questionnaire, step, draft.answers) or step, False
    if go in codes:
        return go, codes.index(go) > codes.index(step)
    after = next_step(questionnaire, step, draft.answers) or step
    return after, go != "skip"

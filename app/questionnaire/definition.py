"""A questionnaire as it was defined: steps, questions, choices, recipients."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from app.questionnaire.answers import BASIS_SUFFIX, Answer, Compartment, Kind
from app.questionnaire.conditions import Condition, Facts


@dataclass(frozen=True)
class Choice:
    """One code that can be chosen; `group` is the code of the group it stands in, or empty."""

    code: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class Question:
    """One question; labels, whys and hints are msgids, `condition` is `applies_when` as data."""

    code: str
    step: str
    kind: Kind
    label: str
    why: str
    compartment: Compartment
    hint: str = ""
    layout: str = ""
    choices: tuple[Choice, ...] = ()
    groups: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    mandatory: bool = False
    has_basis: bool = False
    past: bool = False
    default: str = ""
    within: str = ""
    max_length: int = 0
    applies_when: Condition | None = None
    condition: Mapping[str, object] | None = None
    condition_text: str = ""

    @property
    def basis_code(self) -> str:
        """Return the key under which the basis of this answer travels."""
        return self.code + BASIS_SUFFIX

    @property
    def free(self) -> bool:
        """Tell whether the answer is written freely rather than chosen."""
        return self.kind in (Kind.LINE, Kind.TEXT)

    def choice(self, code: str) -> Choice | None:
        """Return the choice with this code, if there is one."""
        return next((choice for choice in self.choices if choice.code == code), None)

    def applies(self, answers: Mapping[str, Answer]) -> bool:
        """Tell whether the question is asked at all, given these answers."""
        return self.applies_when is None or self.applies_when.verdict(Facts(answers)) is True

    def may_apply(self, answers: Mapping[str, Answer], open_codes: frozenset[str]) -> bool:
        """Tell whether it may still come to be asked while the open answers change."""
        if self.applies_when is None:
            return True
        return self.applies_when.verdict(Facts(answers, open_codes=open_codes)) is not False


@dataclass(frozen=True)
class Step:
    """One page of the questionnaire."""

    code: str
    title: str
    lead: str
    questions: tuple[Question, ...] = ()

    @cached_property
    def codes(self) -> frozenset[str]:
        """Return the codes of the questions of this step."""
        return frozenset(question.code for question in self.questions)


@dataclass(frozen=True)
class Recipient:
    """One who may be allowed to read the report; `scopes` begins with the widest."""

    code: str
    label: str
    text: str
    text_version: str
    scopes: tuple[str, ...]
    required: bool = False

    @property
    def narrowest_scope(self) -> str:
        """Return the scope that is taken when none was chosen: nobody shares more than they said."""
        return self.scopes[-1]


@dataclass(frozen=True)
class Advice:
    """A text that is shown after a step when the answers call for it."""

    step: str
    when: Condition
    text: str


@dataclass(frozen=True)
class Questionnaire:
    """One version of everything that is asked."""

    version: str
    steps: tuple[Step, ...]
    recipients: tuple[Recipient, ...]
    advice: tuple[Advice, ...]
    missing: Mapping[str, str]
    basis: Mapping[str, str]
    scopes: Mapping[str, str]

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Return all questions by code, in the order in which they are asked."""
        return {question.code: question for step in self.steps for question in step.questions}

    @cached_property
    def by_basis_code(self) -> Mapping[str, Question]:
        """Return the questions that ask for a basis, by the key of that basis."""
        return {question.basis_code: question for question in self.questions.values() if question.has_basis}

    @cached_property
    def step_codes(self) -> tuple[str, ...]:
        """Return the codes of the steps in order."""
        return tuple(step.code for step in self.steps)

    def step(self, code: str) -> Step:
        """Return the step with this code.

        Raises: KeyError when this version has no such step.
        """
        for step in self.steps:
            if step.code == code:
                return step
        raise KeyError("no such step")

    def recipient(self, code: str) -> Recipient | None:
        """Return the recipient with this code, if there is one."""
        return next((entry for entry in self.recipients if entry.code == code), None)

"""What the page of a step shows: every fact that a template needs, so that templates decide nothing.

All words in a view are msgids.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ProblemView:
    """A problem with the label of its question; `message` is a msgid that `params` are put into.

    `step` is where it can be mended, empty when it belongs to no question; `anchor` is the
    question or switch to point to.
    """

    field: str
    anchor: str
    step: str
    label: str
    message: str
    params: Mapping[str, int]


@dataclass(frozen=True)
class ChoiceView:
    """One choice; `group` is the label of the group it stands in, or empty."""

    value: str
    label: str
    checked: bool
    group: str = ""


@dataclass(frozen=True)
class GroupView:
    """Choices that stand together; a question without groups has one group without a label."""

    label: str
    choices: tuple[ChoiceView, ...]


@dataclass(frozen=True)
class FieldView:
    """One question as it stands on the page.

    `layout` is `radio`, `select`, `checkboxes`, `date`, `line` or `text`. `value` is the one
    code or the text, `values` all codes that are chosen. `missing` is empty, `dk` or `na`.
    `condition_text` says when the question is meant, where the page itself cannot hide it.
    """

    code: str
    kind: str
    layout: str
    label: str
    why: str
    hint: str
    condition_text: str
    required: bool
    max_length: int
    value: str
    values: tuple[str, ...]
    day: str
    month: str
    year: str
    groups: tuple[GroupView, ...]
    missing: str
    missing_choices: tuple[ChoiceView, ...]
    basis: str
    basis_choices: tuple[ChoiceView, ...]
    problem: ProblemView | None
    basis_problem: ProblemView | None

    @property
    def choices(self) -> tuple[ChoiceView, ...]:
        """Return all choices in order, whatever group they stand in."""
        return tuple(choice for group in self.groups for choice in group.choices)


@dataclass(frozen=True)
class ConsentView:
    """One switch; `text` has the place %(organisation)s where a name belongs; `scopes` is empty where it is always
    everything."""

    recipient: str
    label: str
    text: str
    text_version: str
    required: bool
    on: bool
    scope: str
    scopes: tuple[ChoiceView, ...]
    problem: ProblemView | None


@dataclass(frozen=True)
class StepView:
    """The page of a step. `number` and `total` count only the steps that ask something."""

    code: str
    title: str
    lead: str
    number: int
    total: int
    previous: str | None
    next: str | None
    complete: bool
    may_be_skipped: bool
    fields: tuple[FieldView, ...]
    consents: tuple[ConsentView, ...]
    problems: tuple[ProblemView, ...]

"""The declared tables, read from data in versions and checked before anything is counted by them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.questionnaire import current as questionnaire
from app.statistics.errors import Overdrawn
from app.statistics.periods import Period, ReleaseKind
from app.statistics.tables import MOST_EPSILON_MILLI

_FOLDER = Path(__file__).parent / "declared"
CURRENT = "2026-11"

UNKNOWN = "unknown"
MONTH = "month"
# Asked as "age_band" where no date of birth was given; the facet holds one of the same codes.
_ASKED_AS = {"age": "age_band"}
OUTCOMES = (
    "callup_avoided", "left_territory", "located_alive", "pow_confirmed", "exchanged", "charges_dropped", "acquitted",
    "convicted", "sentence_reduced", "body_returned", "death_confirmed", "submitted_pgo", "submitted_icc",
    "family_withdrew", "contact_lost",
)  # fmt: skip
WAITED = ("within_day", "within_3_days", "within_week", "later", "none")
_OWN = {"outcome": OUTCOMES, "first_answer": WAITED}


@dataclass(frozen=True)
class Table:
    """One declared table; ``answers`` bounds what a person adds, ``scale`` is the noise's, ``threshold`` the least
    number that is shown."""

    code: str
    kind: ReleaseKind
    rows: str
    columns: str
    answers: int
    scale: int
    threshold: int

    @property
    def epsilon_milli(self) -> int:
        """What the table draws from a person, in thousandths, rounded up."""
        return -(-1000 * self.answers // self.scale)

    def cells(self, period: Period) -> tuple[tuple[str, str], ...]:
        """Every cell of the table, the empty ones included: which cells there are tells nothing about anybody."""
        columns = codes_of(self.columns, period) if self.columns else ("",)
        return tuple((row, column) for row in codes_of(self.rows, period) for column in columns)


@dataclass(frozen=True)
class Declaration:
    """One version of what is counted, and the budget that it must keep within."""

    version: str
    epsilon_total_milli: int
    confidence: float
    tables: tuple[Table, ...]

    def of(self, kind: ReleaseKind) -> tuple[Table, ...]:
        """The tables of one kind of release."""
        return tuple(table for table in self.tables if table.kind is kind)

    def epsilon_milli(self, kind: ReleaseKind) -> int:
        """What a release of a kind draws from each person in it."""
        return sum(table.epsilon_milli for table in self.of(kind))


def codes_of(dimension: str, period: Period) -> tuple[str, ...]:
    """The codes of a dimension in their order, with one for those of whom nothing was told."""
    if dimension == MONTH:
        return period.months
    if dimension in _OWN:
        return _OWN[dimension]
    question = questionnaire().questions[_ASKED_AS.get(dimension, dimension)]
    codes = dict.fromkeys(choice.code for choice in question.choices)
    return (*(code for code in codes if code not in {"dk", "na"}), UNKNOWN)


@cache
def declared(version: str = CURRENT) -> Declaration:
    """One version of the declaration.

    Raises: :class:`Overdrawn` where its tables ask for more than its budget.
    """
    return read_declaration(tomllib.loads((_FOLDER / f"{version}.toml").read_text(encoding="utf-8")))


def read_declaration(data: Mapping[str, Any]) -> Declaration:
    """A declaration from its data.

    Raises: :class:`Overdrawn`.
    """
    tables = tuple(
        Table(
            code=entry["code"],
            kind=ReleaseKind(entry["kind"]),
            rows=entry["rows"],
            columns=entry.get("columns", ""),
            answers=entry.get("answers", 1),
            scale=entry["scale"],
            threshold=entry.get("threshold", data["threshold"]),
        )
        for entry in data["tables"]
    )
    found = Declaration(data["version"], data["epsilon_total_milli"], data["confidence"], tables)
    drawn = sum(table.epsilon_milli for table in tables)
    within = all(found.epsilon_milli(kind) <= MOST_EPSILON_MILLI[kind.value] for kind in ReleaseKind)
    if drawn > found.epsilon_total_milli or not within:
        raise Overdrawn(f"the tables of {found.version} ask for {drawn} thousandths")
    return found

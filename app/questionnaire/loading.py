"""Reading a version of the questionnaire out of its file, and refusing a file that is wrong."""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.questionnaire.answers import FULL, Compartment, Kind
from app.questionnaire.conditions import parse_condition
from app.questionnaire.definition import (
    Advice,
    Choice,
    Question,
    Questionnaire,
    Recipient,
    Step,
)
from app.storage.errors import RodynaError

CURRENT_VERSION = "2026-11"

_FOLDER = Path(__file__).parent / "versions"
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]+)?", re.ASCII)
_LENGTHS = {Kind.LINE: 200, Kind.TEXT: 5_000}


class UnknownVersion(RodynaError):
    """There is no questionnaire of this version."""


class BadQuestionnaire(RodynaError):
    """The file of a questionnaire contradicts itself."""


def current() -> Questionnaire:
    """Return the questionnaire that new reports are made with."""
    return load(CURRENT_VERSION)


def versions() -> tuple[str, ...]:
    """Return every version that can be loaded, oldest first."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load(version: str) -> Questionnaire:
    """Return one version; old reports are read in the version they were answered in.

    Raises: UnknownVersion
    """
    return _read(version)[0]


def data_of(version: str) -> Mapping[str, Any]:
    """Return the data that this version was read from, so that it can be held against what was signed.

    Raises: UnknownVersion
    """
    return _read(version)[1]


@lru_cache(maxsize=32)
def _read(version: str) -> tuple[Questionnaire, Mapping[str, Any]]:
    # The version may come from outside: it must not be able to name another file.
    path = _FOLDER / f"{version}.toml"
    if not _VERSION.fullmatch(version) or not path.is_file():
        raise UnknownVersion("no questionnaire of this version")
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return read_questionnaire(data), data


def read_questionnaire(data: Mapping[str, Any]) -> Questionnaire:
    """Build a questionnaire from its data.

    Raises: BadQuestionnaire, BadCondition, KeyError
    """
    questionnaire = Questionnaire(
        version=data["version"],
        steps=tuple(_step(entry, tuple(data["missing"])) for entry in data["steps"]),
        recipients=tuple(_recipient(entry) for entry in data["recipients"]),
        advice=tuple(
            Advice(entry["step"], parse_condition(entry["when"]), entry["text"]) for entry in data.get("guidance", ())
        ),
        missing=data["missing"],
        basis=data["basis"],
        scopes=data["scopes"],
    )
    _refuse_contradictions(questionnaire)
    return questionnaire


def _step(data: Mapping[str, Any], missing: tuple[str, ...]) -> Step:
    questions = tuple(_question(entry, data["code"], missing) for entry in data.get("questions", ()))
    return Step(data["code"], data["title"], data["lead"], questions)


def _question(data: Mapping[str, Any], step: str, missing: tuple[str, ...]) -> Question:
    kind = Kind(data["kind"])
    condition = data.get("applies_when")
    mandatory = data.get("mandatory", False)
    return Question(
        code=data["code"],
        step=step,
        kind=kind,
        label=data["label"],
        why=data["why"],
        compartment=Compartment(data["compartment"]),
        hint=data.get("hint", ""),
        layout=data.get("layout", "radio" if kind is Kind.ONE else ""),
        choices=tuple(Choice(*entry) for entry in data.get("choices", ())),
        groups=tuple((code, label) for code, label in data.get("groups", ())),
        missing=tuple(data.get("missing", () if mandatory else missing)),
        mandatory=mandatory,
        has_basis=data.get("has_basis", False),
        past=data.get("past", False),
        default=data.get("default", ""),
        within=data.get("within", ""),
        max_length=data.get("max_length", _LENGTHS.get(kind, 0)),
        applies_when=None if condition is None else parse_condition(condition),
        condition=condition,
        condition_text=data.get("condition_text", ""),
    )


def _recipient(data: Mapping[str, Any]) -> Recipient:
    return Recipient(
        code=data["code"],
        label=data["label"],
        text=data["text"],
        text_version=data["text_version"],
        scopes=tuple(data.get("scopes", (FULL,))),
        required=data.get("required", False),
    )


def _refuse_contradictions(questionnaire: Questionnaire) -> None:
    asked: set[str] = set()
    for step in questionnaire.steps:
        for question in step.questions:
            if question.code in asked or question.code.endswith("_basis"):
                raise BadQuestionnaire(f"code used twice or reserved: {question.code}")
            # Answers are pruned in one pass, in order; a condition may only look back.
            if question.applies_when and not question.applies_when.codes() <= asked:
                raise BadQuestionnaire(f"condition looks ahead: {question.code}")
            _refuse_bad_choices(question)
            asked.add(question.code)
    for advice in questionnaire.advice:
        if not advice.when.codes() <= asked or advice.step not in questionnaire.step_codes:
            raise BadQuestionnaire(f"guidance about something that is not asked: {advice.step}")


def _refuse_bad_choices(question: Question) -> None:
    codes = [choice.code for choice in question.choices]
    chosen = question.kind in (Kind.ONE, Kind.SEVERAL)
    if len(set(codes)) != len(codes) or bool(codes) is not chosen:
        raise BadQuestionnaire(f"choices are wrong: {question.code}")
    if question.default and question.default not in codes:
        raise BadQuestionnaire(f"default is not a choice: {question.code}")
    # A coded compartment holds codes and dates only: it may be shared without the words.
    if question.compartment is Compartment.FACTS and question.free:
        raise BadQuestionnaire(f"free text among the facts: {question.code}")

"""No code is ever shown in the place of a word."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from app.accounts.permissions import Role
from app.accounts.setup import QUEUE_KINDS
from app.casefile.cases import Status
from app.casework.opening import OFFERS
from app.casework.proposed import State
from app.casework.queues import PRIORITIES
from app.intake.events import _GONE
from app.questionnaire import current
from app.web.desk import record_words, words
from app.web.pages import translate_into

APP = Path(app.__file__).parent
# Put together with what was offered, or handed in from elsewhere.
BEGINNINGS = ("accepted_", "refused_", "offered_")
NAMED_ELSEWHERE = {
    "casework/diary.py": ("task_kept", "hearing_kept"),
    "casework/proposals.py": (State.WITHDRAWN.value, State.REFUSED.value),
    "cli/locking.py": ("opened_by_machine", "lockdown_by_machine"),
    "intake/events.py": ("family_wrote", *_GONE),
    "accounts/record.py": (),
}


def test_every_code_has_a_word() -> None:
    assert set(words.QUEUE_KINDS) == set(QUEUE_KINDS)
    assert set(words.STATUSES) == set(Status)
    assert set(words.PRIORITIES) == set(PRIORITIES)
    assert set(words.ROLES) == set(Role)
    assert set(words.PRECISIONS) == {"day", "month", "year"}


@pytest.mark.parametrize(("language", "subjects"), [("uk", ("людина", "повістка")), ("ru", ("человек", "повестка"))])
def test_a_situation_beside_a_name_is_right_for_a_man_and_for_a_woman(language: str, subjects: tuple[str, ...]) -> None:
    """What bends with the sex has a subject of its own, or does not stand there."""
    labels = [translate_into(language)(choice.label).lower() for choice in current().questions["situation"].choices]
    assert len(set(labels)) == 16
    bends = re.compile(r"\b(?:її|неї|його|нього|её|неё|его|него)\b|\w(?:ла|лася|лась|вся|лся|шёл|шов|ена|ен|иб)\b")
    assert [label for label in labels if bends.search(label) and not any(word in label for word in subjects)] == []


def test_every_kind_that_the_code_puts_on_the_record_has_words() -> None:
    """Read from the code itself: whoever writes a new kind of entry gives it words, or an auditor reads a code."""
    found = {kind for path in sorted(APP.rglob("*.py")) for kind in _kinds(path)}
    assert len(found) > 60
    assert found - set(record_words.ACTIONS) == set()


def test_no_word_of_the_record_is_for_what_nothing_puts_there() -> None:
    """An auditor chooses among them; one that finds nothing, ever, would say that nobody did it."""
    written = "".join(path.read_text(encoding="utf-8") for path in APP.rglob("*.py") if path.name != "record_words.py")
    put_together = {f"{begins}{offer.value}" for begins in BEGINNINGS for offer in OFFERS}
    assert {kind for kind in record_words.ACTIONS if f'"{kind}"' not in written} == put_together


def _kinds(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "put_on_record":
            yield from _of(node.args[2], path)
        elif isinstance(node, ast.Dict) and any(
            isinstance(key, ast.Constant) and key.value == "kind" for key in node.keys
        ):
            keys = [key.value if isinstance(key, ast.Constant) else "" for key in node.keys]
            if {"at", "day"} & set(keys):
                yield from _of(node.values[keys.index("kind")], path)


def _of(kind: ast.expr, path: Path) -> Iterator[str]:
    match kind:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from (*_of(one, path), *_of(other, path))
        case ast.JoinedStr(values=[ast.Constant(value=str(begins)), ast.FormattedValue()]):
            yield from (f"{begins}{offer.value}" for offer in OFFERS if begins in BEGINNINGS)
        case _:
            yield from NAMED_ELSEWHERE[path.relative_to(APP).as_posix()]

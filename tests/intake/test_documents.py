"""A program that repeats its call gets the same answer; another call under the same key is refused."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import update

from app.intake import draft, sending
from app.intake.draft import Draft
from app.intake.errors import AnswersRefused, KeyReused
from app.intake.tables import KeptAnswer
from app.vault.errors import VaultError
from app.vault.tokens import new_token
from tests.cast import CONSENTS, NOW, Cast, answers
from tests.keys.dump import dump

KEY, OTHER_KEY = new_token(), new_token()


def body(**given: Any) -> Draft:
    """What one call brings; each call has a code of its own until the first is answered."""
    return replace(draft.begin("uk", NOW), answers=answers(**given), consents=CONSENTS)


def call(cast: Cast, document: Draft, key: str = KEY, hours: float = 0) -> str:
    with cast.session() as session:
        return sending.send_document(session, key, document, NOW + timedelta(hours=hours))


def test_the_same_call_gives_the_same_code_and_one_case(cast: Cast) -> None:
    code = call(cast, body())

    assert {call(cast, body(), hours=hours) for hours in (0, 1, 23.9)} == {code}
    assert len(dump(cast.engine)["case"]) == 1
    assert cast.case_of(code)


def test_another_key_is_another_report(cast: Cast) -> None:
    assert call(cast, body()) != call(cast, body(), OTHER_KEY)
    assert len(dump(cast.engine)["case"]) == 2


@pytest.mark.parametrize(
    "other",
    [
        body(story="Інше."),
        replace(body(), consents={"ngo": "full", "stats": "full"}),
        replace(body(), language="en"),
        replace(body(), version="2026-12"),
    ],
)
def test_another_body_under_the_same_key_is_refused(cast: Cast, other: Draft) -> None:
    call(cast, body())
    with pytest.raises(KeyReused):
        call(cast, other)

    assert len(dump(cast.engine)["case"]) == 1


def test_a_day_later_the_key_is_free_again(cast: Cast) -> None:
    first = call(cast, body())

    assert call(cast, body(story="Інше."), hours=24.5) != first
    assert len(dump(cast.engine)["case"]) == 2
    assert len(dump(cast.engine)["kept_answer"]) == 1


def test_a_call_that_was_refused_leaves_its_key_free(cast: Cast) -> None:
    with pytest.raises(AnswersRefused):
        call(cast, body(situation="elsewhere"))

    assert call(cast, body())


def test_answers_are_kept_for_a_day_and_forgotten(cast: Cast) -> None:
    call(cast, body())
    call(cast, body(), OTHER_KEY, hours=2)
    with cast.session() as session:
        assert sending.forget_kept_answers(session, NOW + timedelta(hours=25)) == 1
    with cast.session() as session:
        assert sending.forget_kept_answers(session, NOW + timedelta(hours=25)) == 0


def test_an_answer_opens_with_the_callers_key_alone(cast: Cast) -> None:
    call(cast, body())
    call(cast, body(story="Інше."), OTHER_KEY)
    first, second = dump(cast.engine)["kept_answer"]
    with cast.session() as session:
        session.execute(update(KeptAnswer).values(sealed=first["sealed"]))
    answers_of: list[str] = []
    for key in (KEY, OTHER_KEY):
        try:
            answers_of.append(call(cast, body(), key))
        except (VaultError, KeyReused) as refusal:
            answers_of.append(type(refusal).__name__)

    assert first["sealed"] != second["sealed"]
    assert "WrongKey" in answers_of

"""A draft lives in the page alone and comes back as it was."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import delete

from app.accounts.tables import Epoch
from app.intake.draft import Draft, begin, open_draft, seal_draft
from app.intake.errors import DraftGone
from app.questionnaire import current
from app.storage.sessions import session_scope
from app.vault.code import normalise_code
from tests.cast import CONSENTS, NOW, answers
from tests.keys.dump import dump

WHOLE = replace(
    begin("crh", NOW),
    answers=answers(story="Його забрали з дому.", surname="Ковалишин"),
    consents=CONSENTS,
    texts={"ngo": "2026-11/crh"},
    pending={"birth_date_day": ["30"], "birth_date_month": ["2", "3"]},
)


def carried(engine: Engine, draft: Draft = WHOLE) -> str:
    with session_scope(engine) as session:
        return seal_draft(session, draft, NOW)


def test_a_new_draft_has_a_code_of_its_own_and_todays_questions() -> None:
    one, two = begin("uk", NOW), begin("uk", NOW)

    assert normalise_code(one.code) == one.code != two.code
    assert (one.version, one.language, one.begun) == (current().version, "uk", "2026-11-20")
    assert (one.answers, one.consents, one.pending) == ({}, {}, {})


def test_a_draft_comes_back_with_everything_that_was_typed(engine: Engine) -> None:
    text = carried(engine)
    with session_scope(engine) as session:
        assert open_draft(session, text, NOW + timedelta(hours=24)) == WHOLE


def test_a_draft_leaves_nothing_behind_but_the_days_key(engine: Engine) -> None:
    carried(engine)

    assert {name for name, rows in dump(engine).items() if rows} == {"epoch"}


@pytest.mark.parametrize("hours", [48, 72])
def test_an_old_page_opens_nothing(engine: Engine, hours: int) -> None:
    text = carried(engine)
    with session_scope(engine) as session, pytest.raises(DraftGone):
        open_draft(session, text, NOW + timedelta(hours=hours))


def test_a_page_of_another_installation_opens_nothing(engine: Engine) -> None:
    text = carried(engine)
    with session_scope(engine) as session:
        session.execute(delete(Epoch))
    carried(engine)
    with session_scope(engine) as session, pytest.raises(DraftGone):
        open_draft(session, text, NOW)


def test_a_draft_never_shows_what_it_holds_in_words() -> None:
    for secret in ("Ковалишин", "забрали", WHOLE.code, "30"):
        assert secret not in repr(replace(WHOLE, begun=""))

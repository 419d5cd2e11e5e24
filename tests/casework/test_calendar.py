"""The calendar: page by page to its end, on the record, and nothing of it for a stranger."""

import base64

import pytest
from sqlalchemy import update
from sqlmodel import col

from app.casefile.tables import Item
from app.casework import diary, queues, upcoming
from app.casework.answering import accept
from app.casework.moving import Wish, offer
from app.casework.opening import Standing
from tests.casework.desk import record
from tests.cast import NOW, OMAR, Cast, answers

DAYS = (25, 25, 25, 26, 27)


@pytest.mark.parametrize("few", [queues.FEW, 0])
def test_the_calendar_goes_on_page_by_page_to_its_end(cast: Cast, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    # Whether a question begins with the queue's cases or with the days is the same to whoever reads.
    monkeypatch.setattr(queues, "FEW", few)
    monkeypatch.setattr(upcoming, "PAGE", 2)
    daria, case = cast.member("daria"), cast.case_of(cast.report())
    for day in DAYS:
        task = {"text": "Подзвонити", "service": "legal", "day": f"2026-11-{day}"}
        with cast.session() as session:
            diary.add_task(session, daria, case, task, "", NOW)
    pages = [look(cast, "daria", "")]
    while pages[-1].after:
        pages.append(look(cast, "daria", pages[-1].after))
    assert [[due.day.day for due in page.due] for page in pages] == [[25, 25], [25, 26], [27]]
    assert len({due.id for page in pages for due in page.due}) == len(DAYS)
    assert [event["cases"] for event in record(cast) if event["kind"] == "listed"] == [case] * len(pages)
    assert look(cast, OMAR, pages[0].after) == upcoming.Ahead((), "")
    # A cursor that somebody made up shows the first page.
    for words in (f"2026-11-26 {case} \0", "2026-11-26 \0 x", "2026-11-26", "never a day"):
        assert look(cast, "daria", base64.urlsafe_b64encode(words.encode()).decode()) == pages[0]


def look(cast: Cast, name: str, after: str) -> upcoming.Ahead:
    with cast.session() as session:
        return upcoming.calendar(session, cast.member(name), after, NOW)


def test_the_calendar_names_whom_a_day_is_about_as_far_as_the_queue_may_know(cast: Cast) -> None:
    consents = {"ngo": "full", "legal_ngo": "facts_only"}
    case = cast.case_of(cast.report(answers(surname="Коваль", given_name="Андрій"), consents))
    with cast.session() as session:
        wish = Wish("partner-legal", Standing.OFFERED_REFERRAL, "facts_only", "Хто поїде?")
        offer(session, cast.member("daria"), case, wish, NOW)
    with cast.session() as session:
        accept(session, cast.member("ayshe"), case, NOW)
    for name in ("daria", "ayshe"):
        with cast.session() as session:
            task = {"text": "Подзвонити", "service": "legal", "day": "2026-11-25"}
            diary.add_task(session, cast.member(name), case, task, "", NOW)
    theirs, ours = look(cast, "ayshe", "").names[case], look(cast, "daria", "").names[case]
    assert (ours["surname"], ours["given_name"], ours["situation"]) == ("Коваль", "Андрій", "on_trial_ua")
    assert theirs["situation"] == "on_trial_ua"
    assert "surname" not in theirs


def test_a_case_that_somebody_tampered_with_hides_no_name_but_its_own(cast: Cast) -> None:
    daria = cast.member("daria")
    cases = [cast.case_of(cast.report(answers(surname=name))) for name in ("Коваль", "Бондар", "Швець")]
    for case in cases:
        with cast.session() as session:
            task = {"text": "Подзвонити", "service": "legal", "day": "2026-11-25"}
            diary.add_task(session, daria, case, task, "", NOW)
    with cast.session() as session:
        broken = col(Item.case_id) == cases[1], col(Item.compartment) == "identity"
        session.execute(update(Item).where(*broken).values(sealed=b"\1" * 99))
    page = look(cast, "daria", "")
    assert len(page.due) == 3
    assert {case: names["surname"] for case, names in page.names.items()} == {cases[0]: "Коваль", cases[2]: "Швець"}

"""The calendar: page by page to its end, on the record, and nothing of it for a stranger."""

import base64

import pytest

from app.casework import diary, queues, upcoming
from tests.casework.desk import record
from tests.cast import NOW, OMAR, Cast

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

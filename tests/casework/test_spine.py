"""The thin line from end to end: reported, routed, opened, answered, read, taken back."""

from datetime import timedelta

import pytest

from app.casefile.errors import NotFound
from app.casework.actions import acknowledge, add_note, answer_family, set_status, take
from app.casework.listing import queue_page
from app.casework.opening import open_case
from app.casework.queues import QueueFilter, queue_summaries
from app.intake import returning
from app.intake.errors import UnknownCode
from tests.cast import NOW, Cast, answers


def test_a_report_is_answered_and_the_answer_is_read_with_the_code(cast: Cast) -> None:
    code = cast.report(answers(story="Його забрали з дому.", surname="Ковалишин"))
    daria = cast.member("daria")
    with cast.session() as session:
        page = queue_page(session, daria, "legal", QueueFilter(), None, NOW)
    assert [row.answers["surname"] for row in page.rows] == ["Ковалишин"]
    case_id = page.rows[0].listed.id

    with cast.session() as session:
        take(session, daria, case_id, 1, NOW)
    with cast.session() as session:
        answer_family(session, daria, case_id, "Ми прочитали.\r\nЧекайте на відповідь.", NOW)
    with cast.session() as session:
        add_note(session, daria, case_id, "Подзвонити слідчому.", NOW)
    with cast.session() as session:
        token, _ = returning.open_return(session, code, NOW)
    with cast.session() as session:
        opened = returning.resume_return(session, token, NOW)
        returning.write_message(session, opened, "Дякую. Суд у четвер.", NOW + timedelta(minutes=1))
    with cast.session() as session:
        thread = returning.read_thread(session, opened)

    assert [message.text for message in thread.messages] == ["Ми прочитали.\nЧекайте на відповідь."]
    assert [(day.day, day.count) for day in thread.written] == [(NOW.date(), 1)]
    with cast.session() as session:
        view = open_case(session, daria, case_id, NOW)
    assert [(line.author, line.text, line.verified) for line in view.conversation] == [
        ("Дарія Лановенко", "Ми прочитали.\nЧекайте на відповідь.", True),
        (None, "Дякую. Суд у четвер.", True),
    ]
    assert [note.text for note in view.notes] == ["Подзвонити слідчому."]
    assert view.answers["story"] == "Його забрали з дому."
    assert view.listed.unread
    assert view.listed.act_by is None


def test_only_members_of_the_queue_find_the_case(cast: Cast) -> None:
    code = cast.report()
    case_id = cast.case_of(code)
    for name in ("tomas", "oksana", "ayshe", "lena", "petro", "roman", "omar"):
        outsider = cast.member(name)
        with cast.session() as session, pytest.raises(NotFound):
            open_case(session, outsider, case_id, NOW)
        with cast.session() as session, pytest.raises(NotFound):
            queue_page(session, outsider, "legal", QueueFilter(), None, NOW)


def test_what_was_taken_back_is_gone_for_everybody(cast: Cast) -> None:
    code = cast.report()
    daria = cast.member("daria")
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
    with cast.session() as session:
        returning.withdraw(session, opened, code, NOW)

    with cast.session() as session, pytest.raises(UnknownCode):
        returning.open_return(session, code, NOW)
    with cast.session() as session, pytest.raises(NotFound):
        open_case(session, daria, opened.case_id, NOW)
    with cast.session() as session:
        assert queue_summaries(session, daria, NOW)[0].open.number == 0


def test_acknowledging_ends_the_first_clock_and_statuses_follow_one_another(cast: Cast) -> None:
    case_id = cast.case_of(cast.report())
    daria = cast.member("daria")
    with cast.session() as session:
        acknowledge(session, daria, case_id, 1, NOW)
    with cast.session() as session:
        set_status(session, daria, case_id, 2, "in_progress", NOW)
    with cast.session() as session:
        view = open_case(session, daria, case_id, NOW)
    assert (view.listed.status, view.listed.acknowledge_by) == ("in_progress", None)
    assert view.listed.act_by is not None

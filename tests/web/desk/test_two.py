"""Pages of what takes two people, of the assessment, of dates, and of junk."""

import pytest

from app.casework.replies import LANGUAGES, preferred_language, replies, reply_text
from app.web.desk.case_words import REPLIES
from app.web.pages import translate_into
from tests.cast import Cast, answers
from tests.web.desk.conftest import Staff

say = translate_into("uk")


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own; the kind of the database makes no difference."""
    return "sqlite"


def test_a_case_is_closed_by_two_on_its_pages_and_opened_again_by_one(daria: Staff, bohdan: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}/end")
    daria.press_to("/close", reason="Довід: усе скінчено.")
    assert daria.status == 422
    assert daria.says(say("Please choose one of these."))
    assert daria.page.form_with("outcome").get("reason") == "Довід: усе скінчено."
    daria.press_to("/close", outcome="acquitted", reason="Довід: усе скінчено.")
    assert (daria.status, daria.address) == (200, f"/desk/cases/{case}")
    assert daria.says(say("A colleague gives the second signature."))
    assert [form for form in daria.page.forms if form.action.endswith("/agree")] == []
    bohdan.open(f"/desk/cases/{case}")
    assert bohdan.says("Довід: усе скінчено.")
    assert bohdan.says(say("Acquitted"))
    bohdan.press_to("/agree")
    assert bohdan.says(say("two people signed"))
    assert bohdan.says(say("The case is closed, so nothing more is written to the family."))
    bohdan.open(f"/desk/cases/{case}/end")
    bohdan.press_to("/reopen", reason="Нові обставини.")
    assert bohdan.says(say("In progress"))


def test_a_refusal_and_its_reason_are_shown(daria: Staff, bohdan: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}/end")
    daria.press_to("/delete", reason="Помилкове звернення.")
    bohdan.open(f"/desk/cases/{case}")
    old = bohdan.page
    bohdan.press_to("/decline", reason="Не згоден.")
    assert bohdan.says(say("refused"))
    # The page that showed the button is old by now.
    (agree,) = [form for form in old.forms if form.action.endswith("/agree")]
    bohdan.press(agree)
    assert bohdan.says(say("This was answered already, or ran out"))


def test_a_proposal_from_an_old_page_comes_back_as_it_was_typed(daria: Staff, bohdan: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}/end")
    bohdan.open(f"/desk/cases/{case}")
    bohdan.press_to("/take")
    daria.press_to("/close", outcome="acquitted", reason="Довід.")
    assert daria.status == 409
    assert daria.page.form_with("outcome").get("outcome") == "acquitted"
    daria.press_to("/close")
    assert daria.address == f"/desk/cases/{case}"


def test_an_assessment_is_kept_reviewed_and_never_written_over(daria: Staff, bohdan: Staff, case: str) -> None:
    kept = {"result": "forced", "confidence": "high", "verification": "verified"}
    for staff in (daria, bohdan):
        staff.open(f"/desk/cases/{case}/assessment")
    daria.press_to("/assessment", reasons="Думка Дарії.", **{**kept, "result": ""})
    assert daria.status == 422
    daria.press_to("/assessment", reasons="Думка Дарії.", **kept)
    assert (daria.status, daria.address) == (200, f"/desk/cases/{case}")
    bohdan.press_to("/assessment", reasons="Думка Богдана.", **{**kept, "result": "likely_forced"})
    assert bohdan.status == 409
    assert bohdan.says("Думка Дарії.")
    assert bohdan.page.form_with("reasons").get("reasons") == "Думка Богдана."
    bohdan.press_to("/assessment")
    assert bohdan.says("Думка Богдана.")
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/agree")
    assert daria.says(say("second look: %(name)s") % {"name": "Дарія Лановенко"})
    assert daria.says("Думка Дарії.")


def test_lawyers_write_among_themselves(daria: Staff, bohdan: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/privileged", privileged="Лише між нами.")
    daria.press_to("/crime")
    assert daria.status == 422
    assert daria.says(say("Please choose an answer, its source and what it rests on"))
    daria.press_to("/crime", other_crime="no", other_crime_source="document")
    assert (daria.status, daria.page.form_with("other_crime").get("other_crime_source")) == (422, "document")
    daria.press_to("/crime", other_crime_basis="document")
    assert daria.address == f"/desk/cases/{case}"
    bohdan.open(f"/desk/cases/{case}")
    assert bohdan.says("Лише між нами.")
    assert bohdan.says(say("stands in a document"))


def test_tasks_hearings_and_contacts_are_kept_and_stand_in_the_calendar(daria: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}/diary")
    daria.press_to("/task", text="Знайти довідку.", service="documents")
    assert daria.status == 422
    assert daria.says(say("Please write something here."))
    daria.press_to("/task", day="2026-11-27")
    assert daria.says("Знайти довідку.")
    daria.open(f"/desk/cases/{case}/diary")
    daria.press_to("/hearing", day="2026-12-03", time="10:30", court="Обласний суд")
    daria.open(f"/desk/cases/{case}/diary")
    daria.press_to("/trial", court="Обласний суд", number="12/345", charge=["CCU-258"], custody_until="2026-12-20")
    daria.open(f"/desk/cases/{case}/diary")
    daria.press_to("/contact", way="prison_visit", day="2026-11-19", text="Бачили його.")
    assert daria.says("Бачили його.")
    assert daria.says("12/345")
    daria.open("/desk/calendar")
    for words in ("Знайти довідку.", "Обласний суд", "10:30", say("Custody ends"), case):
        assert daria.says(words), words
    daria.open(f"/desk/cases/{case}")
    (task, _hearing) = [form for form in daria.page.forms if form.action.endswith("/finish")]
    daria.press(task, None, outcome="Знайшли.")
    assert daria.says("Знайшли.")


def test_two_who_keep_the_trial_at_once_see_both(daria: Staff, bohdan: Staff, case: str) -> None:
    for staff in (daria, bohdan):
        staff.open(f"/desk/cases/{case}/diary")
    daria.press_to("/trial", court="Суд Дарії")
    bohdan.press_to("/trial", court="Суд Богдана")
    assert bohdan.status == 409
    assert bohdan.says("Суд Дарії")
    assert bohdan.page.form_with("custody_until").get("court") == "Суд Богдана"


def test_junk_is_set_aside_and_given_back_alone_or_many_at_once(cast: Cast, daria: Staff, case: str) -> None:
    other = cast.case_of(cast.report())
    for each in (case, other):
        daria.open(f"/desk/cases/{each}")
        daria.press_to("/set-aside")
        assert daria.says(say("Set aside as junk"))
    daria.press_to("/give-back")
    assert not daria.says(say("Give it back"))
    daria.open("/desk/junk")
    assert daria.says(case)
    assert not daria.says(other)
    daria.press(daria.page.form_with("case"), None, case=[case])
    assert daria.says(say("Nothing lies here."))


def test_a_reply_begins_in_the_familys_language_and_is_changed_before_it_is_sent(cast: Cast, daria: Staff) -> None:
    case = cast.case_of(cast.report(answers(reply_language="crh", story="Слово")))
    daria.open(f"/desk/cases/{case}?reply=no_news")
    begun = daria.page.form_with("message").get("message")
    assert begun == reply_text("no_news", "crh")
    daria.open(f"/desk/cases/{case}?reply=nonsense")
    assert daria.page.form_with("message").get("message") == ""


def test_a_translation_stands_beside_the_words(cast: Cast, daria: Staff) -> None:
    case = cast.case_of(cast.report(answers(story="Его забрали.")))
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/translation", of="answer:story", language_of_text="uk", translation="Його забрали.")
    assert daria.says("Его забрали.")
    assert daria.says(say("Translated by %(name)s, %(moment)s").split("%(moment)s")[0] % {"name": "Дарія Лановенко"})


def test_every_reply_is_there_in_every_language() -> None:
    assert len(replies()) >= 5
    assert {language for reply in replies() for language, text in reply.texts.items() if text.strip()} == set(LANGUAGES)
    assert {reply.title for reply in replies()} == set(REPLIES)
    assert preferred_language({}, "ru") == "ru"

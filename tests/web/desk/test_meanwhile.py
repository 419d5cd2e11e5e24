"""Two colleagues at one case: whoever comes second reads both, loses nothing, and may send it again."""

import pytest
from sqlmodel import col, update

from app.casefile.tables import Case
from app.intake import returning
from app.web.desk.steps import BUTTONS
from app.web.pages import translate_into
from tests.cast import Cast, answers
from tests.web.desk.conftest import Sit, Staff

say = translate_into("uk")
FASTER = say("A colleague was faster, so nothing was kept yet")
NO_MORE = say("As the case stands now, this can be done no more.")


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own; the rooms behind it are tried on both databases."""
    return "sqlite"


def both(daria: Staff, bohdan: Staff, address: str) -> None:
    """Both open one page."""
    for staff in (daria, bohdan):
        staff.open(address)


def told(staff: Staff, *words: str) -> None:
    """The page says who was faster and shows what stands there now."""
    assert staff.status == 409
    (notice,) = [each for each in staff.page.all("div") if each.attributes.get("role") == "alert"]
    assert [each for each in (FASTER, *words) if each not in " ".join(notice.text.split())] == []


def test_an_answer_of_a_colleague_is_read_before_another_one_is_sent(daria: Staff, bohdan: Staff, case: str) -> None:
    both(daria, bohdan, f"/desk/cases/{case}")
    bohdan.press_to("/message", message="Адвокат прийде у вівторок.")
    daria.press_to("/message", message="Адвокат прийде у середу.")
    told(daria, "Адвокат прийде у вівторок.", "Богдан Терновий")
    assert daria.page.form_with("message").get("message") == "Адвокат прийде у середу."
    daria.press_to("/message")
    assert daria.address == f"/desk/cases/{case}"
    assert daria.says("Адвокат прийде у вівторок.")
    assert daria.says("Адвокат прийде у середу.")


def test_a_ready_question_is_held_against_a_colleagues_answer_too(cast: Cast, daria: Staff, bohdan: Staff) -> None:
    case = cast.case_of(cast.report())
    daria.open(f"/desk/cases/{case}/move")
    daria.press_to("/offer", queue="partner-legal", way="refer", scope="full", reason="Прошу.")
    assert daria.status == 409
    bohdan.open(f"/desk/cases/{case}")
    bohdan.press_to("/message", message="Ми вже спитали.")
    daria.press_to("/message")
    told(daria, "Ми вже спитали.")


@pytest.mark.parametrize("step", ["/take", "/acknowledge"])
def test_a_step_shows_how_the_case_stands_now_and_can_be_taken_again(
    daria: Staff, bohdan: Staff, case: str, step: str
) -> None:
    both(daria, bohdan, f"/desk/cases/{case}")
    bohdan.press_to("/take")
    daria.press_to(step)
    told(daria, "Богдан Терновий", say("took the case"), say("Acknowledged"))
    if step == "/take":
        daria.press_to("/take")
        assert daria.says(say("took the case")) or daria.says("у мене")
    else:
        assert daria.says(NO_MORE)
        assert [form for form in daria.page.forms if form.action.endswith("/acknowledge")] == []


def test_a_status_that_a_colleague_set_is_not_set_over(daria: Staff, bohdan: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/acknowledge")
    both(daria, bohdan, f"/desk/cases/{case}")
    bohdan.press_to("/status")
    daria.press_to("/status")
    told(daria, "Богдан Терновий", say("In progress"))
    assert daria.says(NO_MORE)


def test_a_family_that_wrote_meanwhile_is_read_before_it_is_waited_for(cast: Cast, daria: Staff) -> None:
    code = cast.report()
    daria.open(f"/desk/cases/{cast.case_of(code)}")
    for step in ("/acknowledge", "/status"):
        daria.press_to(step)
    with cast.session() as session:
        _, opened = returning.open_return(session, code, cast.now)
    with cast.session() as session:
        returning.write_message(session, opened, "Суд перенесли.", cast.now)
    daria.press_to("/status")
    assert daria.says(say("The family has written meanwhile: read that first"))
    assert daria.says("Суд перенесли.")
    assert daria.says(say("In progress"))
    daria.press_to("/status")
    with cast.session() as session:
        assert session.get_one(Case, opened.case_id).status == "awaiting_family"


def test_a_case_that_a_colleague_gave_away_is_given_again_by_who_has_read_it(
    cast: Cast, daria: Staff, bohdan: Staff, case: str
) -> None:
    both(daria, bohdan, f"/desk/cases/{case}/move")
    to = cast.founded_account("daria")
    bohdan.press_to("/assign", colleague=to, reason="Вона знає цей суд.")
    daria.press_to("/assign", colleague=cast.founded_account("bohdan"), reason="Він знає родину.")
    told(daria, "Вона знає цей суд.", "Богдан Терновий")
    form = daria.page.form_with("reason")
    assert (form.get("reason"), form.get("colleague")) == ("Він знає родину.", cast.founded_account("bohdan"))
    daria.press(form)
    assert daria.address == f"/desk/cases/{case}"
    assert daria.says("Він знає родину.")


def test_tasks_stand_beside_one_another_and_what_was_typed_stays(daria: Staff, bohdan: Staff, case: str) -> None:
    both(daria, bohdan, f"/desk/cases/{case}/diary")
    task = {"service": "legal", "day": "2026-11-25"}
    bohdan.press_to("/task", text="Просити суд про копію.", **task)
    daria.press_to("/task", text="Копію в суді.", **{**task, "day": "колись"})
    assert daria.status == 422
    # What was mistyped was not read by anybody: the page still says what it had shown first.
    daria.press_to("/task", text="Копію в суді.", **task)
    told(daria, "Просити суд про копію.", "Богдан Терновий")
    daria.press_to("/task")
    assert daria.address == f"/desk/cases/{case}"
    assert daria.says("Просити суд про копію.")
    assert daria.says("Копію в суді.")


def test_both_words_on_what_came_of_a_task_are_kept(daria: Staff, bohdan: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}/diary")
    daria.press_to("/task", service="legal", day="2026-11-25", text="Копія.")
    both(daria, bohdan, f"/desk/cases/{case}")
    bohdan.press_to("/finish", outcome="Суд відмовив.")
    daria.press_to("/finish", outcome="Копія в мене.")
    told(daria, "Суд відмовив.", "Богдан Терновий")
    assert daria.page.form_with("outcome").get("outcome") == "Копія в мене."
    daria.press_to("/finish")
    assert daria.says("Суд відмовив.")
    assert daria.says("Копія в мене.")


def test_a_word_on_a_task_that_is_too_long_is_given_back(daria: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}/diary")
    daria.press_to("/task", service="legal", day="2026-11-25", text="Копія.")
    long = "слово " * 1000
    daria.press_to("/finish", outcome=long)
    assert daria.status == 422
    assert daria.page.form_with("outcome").get("outcome") == long
    daria.press_to("/finish", outcome="Копія є.")
    assert daria.says("Копія є.")


def test_the_trial_stands_as_both_wrote_it(daria: Staff, bohdan: Staff, case: str) -> None:
    both(daria, bohdan, f"/desk/cases/{case}/diary")
    bohdan.press_to("/trial", court="Суд у Дніпрі", number="11")
    daria.press_to("/trial", court="Суд у Києві", number="22")
    told(daria, "Богдан Терновий", "Суд у Дніпрі", "11")
    assert daria.page.form_with("number").get("court") == "Суд у Києві"
    daria.press_to("/trial")
    assert daria.says("Суд у Києві")


def test_the_lawyers_criterion_is_not_answered_over_a_colleagues(daria: Staff, bohdan: Staff, case: str) -> None:
    both(daria, bohdan, f"/desk/cases/{case}")
    said = {"other_crime_source": "document", "other_crime_basis": "document"}
    bohdan.press_to("/crime", other_crime="yes", **said)
    daria.press_to("/crime", other_crime="no", **said)
    told(daria, say("Yes"), "Богдан Терновий")
    assert daria.page.form_with("other_crime").get("other_crime") == "no"
    daria.press_to("/crime")
    assert daria.address == f"/desk/cases/{case}"


def test_a_plan_of_duty_and_an_absence_are_not_noted_over_newer_ones(cast: Cast, daria: Staff, bohdan: Staff) -> None:
    days = {"since": "2026-11-25", "until": "2026-11-27"}
    daria.open("/desk/queues/legal/duty")
    bohdan.open("/desk/away")
    bohdan.press_to("/away", **days)
    planned: dict[str, str | list[str]] = {"when": "weekly", "weekday": ["0"], "begins": "09:00", "ends": "18:00"}
    daria.press_to("/duty", who=cast.founded_account("bohdan"), **planned)
    told(daria, "Богдан Терновий", "25 листопада 2026")
    form = daria.page.form_with("weekday")
    assert (form.get("weekday"), form.get("begins")) == ("0", "09:00")
    daria.press_to("/duty")
    assert daria.address == "/desk/queues/legal/duty"
    bohdan.open("/desk/away")
    daria.press_to("/away", who=cast.founded_account("bohdan"), **{**days, "until": "2026-11-30"})
    bohdan.press(bohdan.page.form_with("since"), None, **{**days, "until": "2026-12-01"})
    told(bohdan, "30 листопада 2026")
    assert bohdan.page.form_with("since").get("until") == "2026-12-01"


def test_what_changed_in_a_hand_over_is_shown_and_what_was_typed_stays(cast: Cast, daria: Staff, bohdan: Staff) -> None:
    cases = [cast.case_of(cast.report()) for _ in range(2)]
    account = cast.founded_account("bohdan")
    with cast.session() as session:
        session.execute(update(Case).where(col(Case.id).in_(cases)).values(assignee=account))
    daria.open(f"/desk/queues/legal/hand-over?of={account}")
    bohdan.open(f"/desk/cases/{cases[0]}")
    bohdan.press_to("/acknowledge")
    old = daria.page.form_with("of")
    typed = {**old.filled(None), "to": cast.founded_account("daria"), "reason": "Відпустка."}
    daria._show(daria.client.post(old.action, data={**typed, "act": "all"}))
    told(daria)
    assert daria.page.form_with("of").get("reason") == "Відпустка."
    daria._show(daria.client.post(old.action, data={**typed, "act": "some", "case": cases}))
    assert daria.status == 409
    assert daria.says(cases[0])
    assert daria.says(say("acknowledged the case"))
    daria.press_to("/hand-over")
    daria.open(f"/desk/queues/legal/hand-over?of={account}")
    assert daria.says(say("There is nothing to hand over."))


def test_of_many_those_that_a_colleague_changed_are_shown_and_done_all_the_same(
    cast: Cast, daria: Staff, bohdan: Staff
) -> None:
    cases = [cast.case_of(cast.report()) for _ in range(2)]
    both(daria, bohdan, "/desk/queues/legal")
    (form,) = [form for form in daria.page.forms if form.action.endswith("/many")]
    bohdan.open(f"/desk/cases/{cases[1]}")
    bohdan.press_to("/take")
    daria._show(daria.client.post(form.action, data={**form.filled(None), "case": cases, "act": "take"}))
    assert daria.status == 409
    assert daria.says(say("took the case"))
    assert daria.says("Богдан Терновий")
    daria.press_to("/many")
    assert daria.address == "/desk/queues/legal"
    with cast.session() as session:
        assert {session.get_one(Case, case).assignee for case in cases} == {cast.founded_account("daria")}


def test_a_proposal_shows_what_happened_since(daria: Staff, bohdan: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}/end")
    bohdan.open(f"/desk/cases/{case}")
    bohdan.press_to("/take")
    daria.press_to("/close", outcome="acquitted", reason="Довід.")
    told(daria, say("took the case"), "Богдан Терновий")


def test_whom_a_case_opens_to_no_more_learns_nothing_of_what_was_written(
    cast: Cast, daria: Staff, bohdan: Staff, case: str, sit: Sit
) -> None:
    daria.open(f"/desk/cases/{case}")
    bohdan.open(f"/desk/cases/{case}")
    bohdan.press_to("/message", message="Лише для цієї черги.")
    with cast.session() as session:
        session.execute(update(Case).where(col(Case.id) == case).values(version=99))
    cast_out = daria.page.form_with("message")
    omar = sit("omar")
    omar.log_in()
    omar.press(cast_out, None, message="Хто тут?")
    assert omar.status == 404
    assert not omar.says("Лише для цієї черги.")


def test_every_button_beside_a_case_is_one_that_is_given_back(daria: Staff, case: str) -> None:
    seen = set()
    daria.open(f"/desk/cases/{case}")
    for step in ("/take", "/set-aside"):
        seen |= {form.action.rpartition("/")[2] for form in daria.page.forms if {"version", "seen"} <= form.names}
        daria.press_to(step)
    assert {"acknowledge", "take", "status", "set-aside"} <= seen <= BUTTONS


def test_a_button_that_stands_with_what_it_is_about_leads_back_to_it(cast: Cast, daria: Staff, bohdan: Staff) -> None:
    case = cast.case_of(cast.report(answers(situation="convicted_ua")))
    daria.open(f"/desk/cases/{case}/facts")
    day = {"next_hearing_day": "21", "next_hearing_month": "11", "next_hearing_year": "2026"}
    daria.press(daria.page.form_with("known_basis"), None, known_basis="document", **day)
    bohdan.open(f"/desk/cases/{case}")
    bohdan.press_to("/take")
    daria.press_to("/urgency")
    assert daria.address == f"/desk/cases/{case}"
    assert daria.says(say("Somebody changed this case meanwhile, so nothing was done"))
    daria.press_to("/urgency")
    assert daria.says("P0, негайно")

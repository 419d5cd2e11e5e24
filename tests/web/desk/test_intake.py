"""A report that is entered for a caller, and the family's first return with the code that was read out."""

import pytest
from sqlmodel import select

from app.casefile.tables import Case
from app.web.pages import translate_into
from tests.casework.desk import record
from tests.cast import Cast
from tests.web.desk.conftest import Sit, Staff
from tests.web.walking import Browser

say = translate_into("uk")
TOLD: dict[str, str | list[str]] = {
    "reply_safe": "only_here",
    "situation": "missing",
    "oblast": "UA14",
    "consent_ngo": "yes",
}


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own; the kind of the database makes no difference."""
    return "sqlite"


def enter(staff: Staff, tongue: str = "uk") -> str:
    """Go through all steps for a caller, up to the code."""
    staff.open("/desk/intake")
    staff.press(staff.page.form_with("tongue"), None, tongue=tongue)
    for _ in range(12):
        # The questions are the caller's, in their language; whose turn it is, is said in the desk's.
        assert staff.says(say("A report for a caller"))
        form = staff.page.form_with("draft")
        if form.action.endswith("/check"):
            break
        staff.press(form, "next", **{name: value for name, value in TOLD.items() if name in form.names})
        assert staff.status == 200, staff.text
    staff.press(staff.page.form_with("draft"), "send")
    assert staff.status == 200, staff.text
    return "".join(staff.page.by_id("code").text.split())


def test_a_worker_reads_the_code_out_and_does_not_see_the_case(cast: Cast, daria: Staff) -> None:
    code = enter(daria)
    with cast.session() as session:
        (row,) = session.exec(select(Case)).all()
    assert row.id not in daria.text
    daria.press(daria.page.form_with("code"), None, code="1" * 24)
    assert daria.status == 422
    daria.press(daria.page.form_with("code"), None, code=code)
    assert daria.says(say("The caller has the code"))
    assert code[:4] not in daria.text
    # It went to tracing: a lawyer finds nothing of it.
    assert row.queue_id == "tracing"
    daria.open(f"/desk/cases/{row.id}")
    assert daria.status == 404
    assert [event["kind"] for event in record(cast) if row.id in str(event)] == []
    assert "intake_sent" in [event["kind"] for event in record(cast)]


def test_the_family_takes_a_code_of_its_own_before_anything_else(cast: Cast, daria: Staff, amina: Browser) -> None:
    code = enter(daria, "ru")
    amina.press(amina.open("/uk/return").form_with("code"), code=code)
    assert amina.address == "/uk/case/code"
    for page in ("", "/consents", "/withdraw", "/written"):
        amina.open(f"/uk/case{page}")
        assert amina.address == "/uk/case/code"
    (form,) = [form for form in amina.page.forms if form.action.endswith("/case/code")]
    amina.press(form)
    new = "".join(amina.page.by_id("code").text.split())
    amina.press(amina.page.form_with("code"), code=new)
    assert amina.status == 200
    amina.press(amina.open("/uk/return").form_with("code"), code=code)
    assert amina.status == 401
    amina.press(amina.open("/uk/return").form_with("code"), code=new)
    assert amina.address == "/uk/case"


def test_a_familys_draft_is_not_gone_on_with_here_and_nothing_is_sent_without_one(
    daria: Staff, amina: Browser, sit: Sit
) -> None:
    amina.open("/uk/report/safety")
    draft = amina.page.form_with("draft").get("draft")
    for path in ("/desk/intake/step/safety", "/desk/intake/step/nonsense", "/desk/intake/code"):
        for sent in (draft, "nonsense"):
            answer = daria.client.post(path, data={"draft": sent}, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (303, "/desk/intake")
    lena = sit("lena")
    lena.come_in()
    lena.open("/desk/intake")
    assert lena.status == 403


def test_pages_of_today_and_of_the_search(cast: Cast, daria: Staff) -> None:
    daria.open("/desk/today")
    assert daria.says(say("What waits for you"))
    assert daria.says("Зараз на вас нічого не чекає")
    case = cast.case_of(
        cast.report({"situation": "on_trial_ua", "oblast": "UA14", "reply_safe": "yes", "surname": "Ґава"})
    )
    daria.open("/desk/today")
    assert daria.says(f"{case} Ґава")
    assert daria.says(say("nobody has it yet"))
    daria.open("/desk/search")
    daria.press(daria.page.form_with("q"), None, q="гава")
    assert daria.says(case)
    assert "q=" not in str(daria.client.get("/desk/search").url)
    daria.press(daria.page.form_with("q"), None, q="Немає такого")
    assert daria.says(say("Nothing fits among them."))
    daria.press(daria.page.form_with("q"), None, q=case.lower())
    assert daria.address == f"/desk/cases/{case}"

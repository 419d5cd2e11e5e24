"""Coming back with the code: what is shown, what never is, and what happens when the visit is over."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import func
from sqlmodel import select

from app.casefile.cases import Status
from app.casefile.tables import Case
from app.casework import actions
from app.casework.opening import open_case
from app.intake.errors import UnknownCode
from app.intake.returning import open_return
from tests.cast import Cast
from tests.web.conftest import Clock
from tests.web.reading import Page
from tests.web.walking import Browser, send_report

NewBrowser = Callable[[], Browser]
PLANTED = "Озброєні-люди-прийшли-уночі"


def come_back(browser: Browser, code: str) -> Page:
    """Open a visit with a code."""
    return browser.press(browser.open("/uk/return").form_with("code"), code=code)


def messages_read_by_staff(cast: Cast, code: str, reader: str = "bohdan") -> list[str]:
    """What a member of the legal queue reads of the family's messages."""
    member, case_id = cast.member(reader), cast.case_of(code)
    with cast.session() as session:
        view = open_case(session, member, case_id, cast.now)
    return [line.text for line in view.conversation if line.author is None]


def test_a_code_opens_the_status_and_the_answers_and_nothing_that_the_family_wrote(amina: Browser, cast: Cast) -> None:
    code = cast.report({"situation": "on_trial_ua", "oblast": "UA14", "reply_safe": "only_here", "story": PLANTED})
    come_back(amina, code)
    amina.press(amina.page.form_with("message"), message=PLANTED)
    daria, case_id = cast.member("daria"), cast.case_of(code)
    with cast.session() as session:
        actions.answer_family(session, daria, case_id, "Ми знайшли адвоката.\n<b>Пишіть</b>", cast.now)

    page = amina.open("/uk/case")

    assert amina.status == 200
    assert PLANTED not in amina.text
    text = page.all("main")[0].text
    assert "Ми знайшли адвоката.\n<b>Пишіть</b>" in text
    assert "1 повідомлення від вас" in text
    assert "20 листопада 2026" in text
    assert messages_read_by_staff(cast, code) == [PLANTED]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.NEW, "Його ще ніхто не відкривав"),
        (Status.ACKNOWLEDGED, "прочитано"),
        (Status.IN_PROGRESS, "Ми працюємо"),
        (Status.AWAITING_FAMILY, "чекаємо на вашу відповідь"),
        (Status.CLOSED, "завершено"),
    ],
)
def test_where_the_case_stands_is_said_in_plain_words(amina: Browser, cast: Cast, status: Status, words: str) -> None:
    code = cast.report()
    with cast.session() as session:
        session.get_one(Case, cast.case_of(code)).status = status.value

    page = come_back(amina, code)

    assert words in page.all("h1")[0].text


def test_the_code_may_be_typed_with_spaces_and_foreign_digits(amina: Browser, cast: Cast) -> None:
    code = cast.report()
    arabic = code.translate({ord(str(digit)): 0x0660 + digit for digit in range(10)})

    for typed in (" ".join(code), f"{code[:12]}-{code[12:]}", arabic):
        come_back(amina, typed)
        assert (amina.address, amina.status) == ("/uk/case", 200)


def test_a_slip_is_named_and_a_code_of_nobody_opens_nothing(
    amina: Browser, cast: Cast, new_browser: NewBrowser
) -> None:
    page = come_back(amina, "1234 5678")
    assert amina.status == 422
    assert "24 цифри" in page.by_id("code-problem").text
    assert page.form_with("code").get("code") == "1234 5678"
    assert "set-cookie" not in amina.headers

    code = send_report(new_browser())
    with cast.session() as session:
        session.delete(session.get_one(Case, cast.case_of(code)))
        session.connection().exec_driver_sql("DELETE FROM locker")
    come_back(amina, code)
    assert amina.status == 401
    assert "set-cookie" not in amina.headers


def test_an_empty_or_endless_message_is_refused_and_kept(amina: Browser, cast: Cast) -> None:
    code = cast.report()
    come_back(amina, code)

    page = amina.press(amina.page.form_with("message"), message="  ")
    assert amina.status == 422
    assert "ще немає тексту" in page.by_id("message-problem").text

    long = "є" * 10_001
    page = amina.press(amina.page.form_with("message"), message=long)
    assert amina.status == 422
    assert page.form_with("message").get("message") == long
    assert messages_read_by_staff(cast, code) == []


def test_a_message_written_when_the_visit_is_over_waits_for_the_code_and_is_sent_once(
    amina: Browser, cast: Cast, clock: Clock
) -> None:
    code = cast.report()
    come_back(amina, code)
    form = amina.page.form_with("message")
    clock.pass_by(timedelta(hours=5))

    page = amina.press(form, message="Суд перенесли на\n\nпонеділок.")

    assert amina.status == 401
    waiting = page.form_with("message")
    assert waiting.get("message") == "Суд перенесли на\n\nпонеділок."
    assert "доступ за кодом через деякий час закривається" in page.by_id("code-problem").text
    slip = amina.press(waiting, code="1234")
    assert slip.form_with("message").get("message") == "Суд перенесли на\n\nпонеділок."
    amina.press(slip.form_with("message"), code=code)
    assert (amina.address, amina.status) == ("/uk/case/written", 200)
    assert messages_read_by_staff(cast, code) == ["Суд перенесли на\n\nпонеділок."]


def test_a_message_too_long_beside_the_code_opens_the_visit_and_is_kept(
    amina: Browser, cast: Cast, clock: Clock
) -> None:
    code = cast.report()
    come_back(amina, code)
    form = amina.page.form_with("message")
    clock.pass_by(timedelta(hours=5))
    waiting = amina.press(form, message="є" * 10_001).form_with("message")

    page = amina.press(waiting, code=code)

    assert amina.status == 422
    assert page.form_with("message").get("message") == "є" * 10_001
    amina.press(page.form_with("message"), message="Коротко.")
    assert (amina.address, amina.status) == ("/uk/case/written", 200)


@pytest.mark.parametrize("address", ["/uk/case", "/uk/case/withdraw", "/uk/case/written"])
def test_without_a_visit_the_code_is_asked_for(amina: Browser, address: str) -> None:
    page = amina.open(address)

    assert amina.status == 401
    assert page.form_with("code").action == "/uk/return"
    assert not page.has_id("code-problem")


def test_ending_the_visit_closes_it_for_whoever_comes_after(amina: Browser, cast: Cast) -> None:
    come_back(amina, cast.report())
    cookie = amina.client.cookies["visit"]

    amina.press(next(form for form in amina.page.forms if form.action == "/uk/case/end"))
    assert (amina.address, amina.status) == ("/uk/", 200)

    amina.client.cookies.set("visit", cookie, domain="127.0.0.1")
    amina.open("/uk/case")
    assert amina.status == 401


def test_withdrawing_asks_for_the_code_again_and_leaves_nothing(
    amina: Browser, cast: Cast, new_browser: NewBrowser
) -> None:
    code, other = cast.report(), cast.report()
    come_back(amina, code)
    page = amina.open("/uk/case/withdraw")

    for typed, words in (("1234", "24 цифри"), (other, "нічого не відкривається")):
        page = amina.press(page.form_with("code"), code=typed)
        assert amina.status == 422
        assert words in page.by_id("code-problem").text
    with cast.session() as session:
        assert session.exec(select(func.count()).select_from(Case)).one() == 2

    page = amina.press(page.form_with("code"), code=code)

    assert amina.status == 200
    assert page.all("h1")[0].text == "Усе видалено"
    assert 'visit=""' in amina.headers["set-cookie"]
    with cast.session() as session, pytest.raises(UnknownCode):
        open_return(session, code, cast.now)
    come_back(new_browser(), other)
    with cast.session() as session:
        assert session.exec(select(func.count()).select_from(Case)).one() == 1


def test_the_two_sides_never_read_each_others_cookies(amina: Browser, cast: Cast, application: FastAPI) -> None:
    come_back(amina, cast.report())
    stranger = Browser(application)
    stranger.client.cookies.set("desk", amina.client.cookies["visit"], domain="127.0.0.1")
    stranger.client.cookies.set("visit", cast.log_in("daria"), domain="127.0.0.1")

    stranger.open("/uk/case")
    assert stranger.status == 401
    stranger.open("/desk/")
    assert stranger.address == "/desk/login"

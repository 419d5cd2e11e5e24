"""What waits: my queues, and one queue page by page."""

from datetime import timedelta

import pytest

from app.accounts.members import resume
from app.web.pages import translate_into
from tests.cast import Cast, answers
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit, Staff


def _numbers(staff: Staff) -> list[str]:
    return [link.removeprefix("/desk/cases/") for link in staff.page.links() if link.startswith("/desk/cases/")]


def test_a_queue_tells_how_much_waits_in_it(cast: Cast, daria: Staff, clock: Clock) -> None:
    cast.report()
    cast.report()
    clock.pass_by(timedelta(hours=30))
    daria.come_in()
    daria.open("/desk/")
    for words in ("нових: 2", "відкритих: 2", "прострочених: 2", "моїх: 0", "непрочитаних: "):
        assert daria.says(words)


@pytest.mark.parametrize(
    ("name", "words"),
    [("lena", "Як координатор"), ("petro", "Як адміністратор"), ("roman", "Як аудитор")],
)
def test_whoever_has_no_queue_is_told_what_their_role_sees_and_led_there(sit: Sit, name: str, words: str) -> None:
    staff = sit(name)
    staff.come_in()
    assert (staff.status, staff.address) == (200, "/desk/")
    assert staff.says("Ваша робота тут")
    assert staff.says(words)
    pages = {"lena": {"/desk/escalations", "/statistics/"}, "petro": {"/admin/"}, "roman": {"/admin/trail"}}
    assert pages[name] <= {link.attributes["href"] for link in staff.page.all("a") if link.attributes.get("class")}
    for page in pages[name]:
        staff.open(page)
        assert staff.status == 200


def test_the_head_of_the_record_is_shown(cast: Cast, daria: Staff) -> None:
    with cast.session() as session:
        head = resume(session, daria.client.cookies["desk"], cast.now).head
    assert daria.says(f"Останній запис журналу на момент вашого входу: {head}")


def test_an_empty_queue_does_not_blame_what_was_chosen(daria: Staff) -> None:
    daria.open("/desk/queues/legal")
    assert daria.says("У цій групі немає відкритих справ.")
    daria.open("/desk/queues/legal?mine=yes")
    assert daria.says("Немає справ, які відповідають обраному.")


def test_a_line_tells_cases_apart_without_opening_them(cast: Cast, daria: Staff) -> None:
    case = cast.case_of(cast.report(answers(surname="Коваль", given_name="Андрій")))
    daria.open("/desk/queues/legal")
    assert _numbers(daria) == [case]
    for words in ("Коваль Андрій", "Під слідством", "Донецька область", "P1, терміново", "Нова", "поки ні в кого"):
        assert daria.says(words), words
    # And why it is as urgent as that.
    reason = "The person surrendered, is a prisoner of war, is on trial or was convicted in Ukraine."
    assert daria.says(translate_into("uk")(reason))


def test_what_was_not_told_is_a_dash(cast: Cast, daria: Staff) -> None:
    cast.report({"situation": "pow_ua", "oblast": {"missing": "na"}, "reply_safe": "only_here"})
    daria.open("/desk/queues/legal")
    cells = [element.text.strip() for element in daria.page.all("td")]
    assert cells[:3] == ["—", "У полоні в Україні", "—"]


def test_the_most_urgent_stands_first_and_late_ones_are_marked(cast: Cast, daria: Staff, clock: Clock) -> None:
    later = cast.case_of(cast.report())
    urgent = cast.case_of(cast.report(answers(situation="surrendered", surrendered_on="2026-11-18")))
    clock.pass_by(timedelta(hours=3))
    daria.come_in()
    daria.open("/desk/queues/legal")
    assert _numbers(daria) == [urgent, later]
    late = [row for row in daria.page.all("tr") if row.attributes.get("class") == "lately"]
    assert [urgent in row.text for row in late] == [True]
    assert "прострочено на " in late[0].text


def test_a_long_queue_comes_in_pages(cast: Cast, daria: Staff) -> None:
    sent = {cast.case_of(cast.report()) for _ in range(27)}
    daria.open("/desk/queues/legal?priority=1&late=")
    first = _numbers(daria)
    assert len(first) == 25
    following = next(link for link in daria.page.links() if "after=" in link)
    assert "priority=1" in following
    daria.open(following)
    assert {*first, *_numbers(daria)} == sent
    assert len(_numbers(daria)) == 2
    assert "/desk/queues/legal?priority=1" in daria.page.links()


def test_filters_show_what_they_say(cast: Cast, daria: Staff, clock: Clock) -> None:
    taken, other = (cast.case_of(cast.report()) for _ in range(2))
    daria.open(f"/desk/cases/{taken}")
    daria.press_to("/take")
    for query, expected in (
        ("mine=yes", {taken}),
        ("status=new", {other}),
        ("status=acknowledged", {taken}),
        ("status=all", {taken, other}),
        ("status=closed", set()),
        ("late=yes", set()),
        ("priority=0", set()),
        ("priority=1", {taken, other}),
        ("unread=yes", set()),
        ("status=nonsense&priority=9&mine=maybe&after=nonsense", {taken, other}),
    ):
        daria.open(f"/desk/queues/legal?{query}")
        assert daria.status == 200
        assert set(_numbers(daria)) == expected, query
    assert [option.attributes for option in daria.page.all("option") if "selected" in option.attributes] == []
    daria.open("/desk/queues/legal?status=new&mine=yes")
    form = daria.page.form_with("status")
    assert (form.get("status"), form.get("mine"), form.get("late")) == ("new", "yes", None)
    assert daria.says("Немає справ")


def test_what_a_queue_is_told_of_opens_nothing(cast: Cast, sit: Sit) -> None:
    case = cast.case_of(cast.report(answers(situation="detained_at_point")))
    daria = sit("daria")
    daria.come_in()
    daria.open("/desk/queues/legal")
    assert daria.says(case)
    assert daria.says("Для відома, без звернення")
    assert _numbers(daria) == []
    assert daria.says("лишилося")
    daria.open(f"/desk/cases/{case}")
    assert daria.status == 404
    ivan = sit("ivan")
    ivan.come_in()
    ivan.open(f"/desk/cases/{case}")
    ivan.press_to("/message", message="Ми з вами.")
    daria.open("/desk/queues/legal")
    assert daria.says(case)
    assert not daria.says("лишилося")


def test_another_queue_and_no_queue_are_the_same_nothing(cast: Cast, daria: Staff, sit: Sit) -> None:
    case = cast.case_of(cast.report())
    omar = sit("omar")
    omar.come_in()
    seen = []
    for address in ("/desk/queues/legal", "/desk/queues/no-such", f"/desk/cases/{case}", "/desk/cases/nosuch12"):
        omar.open(address)
        seen.append((omar.status, omar.text))
    assert {status for status, _ in seen} == {404}
    assert len({text for _, text in seen}) == 1


def test_what_to_show_is_folded_on_a_phone_until_something_is_chosen(daria: Staff) -> None:
    def box() -> dict[str, str]:
        (found,) = [each.attributes for each in daria.page.all("input") if each.attributes.get("id") == "fold-filters"]
        return found

    daria.open("/desk/queues/legal")
    assert "checked" not in box()
    daria.open("/desk/queues/legal?late=yes")
    assert "checked" in box()

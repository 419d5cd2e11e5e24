"""The page of a case on a small screen: what comes first, what is folded, what it tells as a story."""

import pytest

from app.casework.actions import answer_family
from app.intake import returning
from app.web.pages import translate_into
from tests.cast import Cast
from tests.web.conftest import Clock
from tests.web.desk.conftest import Staff

say = translate_into("uk")


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own; the kind of the database makes no difference."""
    return "sqlite"


def write(cast: Cast, code: str, clock: Clock, text: str) -> None:
    """The family writes."""
    with cast.session() as session:
        _, opened = returning.open_return(session, code, clock.now)
    with cast.session() as session:
        returning.write_message(session, opened, text, clock.now)


def sections(staff: Staff) -> list[str]:
    """The sections in the order of the page."""
    return [each.attributes.get("aria-labelledby", "") for each in staff.page.all("section")]


def folded(staff: Staff) -> str:
    """What stands behind headings that are to be opened."""
    return " ".join(each.text for each in staff.page.all("div") if each.attributes.get("class") == "fold")


def test_the_next_step_comes_first_then_the_report_or_what_was_written_since(
    cast: Cast, daria: Staff, code: str, case: str, clock: Clock
) -> None:
    daria.open(f"/desk/cases/{case}")
    assert sections(daria)[:2] == ["next", "report"]
    write(cast, code, clock, "Він подзвонив.")
    daria.open(f"/desk/cases/{case}")
    assert sections(daria)[:3] == ["next", "conversation", "report"]
    jumps = [link for link in daria.page.links() if link.startswith("#")]
    assert {"#conversation", "#report", "#why", "#consents"} <= set(jumps)
    assert all(daria.page.has_id(link.removeprefix("#")) for link in jumps)


def test_the_newest_messages_stand_open_and_nothing_unanswered_is_folded_away(
    cast: Cast, daria: Staff, code: str, case: str, clock: Clock
) -> None:
    member = cast.member("daria")
    for number in range(4):
        with cast.session() as session:
            answer_family(session, member, case, f"Відповідь номер {number}.", clock.now.replace(minute=20 + number))
    daria.open(f"/desk/cases/{case}")
    assert [number for number in range(4) if f"Відповідь номер {number}." in folded(daria)] == [0]
    for number in range(5):
        clock.now = clock.now.replace(minute=30 + number)
        write(cast, code, clock, f"Лист номер {number}.")
    daria.open(f"/desk/cases/{case}")
    assert [number for number in range(5) if f"Лист номер {number}." in folded(daria)] == []
    assert all(daria.says(f"Лист номер {number}.") for number in range(5))
    assert "Відповідь номер 0." in folded(daria)
    assert "Відповідь номер 3." not in folded(daria)


def test_why_it_came_here_and_consents_are_folded_and_what_is_to_be_asked_is_not(
    cast: Cast, daria: Staff, case: str
) -> None:
    daria.open(f"/desk/cases/{case}")
    assert say("Why it came here") in folded(daria)
    assert say("Consents") in folded(daria)
    assert say("Ask the family for a consent") not in folded(daria)


def test_only_what_is_something_else_now_stands_beside_the_report(daria: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    assert daria.says(say("Nothing has been found out since the report."))
    daria.open(f"/desk/cases/{case}/facts")
    daria.press(daria.page.form_with("known_basis"), None, court="Суд у Дніпрі", known_basis="document")
    rows = [each for each in daria.page.all("th") if each.attributes.get("scope") == "row"]
    assert len(rows) == 1


def test_the_story_tells_every_step_with_who_took_it(daria: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/acknowledge")
    daria.press_to("/take")
    daria.press_to("/status")
    daria.open(f"/desk/cases/{case}/facts")
    daria.press(daria.page.form_with("known_basis"), None, court="Суд у Дніпрі", known_basis="document")
    daria.press_to("/set-aside")
    daria.press_to("/give-back")
    daria.open(f"/desk/cases/{case}/story")
    told = ("acknowledged the case", "took the case", "set the status:", "found out:", "set it aside as junk")
    for words in (*told, "gave it back", "In progress"):
        assert daria.says(say(words)), words
    assert daria.says("Суд у Дніпрі")

"""What cannot be taken is refused beside the field and in the summary, and nothing that was typed is lost."""

import pytest

from app.questionnaire.problems import MESSAGES
from app.web.family.words import CODE_SLIPS, MESSAGE_REFUSALS, NOTHING_CHOSEN, UNKNOWN_CODE
from tests.journeys.family import STEPS, TOLD, Family
from tests.journeys.house import House
from tests.journeys.window import Typed

pytestmark = pytest.mark.browser

LINE = "я" * 400
STORY = "Слово за словом. " * 1300

# For every kind of question, and for everything that can be wrong with it: step, what is typed over the rest, which
# field is pointed to, and why. An empty text in a select box or a line means that it is left out.
WRONG: tuple[tuple[str, Typed, dict[str, str]], ...] = (
    ("situation", {"oblast": "", "raion": ""}, {"oblast": "required"}),
    ("situation", {"raion": "UA0102"}, {"raion": "not_in_group"}),
    ("situation", {"settlement": LINE}, {"settlement": "too_long"}),
    ("person", {"birth_date_day": "31", "birth_date_month": "2"}, {"birth_date": "date_impossible"}),
    ("person", {"birth_date_year": "2031"}, {"birth_date": "date_in_future"}),
    ("person", {"birth_date_year": "91"}, {"birth_date": "date_out_of_range"}),
    ("person", {"birth_date_month": "кв"}, {"birth_date": "date_format"}),
    (
        "taking",
        {"taken_on_day": "24", "taken_on_month": "", "threat_missing": ["dk"]},
        {"taken_on": "date_month_needed", "threat": "answer_and_missing"},
    ),
    ("posting", {"unit": "в/ч 08807"}, {"unit": "answer_and_missing"}),
    ("contact", {"last_contact_on_year": ""}, {"last_contact_on": "date_year_needed"}),
    ("needs", {"story": STORY, "most_needed_missing": ["dk", "na"]}, {"story": "too_long", "most_needed": "one_only"}),
    ("reply", {"address": LINE}, {"address": "too_long"}),
)


# The program alone says what is wrong. With a script one field of each kind is enough, to see that the script lets the
# words, the links and the focus be; of dates the one of a day that does not exist.
WITH_SCRIPT = ("raion", "settlement", "birth_date_day", "threat_missing", "unit", "story")


def _wrong(script: bool) -> list[tuple[str, Typed, dict[str, str]]]:
    return [each for each in WRONG if not script or not each[1].keys().isdisjoint(WITH_SCRIPT)]


def _is_refused(family: Family, problems: dict[str, str]) -> None:
    """The summary names exactly these fields, each link leads to its field, and the reason stands beside it."""
    assert family.status == 422, problems
    links = family.page.locator(".problems a").all()
    assert [link.get_attribute("href") for link in links] == [f"#{field}" for field in problems]
    for link, (field, reason) in zip(links, problems.items(), strict=True):
        words = family.say(MESSAGES[reason]).split("%")[0].strip()
        assert words in link.inner_text()
        link.click()
        assert family.page.evaluate("() => document.activeElement.id") == field
        assert words in family.page.locator(f".refused:has([id={field}]) > .problem").inner_text()
    summary, first = family.page.locator(".problems").bounding_box(), family.page.locator("h1").bounding_box()
    assert summary is not None
    assert first is not None
    assert summary["y"] < first["y"]


@pytest.mark.parametrize(("language", "script"), [("uk", False), ("crh", True)])
def test_every_kind_of_field_is_refused_with_words_and_keeps_what_was_typed(
    house: House, language: str, script: bool
) -> None:
    family = house.family(language, script=script)
    family.begin()
    wrong, tried = _wrong(script), 0
    for step in STEPS[:-1]:
        told = TOLD[step]
        if step == "situation":
            # Nothing is answered yet, so what is needed is named.
            family.go("next")
            _is_refused(family, {"situation": "required", "oblast": "required"})
        if step == "consent":
            family.go("next")
            _is_refused(family, {"consent_ngo": "consent_required"})
        family.fill(told)
        for typed, problems in [each[1:] for each in wrong if each[0] == step]:
            family.fill(typed)
            family.go("next")
            _is_refused(family, problems)
            assert family.stands({**told, **typed})
            _mend(family, told, typed)
            tried += 1
        assert family.stands(told)
        assert family.go("next") == 200
    assert tried == len(wrong)
    assert len(family.send()) == 24


def _mend(family: Family, told: Typed, typed: Typed) -> None:
    for name, value in typed.items():
        for one in value if isinstance(value, list) else ():
            if one != told.get(name):
                family.page.uncheck(f"main [name={name}][value={one}]")
    family.fill({name: told.get(name, "") for name, value in typed.items() if not isinstance(value, list)})


def test_what_was_left_unreadable_is_named_on_the_last_page_which_leads_there(house: House) -> None:
    family = house.family()
    family.tell()
    family.press("main .facts button[value=person][formaction$='#birth_date']")
    assert family.page.url.endswith("#birth_date")
    family.fill({"birth_date_day": "31", "birth_date_month": "2"})
    # Going back asks for nothing, and from there all answers are one press away.
    assert family.go("back") == 200
    assert family.go("check") == 200
    assert family.page.locator("#problems button").count() == 1

    assert family.go("send") == 422

    assert family.page.locator("#problems[role=alert] button").count() == 1
    assert family.page.locator("#code").count() == 0
    family.press("#problems button")
    assert family.stands({"birth_date_day": "31", "birth_date_month": "2", "surname": TOLD["person"]["surname"]})
    family.fill({"birth_date_day": "28"})
    family.go("check")
    assert len(family.send()) == 24


def test_slips_of_the_code_are_named_and_stay_in_the_field(house: House) -> None:
    code = house.cast.report()
    wrong = {"digits": f"{code[:-1]}x", "length": code[:-1], "check": code[:-1] + str((int(code[-1]) + 1) % 10)}
    family = house.family("ru")
    family.open("/ru/return")
    for reason, typed in wrong.items():
        assert family.enter(typed) == 422
        _is_beside(family, "code", family.say(CODE_SLIPS[reason]))
        assert family.typed("code") == typed
    assert family.enter("0" * 24) == 401
    _is_beside(family, "code", family.say(UNKNOWN_CODE))
    assert family.enter(code) == 200


def test_what_a_family_writes_later_is_refused_beside_its_field_too(house: House) -> None:
    family = house.family("en")
    family.come_back(house.cast.report())
    send = "main form[action$='/case'] button"
    for text, reason in (("", "empty"), (STORY, "too_long")):
        family.fill({"message": text})
        assert family.press(send) == 422
        _is_beside(family, "message", family.say(MESSAGE_REFUSALS[reason]))
        assert family.typed("message") == text
        assert family.page.locator(".problems a[href='#message']").count() == 1
    for page in ("/update", "/consents"):
        family.visit(page)
        assert family.press("main .row .on") == 422
        assert family.say(NOTHING_CHOSEN) in family.page.locator(".problems").inner_text()
    family.visit("/update")
    family.fill({"deadline_day": "30", "deadline_month": "2", "deadline_year": "2026", "need": ["tracing"]})
    family.press("main .row .on")
    _is_refused(family, {"deadline": "date_impossible"})
    assert family.stands({"deadline_day": "30", "need": ["tracing"]})


def test_at_the_desk_an_empty_and_an_endless_text_come_back(house: House) -> None:
    case_id = house.cast.case_of(house.cast.report())
    staff = house.staff("daria", "en")
    staff.log_in()
    staff.open_case(case_id)
    assert staff.note("") == 422
    assert staff.write_again("note", STORY) == 422
    assert staff.typed("note") == STORY
    assert staff.write_again("note", "Коротко.") == 200
    assert staff.says("Коротко.")


def _is_beside(family: Family, field: str, words: str) -> None:
    described = (family.field(field).get_attribute("aria-describedby") or "").split()
    assert any(words in family.page.locator(f"#{part}").inner_text() for part in described)
    assert family.field(field).get_attribute("aria-invalid") == "true"

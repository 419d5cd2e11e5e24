"""No form of staff loses a text: each stands in the table, and each page changes its language beside what is typed."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from app.web.desk.writing import WRITINGS, Writing
from app.web.pages import TEMPLATES
from tests.cast import Cast
from tests.web.conftest import Clock
from tests.web.desk.conftest import Staff

STAFF = ("desk", "admin", "statistics")
FORM = re.compile(r"<form\b(?P<head>[^>]*)>(?P<body>.*?)</form>", re.DOTALL)
ACTION = re.compile(r'action="([^"]+)"')
TEXT = re.compile(r"<textarea|\bfields\.text\(")
INCLUDED = re.compile(r'{%-? include "([^"]+)"')
INCLUDED_BY_NAME = re.compile(r"{%-? include \w")
# The hidden field that proves, through the seal, whose text it is.
WRITER = 'forms.hidden("writer"'


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own; the kind of the database makes no difference."""
    return "sqlite"


def pages() -> list[Path]:
    return sorted(path for folder in STAFF for path in (TEMPLATES / folder).rglob("*.html"))


def whole(path: Path) -> str:
    """A template with what it includes; what is included by a name from outside lies beside it, named after it."""
    text = path.read_text(encoding="utf-8")
    named = [TEMPLATES / name for name in INCLUDED.findall(text)]
    beside = sorted(path.parent.glob(f"{path.stem}_*.html")) if INCLUDED_BY_NAME.search(text) else []
    return text + "".join(whole(part) for part in [*named, *beside])


# Who the trustees are is typed anew: it is kept nowhere, not even sealed in a page.
KEPT_NOWHERE = {"/admin/recovery"}


def writing_forms() -> list[tuple[str, str, str]]:
    """Template, address and content of every form in which a text is typed."""
    found = []
    for path in pages():
        for form in FORM.finditer(path.read_text(encoding="utf-8")):
            if TEXT.search(form["body"]):
                (action,) = ACTION.findall(form["head"])
                found.append((path.name, re.sub(r"{{.*?}}", "x", action), form["body"]))
    return found


def test_every_form_with_a_text_stands_in_the_table_and_says_whose_it_is() -> None:
    forms = writing_forms()
    assert len(forms) >= 3
    for template, action, body in forms:
        if action in KEPT_NOWHERE:
            continue
        # The page that gives a text back takes its address from the table itself.
        if action != "x":
            assert any(writing.fits(action) for writing in WRITINGS), f"{template}: {action} is not in WRITINGS"
        assert WRITER in body, f"{template}: {action} does not say who writes"


def test_every_page_with_a_text_changes_its_language_in_a_new_window() -> None:
    texts = {path.name: whole(path) for path in pages()}
    writing = {name: text for name, text in texts.items() if "{% extends" in text and TEXT.search(text)}
    assert len(writing) >= 2
    assert [name for name, text in writing.items() if "{% set writes = true %}" not in text] == []


def test_addresses_of_the_table_fit_one_form_each() -> None:
    for writing in WRITINGS:
        path = re.sub(r"{\w+}", "x", writing.address)
        assert [other.address for other in WRITINGS if other.fits(path)] == [writing.address]
        assert not writing.fits(path + "/more")
        assert not set(writing.texts) & set(writing.also)


def test_a_form_leads_back_where_its_line_says() -> None:
    plain = Writing("/desk/cases/{case}/note", {}, "")
    assert plain.way_back("/desk/cases/abc/note") == "/desk/cases/abc"
    told = Writing("/admin/queues/{queue}/rename", {}, "", back="/admin/queues/{queue}#name")
    assert told.way_back("/admin/queues/legal/rename") == "/admin/queues/legal#name"


@pytest.mark.parametrize("writing", WRITINGS, ids=lambda writing: writing.address)
def test_every_text_of_the_table_comes_back_after_a_log_in(
    cast: Cast, daria: Staff, clock: Clock, writing: Writing
) -> None:
    case = cast.case_of(cast.report())
    path = re.sub(r"{\w+}", case, writing.address)
    typed = {name: f"Написане у {name}." for name in writing.texts} | dict.fromkeys(writing.also, "1")
    account = next(each.person.account_id for each in cast.founded.people if each.plan.name == "daria")
    clock.pass_by(timedelta(hours=13))
    daria._show(daria.client.post(path, data={**typed, "writer": account, "language": "uk"}))
    assert daria.status == 401
    assert "Написане у" not in daria.text
    daria.log_in_here()
    form = daria.page.form_with(next(iter(writing.texts)))
    assert form.action == path
    assert {name: form.get(name) for name in typed} == typed


def test_a_change_of_language_leaves_the_page_with_the_text_alone(cast: Cast, daria: Staff) -> None:
    case = cast.case_of(cast.report())
    daria.open(f"/desk/cases/{case}")
    (button,) = [e for e in daria.page.all("button") if e.attributes.get("name") == "language"]
    assert button.attributes["formtarget"] == "_blank"
    daria.open("/desk/")
    (button,) = [e for e in daria.page.all("button") if e.attributes.get("name") == "language"]
    assert "formtarget" not in button.attributes

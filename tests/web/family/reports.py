"""What the tests of the report share."""

from collections.abc import Callable

from sqlalchemy import func
from sqlmodel import select

from app.casefile.tables import Case
from app.casework.opening import open_case
from app.casework.view import CaseView
from tests.cast import Cast
from tests.web.reading import Element, PageForm
from tests.web.walking import Browser

NewBrowser = Callable[[], Browser]


def cases(cast: Cast) -> int:
    """How many cases there are."""
    with cast.session() as session:
        return session.exec(select(func.count()).select_from(Case)).one()


def opened(cast: Cast, code: str) -> CaseView:
    """The case of a code, as Daria of the legal queue reads it."""
    daria, case_id = cast.member("daria"), cast.case_of(code)
    with cast.session() as session:
        return open_case(session, daria, case_id, cast.now)


def step(browser: Browser) -> str:
    """The step that is shown."""
    return browser.page.form_with("draft").action.rsplit("/", 1)[1]


def with_button(form: PageForm, go: str) -> PageForm:
    """The form with a button that the page does not have."""
    form.buttons.append(Element("button", {"name": "go", "value": go}))
    return form

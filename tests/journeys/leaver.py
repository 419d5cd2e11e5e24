"""Takes the way out of every page that is shown, and undoes it."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Page, Response, expect

from app.accounts.sessions import SessionKind
from app.accounts.tables import SessionRow
from tests.journeys.house import House

BESIDE = "() => document.getElementById('leave').setAttribute('target', '_blank')"
FORGET = '"cache", "cookies", "storage"'


class Leaver:
    """Goes along, and at every page takes the way out into a window beside it."""

    def __init__(self, house: House) -> None:
        """Nothing was left yet."""
        self.house = house
        self.left: list[str] = []

    def __call__(self, name: str, page: Page) -> None:
        """Leave, look at what is left, and undo it, so that the tour goes on."""
        with self._undone(page.context):
            page.evaluate(BESIDE)
            with page.context.expect_page() as opened, page.context.expect_event("response", _is_leaving) as answer:
                page.click("#leave button")
            away = opened.value
            expect(away).to_have_title("An ordinary page")
            assert away.url == self.house.neutral, name
            assert answer.value.status == 303
            assert answer.value.all_headers()["clear-site-data"] == FORGET
            assert page.context.cookies() == [], name
            away.close()
        self.left.append(name)

    @contextmanager
    def _undone(self, context: BrowserContext) -> Iterator[None]:
        cookies = context.cookies()
        locators = [SessionKind.FAMILY.keys(cookie["value"]).locator for cookie in cookies]
        with self.house.cast.session() as session:
            rows = [session.get_one(SessionRow, locator).model_dump() for locator in locators]
        yield
        with self.house.cast.session() as session:
            assert [session.get(SessionRow, locator) for locator in locators] == [None] * len(rows)
            session.add_all(SessionRow(**row) for row in rows)
        context.add_cookies(cookies)  # type: ignore[arg-type]


def _is_leaving(response: Response) -> bool:
    return response.url.endswith("/leave")

"""A person in front of a browser without scripts: opens pages, fills in forms, presses buttons."""

import re
from typing import Any

import polib
from starlette.types import ASGIApp

from app.web.languages import LOCALES, SOURCE
from tests.web.asked import Client
from tests.web.reading import Page, PageForm

HOST = "127.0.0.1"
ORIGIN = f"http://{HOST}:8000"
# Texts as they stand in the code; none of them may be left on a page in another language.
ENGLISH = [
    entry.msgid
    for path in LOCALES.glob("uk/LC_MESSAGES/*.po")
    for entry in polib.pofile(str(path))
    if len(entry.msgid) > 15 and entry.msgid != entry.msgstr
]
# Nearly all of them are plain ASCII, of which a page in another language has little: that little is searched for them.
PLAIN = [text for text in ENGLISH if text.isascii()]
OTHER = [text for text in ENGLISH if not text.isascii()]
LONG_AND_PLAIN = re.compile(r"[\x00-\x7f]{16,}")


def left_in_english(text: str) -> list[str]:
    """Which texts of the code stand on a page as they are in the code."""
    plain = "\0".join(LONG_AND_PLAIN.findall(text))
    return [each for each in PLAIN if each in plain] + [each for each in OTHER if each in text]


class Browser:
    """One window, with the page it shows."""

    def __init__(self, application: ASGIApp) -> None:
        """Open an empty window."""
        self.client = Client(application, ORIGIN, origin=ORIGIN)
        self.text = ""
        self.status = 0
        self.address = ""
        self.headers: Any = {}
        self._read = Page("")
        self._read_from = ""

    @property
    def page(self) -> Page:
        """The page that is shown."""
        if self._read_from is not self.text:
            self._read, self._read_from = Page(self.text), self.text
        return self._read

    def open(self, address: str, **headers: str) -> Page:
        """Type an address, or follow a link."""
        return self._show(self.client.get(address, headers=headers))

    def press(self, form: PageForm, go: str | None = None, **answers: str | list[str]) -> Page:
        """Fill in a form and press one of its buttons; the form may be of a page shown earlier."""
        fields = [(name, (None, value)) for name, values in form.filled(go, **answers).items() for value in values]
        return self._show(self.client.post(form.action or self.address, files=fields))

    def says(self, text: str) -> bool:
        """Whether the page that is shown says this."""
        return " ".join(text.split()) in " ".join("".join(element.text for element in self.page.all("body")).split())

    def go(self, go: str, **answers: str | list[str]) -> Page:
        """Fill in the step that is shown, and press a button."""
        return self.press(self.page.form_with("draft"), go, **answers)

    def _show(self, answer: Any) -> Page:
        self.text, self.status, self.headers = answer.text, answer.status_code, answer.headers
        self.address = answer.url.path
        page = self.page
        if page.all("html") and page.all("html")[0].attributes["lang"] != SOURCE:
            text = "".join(element.text for element in page.all("body"))
            assert left_in_english(text) == []
        return page


def write_report(browser: Browser, language: str = "uk", **more: str | list[str]) -> Page:
    """Go from the first page to the last one, answering the least that is needed, and `more` where it is asked."""
    browser.open(f"/{language}/report/safety")
    known = {"reply_safe": "only_here", "situation": "on_trial_ua", "oblast": "UA14", "consent_ngo": "yes", **more}
    for _ in range(12):
        form = browser.page.form_with("draft")
        if form.action.endswith("/check"):
            return browser.page
        browser.press(form, "next", **{name: value for name, value in known.items() if name in form.names})
        assert browser.status == 200, browser.page.all("h1")
    raise AssertionError("the report does not end")


def send_report(browser: Browser, language: str = "uk", **more: str | list[str]) -> str:
    """Write a report and send it; give the code that the page shows."""
    write_report(browser, language, **more)
    page = browser.go("send")
    assert browser.status == 200, browser.text
    return page.by_id("code").text.replace(" ", "").strip()

"""Somebody behind their invitation, in front of a browser without scripts."""

import base64
from dataclasses import dataclass

from fastapi import FastAPI

from app.vault.totp import totp_at
from tests.web.conftest import Clock
from tests.web.desk.conftest import Staff
from tests.web.reading import Page
from tests.web.walking import Browser


class Newcomer(Browser):
    """Somebody with a link; what they note down on paper stands in these fields."""

    def __init__(self, application: FastAPI, clock: Clock, link: str, name: str = "marta") -> None:
        """Receive a link."""
        super().__init__(application)
        self.clock, self.link, self.name = clock, link, name
        self.words, self.secret, self.fingerprint = "", b"", ""
        self.spare: list[str] = []

    def begin(self) -> Page:
        """Read the ground rules, keep to them, and choose a name."""
        self.open(self.link)
        page = self.step("begin", accept="yes", name=self.name)
        self.words = spaced(page, "passphrase")
        return page

    def step(self, go: str, **answers: str | list[str]) -> Page:
        """Press a button of the step that is shown."""
        form = self.page.forms[-1]
        offered = {button.attributes.get("value") for button in form.buttons}
        assert go in offered
        return self.press(form, go, **answers)

    def confirm(self) -> Page:
        """Note the words down and type them."""
        self.step("written")
        page = self.step("confirm", password=self.words.title())
        self.secret = base64.b32decode(page.by_id("totp-secret").text.replace(" ", "").strip())
        return page

    def digits(self) -> str:
        """What the authenticator shows now."""
        return totp_at(self.secret, self.clock.now)

    def join(self) -> Page:
        """Go the whole way."""
        self.begin()
        self.confirm()
        page = self.step("finish", totp=self.digits())
        self.fingerprint = spaced(page, "fingerprint")
        self.spare = [each.text for each in page.all("li") if len(each.text) == 19]
        return page

    def log_in(self, digits: str = "") -> Page:
        """Log in with what is on paper."""
        self.open("/desk/login")
        self.press(self.page.form_with("password"), name=self.name, password=self.words)
        return self.press(self.page.form_with("totp"), totp=digits or self.digits())


@dataclass(frozen=True)
class Meant:
    """Whom an administrator invites."""

    shown: str = "Марта Нова"
    roles: tuple[str, ...] = ("caseworker",)
    queues: tuple[str, ...] = ("legal",)


def spaced(page: Page, place: str) -> str:
    """Words or groups of a page with one space between."""
    return " ".join(page.by_id(place).text.split())


def invite(admin: Staff, meant: Meant = Meant()) -> str:
    """Make a link and give its address."""
    admin.open("/admin/invite")
    form = admin.page.form_with("shown")
    page = admin.press(form, shown=meant.shown, roles=list(meant.roles), queues=list(meant.queues))
    assert admin.status == 200, admin.text
    return page.by_id("link").text.removeprefix("http://127.0.0.1:8000")

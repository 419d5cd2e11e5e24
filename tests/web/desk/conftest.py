"""Staff in front of their browsers."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from app.vault.totp import totp_at
from app.web.cookies import Cookie
from tests.cast import Cast
from tests.web.conftest import Clock
from tests.web.reading import Page
from tests.web.walking import HOST, Browser


class Staff(Browser):
    """A member of staff at the desk."""

    def __init__(self, application: FastAPI, cast: Cast, clock: Clock, name: str) -> None:
        """Sit down, logged out."""
        super().__init__(application)
        self.cast, self.clock, self.name = cast, clock, name

    def totp(self) -> str:
        """The six digits that the authenticator shows now."""
        return totp_at(self.cast.secrets(self.name)[1], self.clock.now)

    def log_in(self, address: str = "/desk/login") -> Page:
        """Open the log-in and go through both pages."""
        self.open(address)
        return self.log_in_here()

    def come_in(self) -> Page:
        """Be shown the desk in a session that was begun before: to log in anew stretches a passphrase each time."""
        token = self.cast.begun_session(self.name, self.clock.now)
        self.client.cookies.set(Cookie.DESK, token, domain=HOST, path="/")
        return self.open("/desk/")

    def log_in_here(self, **more: str | list[str]) -> Page:
        """Go through both pages from the first one, which is shown already."""
        self.first_step(**more)
        return self.press(self.page.form_with("totp"), totp=self.totp())

    def first_step(self, **more: str | list[str]) -> Page:
        """Type name and passphrase, and what else is to be put into the form."""
        typed: dict[str, str | list[str]] = {"name": self.name, "password": self.cast.secrets(self.name)[0], **more}
        return self.press(self.page.form_with("password"), None, **typed)

    def press_to(self, action: str, **answers: str | list[str]) -> Page:
        """Fill in the form that goes to an address ending in `action`, and press its button."""
        forms = [form for form in self.page.forms if form.action.endswith(action)]
        assert len(forms) == 1, f"{len(forms)} forms go to {action}"
        return self.press(forms[0], None, **answers)

    def read_in(self, language: str, to: str) -> Page:
        """Change the language, as the buttons of the page at `to` do."""
        return self._show(self.client.post("/desk/language", data={"to": to, "language": language}))


Sit = Callable[[str], Staff]


@pytest.fixture
def sit(application: FastAPI, cast: Cast, clock: Clock) -> Sit:
    """Let somebody of the cast sit down at a browser of their own."""
    return lambda name: Staff(application, cast, clock, name)


@pytest.fixture
def daria(sit: Sit) -> Staff:
    """Daria, who leads the lawyers, logged in."""
    staff = sit("daria")
    staff.come_in()
    return staff


@pytest.fixture
def bohdan(sit: Sit) -> Staff:
    """Bohdan, who works beside Daria, logged in."""
    staff = sit("bohdan")
    staff.come_in()
    return staff


@pytest.fixture
def code(cast: Cast) -> str:
    """The code of a family that reported."""
    return cast.report()


@pytest.fixture
def case(cast: Cast, code: str) -> str:
    """The number of its case, which is a new one of the legal queue."""
    return cast.case_of(code)

"""Staff in front of the desk's pages."""

from datetime import timedelta

from playwright.sync_api import Page

from app.vault.totp import totp_at
from app.web.pages import translate_into
from tests.cast import Cast
from tests.journeys.window import Window
from tests.web.conftest import Clock

# Six digits are good once, so whoever logs in again waits for the next ones.
TOTP_CHANGES = timedelta(seconds=30)


class Staff(Window):
    """A member of staff with a window of their own."""

    def __init__(self, page: Page, address: str, cast: Cast, clock: Clock, name: str, language: str = "uk") -> None:
        """Sit down, logged out."""
        super().__init__(page, address)
        self.cast, self.clock, self.name = cast, clock, name
        self.reads, self.say = language, translate_into(language)

    def log_in(self) -> int:
        """Open the log-in and go through both pages."""
        self.open(f"/desk/login?language={self.reads}")
        return self.log_in_here()

    def log_in_here(self) -> int:
        """Go through both pages, from the first one."""
        self.first_step()
        return self.second_step()

    def first_step(self) -> int:
        """Type name and passphrase."""
        self.fill({"name": self.name, "password": self.cast.secrets(self.name)[0]})
        return self.press("main .row .on")

    def second_step(self) -> int:
        """Type what the authenticator shows."""
        self.fill({"totp": self.digits()})
        return self.press("main .row .on")

    def digits(self) -> str:
        """Wait for the authenticator's next six digits, and read them."""
        self.clock.pass_by(TOTP_CHANGES)
        return totp_at(self.cast.secrets(self.name)[1], self.clock.now)

    def open_case(self, case_id: str) -> int:
        """From the first page to the queue, and from there to the case."""
        self.open("/desk/")
        self.press("main .queues h2 a")
        return self.press(f"tbody th a[href$='{case_id}']")

    def do(self, step: str, value: str = "") -> int:
        """Press the button of a step of the case: acknowledge, take, status (with a value), read."""
        wanted = f"form[action$='/{step}']" + (f":has([value='{value}'])" if value else "")
        return self.press(f"main .steps {wanted} button")

    def write(self, text: str) -> int:
        """Write to the family."""
        return self._send("message", text)

    def note(self, text: str) -> int:
        """Keep a note."""
        return self._send("note", text)

    def write_again(self, kind: str, text: str) -> int:
        """Change a text that came back, and send it again."""
        self.fill({kind: text})
        return self.press("main .row .on")

    def _send(self, kind: str, text: str) -> int:
        self.fill({kind: text})
        return self.press(f"form[action$='/{kind}'] button")

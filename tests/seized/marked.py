"""Everybody who comes to the service of the test: whatever they send carries planted texts, headers included."""

from collections.abc import Mapping
from html import unescape
from http.cookies import SimpleCookie

from tests.seized.planted import Planted
from tests.service.client import Answer, Client
from tests.web.reading import Page, PageForm


class Marked(Client):
    """A browser from an address of its own; it keeps cookies, and shows one page at a time."""

    def __init__(self, port: int, planted: Planted, who: str) -> None:
        """Open a window."""
        super().__init__(port, source=planted.address(f"{who}: where from", "127.0.0.0/8"))
        self.planted, self.who = planted, who
        self.cookies = {"theme": planted.latin(f"{who}: a foreign cookie")}
        self._heads = {
            "User-Agent": f"Mozilla/5.0 ({planted.latin(f'{who}: user agent')})",
            "Referer": f"http://127.0.0.1:{port}/uk/?from={planted.latin(f'{who}: referrer')}",
            "X-Forwarded-For": planted.address(f"{who}: forwarded for", "0.0.0.0/0"),
            "X-Real-IP": planted.address(f"{who}: real address", "0.0.0.0/0"),
            "Forwarded": f"for={planted.latin(f'{who}: forwarded')}",
            "X-Request-ID": planted.latin(f"{who}: request id"),
            "From": f"{planted.latin(f'{who}: from')}@example.org",
        }
        self.answer = Answer(0, {}, b"")

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return Page(self.answer.text)

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request with all that is planted in its head, and show what comes."""
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        self.answer = super().send(method, path, body, {**self._heads, **cookies, **(headers or {})})
        assert self.answer.status < 500, f"{method} {path}: {self.answer.status}"
        for name, cookie in SimpleCookie(self.answer.headers.get("set-cookie", "")).items():
            self.cookies[name] = cookie.value
            if len(cookie.value) > 20:
                self.planted.remember(f"{self.who}: session", cookie.value)
        return self.answer

    def press(self, form: PageForm, go: str | None = None, **answers: str | list[str]) -> Answer:
        """Fill in a form of the page and press one of its buttons."""
        return self.post_form(form.action, form.filled(go, **answers))

    def follow(self, answer: Answer) -> Answer:
        """Go where an answer sends the browser."""
        assert answer.status == 303, answer.status
        return self.get(unescape(answer.headers["location"]))

"""What anybody does in front of a window: opens addresses, fills in fields, presses buttons, reads."""

from collections.abc import Mapping

from playwright.sync_api import Error, Locator, Page, Response

Typed = Mapping[str, str | list[str]]
TICKED = frozenset({"radio", "checkbox"})
FIELDS = "() => [...document.querySelectorAll('main [name]')].map((field) => [field.name, field.type])"


class Window:
    """A window that shows one page after the other; `status` is the last answer's."""

    def __init__(self, page: Page, address: str) -> None:
        """Sit down in front of `page`; the program is at `address`."""
        self.page = page
        self.address = address
        self.status = 0
        self.answer: Response | None = None

    @property
    def path(self) -> str:
        """Where the page that is shown lies."""
        return self.page.url.removeprefix(self.address)

    @property
    def heading(self) -> str:
        """The page's main heading."""
        return self.page.locator("h1").inner_text()

    @property
    def language(self) -> str:
        """The language that the page says it is in."""
        return self.page.locator("html").get_attribute("lang") or ""

    def says(self, text: str) -> bool:
        """Whether the page shows this."""
        return " ".join(text.split()) in " ".join(self.page.locator("main").inner_text().split())

    def open(self, path: str) -> int:
        """Type an address."""
        return self._arrived(self.page.goto(self.address + path))

    def press(self, button: str | Locator) -> int:
        """Press a button or a link, and wait for the page that comes."""
        with self.page.expect_navigation() as coming:
            (self.page.locator(button) if isinstance(button, str) else button).click()
        return self._arrived(coming.value)

    def back(self) -> int:
        """Press the browser's own button, and say yes where the browser asks whether to send again."""
        try:
            return self._arrived(self.page.go_back())
        except Error as error:
            # Nothing of ours is kept, so the browser has no page to show before that question.
            assert "ERR_CACHE_MISS" in error.message  # noqa: PT017 — it is no failure that is expected here.
        self.page.wait_for_url("chrome-error://**")
        return self._arrived(self.page.reload())

    def field(self, name: str) -> Locator:
        """The field or fields of this name."""
        return self.page.locator(f"main [name={name}]")

    def fill(self, typed: Typed) -> None:
        """Fill in fields by their names, in whatever way each is filled in."""
        kinds = self._kinds() if typed else {}
        for name, value in typed.items():
            for one in value if isinstance(value, list) else [value]:
                self._fill(kinds[name], name, one)

    def typed(self, name: str) -> str | list[str]:
        """What stands in a field; of ticks and buttons those that are on."""
        if self._kinds()[name] in TICKED:
            return [box.get_attribute("value") or "" for box in self.field(name).all() if box.is_checked()]
        return self.field(name).input_value()

    def stands(self, typed: Typed) -> bool:
        """Whether all this stands in the fields of the page."""
        kinds = self._kinds()
        return all(
            self.typed(name) == ([value] if kinds[name] in TICKED and isinstance(value, str) else value)
            for name, value in typed.items()
        )

    def _kinds(self) -> dict[str, str]:
        found = self.page.evaluate(FIELDS)
        return {str(name): str(kind) for name, kind in found}

    def _fill(self, kind: str, name: str, value: str) -> None:
        if kind in TICKED:
            self.page.check(f'main [name={name}][value="{value}"]')
        elif kind == "select-one":
            self.field(name).select_option(value)
        else:
            self.field(name).fill(value)

    def _arrived(self, answer: Response | None) -> int:
        self.answer = answer
        self.status = 0 if answer is None else answer.status
        return self.status

"""A family in front of the pages: telling, noting the code, coming back, leaving."""

from collections.abc import Iterator

from playwright.sync_api import Page

from app.questionnaire import current
from app.web.pages import translate_into
from tests.journeys.window import Typed, Window

# Armed men took a teacher from Donetsk; he surrendered, and stands trial. Every page of the report has something.
TOLD: dict[str, Typed] = {
    "safety": {"device": "may_be_checked", "in_occupied": "yes", "reply_safe": "only_here"},
    "situation": {
        "situation": "on_trial_ua",
        "situation_basis": "told_by_him",
        "relation": "spouse",
        "oblast": "UA14",
        "raion": "UA1408",
        "settlement": "селище Верхньотравневе",
        "family_knows": "yes",
    },
    "person": {
        "surname": "Сонцецвітенко",
        "given_name": "Світозар",
        "birth_date_day": "17",
        "birth_date_month": "4",
        "birth_date_year": "1991",
        "sex": "male",
        "citizenship": "ua_ru_forced",
        "health": "Має астму відтоді,\nяк працював на шахті.",
    },
    "taking": {
        "taken_on_month": "2",
        "taken_on_year": "2022",
        "taken_on_basis": "witnessed",
        "method": "street",
        "threat": ["execution", "detention"],
        "threat_words": "«Спробуєш утекти — розстріляємо»",
        "refusal": "no_chance",
    },
    "posting": {"formation": "dnr_corps", "unit_missing": "dk", "task": "digging"},
    "contact": {
        "last_contact_on_day": "3",
        "last_contact_on_month": "11",
        "last_contact_on_year": "2026",
        "charge": ["CCU-111", "CCU-258"],
        "court": "Верхньозоряний районний суд",
        "lawyer": "state",
    },
    "needs": {
        "need": ["legal_defence", "documents"],
        "evidence_held": ["messages"],
        "story": "Його забрали озброєні люди просто на вулиці.\nВін здався при першій нагоді.",
        "most_needed_missing": "na",
    },
    "reply": {"channel": "return_code_only", "reply_language": "uk"},
    "consent": {"consent_ngo": "yes", "consent_legal_ngo": "yes", "scope_legal_ngo": "full", "consent_stats": "yes"},
}
# As little as a report can be sent with.
SHORT: dict[str, Typed] = {
    "safety": TOLD["safety"],
    "situation": TOLD["situation"],
    "consent": {"consent_ngo": "yes"},
}
STEPS = tuple(step.code for step in current().steps)


class Family(Window):
    """Amina, with a window of her own, reading in one language."""

    def __init__(self, page: Page, address: str, language: str = "uk") -> None:
        """Begin with an empty window."""
        super().__init__(page, address)
        self.reads = language
        self.say = translate_into(language)

    def go(self, where: str) -> int:
        """Press one of the report's own buttons."""
        return self.press(self.page.locator(f"main .row button[name=go][value={where}]"))

    def switch(self, language: str) -> int:
        """Press a language, above a form or as a link."""
        self.reads, self.say = language, translate_into(language)
        return self.press(f"nav.under [lang={language}]")

    def begin(self) -> int:
        """From the first page, past the interruption, to the first question."""
        self.open(f"/{self.reads}/")
        self.press("main .row .on")
        return self.press("main .row .on")

    def pages_told(self, told: dict[str, Typed] | None = None) -> Iterator[str]:
        """Fill in step after step from the one that is shown, and stop at each before its button is pressed."""
        for step in STEPS[:-1]:
            self.fill((TOLD if told is None else told).get(step, {}))
            yield step
            self.go("next")
            assert self.status == 200, self.heading

    def tell(self, told: dict[str, Typed] | None = None) -> None:
        """Answer every step, up to the page with all answers."""
        self.begin()
        for _step in self.pages_told(told):
            pass

    def send(self) -> str:
        """Send the report; the code that is shown, without its spaces."""
        self.go("send")
        return self.code()

    def code(self) -> str:
        """The code that the page shows."""
        return "".join(self.page.locator("#code").inner_text().split())

    def note(self, code: str) -> int:
        """Type the code that was just shown, as from a note."""
        self.page.fill("#typed", code)
        return self.press("main .row .on")

    def come_back(self, code: str) -> int:
        """Open the answers with the code."""
        self.open(f"/{self.reads}/return")
        return self.enter(code)

    def enter(self, code: str) -> int:
        """Type the code into the page that asks for it."""
        self.page.fill("main [name=code]", code)
        return self.press("main .row .on")

    def withdraw(self, code: str) -> int:
        """Ask for everything to be deleted, on the page that says what that does."""
        self.page.fill("main [name=code]", code)
        return self.press("main .row .grave")

    def visit(self, page: str = "") -> int:
        """Open a page of the visit."""
        return self.open(f"/{self.reads}/case{page}")

    def leave(self) -> int:
        """Press the way out."""
        return self.press("#leave button")

"""Pages from templates.

Every template may use: `language`, `_`, `ngettext`, `translate` (for texts that are data, such as the labels of the
questionnaire: a per cent sign in them means nothing), the filters `day` (a date), `moment` (a time, as in Kyiv),
`answer_date` (a date as answers keep it) and `decimal` (a number to the hundredth), and `language_links`: (code, own
name, address) for pages without a form.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from app.web.dates import answer_in_words, day_in_words, moment_in_words
from app.web.languages import NAMES, choose, offered, translations
from app.web.script import SCRIPT
from app.web.stylesheet import SHEETS

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


class Compiled(BytecodeCache):
    """What the templates were compiled to, kept for all languages: what is compiled knows of none."""

    def __init__(self) -> None:
        """Nothing is compiled yet."""
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was kept of a template."""
        if (kept := self._kept.get(bucket.key)) is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a template was compiled to."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED: BytecodeCache = Compiled()


@cache
def environment(language: str) -> Environment:
    """The templates in one language; macros find their texts in it too, imported with or without context."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=COMPILED,
        extensions=["jinja2.ext.i18n"],
    )
    texts = translations()[language]
    made.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]
    made.globals["translate"] = translate_into(language)
    made.globals["language"] = language
    made.globals.update(SHEETS)
    made.globals["leave_script"] = SCRIPT
    made.filters["day"] = lambda day: day_in_words(day, language)
    made.filters["moment"] = lambda moment: moment_in_words(moment, language)
    made.filters["decimal"] = lambda number: f"{number:.2f}".replace(".", "." if language == "en" else ",")
    made.filters["answer_date"] = lambda text: answer_in_words(text, language)
    return made


class translate_into:  # noqa: N801 — it is used as the function that it makes.
    """Translates texts into one language; an empty text stays empty."""

    def __init__(self, language: str) -> None:
        """Remember the texts of `language`."""
        self._texts = translations()[language]

    def __call__(self, text: str) -> str:
        """`text` in the language; gettext would answer an empty text with the catalogue's own header."""
        return self._texts.gettext(text) if text else ""


def language_of(request: Request) -> str:
    """The language of a page: what the route decided, else its address, else what the browser asks for."""
    decided = getattr(request.state, "language", None) or request.url.path.split("/")[1]
    return decided if decided in offered() else choose(request.headers.get("accept-language", ""))


def language_links(request: Request) -> list[tuple[str, str, str]]:
    """This page's address in every offered language."""
    rest = request.url.path.split("/")[2:]
    return [(code, NAMES[code], "/" + "/".join([code, *rest])) for code in offered()]


def language_names() -> Sequence[tuple[str, str]]:
    """The offered languages, for the buttons of a form: what is being typed travels with them."""
    return [(code, NAMES[code]) for code in offered()]


def render(request: Request, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """The page made of `template`; undefined names are errors, everything is escaped."""
    language = language_of(request)
    page = environment(language).get_template(template)
    return HTMLResponse(page.render(language_links=language_links(request), **context), status)

"""Looks at a page as tools and careful people do: axe, width, size of what is pressed, focus."""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

AXE = Axe().axe_script
NARROW: ViewportSize = {"width": 320, "height": 640}
# A button or field is large enough for a thumb; a link within a sentence is as large as the sentence.
TOO_SMALL = """() => [...document.querySelectorAll("a, button, select, textarea, input:not([type=hidden])")]
    .map((element) => [element, element.offsetWidth && element.matches(".unfold") ? element.labels[0] : null])
    .map(([element, label]) => [element, (label || element.closest("label") || element).getBoundingClientRect()])
    .filter(([element, box]) => box.width && box.height < 43.5 && !element.matches(".skip, .unseen, .unseen *, p a"))
    .map(([element]) => element.outerHTML)"""
TOO_WIDE = """(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > width && !element.closest(".unseen, .skip"))
        .map((element) => element.outerHTML.slice(0, 200));
})()"""
CUT_OFF = """[...document.querySelectorAll("button, .button, .mark, legend, label, dt, dd, h1, h2, th, td, p")]
    .filter((element) => !element.closest(".unseen") && element.scrollWidth > element.clientWidth + 1)
    .filter((element) => getComputedStyle(element).display !== "inline" && element.clientWidth)
    .map((element) => element.outerHTML.slice(0, 200))"""
WIDE = f"() => [...{TOO_WIDE}, ...{CUT_OFF}]"
WIDE_WHEN_LARGE = f"""() => {{
    const size = document.documentElement.style;
    size.fontSize = "212.5%";
    const found = [...{TOO_WIDE}, ...{CUT_OFF}];
    size.fontSize = "";
    return found;
}}"""


# What may be wrong in one language and right in another; the rest of the rules, colours above all, see the same page.
OF_WORDS = ["cat.language", "cat.name-role-value", "cat.text-alternatives", "cat.forms"]


def axe_finds(page: Page, *, only: Sequence[str] = ()) -> list[tuple[str, list[Any]]]:
    """What axe objects to: rule and places; by the rules that have one of some tags, or by all."""
    if page.evaluate("() => window.axe === undefined"):
        # It is half a megabyte: every further page of this window brings it along, in a fifth of the time.
        page.context.add_init_script(AXE)
        page.evaluate(AXE)
    options = {"resultTypes": ["violations"], **({"runOnly": {"type": "tag", "values": list(only)}} if only else {})}
    found = page.evaluate("(options) => axe.run(options).then((results) => results.violations)", options)
    return [(problem["id"], [node["target"] for node in problem["nodes"]]) for problem in found]


def too_small(page: Page) -> list[str]:
    """What is pressed and is lower than a thumb is broad."""
    return [str(found) for found in page.evaluate(TOO_SMALL)]


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways, or is cut off at its edge."""
    return [str(found) for found in page.evaluate(WIDE)]


def too_wide_when_narrow_and_large(page: Page) -> list[str]:
    """The same at 320 px with text of twice the size; the page is as before afterwards."""
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size(NARROW)
    found = [str(one) for one in page.evaluate(WIDE_WHEN_LARGE)]
    page.set_viewport_size(before)
    return found

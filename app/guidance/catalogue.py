"""Every text of the guidance that a catalogue has to translate."""

from collections.abc import Iterator

from app.guidance.definition import Guidance, Section


def msgids(guidance: Guidance) -> tuple[str, ...]:
    """Return the msgids of the guidance, each once, in the order of the pages."""
    return tuple(dict.fromkeys(_texts(guidance)))


def _texts(guidance: Guidance) -> Iterator[str]:
    for page in guidance.pages:
        yield from (page.title, page.lead)
        for section in page.sections:
            yield from _section_texts(section)


def _section_texts(section: Section) -> Iterator[str]:
    yield section.title
    yield from section.paragraphs
    yield from section.points
    for helper in section.helpers:
        yield from (helper.name, helper.does, helper.risk)
    yield from section.sources

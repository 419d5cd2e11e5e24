"""Replies to begin with: reviewed texts in the families' languages, each to be changed before it is sent."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from app.questionnaire import Answers

TEXTS = Path(__file__).with_name("replies.toml")
LANGUAGES = ("uk", "ru", "crh", "en")


@dataclass(frozen=True)
class Reply:
    """A reply to begin with: its title (a msgid) for the desk, and its text by language."""

    code: str
    title: str
    texts: Mapping[str, str] = field(repr=False)


@cache
def replies() -> tuple[Reply, ...]:
    """Every reply, in the order of its file; each is there in every language."""
    content = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    return tuple(
        Reply(entry["code"], entry["title"], {language: entry[language] for language in LANGUAGES})
        for entry in content["replies"]
    )


def preferred_language(answers: Answers, language_of_report: str) -> str:
    """The language that the family asked to be written to in, else the one they wrote in."""
    wish = answers.get("reply_language")
    return wish if isinstance(wish, str) and wish in LANGUAGES else language_of_report


def reply_text(code: str, language: str) -> str:
    """The text of a reply; nothing where there is none of that code."""
    return next((reply.texts.get(language, "") for reply in replies() if reply.code == code), "")

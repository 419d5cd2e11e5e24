"""The shapes of answers and consents, as they travel between rooms."""

from enum import StrEnum
from typing import TypeAlias

# A choice or a text; several choices; or {"missing": "dk"}, not answered on purpose.
Answer: TypeAlias = str | list[str] | dict[str, str]
Answers: TypeAlias = dict[str, Answer]
# Recipient to scope; a recipient that is absent has no consent.
Consents: TypeAlias = dict[str, str]

FULL = "full"
MISSING = "missing"
BASIS_SUFFIX = "_basis"


class Kind(StrEnum):
    """How a question is answered; each kind has one validator and one macro."""

    ONE = "one"
    SEVERAL = "several"
    DATE = "date"
    LINE = "line"
    TEXT = "text"


class Compartment(StrEnum):
    """The part of a case that an answer is sealed in.

    `facts` holds coded answers only, because consents may share it alone. Whatever names or
    locates one person exactly is `identity`; everything else that is written freely is `words`.
    """

    IDENTITY = "identity"
    FACTS = "facts"
    WORDS = "words"


def missing_code(answer: object) -> str | None:
    """Return `dk` or `na` when the question was left unanswered on purpose."""
    if isinstance(answer, dict):
        code = answer.get(MISSING)
        return code if isinstance(code, str) else None
    return None

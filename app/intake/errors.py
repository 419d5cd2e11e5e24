"""What a family may be told."""

from dataclasses import dataclass

from app.questionnaire import Problem
from app.storage.errors import RodynaError


class IntakeError(RodynaError):
    """Any error of this room."""


class DraftGone(IntakeError):
    """The draft is too old, damaged, or not from here."""


class NotReady(IntakeError):
    """No queue can receive a report: sending again later is safe."""


@dataclass
class AnswersRefused(IntakeError):
    """Answers that cannot be sent; each problem names its field, never its content."""

    problems: tuple[Problem, ...]


@dataclass
class MistypedCode(IntakeError):
    """What was typed is no code: its ``length``, its ``digits`` or the last ``check`` digit."""

    reason: str


class UnknownCode(IntakeError):
    """A well-formed code that opens nothing here."""


class KeyReused(IntakeError):
    """The idempotency key came before with another body."""


class EndsEverything(IntakeError):
    """Nobody would hold the report any more: that is withdrawing everything, and asks for the code."""


class NothingSaid(IntakeError):
    """A form came back without anything in it that could be sent."""


class CodeWasReadOut(IntakeError):
    """Somebody else heard this code: a new one is taken first."""


class TooMuchPractice(IntakeError):
    """The queue has as many cases for practice as it may have."""

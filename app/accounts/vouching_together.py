"""What the two who act together sign: rules that one proposes, and a lockdown that one wishes; no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class RulesState:
    """Rules that an administrator proposes: a version and its data; no data takes the proposal back."""

    version: str
    content: Mapping[str, Any]

    def packed(self) -> dict[str, Any]:
        """The state as JSON values and bytes."""
        return {"version": self.version, "content": dict(self.content)}

    @classmethod
    def unpacked(cls, content: Mapping[str, Any]) -> "RulesState":
        """Read what :meth:`packed` gave."""
        return cls(content["version"], dict(content["content"]))


@dataclass(frozen=True)
class DeskState:
    """Whether the desk is closed, who (an account, or nobody) wishes the contrary until when, and when it was signed.

    The moments are ISO texts in UTC.
    """

    closed: bool
    asked_by: str = ""
    asked_until: str = ""
    at: str = ""

    def packed(self) -> dict[str, Any]:
        """The state as JSON values and bytes."""
        return {"closed": self.closed, "asked_by": self.asked_by, "asked_until": self.asked_until, "at": self.at}

    @classmethod
    def unpacked(cls, content: Mapping[str, Any]) -> "DeskState":
        """Read what :meth:`packed` gave.

        Raises: ``ValueError`` where a moment is none in UTC.
        """
        return cls(
            content["closed"], content["asked_by"], read_moment(content["asked_until"]), read_moment(content["at"])
        )


def read_moment(text: str) -> str:
    """A moment as statements have it, or nothing.

    Raises: ``ValueError`` where it is neither.
    """
    if text and datetime.fromisoformat(text).astimezone(UTC).isoformat() != text:
        raise ValueError("no moment in UTC")
    return text

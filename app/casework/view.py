"""One case as a caseworker reads it, put together from what its compartments held."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.accounts.members import MemberQueue
from app.casefile.cases import FILLING
from app.casefile.items import Kind, SealedItem
from app.casefile.keys import Compartment
from app.casefile.signed import holds, read_text
from app.casework.facts import Change
from app.casework.queues import ListedCase
from app.questionnaire import Answers
from app.vault.context import Purpose

TOLD_IN_ORDER = frozenset({Kind.MESSAGE, Kind.NOTE, Kind.UPDATE, Kind.CONSENT_CHANGE})


@dataclass(frozen=True)
class ConsentGiven:
    """A consent that is on now: its scope, and the version and language of the text that was shown."""

    recipient: str
    scope: str
    text: str
    day: date


@dataclass(frozen=True)
class Routing:
    """Why a case is where it is: the rules that decided, that matched besides, what to ask for.

    ``marked`` says that a field was filled in which no person sees, ``practice`` that the case was made for practice;
    ``rules`` is the version of the rules, if they say.
    """

    reasons: tuple[str, ...]
    others: tuple[str, ...]
    asks: tuple[str, ...]
    fallback: str | None
    marked: bool
    practice: bool
    received: datetime
    acknowledge_by: datetime
    act_by: datetime
    rules: str = ""


@dataclass(frozen=True)
class Line:
    """A message of the conversation; ``author`` is a colleague's name, None for the family.

    An update of the family carries ``answers`` (in the words of ``version``), a change of consents
    ``consents`` (recipient -> scope, empty where it was withdrawn); both have no text.
    """

    id: str
    moment: datetime
    author: str | None
    text: str = field(repr=False)
    language: str | None
    verified: bool
    version: str = ""
    answers: Answers = field(default_factory=dict, repr=False)
    consents: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class CaseView:
    """One case as a caseworker reads it. Answers of a compartment that was not granted are absent.

    ``answers`` are as reported, ``now`` as the desk knows them; ``people`` are names by account.
    """

    listed: ListedCase
    version: int
    queue: MemberQueue
    assignee: str | None
    mine: bool
    questionnaire_version: str
    language: str
    answers: Answers = field(repr=False)
    consents: tuple[ConsentGiven, ...]
    routing: Routing
    told: tuple[str, ...]
    conversation: tuple[Line, ...] = field(repr=False)
    notes: tuple[Line, ...] = field(repr=False)
    why_not: str
    standing: str
    answer_by: datetime | None
    known: tuple[Change, ...] = field(repr=False)
    now: Answers = field(repr=False)
    people: Mapping[str, str] = field(repr=False)

    @property
    def may_answer(self) -> bool:
        """Whether this reader may write to the family; ``why_not`` is the code of the reason."""
        return not self.why_not

    @property
    def answers_for(self) -> bool:
        """Whether the reader's queue answers for the case, rather than being shared or offered it."""
        return not self.standing

    @property
    def heard(self) -> int:
        """How many pieces of the conversation are the family's."""
        return sum(line.author is None for line in self.conversation)

    @property
    def said(self) -> int:
        """How many answers of staff the conversation has."""
        return sum(line.author is not None for line in self.conversation)


def consents_now(content: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> tuple[ConsentGiven, ...]:
    """The consents that came with the report, as the family changed them since."""
    given = {recipient: consent for recipient, consent in content.items() if recipient != FILLING}
    for change in sorted(changes, key=lambda change: str(change["at"])):
        for recipient, scope in change["changes"].items():
            given.pop(recipient, None)
            if scope:
                given[recipient] = {"scope": scope, "text": change["text"][recipient], "day": change["day"]}
    return tuple(
        ConsentGiven(recipient, consent["scope"], consent["text"], date.fromisoformat(consent["day"]))
        for recipient, consent in given.items()
    )


def routing_of(content: Mapping[str, Any]) -> Routing:
    """Why the case is where it is, as it was decided at sending."""
    return Routing(
        reasons=tuple(content["reasons"]),
        others=tuple(content["others"]),
        asks=tuple(content["asks"]),
        fallback=content["fallback"],
        marked=content["marked"],
        # Older cases do not say: none of them was made for practice.
        practice=content.get("practice", False),
        received=datetime.fromisoformat(content["received"]),
        acknowledge_by=datetime.fromisoformat(content["acknowledge_by"]),
        act_by=datetime.fromisoformat(content["act_by"]),
        rules=content.get("rules", ""),
    )


def lines(
    texts: Iterable[tuple[SealedItem, dict[str, Any]]],
    people: Mapping[str, str],
    verify_keys: Mapping[str, Collection[bytes]],
) -> tuple[Line, ...]:
    """Messages, notes and changes in the order in which they were written, signatures checked."""
    read = [
        _family_line(item, content)
        if item.compartment == Compartment.INBOX
        else _staff_line(item, content, people, verify_keys)
        for item, content in texts
    ]
    return tuple(sorted(read, key=lambda line: (line.moment, line.id)))


def _family_line(item: SealedItem, content: dict[str, Any]) -> Line:
    return Line(
        id=item.id,
        moment=datetime.fromisoformat(content["at"]),
        author=None,
        text=content.get("text", "") if item.kind == Kind.MESSAGE else "",
        language=content.get("language"),
        verified=True,
        version=content.get("version", ""),
        answers=content.get("answers", {}),
        consents=content.get("changes", {}),
    )


def _staff_line(
    item: SealedItem, content: dict[str, Any], people: Mapping[str, str], verify_keys: Mapping[str, Collection[bytes]]
) -> Line:
    purpose = Purpose.NOTE if item.kind == Kind.NOTE else Purpose.STAFF_MESSAGE
    text = read_text(content)
    return Line(
        id=item.id,
        moment=datetime.fromisoformat(text.at),
        author=people.get(text.author, text.organisation),
        text=text.text,
        language=None,
        verified=holds(purpose, item.case_id, item.id, content, verify_keys.get(text.author, ())),
    )

"""Working facts: what the desk knows now, beside the report, which stays as it was sent.

A change is a signed entry of its own in `facts`, so that it travels with them; what of it is written freely lies
in `words`. Every change has both parts, so that neither their number nor their place tells what changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.casefile.entries import Entry, open_entry
from app.casefile.items import Kind, SealedItem
from app.casefile.keys import CaseKeys, Compartment
from app.questionnaire import Answers, current
from app.vault.errors import VaultError

KNOWN = "known"
_PARTS = (Compartment.FACTS, Compartment.WORDS)


@dataclass(frozen=True)
class Change:
    """What was found out: answers by the questionnaire's codes, how it is known, since when it is so, and who says so.

    A change whose signature does not fit is shown and never counted.
    """

    id: str
    at: datetime
    author: str
    organisation: str
    answers: Answers = field(repr=False)
    basis: str
    since: str
    verified: bool


def known_entries(keys: CaseKeys, items: Iterable[SealedItem]) -> list[Entry]:
    """The entries of working facts among the items of a case, as far as the keys open them.

    One that does not open was put or damaged there in the database; it hides neither the others nor the case.
    """
    mine = [
        item
        for item in items
        if item.kind == Kind.ENTRY and item.compartment in _PARTS and item.compartment in keys.keys
    ]
    return [entry for entry in (_opened(keys, item) for item in mine) if entry is not None and entry.what == KNOWN]


def _opened(keys: CaseKeys, item: SealedItem) -> Entry | None:
    try:
        return open_entry(keys, item)
    except VaultError:
        return None


def changes(entries: Iterable[Entry], verify_keys: Mapping[str, tuple[bytes, ...]]) -> tuple[Change, ...]:
    """The changes in the order in which they were made, the two parts of each put together."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(str(entry.body["change"]), []).append(entry)
    made = [_change(parts, verify_keys) for parts in found.values()]
    return tuple(sorted(made, key=lambda change: (change.at, change.id)))


def as_known(reported: Answers, made: Iterable[Change]) -> Answers:
    """The answers as they are known now."""
    now = dict(reported)
    for change in made:
        if change.verified:
            now |= change.answers
            for question in current().questions.values():
                # A district of another region is no longer the right one.
                if question.within in change.answers and question.code not in change.answers:
                    now.pop(question.code, None)
    return now


def newest_change(made: Sequence[Change]) -> str:
    """The id of the newest change, empty where there is none."""
    return made[-1].id if made else ""


def _change(parts: list[Entry], verify_keys: Mapping[str, tuple[bytes, ...]]) -> Change:
    first = min(parts, key=lambda entry: entry.compartment)
    answers: dict[str, Any] = {}
    for entry in parts:
        answers |= entry.body["answers"]
    return Change(
        id=str(first.body["change"]),
        at=first.at,
        author=first.author,
        organisation=first.organisation,
        answers=answers,
        basis=str(first.body["basis"]),
        since=str(first.body["since"]),
        verified=all(
            entry.holds(verify_keys.get(entry.author, ())) and entry.author == first.author for entry in parts
        ),
    )

"""Whoever is known by several linked reports is counted with one of them.

Which one, each case knows from its own desk, where it was written down when a link was made or undone: it must be known
to whoever works on that case alone. All facets of the linked cases are sealed anew together, so that the database does
not tell which of them goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from app.accounts.members import Member
from app.casefile.items import SealedItem
from app.casework.book import read_book, sealed_entry
from app.casework.figures import COUNTED, NEEDED, Step, Store, facet_after, would_add
from app.casework.opening import OpenCase


@dataclass(frozen=True)
class Counting:
    """Whether a case is counted from now on: the entry for its desk, and what stores its facet once its row is held."""

    case: OpenCase
    entry: SealedItem = field(repr=False)
    store: Store = field(repr=False)


def count_once(session: Session, member: Member, cases: Iterable[OpenCase], now: datetime) -> tuple[Counting, ...]:
    """Let one of the cases of a person be counted: of those that add anything the one that was received first.

    A case of which this desk has only a part stays as it is: its facet is another's to replace.
    """
    whole = [case for case in cases if set(case.keys.keys) >= NEEDED]
    counted = min(whole, key=lambda case: _order(session, member, case, now), default=None)
    found = []
    for case in whole:
        here = case is counted
        before = read_book(session, member, case).newest(COUNTED)
        body = {"here": here} | ({} if before is None else {"follows": before.id})
        entry = sealed_entry(member, case, COUNTED, body, now)
        found.append(Counting(case, entry, facet_after(session, member, case, now, Step(counted=here))))
    return tuple(found)


def _order(session: Session, member: Member, case: OpenCase, now: datetime) -> tuple[bool, str, str]:
    content = would_add(session, member, case, now)
    return (content is None, "" if content is None else content["received"], case.row.id)

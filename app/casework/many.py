"""One step done with many cases of a list at once; what cannot be done is left, and said."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.accounts.members import Member
from app.casefile.errors import ChangedMeanwhile, NotFound
from app.casework import actions, junk
from app.casework.assigning import Giving, assign_of_queue, check_giving
from app.casework.errors import LinkedMeanwhile, NotAllowedNow
from app.casework.opening import open_keys

Act = Callable[[Session, Member, str, int, datetime], None]
# A page of a list shows no more.
MOST = 25
ACTS: Mapping[str, Act] = {
    "acknowledge": actions.acknowledge,
    "take": actions.take,
    "set-aside": junk.set_aside,
}


@dataclass(frozen=True)
class Left:
    """A case with which it could not be done, and why, as a code."""

    case_id: str
    why: str


@dataclass(frozen=True)
class Done:
    """How many cases it was done with, and those with which it could not be done."""

    done: int
    left: tuple[Left, ...]


def do_with_many(
    session: Session, member: Member, act: str, cases: Sequence[str], shown: Mapping[str, int], now: datetime
) -> Done:
    """Do a step of :data:`ACTS` with every case; each goes on the record by itself.

    ``shown`` are the versions that the page showed: what somebody changed since is left as it is. A case without one
    is taken as it stands.
    """
    step = ACTS.get(act)
    if step is None:
        return Done(0, ())

    def once(case_id: str) -> None:
        version = shown.get(case_id) or open_keys(session, member, case_id).row.version
        step(session, member, case_id, version, now)

    return each_of(cases[:MOST], once)


def assign_many(session: Session, member: Member, giving: Giving, shown: Mapping[str, int], now: datetime) -> Done:
    """Give many cases of a queue to one colleague, those alone that are as the page showed them (case -> version).

    Raises: :class:`~app.casefile.errors.TextRefused` without a reason, :class:`NotAllowedNow` for who is no colleague.
    """
    check_giving(session, member, giving)

    def once(case_id: str) -> None:
        assign_of_queue(session, member, giving, case_id, now, version=shown[case_id])

    return each_of(list(shown)[:MOST], once)


def each_of(cases: Sequence[str], once: Callable[[str], None]) -> Done:
    """Do something with each case; whatever refuses must do so before it writes anything."""
    left: dict[str, str] = {}
    # In the order of their numbers, however they were listed: two who do so do not wait for one another.
    for case_id in sorted(set(cases)):
        try:
            once(case_id)
        except LinkedMeanwhile:
            # It was half written: then none of them is done.
            raise
        except NotFound:
            left[case_id] = "gone"
        except ChangedMeanwhile:
            left[case_id] = "changed"
        except NotAllowedNow as refused:
            left[case_id] = refused.reason
    asked = dict.fromkeys(cases)
    return Done(len(asked) - len(left), tuple(Left(case_id, left[case_id]) for case_id in asked if case_id in left))

"""One step done with many cases of a list at once; what cannot be done is left, and said."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.accounts.members import Member
from app.casefile.errors import ChangedMeanwhile, NotFound
from app.casework import actions, junk
from app.casework.errors import NotAllowedNow
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
class Done:
    """How many cases it was done with, and the numbers of those with which it could not be done."""

    done: int
    left: tuple[str, ...]


def do_with_many(session: Session, member: Member, act: str, cases: Sequence[str], now: datetime) -> Done:
    """Do a step of :data:`ACTS` with every case as it stands; each goes on the record by itself."""
    done, left = 0, []
    step = ACTS.get(act)
    for case_id in list(dict.fromkeys(cases))[:MOST] if step else ():
        try:
            version = open_keys(session, member, case_id).row.version
            assert step is not None
            step(session, member, case_id, version, now)
            done += 1
        except (NotFound, NotAllowedNow, ChangedMeanwhile):
            # Each of these is raised before anything of the step is written.
            left.append(case_id)
    return Done(done, tuple(left))

"""A ceremony with trustees, and a queue whose key nobody holds any more."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete

from app.accounts.covering import cover_ring, recovery_key
from app.accounts.recovery import Ceremony, make_recovery, try_recovery
from app.accounts.removal import remove_person
from app.accounts.rings import NAMES
from app.accounts.tables import DirectoryShare
from tests.cast import NOW, OMAR, Cast
from tests.keys.dump import dump

LEGAL = "queue:legal"


def hold_ceremony(cast: Cast, *, tested: bool = True, needed: int = 2, count: int = 3) -> Ceremony:
    """Iryna makes a recovery key; the trustees show that their sheets give it."""
    iryna = cast.member("iryna")
    with cast.session() as session:
        before = recovery_key(session, iryna.organisation_id).generation
        ceremony = make_recovery(session, iryna, needed, count, before, NOW)
    if tested:
        with cast.session() as session:
            try_recovery(session, iryna, ceremony.words[:needed], NOW)
    return ceremony


def cover(cast: Cast, ceremony: Ceremony, name: str = "daria", ring: str = LEGAL) -> None:
    """A lead seals a key to the recovery key, whose words a trustee has read out."""
    lead = cast.member(name)
    with cast.session() as session:
        cover_ring(session, lead, ring, ceremony.fingerprint, NOW)


def copies(cast: Cast) -> list[dict[str, Any]]:
    """The copies of rings' keys for recovery; the names' own is looked at by itself."""
    return [row for row in dump(cast.engine)["recovery_copy"] if not row["ring"].startswith(NAMES)]


def remove(cast: Cast, *names: str, now: datetime = NOW) -> None:
    """Iryna removes people."""
    for name in names:
        # Each removal puts the names under another key.
        iryna = cast.member("iryna")
        with cast.session() as session:
            remove_person(session, iryna, cast.founded_account(name), now)


def lose_the_names(cast: Cast) -> None:
    """Somebody with the database deletes what everybody reads the names with."""
    for name in ("petro", "iryna", "daria", "ayshe", OMAR):
        cast.member(name)
    with cast.session() as session:
        session.execute(delete(DirectoryShare))

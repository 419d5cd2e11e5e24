"""Whether everything that was acknowledged is there, once, whole, and opened by the code that was shown for it."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy import func, text
from sqlmodel import col, select

from app.casefile.cases import items_of
from app.casefile.keys import Compartment
from app.casefile.tables import Case, Grant, Item
from app.casework.opening import open_keys, report_answers
from app.intake.returning import open_return
from app.intake.tables import Locker
from tests.cast import Cast
from tests.durability.stubborn import Shown

# Three parts of the report, the consents, the routing.
PIECES = 5


def check_all_kept(cast: Cast, shown: Sequence[Shown], reader: str) -> None:
    """Hold the database against what was shown; `reader` is a member of the queue that all reports went to."""
    with cast.session() as session:
        assert session.exec(select(func.count()).select_from(Case)).one() == len(shown)
        assert session.exec(select(func.count()).select_from(Locker)).one() == len(shown)
        grants = Counter(session.exec(select(col(Grant.case_id))))
        pieces = Counter(session.exec(select(col(Item.case_id))))
    assert set(grants.values()) == {1}
    assert set(pieces.values()) == {PIECES}
    assert len(grants) == len(pieces) == len({one.code for one in shown}) == len(shown)
    marks = _marks(cast, reader)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda one: _case_of(cast, one.code), shown))
    assert [marks[case_id] for case_id in found] == [one.mark for one in shown]


def check_files(cast: Cast) -> None:
    """Let SQLite look through its own file."""
    if cast.engine.dialect.name == "sqlite":
        with cast.session() as session:
            assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def _marks(cast: Cast, reader: str) -> dict[str, str]:
    """What marks the content of every case, read as staff read it."""
    member = cast.member(reader, datetime.now(UTC))
    marks = {}
    with cast.session() as session:
        for case_id in session.exec(select(col(Case.id))):
            keys = open_keys(session, member, case_id).keys
            answers, _ = report_answers(keys, items_of(session, case_id, Compartment.IDENTITY))
            marks[case_id] = answers["settlement"]
    return marks


def _case_of(cast: Cast, code: str) -> str:
    with cast.session() as session:
        return open_return(session, code, datetime.now(UTC))[1].case_id

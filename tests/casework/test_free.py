"""What nobody of a queue has while its clock runs."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import col

from app.casefile.cases import NOTHING_DUE
from app.casefile.tables import Case
from app.casework.queues import free_cases
from tests.cast import NOW, Cast, answers


def change(cast: Cast, case_id: str, **values: Any) -> str:
    """Put a case where a test wants it."""
    with cast.session() as session:
        session.execute(update(Case).where(col(Case.id) == case_id).values(**values))
    return case_id


def test_what_nobody_has_and_whose_clock_runs_is_found_most_urgent_first(cast: Cast) -> None:
    soon, later = NOW + timedelta(hours=1), NOW + timedelta(hours=9)
    cases = [cast.case_of(cast.report()) for _ in range(6)]
    second, first, last = (
        change(cast, case_id, priority=priority, due=due)
        for case_id, priority, due in zip(cases, (1, 1, 2), (later, soon, soon), strict=False)
    )
    # Whoever waits for the family has no clock, however urgent it is.
    change(cast, cases[3], priority=0, due=NOTHING_DUE)
    change(cast, cases[4], priority=0, status="closed")
    change(cast, cases[5], priority=0, due=soon, assignee=cast.founded_account("daria"))
    cast.report(answers(situation="missing"))
    with cast.session() as session:
        assert [each.id for each in free_cases(session, "legal", 9, NOW)] == [first, second, last]
        assert [each.id for each in free_cases(session, "legal", 2, NOW)] == [first, second]
        assert free_cases(session, "protection", 9, NOW) == ()

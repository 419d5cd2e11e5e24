"""What the tests of deciding share: a day, and a decision on a report that was checked."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.questionnaire import Consents, check, current
from app.routing import Decision, decide
from tests.questionnaire.reports import SMALLEST

# Noon in Kyiv on 23 November 2026.
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def in_days(days: int) -> str:
    """A day counted from today, as answers carry it."""
    return (TODAY + timedelta(days=days)).isoformat()


def decided(consents: Consents | None = None, now: datetime = NOW, **answers: Any) -> Decision:
    """What the rules say about a report that was checked as every report is."""
    result = check(current(), SMALLEST | answers, {"ngo": "full"} | (consents or {}))
    assert result.problems == ()
    return decide(result.answers, result.consents, now)

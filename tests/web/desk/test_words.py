"""No code is ever shown in the place of a word."""

from app.accounts.permissions import Role
from app.accounts.setup import QUEUE_KINDS
from app.casefile.cases import Status
from app.casework.queues import PRIORITIES
from app.web.desk import words


def test_every_code_has_a_word() -> None:
    assert set(words.QUEUE_KINDS) == set(QUEUE_KINDS)
    assert set(words.STATUSES) == set(Status)
    assert set(words.PRIORITIES) == set(PRIORITIES)
    assert set(words.ROLES) == set(Role)
    assert set(words.PRECISIONS) == {"day", "month", "year"}

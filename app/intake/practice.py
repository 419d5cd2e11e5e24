"""A made-up report for new staff, sent as a family sends one, into a queue that its maker belongs to."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.casefile.practice import KEPT, mark_practice, practice_cases
from app.intake.draft import begin
from app.intake.errors import NotReady, TooMuchPractice
from app.intake.sending import send_practice
from app.routing import OWN_CONSENT, needed_consent
from app.storage.columns import day_of

_STORIES = Path(__file__).parent / "practice_stories.toml"
MOST_OF_A_QUEUE = 20


@dataclass(frozen=True)
class Story:
    """A made-up family: the title is a msgid; ``days`` are answers that lie so many days ahead."""

    key: str
    title: str
    language: str
    answers: Mapping[str, Any] = field(repr=False)
    days: Mapping[str, int]


@dataclass(frozen=True)
class Begun:
    """A practice case that was made, and the code with which somebody can play its family."""

    case_id: str
    code: str = field(repr=False)


@cache
def stories() -> tuple[Story, ...]:
    """What can be practised, in the order in which it is offered."""
    return tuple(Story(**entry) for entry in tomllib.loads(_STORIES.read_text(encoding="utf-8"))["stories"])


def begin_practice(session: Session, member: Member, queue_id: str, story: Story, now: datetime) -> Begun:
    """Make a practice case in one of the member's queues.

    Raises: :class:`NotReady` where it is not theirs or cannot receive, :class:`TooMuchPractice`.
    """
    queue = member.queue(queue_id)
    if queue is None:
        raise NotReady
    if len(practice_cases(session, [queue_id])) >= MOST_OF_A_QUEUE:
        raise TooMuchPractice
    ahead = {code: day_of(now + timedelta(days=days)).isoformat() for code, days in story.days.items()}
    # Whatever queue it is for, nothing is missing: what is practised is the work, not the asking for consents.
    consents = dict.fromkeys((OWN_CONSENT, needed_consent(queue.kind)), "full")
    draft = replace(begin(story.language, now), answers={**story.answers, **ahead}, consents=consents)
    case_id = send_practice(session, draft, queue_id, now)
    mark_practice(session, member, case_id, queue_id, day_of(now + KEPT))
    put_on_record(session, member, "practice_begun", now, case=case_id, queue=queue_id)
    return Begun(case_id, draft.code)

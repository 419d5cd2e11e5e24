"""All routes of the desk."""

from fastapi import APIRouter

from app.web.desk import (
    actions,
    assessments,
    cases,
    diaries,
    directory,
    escalations,
    intake,
    joining,
    junk,
    keys,
    known,
    lockdown,
    login,
    me,
    more,
    moving,
    practice,
    queue_people,
    queues,
    recovery,
    today,
    trail,
    two,
)

router = APIRouter(include_in_schema=False)
PARTS = (
    login.router,
    joining.router,
    me.router,
    lockdown.router,
    trail.router,
    queues.router,
    keys.router,
    queue_people.router,
    recovery.router,
    cases.router,
    actions.router,
    known.router,
    moving.router,
    two.router,
    assessments.router,
    diaries.router,
    diaries.case_router,
    junk.router,
    practice.router,
    escalations.router,
    today.router,
    intake.router,
    more.router,
    directory.router,
)
for part in PARTS:
    router.include_router(part)

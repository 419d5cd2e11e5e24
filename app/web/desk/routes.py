"""All routes of the desk."""

from fastapi import APIRouter

from app.web.desk import actions, cases, keys, lockdown, login, me, queues, trail

router = APIRouter(include_in_schema=False)
for part in (
    login.router,
    me.router,
    lockdown.router,
    trail.router,
    queues.router,
    keys.router,
    cases.router,
    actions.router,
):
    router.include_router(part)

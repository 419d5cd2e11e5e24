"""All routes of the desk."""

from fastapi import APIRouter

from app.web.desk import actions, cases, joining, keys, lockdown, login, me, queue_people, queues, trail

router = APIRouter(include_in_schema=False)
for part in (
    login.router,
    joining.router,
    me.router,
    lockdown.router,
    trail.router,
    queues.router,
    keys.router,
    queue_people.router,
    cases.router,
    actions.router,
):
    router.include_router(part)

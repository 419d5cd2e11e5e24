"""All routes of the administration."""

from fastapi import APIRouter

from app.web.admin import (
    in_force,
    leaving,
    lost_names,
    organisations,
    people,
    queues,
    readiness,
    recovery,
    roles,
    rule_changes,
    rules,
)

router = APIRouter(include_in_schema=False)
for part in (
    people.router,
    roles.router,
    queues.router,
    organisations.router,
    leaving.router,
    readiness.router,
    recovery.router,
    lost_names.router,
    rules.router,
    rule_changes.router,
    in_force.router,
):
    router.include_router(part)

"""All routes of the administration."""

from fastapi import APIRouter

from app.web.admin import organisations, people, queues, readiness, recovery, rules

router = APIRouter(include_in_schema=False)
for part in (people.router, queues.router, organisations.router, readiness.router, recovery.router, rules.router):
    router.include_router(part)

"""All routes of the administration."""

from fastapi import APIRouter

from app.web.admin import organisations, people

router = APIRouter(include_in_schema=False)
for part in (people.router, organisations.router):
    router.include_router(part)

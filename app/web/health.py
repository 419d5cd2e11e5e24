"""Whether a report can be taken, for machines that watch."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from app.intake.sending import ready
from app.web.errors import HEALTH
from app.web.transactions import Db

router = APIRouter(include_in_schema=False)


@router.get(HEALTH)
def health(session: Db) -> Response:
    """Say "ok" when a report could be taken now, and nothing else."""
    if ready(session):
        return PlainTextResponse("ok")
    return PlainTextResponse("unable", 503)

"""The application around the routes: headers, errors, the guard at the door, compression."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response

from app.web import static_files
from app.web.bodies import BodyLimitMiddleware
from app.web.errors import COMMON, UNAVAILABLE, ErrorMap, ErrorMiddleware, Errors
from app.web.headers import HeadersMiddleware
from app.web.origin import OriginMiddleware
from app.web.site import Site

# It is on by default and would send the text of exceptions to whoever collects it.
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def assemble(site: Site, routers: Sequence[APIRouter], *, family: ErrorMap, desk: ErrorMap, api: ErrorMap) -> FastAPI:
    """An application for `site` with the routes of `routers` and the errors of each side."""
    common = {**COMMON, **dict.fromkeys(site.cannot_store, UNAVAILABLE)}
    errors = Errors(common, {"family": family, "desk": desk, "api": api})

    @asynccontextmanager
    async def open_until_the_server_stops(_application: FastAPI) -> AsyncIterator[None]:
        with site.beside():
            yield
        site.close()

    async def answer(request: Request, error: Exception) -> Response:
        return errors.answer(request, error)

    application = FastAPI(
        title="Rodyna",
        version="1",
        telemetry=NO_TELEMETRY,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
        # The outermost first. An error becomes an answer inside the headers and the compression, and before FastAPI's
        # own 500, which would hand the exception to the server's log.
        middleware=[
            Middleware(HeadersMiddleware, https=site.origins[0].scheme == "https", leave_url=site.leave_url),
            Middleware(GZipMiddleware, minimum_size=700, compresslevel=6),
            Middleware(ErrorMiddleware, errors=errors, failed=site.failed),
            Middleware(OriginMiddleware, origins=site.origins),
            Middleware(BodyLimitMiddleware),
        ],
        lifespan=open_until_the_server_stops,
        exception_handlers={HTTPException: answer, RequestValidationError: answer},
    )
    application.state.site = site
    for router in (static_files.router, *routers):
        application.include_router(router)
    return application

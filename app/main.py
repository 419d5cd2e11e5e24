"""Puts the rooms together into an application: the families' side, the desk's side, or both."""

import gc
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Literal

from fastapi import FastAPI
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from app.accounts.first_setup import FirstSetup
from app.accounts.setup import Founded
from app.accounts.vouching_anchor import anchor_to
from app.clock import SteadyClock
from app.failures.counting import Failures, Part
from app.in_force.carried import carried
from app.logs import write_lines
from app.settings import Settings
from app.storage.engine import make_engine
from app.storage.sessions import session_scope
from app.web import health
from app.web.admin import first_setup
from app.web.admin import routes as admin
from app.web.api import routes as api
from app.web.api.errors import ERRORS as API_ERRORS
from app.web.application import assemble
from app.web.desk import routes as desk
from app.web.desk.errors import ERRORS as DESK_ERRORS
from app.web.family import routes as family
from app.web.family.errors import ERRORS as FAMILY_ERRORS
from app.web.languages import offered
from app.web.origin import read_origins
from app.web.site import Site
from app.web.statistics import routes as statistics
from app.web.statistics.errors import ERRORS as STATISTICS_ERRORS

Side = Literal["family", "desk", "both"]


def build(settings: Settings, side: Side = "both") -> FastAPI:
    """The application of one side or of both, ready to be served."""
    engine = make_engine(settings.database)
    anchor_to(engine, settings.trusted_root, settings.witness)
    site = _site(settings, engine)
    # The desk's addresses come before the families', whose first part is a language and matches any word.
    routers = {
        "family": [health.router, api.router, *family.ROUTERS],
        "desk": [health.router, desk.router, admin.router, statistics.router],
        "both": [health.router, api.router, desk.router, admin.router, statistics.router, *family.ROUTERS],
    }
    return assemble(
        site, routers[side], family=FAMILY_ERRORS, desk={**DESK_ERRORS, **STATISTICS_ERRORS}, api=API_ERRORS
    )


def build_first_setup(
    settings: Settings, first: FirstSetup, keep_outside: Callable[[Engine, Founded], None]
) -> FastAPI:
    """The application of the first set-up: its one page, and no other address.

    ``keep_outside`` writes what must not stand in the database, and says which root is trusted there.
    """
    engine = make_engine(settings.database)
    site = replace(_site(settings, engine), first=first, keep_outside=partial(keep_outside, engine))
    return assemble(site, [first_setup.router], family=FAMILY_ERRORS, desk=DESK_ERRORS, api=API_ERRORS)


def _site(settings: Settings, engine: Engine) -> Site:
    clock, failures = SteadyClock(), Failures()
    return Site(
        origins=read_origins(settings.origin),
        leave_url=settings.leave_url,
        # The database is away, full, locked for too long, or has no connection to give.
        cannot_store=(OperationalError, InterfaceError, NoConnection),
        scope=partial(session_scope, engine),
        clock=clock,
        publish_figures=settings.publish_figures,
        close=engine.dispose,
        failed=lambda side: failures.note(Part(side)),
        beside=partial(failures.written_down, engine, clock),
    )


def family_side() -> FastAPI:
    """The families' side, for a server that starts processes of its own."""
    return _settled(build(Settings(), "family"))


def desk_side() -> FastAPI:
    """The desk's side, likewise."""
    return _settled(build(Settings(), "desk"))


def both_sides() -> FastAPI:
    """Both sides in one, likewise."""
    return _settled(build(Settings(), "both"))


def _settled(application: FastAPI) -> FastAPI:
    # Each of several processes is begun anew, and knows nothing of what was said in the one that began it.
    write_lines()
    # What the first family would wait for is loaded now. All of it stays as long as the process does, so the collector
    # of garbage is told to leave it alone: going through it again and again took a twelfth of the work.
    carried()
    offered()
    gc.collect()
    gc.freeze()
    return application

"""The pages of releases."""

from typing import Annotated

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.accounts.members import Member, colleagues
from app.accounts.permissions import Permission
from app.accounts.record import put_on_record
from app.accounts.ring_keeping import begin_ring
from app.accounts.rings import STATISTICS
from app.statistics import confirming, ledger, making, releases
from app.statistics.declaring import declared
from app.statistics.facets import statistics_key
from app.statistics.periods import ReleaseKind, closed_periods, read_period
from app.web.desk.access import needs
from app.web.desk.pages import desk_page
from app.web.figures.answering import file_of, number_of
from app.web.figures.series import kinds_in_series, series_of
from app.web.figures.views import period_in_words, release_view, side_views
from app.web.figures.words import KINDS
from app.web.forms import Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.statistics.errors import TOLD
from app.web.transactions import Db

router = Part(prefix="/statistics", include_in_schema=False)

Coordinator = Annotated[Member, needs(Permission.READ_FIGURES)]
Maker = Annotated[Member, needs(Permission.MAKE_RELEASES)]

HOME = "/statistics/"
# How many quarters back a release can still be begun from the page.
QUARTERS = 6


@router.get("/")
def home(request: Request, session: Db, now: Now, member: Coordinator) -> Response:
    """The releases, what is being made, what can be made, and the ledger."""
    put_on_record(session, member, "figures_opened", now)
    entries, found = ledger.read_ledger(session), releases.read_releases(session)
    begun = making.waiting(session)
    taken = {(each.kind, each.period) for each in entries} | {(each.kind, each.period) for each in begun}
    at_work = {who for each in begun for who in (each.made_by, each.confirmed_by) if who}
    return desk_page(
        request,
        member,
        "statistics/home.html",
        told=TOLD.get(request.query_params.get("said", ""), ""),
        key=statistics_key(session) is not None,
        releases=[release_view(each, member.language) for each in found],
        courses=kinds_in_series(found),
        unsound=releases.unsound(session),
        unsigned=[each.number for each in entries if not each.holds],
        begun=begun,
        free=[
            (kind, p) for p in closed_periods(now.date(), QUARTERS) for kind in ReleaseKind if (kind, p) not in taken
        ],
        entries=entries,
        most=ledger.most_drawn(entries),
        budget=declared().epsilon_total_milli,
        people=colleagues(session, member, {each.account_id for each in entries} | at_work),
        release_kinds=KINDS,
        in_words=period_in_words,
    )


@router.post("/key")
def make_key(session: Db, now: Now, member: Maker) -> Response:
    """The first coordinator of an installation that has none yet makes the statistics' key."""
    begin_ring(session, member, STATISTICS, now)
    return RedirectResponse(HOME, 303)


@router.post("/make")
def make(session: Db, now: Now, form: Posted, member: Maker) -> Response:
    """Begin to make a release."""
    kind, period = _kind(form.get("kind")), read_period(form.get("period"))
    making.begin(session, member, kind, period, now)
    return RedirectResponse(f"/statistics/making/{kind}/{period}", 303)


@router.get("/making/{kind}/{period}")
def one_step(request: Request, kind: str, period: str, session: Db, now: Now, member: Maker) -> HTMLResponse:
    """Take the next step and show how far it is; the page comes back by itself until all is counted.

    A request that reads takes the step, since a page without scripts can refresh itself in no other way. It moves on
    nothing but what this very person began by a button.
    """
    state = making.take_step(session, member, _kind(kind), read_period(period), now)
    return desk_page(
        request, member, "statistics/making.html", state=state, release_kinds=KINDS, in_words=period_in_words
    )


@router.post("/making/{kind}/{period}/stop")
def stop(kind: str, period: str, session: Db, now: Now, member: Maker) -> Response:
    """Stop a making, or set aside what waits for confirmation."""
    making.stop(session, member, _kind(kind), read_period(period), now)
    return RedirectResponse(HOME, 303)


@router.post("/making/{kind}/{period}/confirm")
def confirm(kind: str, period: str, session: Db, member: Maker) -> Response:
    """Begin to confirm, or go on with it."""
    confirming.begin(session, member, _kind(kind), read_period(period))
    return RedirectResponse(f"/statistics/confirming/{kind}/{period}", 303)


@router.get("/confirming/{kind}/{period}")
def one_look(request: Request, kind: str, period: str, session: Db, now: Now, member: Maker) -> Response:
    """Look through the next part, and sign as the second person when all is looked through.

    A request that reads takes the step, as where a release is made: on nothing but what this person began by a button.
    """
    look = confirming.take_step(session, member, _kind(kind), read_period(period), now)
    if look.discarded:
        return RedirectResponse(f"{HOME}?said=discarded", 303)
    if look.number is not None:
        return RedirectResponse(f"{HOME}{look.number}", 303)
    return desk_page(
        request, member, "statistics/confirming.html", look=look, release_kinds=KINDS, in_words=period_in_words
    )


@router.post("/confirming/{kind}/{period}/stop")
def stop_looking(kind: str, period: str, session: Db, member: Maker) -> Response:
    """Leave it waiting for the second signature."""
    confirming.leave(session, member, _kind(kind), read_period(period))
    return RedirectResponse(HOME, 303)


@router.get("/series/{kind}")
def series(request: Request, kind: str, session: Db, now: Now, member: Coordinator) -> HTMLResponse:
    """The releases of a kind through time."""
    shown = series_of(releases.read_releases(session), kind, member.language)
    put_on_record(session, member, "figures_opened", now)
    return desk_page(request, member, "statistics/series.html", **shown)


@router.get("/{release}")
def one_release(request: Request, release: str, session: Db, now: Now, member: Coordinator) -> HTMLResponse:
    """One release."""
    return _sides(request, session, member, now, release)


@router.get("/{release}/beside/{other}")
def two_releases(
    request: Request, release: str, other: str, session: Db, now: Now, member: Coordinator
) -> HTMLResponse:
    """Two releases side by side."""
    return _sides(request, session, member, now, release, other)


@router.get("/{release}/{table}.{kind}")
def download(release: str, table: str, kind: str, session: Db, now: Now, member: Coordinator) -> Response:
    """A table as a file."""
    found = releases.read_release(session, number_of(release))
    file = file_of(found, table, kind, member.language)
    put_on_record(session, member, "figures_taken", now, release=str(found.number), what=f"{table}.{kind}")
    return file


def _sides(request: Request, session: Db, member: Member, now: Now, *wanted: str) -> HTMLResponse:
    found = [releases.read_release(session, number_of(each)) for each in wanted]
    put_on_record(session, member, "figures_opened", now, release=", ".join(str(each.number) for each in found))
    views = side_views(found, member.language)
    others = [each for each in releases.read_releases(session) if each.kind is found[0].kind and each not in found]
    beside = [release_view(each, member.language) for each in others]
    return desk_page(request, member, "statistics/release.html", base="/statistics", views=views, others=beside)


def _kind(text: str) -> ReleaseKind:
    return ReleaseKind(text) if text in set(ReleaseKind) else ReleaseKind.INTAKE

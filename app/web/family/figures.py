"""Released figures and open data for everybody, where the organisation publishes them."""

from fastapi import Request
from fastapi.responses import Response

from app.accounts.installation import about
from app.statistics.errors import NoSuchRelease
from app.statistics.periods import ReleaseKind
from app.statistics.releases import Released, read_releases
from app.storage.sessions import Session
from app.web.family.language import router_in_language
from app.web.figures.answering import file_of, number_of
from app.web.figures.series import kinds_in_series, series_of
from app.web.figures.views import release_view, side_views
from app.web.pages import render
from app.web.site import site_of
from app.web.transactions import Db

router = router_in_language()


@router.get("/figures")
def figures(request: Request, session: Db) -> Response:
    """The newest release of each kind, and the way to the others."""
    found = _published(request, session)
    newest = [next((each for each in found if each.kind is kind), None) for kind in ReleaseKind]
    return _page(request, found, [each for each in newest if each is not None])


@router.get("/figures/{release}")
def one_release(request: Request, release: str, session: Db) -> Response:
    """One release."""
    found = _published(request, session)
    return _page(request, found, [_only(found, release)])


@router.get("/figures/series/{kind}")
def series(request: Request, kind: str, session: Db) -> Response:
    """The releases of a kind through time."""
    shown = series_of(_published(request, session), kind, request.state.language)
    return render(request, "figures/series.html", **shown)


@router.get("/figures/{release}/beside/{other}")
def two_releases(request: Request, release: str, other: str, session: Db) -> Response:
    """Two releases side by side."""
    found = _published(request, session)
    return _page(request, found, [_only(found, release), _only(found, other)])


@router.get("/figures/{release}/{table}.{kind}")
def download(request: Request, release: str, table: str, kind: str, session: Db) -> Response:
    """A table as open data."""
    return file_of(_only(_published(request, session), release), table, kind, request.state.language)


def _published(request: Request, session: Session) -> tuple[Released, ...]:
    """Every release, if they are published; a demonstration publishes its own."""
    if not (site_of(request).publish_figures or about(session).practice):
        raise NoSuchRelease
    return read_releases(session)


def _only(found: tuple[Released, ...], release: str) -> Released:
    number = number_of(release)
    only = next((each for each in found if each.number == number), None)
    if only is None:
        raise NoSuchRelease
    return only


def _page(request: Request, found: tuple[Released, ...], shown: list[Released]) -> Response:
    language = request.state.language
    views = side_views(shown, language)
    others = [release_view(each, language) for each in found if each not in shown]
    return render(request, "figures/published.html", views=views, others=others, courses=kinds_in_series(found))

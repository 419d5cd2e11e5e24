"""Where a request may come from: the right address, and our own pages.

The cookies are ``SameSite=Strict`` already; this is the second wall, and it holds for forms that need no cookie too.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# Health is asked for by machines that know the place by another name; the API has no cookie that could be abused.
ANY_HOST = "/healthz"
NO_COOKIES = "/api/"


class Misdirected(Exception):
    """The request names a host that is not this installation."""


class ForeignOrigin(Exception):
    """A form was sent by a page that is not ours."""


@dataclass(frozen=True)
class Origin:
    """One of the installation's own addresses."""

    scheme: str
    host: str
    port: int | None

    @property
    def loopback(self) -> bool:
        """Whether only this machine can call it."""
        return self.host in LOOPBACK

    def serves(self, host: str) -> bool:
        """Whether a request with this ``Host`` header came to this address.

        An address of the machine itself stands for all its names and ports: a demonstration is started on any port.
        """
        name, port = _split_host(host)
        if self.loopback:
            return name in LOOPBACK
        return name == self.host and port == self.port


def read_origins(text: str) -> tuple[Origin, ...]:
    """The origins written in the settings, separated by spaces or commas; the first is the main one.

    Raises:
        ValueError: one of them is no origin.
    """
    origins = tuple(_origin(part) for part in text.replace(",", " ").split())
    if not origins:
        raise ValueError("no origin")
    return origins


def safely_reached(origins: tuple[Origin, ...]) -> bool:
    """Whether nobody between can read what is sent: every address is HTTPS, or an onion of Tor."""
    return all(origin.scheme == "https" or origin.host.endswith(".onion") for origin in origins)


def came_to(origins: tuple[Origin, ...], host: str) -> Origin | None:
    """The origin that a request with this ``Host`` header came to, if it is ours."""
    return next((origin for origin in origins if origin.serves(host)), None)


def is_ours(origin: Origin, method: str, headers: Headers) -> bool:
    """Whether a request may change something: it is safe, or one of our own pages made it.

    ``Sec-Fetch-Site`` decides where the browser sends it, else ``Origin``; without either it is refused.
    """
    if method in SAFE_METHODS:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        # "none" is the person herself: a page reloaded, a tab restored.
        return site in {"same-origin", "none"}
    return headers.get("origin") == f"{origin.scheme}://{headers.get('host', '')}"


class OriginMiddleware:
    """Refuses what came to another host or from another page, before anything reads it."""

    def __init__(self, app: ASGIApp, origins: tuple[Origin, ...]) -> None:
        """Guard `app`, reachable at `origins`."""
        self.app = app
        self.origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through or raise.

        Raises:
            Misdirected, ForeignOrigin: answered like any other error.
        """
        if scope["type"] == "http" and scope["path"] != ANY_HOST:
            headers = Headers(scope=scope)
            origin = came_to(self.origins, headers.get("host", ""))
            if origin is None:
                raise Misdirected
            scope.setdefault("state", {})["secure"] = origin.scheme == "https"
            if not scope["path"].startswith(NO_COOKIES) and not is_ours(origin, scope["method"], headers):
                raise ForeignOrigin
        await self.app(scope, receive, send)


def _origin(text: str) -> Origin:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("an origin is a scheme, a host and perhaps a port")
    return Origin(parts.scheme, parts.hostname, parts.port)


def _split_host(text: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"//{text}")
        return parts.hostname or "", parts.port
    except ValueError:
        return "", None

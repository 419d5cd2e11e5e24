"""The headers of every answer, those of errors included."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.script import SCRIPT_SOURCE
from app.web.stylesheet import STYLE_SOURCES

CONTENT_POLICY = (
    "default-src 'none'",
    f"style-src {STYLE_SOURCES}",
    "img-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
)
# The families' pages have one script, which is named by its digest; the desk may load its own.
FAMILY_SCRIPT = (f"script-src {SCRIPT_SOURCE}",)
WITH_SCRIPT = ("script-src 'self'", "connect-src 'self'")
SCRIPTED = ("/desk/", "/admin/", "/statistics/")

ALWAYS: Mapping[str, str] = {
    # Nothing stays on the device: not the pages, and not the icon, whose address would tell where it came from.
    "Cache-Control": "no-store",
    # "no-referrer" would make Chromium send `Origin: null` with our own forms; this tells third parties nothing either.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-DNS-Prefetch-Control": "off",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "autoplay",
            "browsing-topics",
            "camera",
            "display-capture",
            "encrypted-media",
            "fullscreen",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "usb",
        )
    ),
}


class HeadersMiddleware:
    """Sets the headers above, whatever the application answers."""

    def __init__(self, app: ASGIApp, https: bool, leave_url: str) -> None:
        """Wrap `app`; with `https` browsers are told to come back that way alone."""
        self.app = app
        self.https = https
        # "Leave this page" is a form, and browsers hold the address that it ends at against this rule too.
        away = urlsplit(leave_url)
        self.policy = (*CONTENT_POLICY, f"form-action 'self' {away.scheme}://{away.netloc}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, with the headers added as the answer begins."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(scope["path"], MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _add(self, path: str, headers: MutableHeaders) -> None:
        for name, value in ALWAYS.items():
            headers[name] = value
        policy = self.policy + (WITH_SCRIPT if path.startswith(SCRIPTED) else FAMILY_SCRIPT)
        headers["Content-Security-Policy"] = "; ".join(policy)
        if self.https:
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        del headers["Server"]

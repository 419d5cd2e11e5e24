"""The headers of every answer, those of errors included."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
# Only the desk has a script, and only where a page would be poorer without it (a passkey cannot do without).
CONTENT_POLICY_WITH_SCRIPT = f"{CONTENT_POLICY}; script-src 'self'; connect-src 'self'"
SCRIPTED = ("/desk/", "/admin/")

ALWAYS: Mapping[str, str] = {
    # Nothing stays on the device: not the pages, and not the stylesheet, whose address would tell where they came from.
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

    def __init__(self, app: ASGIApp, https: bool) -> None:
        """Wrap `app`; with `https` browsers are told to come back that way alone."""
        self.app = app
        self.https = https

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
        scripted = path.startswith(SCRIPTED)
        headers["Content-Security-Policy"] = CONTENT_POLICY_WITH_SCRIPT if scripted else CONTENT_POLICY
        if self.https:
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        del headers["Server"]

"""One family from first page to coming back, against an installation that a walk has set up; only Python is needed.

``visitor.py ADDRESS NAME [CA]``: ADDRESS is where to connect (``https://127.0.0.1:18443``), NAME the name in the
address that a browser would use, CA the certificate that is trusted. With the code of an earlier visit on standard
input it only comes back. Prints the code.
"""

import http.client
import json
import secrets
import ssl
import sys
from typing import Any
from urllib.parse import urlsplit

REPORT = {
    "version": "2026-11",
    "lang": "uk",
    "answers": {"situation": "missing", "oblast": "UA14", "reply_safe": "yes", "settlement": "the walked settlement"},
    "consents": {"ngo": "full"},
}


class Visitor:
    """Somebody with a browser or a program."""

    def __init__(self, address: str, name: str, ca: str | None) -> None:
        """Nothing is connected yet."""
        self.parts, self.name, self.ca = urlsplit(address), name, ca

    def ask(self, method: str, path: str, document: object = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Send one request on a connection of its own; give status, headers and body."""
        host, port = self.parts.hostname or "", self.parts.port
        connection: http.client.HTTPConnection
        if self.parts.scheme == "https":
            context = ssl.create_default_context(cafile=self.ca)
            # The certificate bears the public name; this goes to the machine beside us.
            context.check_hostname = False
            connection = http.client.HTTPSConnection(host, port, timeout=60, context=context)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=60)
        body = None if document is None else json.dumps(document)
        said = {"Host": self.name, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if document is not None:
            said["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, said)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def look(self) -> None:
        """The first page is there, with its headers and without what tells of programs."""
        status, headers, page = self.ask("GET", "/uk/")
        assert status == 200, status
        assert len(page) > 1000
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "set-cookie" not in headers

    def send(self) -> str:
        """A report; give its code."""
        status, _, body = self.ask("POST", "/api/v1/reports", REPORT, Idempotency_Key=secrets.token_urlsafe(32))
        assert status == 201, (status, body)
        code: Any = json.loads(body)["code"]
        return str(code)

    def come_back(self, code: str) -> None:
        """With the code; a made-up one is refused."""
        status, _, body = self.ask("POST", "/api/v1/return", {"code": code})
        assert status == 200, (status, body)
        token = json.loads(body)["token"]
        assert self.ask("GET", "/api/v1/thread", Authorization=f"Bearer {token}")[0] == 200


def main() -> None:
    """Visit."""
    visitor = Visitor(*(sys.argv[1:4] if len(sys.argv) > 3 else [*sys.argv[1:3], None]))
    known = "" if sys.stdin.isatty() else sys.stdin.read().strip()
    visitor.look()
    code = known or visitor.send()
    visitor.come_back(code)
    sys.stdout.write(f"{code}\n")


if __name__ == "__main__":
    main()

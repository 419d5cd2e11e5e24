"""What talks to a running service: connections that may break, and forms as browsers send them."""

import gzip
import http.client
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from types import TracebackType
from typing import Any, Self

from tests.service.machine import HOST

LONGEST_IDLE_SECONDS = 2
BOUNDARY = "part-of-a-form-9c1f"
_DRAFT = re.compile(r'name="draft"\s+value="([^"]*)"')
_CODE = re.compile(r'id="code"[^>]*>((?:\s|\d|<[^>]*>)+)')
_MARK_UP = re.compile(r"<[^>]*>")

Fields = Mapping[str, str | Sequence[str]]


class Broken(Exception):
    """No answer came: nobody knows whether the service did what it was asked to."""


@dataclass(frozen=True)
class Answer:
    """A whole answer; the body is unpacked, `wire_bytes` is its length as it came."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    wire_bytes: int = 0

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def draft(self) -> str:
        """The sealed draft that the page carries."""
        return unescape(_found(_DRAFT, self))

    @property
    def shows_a_code(self) -> bool:
        """Whether the page shows a code."""
        return _CODE.search(self.text) is not None

    @property
    def code(self) -> str:
        """The digits of the code that the page shows."""
        return "".join(_MARK_UP.sub("", _found(_CODE, self)).split())


class Client:
    """One connection that is kept open; after a break the next request opens another."""

    def __init__(self, port: int, source: str = HOST, timeout_seconds: float = 60, host: str = HOST) -> None:
        """Talk to `port` of this machine, from the address `source`, or of another machine, which is called like it."""
        self.port = port
        here = (source, 0) if host == HOST else None
        self._connection = http.client.HTTPConnection(host, port, timeout=timeout_seconds, source_address=here)
        self._idle_since = time.monotonic()
        called = f"{HOST}:{port}"
        self._always = {"Host": called, "Origin": f"http://{called}", "Accept-Encoding": "gzip"}

    def __enter__(self) -> Self:
        """Use it for the length of a block."""
        return self

    def __exit__(self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        """Close the connection."""
        self._connection.close()

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request and read its whole answer.

        Raises: :class:`Broken`.
        """
        if time.monotonic() > self._idle_since + LONGEST_IDLE_SECONDS:
            # The service closes what is idle for long; a request that meets that end would look like a broken one.
            self._connection.close()
        try:
            self._connection.request(method, path, body or None, {**self._always, **(headers or {})})
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Broken(type(error).__name__) from error
        self._idle_since = time.monotonic()
        found = {name.lower(): value for name, value in answer.getheaders()}
        packed = found.get("content-encoding") == "gzip"
        return Answer(answer.status, found, gzip.decompress(content) if packed else content, len(content))

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page."""
        return self.send("GET", path, headers=headers)

    def post_form(self, path: str, fields: Fields, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a form as the pages do."""
        return self.send("POST", path, multipart(fields), {"Content-Type": FORM_TYPE, **(headers or {})})

    def post_json(self, path: str, document: Any, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a document as programs do."""
        body = json.dumps(document, ensure_ascii=False).encode()
        return self.send("POST", path, body, {"Content-Type": "application/json", **(headers or {})})


FORM_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def multipart(fields: Fields) -> bytes:
    """A form as browsers encode it (RFC 7578)."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, values in fields.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()


def _found(pattern: re.Pattern[str], answer: Answer) -> str:
    found = pattern.search(answer.text)
    assert found is not None, f"not on the page, status {answer.status}"
    return found[1]

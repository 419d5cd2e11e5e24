"""A store that speaks as much of S3 as is asked of it: objects, uploads in parts, copies, lists; and that can fail.

It stands for the outside world. It looks at no signature, but refuses whoever names another key than its own.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from time import gmtime, strftime, time
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.service.machine import HOST

KEY_ID = "the-key-id"


@dataclass
class Bucket:
    """What lies in the store, and what the store does wrong."""

    port: int = 0
    objects: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    away: bool = False
    rotten: bool = False
    full_after: int = 1 << 60
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    def taken(self) -> int:
        """How many bytes lie there, unfinished uploads included."""
        return sum(map(len, self.objects.values())) + sum(len(p) for u in self.parts.values() for p in u.values())


@contextmanager
def store() -> Iterator[Bucket]:
    """A store on a free port while the block lasts."""
    bucket = Bucket()
    server = ThreadingHTTPServer((HOST, 0), type("Handler", (Counter,), {"bucket": bucket}))
    bucket.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Counter(BaseHTTPRequestHandler):
    """Where requests are taken; each kind of store that a test makes has one of its own, with its self.bucket."""

    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def begin(self) -> tuple[str, dict[str, list[str]], bytes] | None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        if self.bucket.away:
            self.say(503)
        elif KEY_ID not in self.headers.get("Authorization", ""):
            self.say(403, b"<Error><Code>AccessDenied</Code></Error>")
        else:
            name = unquote(parts.path).removeprefix("/").partition("/")[2]
            return name, parse_qs(parts.query, keep_blank_values=True), body
        return None

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", headers.get("Length", str(len(body))))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        if (asked := self.begin()) is None:
            return
        name, query, body = asked
        if self.bucket.taken() + len(body) > self.bucket.full_after:
            self.say(400, b"<Error><Code>QuotaExceeded</Code></Error>")
        elif "partNumber" in query:
            self.bucket.parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
            self.say(200, ETag=_tag(body))
        elif source := self.headers.get("x-amz-copy-source"):
            self.bucket.objects[name] = self.bucket.objects[unquote(source).lstrip("/").partition("/")[2]]
            self.say(200, f"<CopyObjectResult><ETag>{_tag(b'')}</ETag></CopyObjectResult>".encode())
        else:
            self.bucket.objects[name] = body
            self.say(200, ETag=_tag(body))

    def do_POST(self) -> None:
        if (asked := self.begin()) is None:
            return
        name, query, body = asked
        if "uploads" in query:
            upload = str(next(self.bucket.numbers))
            self.bucket.parts[upload] = {}
            what = f"<Bucket>b</Bucket><Key>{escape(name)}</Key><UploadId>{upload}</UploadId>"
            self.say(200, f"<InitiateMultipartUploadResult>{what}</InitiateMultipartUploadResult>".encode())
        elif "uploadId" in query:
            found = self.bucket.parts.pop(query["uploadId"][0])
            self.bucket.objects[name] = b"".join(found[number] for number in sorted(found))
            what = f"<Key>{escape(name)}</Key><ETag>{_tag(b'')}</ETag>"
            self.say(200, f"<CompleteMultipartUploadResult>{what}</CompleteMultipartUploadResult>".encode())
        else:
            assert "delete" in query, self.path
            gone = _between(body.decode(), "Key")
            for key in gone:
                self.bucket.objects.pop(key, None)
            told = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in gone)
            self.say(200, f"<DeleteResult>{told}</DeleteResult>".encode())

    def do_DELETE(self) -> None:
        if (asked := self.begin()) is None:
            return
        name, query, _ = asked
        if "uploadId" in query:
            self.bucket.parts.pop(query["uploadId"][0])
        else:
            self.bucket.objects.pop(name, None)
        self.say(204)

    def do_GET(self) -> None:
        if (asked := self.begin()) is None:
            return
        name, query, _ = asked
        if "list-type" in query:
            self.say(200, _listed(self.bucket, query.get("prefix", [""])[0]))
        elif name not in self.bucket.objects:
            self.say(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            content = self.bucket.objects[name]
            content = content[:-1] + bytes([content[-1] ^ 1]) if self.bucket.rotten else content
            self.say(200, content, ETag=_tag(content), Last_Modified=formatdate(usegmt=True))

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_words: Any) -> None:
        pass


def _tag(body: bytes) -> str:
    return f'"{md5(body, usedforsecurity=False).hexdigest()}"'


def _between(text: str, tag: str) -> list[str]:
    return [part.partition(f"</{tag}>")[0] for part in text.split(f"<{tag}>")[1:]]


def _listed(bucket: Bucket, prefix: str) -> bytes:
    now = strftime("%Y-%m-%dT%H:%M:%S.000Z", gmtime(time()))
    found = "".join(
        f"<Contents><Key>{escape(name)}</Key><LastModified>{now}</LastModified><ETag>{_tag(content)}</ETag>"
        f"<Size>{len(content)}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for name, content in sorted(bucket.objects.items())
        if name.startswith(prefix)
    )
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>".encode()

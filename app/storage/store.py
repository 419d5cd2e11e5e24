"""Blobs in an S3-compatible store, to which obstore speaks."""

import errno
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore import exceptions
from obstore.store import S3Store

from app.storage.blobs import Blob, Check

# Two of these are in memory while a blob is sent; ten thousand are the most that a store takes.
CHUNK_BYTES = 8 << 20
AT_ONCE = 2
PATIENCE = timedelta(seconds=30)
TRIES = 3
A_RUN = timedelta(days=1)
_UNFINISHED = "unfinished."


class StoreFailed(OSError):
    """The store did not answer, or refused; ``strerror`` says which, without an address or a key."""


@dataclass(frozen=True)
class Access:
    """How a store is reached: its address (none: Amazon's own), its region, and whose right it is."""

    endpoint: str = ""
    region: str = ""
    key_id: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)


class Store:
    """Blobs as objects of a bucket, under a prefix."""

    def __init__(self, url: str, access: Access) -> None:
        """``s3://bucket/prefix``; nothing is connected yet."""
        parts = urlsplit(url)
        self.place = f"s3://{parts.netloc}/{parts.path.strip('/')}"
        self._store: Any = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=_config(access),
            client_options={
                "timeout": PATIENCE,
                "connect_timeout": PATIENCE / 3,
                # What lies there is sealed and signed; the request's signature does not show the secret.
                "allow_http": access.endpoint.startswith("http://"),
            },
            retry_config={"max_retries": TRIES, "retry_timeout": PATIENCE},
        )

    def put(self, name: str, chunks: Iterable[bytes], check: Check) -> int:
        """Send under another name, read back, copy to its own: an older blob of the name stays until then."""
        unfinished = f"{_UNFINISHED}{secrets.token_hex(8)}"
        try:
            with _told(name):
                obstore.put(
                    self._store,
                    unfinished,
                    iter(chunks),
                    use_multipart=True,
                    chunk_size=CHUNK_BYTES,
                    max_concurrency=AT_ONCE,
                )
            check(self.get(unfinished))
            with _told(name):
                obstore.copy(self._store, unfinished, name)
                return int(obstore.head(self._store, name)["size"])
        finally:
            self._forget(unfinished)

    def get(self, name: str) -> Iterator[bytes]:
        """Fetch in pieces."""
        with _told(name):
            for piece in obstore.get(self._store, name).stream(min_chunk_size=1 << 20):
                yield bytes(piece)

    def listed(self) -> list[Blob]:
        """The objects under the prefix."""
        return [blob for blob in self._all() if not blob.name.startswith(_UNFINISHED)]

    def delete(self, name: str) -> None:
        """Delete the object; a store that keeps versions must be told not to."""
        with _told(name):
            obstore.delete(self._store, name)

    def sweep(self, now: datetime) -> None:
        """Delete what was sent a day ago and never copied; younger, another machine may be at it."""
        for blob in self._all():
            if blob.name.startswith(_UNFINISHED) and blob.written < now - A_RUN:
                self.delete(blob.name)

    def _all(self) -> list[Blob]:
        with _told(self.place):
            return [
                Blob(each["path"], each["size"], each["last_modified"])
                for batch in obstore.list(self._store)
                for each in batch
                if "/" not in each["path"]
            ]

    def _forget(self, name: str) -> None:
        # What cannot be deleted now is swept away later; the failure that brought us here says more.
        try:
            obstore.delete(self._store, name)
        except exceptions.BaseError:
            return


def _config(access: Access) -> Any:
    found = {
        "endpoint": access.endpoint,
        "region": access.region or "us-east-1",
        "access_key_id": access.key_id,
        "secret_access_key": access.secret,
    }
    return {name: value for name, value in found.items() if value}


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Errors of the store as the system's own kind; their words, which may carry addresses, are left out."""
    try:
        yield
    except (exceptions.NotFoundError, FileNotFoundError):
        raise FileNotFoundError(errno.ENOENT, "it is not in the store", name) from None
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError):
        raise StoreFailed(errno.EACCES, "the store refuses these credentials", name) from None
    except exceptions.BaseError as error:
        raise StoreFailed(errno.EIO, f"the store does not answer as it should ({type(error).__name__})", name) from None

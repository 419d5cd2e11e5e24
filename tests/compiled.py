"""What SQLAlchemy compiled for one engine, kept for the next: a test has an engine of its own, statements stay."""

import threading
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

from app.storage import engine as sqlite_engines
from app.storage import line as postgresql_engines

# More than the program has statements.
STATEMENTS = 2000


class Compiled:
    """Engines of one kind of database share their dialect, which is the key of what was compiled, and that itself."""

    def __init__(self) -> None:
        self._first: dict[str, Dialect] = {}
        self._kept: LRUCache[Any, Any] = LRUCache(STATEMENTS)
        self._lock = threading.Lock()

    def create_engine(self, url: str, **options: Any) -> Engine:
        """An engine like any other; what others of its kind compiled is not compiled again."""
        made = sqlalchemy.create_engine(url, **options)
        made._compiled_cache = self._kept
        with self._lock:
            first = self._first.get(made.dialect.name)
            # A dialect knows its server from the first connection on.
            if first is not None and first.server_version_info:
                made.dialect = first
            else:
                self._first[made.dialect.name] = made.dialect
        return made


def share_what_is_compiled(patch: pytest.MonkeyPatch) -> None:
    """Let every engine of this process take part."""
    compiled = Compiled()
    for module in (sqlite_engines, postgresql_engines):
        patch.setattr(module, "create_engine", compiled.create_engine)

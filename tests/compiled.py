"""What was compiled once, kept: statements for the engine of the next test, templates for every process of a run."""

import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

from app.storage import engine as sqlite_engines
from app.storage import line as postgresql_engines
from app.web import pages
from tests.service.warm import TEMPLATES

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


def share_what_is_compiled(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let every engine of this process take part, and its templates with those of all that have the same folder."""
    folder.mkdir(exist_ok=True)
    patch.setattr(pages, "COMPILED", FileSystemBytecodeCache(str(folder)))
    patch.setenv(TEMPLATES, str(folder))
    compiled = Compiled()
    for module in (sqlite_engines, postgresql_engines):
        patch.setattr(module, "create_engine", compiled.create_engine)

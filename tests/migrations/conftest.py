"""Databases without a table, and migrations as a later release would bring them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from app.storage import migrate
from app.storage.engine import make_engine
from tests.cluster import Cluster
from tests.migrations.lines import revisions


@pytest.fixture
def bare_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE bare")
        yield cluster.url("bare")
        connection.execute("DROP DATABASE bare WITH (FORCE)")


@pytest.fixture
def bare(bare_url: str) -> Iterator[Engine]:
    """An engine on a database without a table."""
    engine = make_engine(bare_url)
    yield engine
    engine.dispose()


@pytest.fixture
def more_migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Add one more migration, as a later release would, to a copy of the real ones."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder)
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    down = revisions()[-1]

    def add(body: str) -> None:
        lines = [f"revision, down_revision = 'later', '{down}'", "import sqlalchemy as sa", "from alembic import op"]
        lines += ["def upgrade():", *(f"    {line}" for line in body.splitlines()), "def downgrade():", "    pass"]
        (folder / "versions" / "later.py").write_text("\n".join(lines))

    return add

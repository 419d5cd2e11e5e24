"""``python -m tests.upgrade.make``: stores an installation of today's shape, once for each release.

What is stored is kept for ever: a release that cannot open it cannot open what families sent. It is made anew only
where a shape was changed on purpose before any installation had it; the reason then stands in ``stored/README.md``.
"""

import json
import lzma
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from tests.service.founded import founded_cast, small_plan
from tests.upgrade.story import live

STORED = Path(__file__).parent / "stored"


def make(folder: Path) -> str:
    """Store a new installation below ``folder``, named for its last migration; give that name."""
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "rodyna.db"
        with founded_cast(f"sqlite:///{path}", small_plan()) as cast:
            secrets = live(cast)
        with closing(sqlite3.connect(path)) as connection:
            (name,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM")
            connection.execute("PRAGMA journal_mode=DELETE")
        place = folder / str(name)
        place.mkdir(parents=True, exist_ok=True)
        (place / "rodyna.db.xz").write_bytes(lzma.compress(path.read_bytes(), preset=9))
        (place / "secrets.json").write_text(json.dumps(secrets, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    return place.name


if __name__ == "__main__":
    make(STORED)

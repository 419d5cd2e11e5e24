"""Backups in an S3-compatible store: the whole way there and back, flat memory, and what happens when it fails."""

import errno
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import QueuePool

from app.backups.files import Sealer
from app.backups.making import make_backup, note_standing
from app.health import machine
from app.storage.blobs import Blobs, Check, Folder
from app.storage.store import Access, Store, StoreFailed
from app.vault.hybrid import public_key
from tests.backups.conftest import Place
from tests.backups.s3 import KEY_ID, Bucket, store
from tests.cast import Cast

NOW = datetime.now(UTC)
MEGABYTE = 1 << 20


@pytest.fixture
def database_kind() -> str:
    """Where backups lie does not depend on the database."""
    return "sqlite"


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with store() as there:
        yield there


@pytest.fixture
def used(bucket: Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bucket:
    """The settings of both machines name the store; the secret is in a file."""
    (tmp_path / "secret").write_text("made up\n")
    monkeypatch.setenv("RODYNA_BLOBS_URL", "s3://bucket/rodyna")
    monkeypatch.setenv("RODYNA_BLOBS_ENDPOINT", bucket.endpoint)
    monkeypatch.setenv("RODYNA_BLOBS_KEY_ID", KEY_ID)
    monkeypatch.setenv("RODYNA_BLOBS_SECRET_FILE", str(tmp_path / "secret"))
    return bucket


def reached(bucket: Bucket, key_id: str = KEY_ID) -> Store:
    return Store("s3://bucket/here", Access(bucket.endpoint, "", key_id, "made up"))


def drained(back: Iterator[bytes]) -> None:
    for _ in back:
        pass


def names(bucket: Bucket) -> list[str]:
    return sorted(bucket.objects)


def test_a_backup_goes_to_the_store_and_comes_back_on_another_machine(
    cast: Cast, source: Place, empty: Place, paper: Path, reopened: Cast, used: Bucket
) -> None:
    code = cast.report(now=NOW)
    said = source.do("backup")
    assert "s3://bucket/rodyna/backups/rodyna-" in said
    backup, listed = names(used)
    assert backup.startswith("rodyna/backups/rodyna-2")
    assert listed == "rodyna/backups/rodyna.standing"
    assert not (source.data / "backups").exists()
    source.do("backup", "--only-standing")
    assert names(used) == [backup, listed]
    assert "made up" not in said
    empty.do("restore", f"s3://bucket/{backup}", "--key", paper)

    assert reopened.case_of(code, NOW) == cast.case_of(code, NOW)


def test_without_the_list_beside_it_nothing_comes_back_unasked(
    source: Place, empty: Place, paper: Path, used: Bucket
) -> None:
    source.do("backup")
    backup, listed = names(used)
    del used.objects[listed]
    refused = empty.type("restore", f"s3://bucket/{backup}", "--key", paper)
    assert refused.exit_code == 1
    assert "comes back" in refused.output
    gone = empty.type("restore", f"s3://bucket/{backup}0", "--key", paper, "--without-standing")
    assert gone.exit_code == 1
    assert "it is not in the store" in gone.output


def test_a_store_that_is_away_or_refuses_is_said_and_leaves_what_was_there(source: Place, used: Bucket) -> None:
    source.do("backup")
    before = dict(used.objects)
    used.away = True
    done = source.type("backup")
    assert done.exit_code == 1
    assert "Nothing could be written to s3://bucket/rodyna/backups: the store does not answer" in done.output
    source.switch.setenv("RODYNA_BLOBS_KEY_ID", "a stranger's")
    used.away = False
    assert "refuses these credentials" in source.type("backup").output
    assert used.objects == before


def test_what_the_store_gives_back_otherwise_is_no_backup(source: Place, used: Bucket) -> None:
    used.rotten = True
    done = source.type("backup")

    assert done.exit_code == 1
    assert "not what was written" in done.output
    assert used.objects == {}


def test_old_ones_go_from_the_store_too(source: Place, used: Bucket) -> None:
    for day in ("2026-01-01", "2026-01-02"):
        used.objects[f"rodyna/backups/rodyna-{day}-aa.backup"] = b"old"
    used.objects["rodyna/backups/unrelated"] = b"not ours"
    assert "Older ones deleted: 2" in source.do("backup")
    assert [name for name in names(used) if "2026-01" in name] == []
    assert "rodyna/backups/unrelated" in used.objects


def test_memory_stays_flat_and_nothing_half_stays(bucket: Bucket, tmp_path: Path) -> None:
    """The store of this test is in the same process, so only a folder's memory is measured; of both, what stays."""
    blobs: Blobs
    for blobs in (Folder(tmp_path / "folder"), reached(bucket)):
        assert blobs.put("large", (bytes(MEGABYTE) for _ in range(40)), drained) == 40 * MEGABYTE
        assert sum(map(len, blobs.get("large"))) == 40 * MEGABYTE

        def broken() -> Iterator[bytes]:
            yield bytes(20 * MEGABYTE)
            raise OSError("the database is away")

        with pytest.raises(OSError, match="database is away"):
            blobs.put("large", broken(), drained)
        assert [(blob.name, blob.size) for blob in blobs.listed()] == [("large", 40 * MEGABYTE)]
    assert bucket.parts == {}
    tracemalloc.start()
    Folder(tmp_path / "folder").put("again", (bytes(MEGABYTE) for _ in range(40)), drained)
    assert tracemalloc.get_traced_memory()[1] < 4 * MEGABYTE
    tracemalloc.stop()
    bucket.full_after = bucket.taken() + 10 * MEGABYTE
    with pytest.raises(StoreFailed):
        reached(bucket).put("too large", (bytes(MEGABYTE) for _ in range(40)), drained)
    assert names(bucket) == ["here/large"]


def test_the_doctor_says_that_the_store_cannot_be_looked_at(bucket: Bucket) -> None:
    (found,) = machine.backups(reached(bucket, "a stranger's"), NOW)
    assert "s3://bucket/here cannot be looked at" in found.what
    assert [each.what for each in machine.backups(reached(bucket), NOW)] == [
        "there is no backup in s3://bucket/here",
        "there is no list of what stands in s3://bucket/here",
    ]


@pytest.mark.parametrize("place", ["folder", "store"])
def test_a_backup_that_fails_on_the_way_ends_its_look_at_the_database_at_once(
    cast: Cast, bucket: Bucket, tmp_path: Path, place: str
) -> None:
    """Not when somebody collects what is left of it: meanwhile no journal could be given up."""
    sealer = Sealer(public_key(cast.founded.backup_private), cast.founded.service_private)
    (tmp_path / "file").write_bytes(b"where a folder should be")
    blobs = Folder(tmp_path / "file") if place == "folder" else reached(bucket)
    bucket.full_after = 0
    for write in (lambda: make_backup(cast.engine, blobs, sealer, {}, NOW), lambda: full_later(cast, sealer, tmp_path)):
        with pytest.raises(OSError, match=r".") as caught:
            write()
        pool = cast.engine.pool
        assert isinstance(pool, QueuePool)
        assert pool.checkedout() == 0, caught.value


def full_later(cast: Cast, sealer: Sealer, folder: Path) -> None:
    """A disk that takes the first piece and no more."""

    class Full(Folder):
        def put(self, name: str, chunks: Iterable[bytes], check: Check) -> int:
            def until_it_is_full() -> Iterator[bytes]:
                yield next(iter(chunks))
                yield next(iter(chunks))
                raise OSError(errno.ENOSPC, "No space left on device")

            return super().put(name, until_it_is_full(), check)

    note_standing(cast.engine, Full(folder / "full"), sealer, NOW)

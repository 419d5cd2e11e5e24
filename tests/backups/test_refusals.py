"""What a thief of a backup finds, and what a backup that was altered, cut, forged or mixed up is taken for."""

import fcntl
import os
import stat
import zlib
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import update

from app.accounts.tables import Installation
from app.backups.errors import BackupRefused, NotTheSame
from app.backups.files import Sealer, read, read_checked, write
from app.backups.making import delete_old, make_backup, note_standing
from app.cli import backing_up
from app.demonstration.cast import write_private
from app.storage.blobs import Folder
from app.storage.copying import Unreadable, read_piece, write_piece
from app.vault.context import Purpose
from app.vault.hybrid import public_key
from app.vault.signing import verify_key
from tests.backups.conftest import Place, only
from tests.cast import Cast, answers
from tests.keys.dump import dump

NOW = datetime.now(UTC)
PRIVATE, SIGNING = bytes(range(32)), bytes(range(1, 33))
SEALER = Sealer(public_key(PRIVATE), SIGNING)


@pytest.fixture
def database_kind() -> str:
    """What a backup shows and refuses does not depend on the database that its rows came from."""
    return "sqlite"


def given(*pieces: bytes) -> Generator[bytes]:
    yield from pieces


def sealer_of(cast: Cast) -> Sealer:
    return Sealer(public_key(cast.founded.backup_private), cast.founded.service_private)


def test_a_thief_of_backups_finds_less_than_one_of_the_server(cast: Cast, source: Place) -> None:
    cast.report(answers(story="Його забрали з дому."), now=NOW)
    source.do("backup")
    files = list((source.data / "backups").iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert sorted(path.suffix for path in files) == [".backup", ".standing"]
    for path in files:
        content = path.read_bytes()
        assert len(zlib.compress(content, 9)) >= len(content), "it is noise"
        for rows in dump(cast.engine).values():
            for value in (value for row in rows for value in row.values()):
                shown = value if isinstance(value, bytes) else str(value).encode()
                assert len(shown) < 8 or shown not in content


def test_nothing_but_the_whole_backup_with_its_own_key_is_put_back(
    cast: Cast, source: Place, empty: Place, paper: Path, tmp_path: Path
) -> None:
    cast.report(now=NOW)
    source.do("backup")
    backup = only(source.data / "backups")
    whole = backup.read_bytes()
    wrong = write_private(tmp_path / "wrong.json", {"backup_private": "00" * 32})
    nonsense = tmp_path / "key"
    nonsense.write_text("родина")
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    for content, key in (
        (whole, wrong),
        (whole, nonsense),
        (bytes(flipped), paper),
        (whole[:-1], paper),
        (whole[:1000], paper),
        ((source.data / "backups" / "rodyna.standing").read_bytes(), paper),
    ):
        backup.write_bytes(content)
        done = empty.type("restore", backup, "--key", key)
        assert done.exit_code == 1, done.output
        assert "Nothing was restored" in done.output
    backup.write_bytes(whole)
    assert "Nothing was restored" in source.type("restore", backup, "--key", paper).output
    assert empty.type("restore", tmp_path / "gone", "--key", paper, "--without-standing").exit_code == 1

    assert {name for name, rows in dump(Cast(cast.engine, cast.url, cast.founded).engine).items() if rows}
    empty.do("restore", backup, "--key", paper)


@pytest.mark.parametrize("values", [{"backup_public": public_key(PRIVATE)}, {"service_public": verify_key(SIGNING)}])
def test_no_backup_is_made_under_keys_that_the_root_did_not_sign(
    cast: Cast, source: Place, values: dict[str, bytes]
) -> None:
    with cast.session() as session:
        session.execute(update(Installation).values(values))
    for words in (("backup",), ("backup", "--only-standing")):
        done = source.type(*words)
        assert done.exit_code == 1
        assert "not as the trusted root signed them" in done.output
    assert list((source.data / "backups").iterdir()) == []


def test_a_list_from_before_the_backup_is_not_held_against_it(
    cast: Cast, source: Place, empty: Place, paper: Path
) -> None:
    source.do("backup")
    backup = only(source.data / "backups")
    note_standing(cast.engine, Folder(source.data / "backups"), sealer_of(cast), NOW - timedelta(days=1))
    done = empty.type("restore", backup, "--key", paper)

    assert done.exit_code == 1
    assert "made before the backup" in done.output


def test_a_file_that_another_service_signed_is_not_ours(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    write(folder, "file", Purpose.BACKUP, SEALER, given(write_piece({"made": NOW})))

    assert list(read_checked(folder, "file", Purpose.BACKUP, PRIVATE, verify_key(SIGNING))) == [{"made": NOW}]
    with pytest.raises(BackupRefused, match="not signed"):
        list(read_checked(folder, "file", Purpose.BACKUP, PRIVATE, verify_key(bytes(32))))
    with pytest.raises(BackupRefused):
        list(read(folder, "file", Purpose.STANDING, PRIVATE))


@pytest.mark.parametrize("name", ["../stray", "{elsewhere}/stray"])
def test_no_file_of_a_made_up_backup_gets_a_place_of_its_own(
    cast: Cast, empty: Place, paper: Path, tmp_path: Path, name: str
) -> None:
    """The key that backups are sealed to is public: whoever may write into a bucket can make one, signed by itself."""
    folder = Folder(tmp_path / "bucket")
    made = make_backup(cast.engine, folder, sealer_of(cast), {name.format(elsewhere=tmp_path): b"x"}, NOW)
    done = empty.type("restore", folder.path / made.name, "--key", paper)

    assert done.exit_code == 1
    assert "Nothing was restored" in done.output
    assert not (tmp_path / "stray").exists()


def test_what_fails_while_it_is_written_leaves_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path)
    write(folder, "file", Purpose.STANDING, SEALER, given(write_piece({"made": 1})))
    path = tmp_path / "file"
    before = path.read_bytes()

    def failing() -> Generator[bytes]:
        yield write_piece({"made": 2})
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        write(folder, "file", Purpose.STANDING, SEALER, failing())
    # A disk that gives back something else than it was given.
    real = os.fsync

    def rotten(handle: int) -> None:
        real(handle)
        if stat.S_ISREG(os.fstat(handle).st_mode):
            os.truncate(tmp_path / ".file.partial", 1500)

    monkeypatch.setattr(os, "fsync", rotten)
    with pytest.raises(NotTheSame):
        write(folder, "file", Purpose.STANDING, SEALER, given(write_piece({"made": 3})))

    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == (before, [path])


def test_old_backups_go_but_never_the_last_one(cast: Cast, tmp_path: Path) -> None:
    for days in (40, 20, 15, 14, 3):
        make_backup(cast.engine, Folder(tmp_path), sealer_of(cast), {}, NOW - timedelta(days=days))
    (tmp_path / "rodyna-notes.backup").write_text("not ours")
    (tmp_path / ".rodyna-2026-01-01-aa.backup.partial").write_text("of a run that was killed")
    assert delete_old(Folder(tmp_path), timedelta(days=14), NOW) == 3
    assert delete_old(Folder(tmp_path), timedelta(days=1), NOW) == 1
    assert delete_old(Folder(tmp_path), timedelta(days=1), NOW + timedelta(days=90)) == 0

    assert len(list(tmp_path.glob("rodyna-2*.backup"))) == 1
    assert (tmp_path / "rodyna-notes.backup").exists()


def test_two_backups_into_one_folder_do_not_mix(source: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = source.data / "backups"
    folder.mkdir()
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    monkeypatch.setattr(backing_up, "WAIT_SECONDS", 0)
    done = source.type("backup")
    assert done.exit_code == 1
    assert "under way" in done.output
    # The hourly list and the nightly backup meet: the later one waits.
    monkeypatch.setattr(backing_up, "WAIT_SECONDS", 30)
    Timer(0.5, os.close, [handle]).start()
    source.do("backup", "--only-standing")


def test_a_folder_that_cannot_be_written_to_is_said(source: Place, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    done = source.type("backup", tmp_path / "file")

    assert done.exit_code == 1
    assert "Nothing could be written" in done.output


def test_pieces_that_are_none_are_told_from_ours() -> None:
    whole = write_piece({"day": NOW.date(), "sealed": b"noise", "none": None})
    assert read_piece(whole)["sealed"] == b"noise"
    for piece in (b"", whole[:-1], whole + b"x", b"\0\0\0\x02[]"[:5]):
        with pytest.raises(Unreadable):
            read_piece(piece)
    with pytest.raises(TypeError):
        write_piece({"no": object()})

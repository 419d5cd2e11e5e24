"""Putting a backup back: checked whole before a row is written, and without what was taken back since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from app.backups.errors import BackupRefused
from app.backups.files import read, read_checked
from app.backups.standing import Gone, apply_standing
from app.casefile.cases import Cause
from app.casefile.tables import Withdrawal
from app.storage.blobs import Blobs
from app.storage.columns import day_of
from app.storage.conflicts import insert_if_absent
from app.storage.copying import Unreadable, copy_in, read_piece
from app.vault.context import Purpose


@dataclass(frozen=True)
class Checked:
    """A backup that is whole and signed by the service whose key it carries."""

    blobs: Blobs
    name: str
    made: datetime
    revision: str
    files: Mapping[str, bytes] = field(repr=False)
    root_public: bytes
    verify_key: bytes


def check_backup(blobs: Blobs, name: str, private: bytes) -> Checked:
    """Read a backup from its first byte to its last, and write nothing.

    Raises: :class:`~app.backups.errors.BackupRefused`.
    """
    head, installation = _look(blobs, name, private)
    root, service = installation["root_public"], installation["service_public"]
    for _ in read_checked(blobs, name, Purpose.BACKUP, private, service):
        pass
    return Checked(blobs, name, head["made"], head["revision"], head["files"], root, service)


def put_back(engine: Engine, backup: Checked, private: bytes) -> dict[str, int]:
    """Write every row into the empty tables of a database of the backup's own shape; give the counts.

    Raises: :class:`~app.storage.copying.NotEmpty`, :class:`~app.backups.errors.BackupRefused`.
    """

    def pieces() -> Iterator[bytes]:
        for piece in read(backup.blobs, backup.name, Purpose.BACKUP, private):
            content = read_piece(piece)
            if "table" in content or "counts" in content:
                yield piece

    try:
        with engine.begin() as connection:
            return copy_in(connection, pieces())
    except Unreadable as error:
        raise BackupRefused(f"{backup.name}: {error}") from None


def read_standing(blobs: Blobs, name: str, backup: Checked, private: bytes) -> tuple[datetime, str]:
    """When the list was made and the shape that it is of, once it was read whole.

    Raises: :class:`~app.backups.errors.BackupRefused`, also where it is older than the backup: it would delete what
    came between the two.
    """
    contents = read_checked(blobs, name, Purpose.STANDING, private, backup.verify_key)
    head = next(contents, {})
    for _ in contents:
        pass
    if "made" not in head:
        raise BackupRefused(f"{name}: it does not begin as a list of what stands")
    if head["made"] < backup.made:
        raise BackupRefused(f"{name} was made before the backup: use a later list, or none")
    return head["made"], str(head["revision"])


def take_out(engine: Engine, blobs: Blobs, name: str, backup: Checked, private: bytes) -> Gone:
    """Delete what the list does not know, in a database of the list's shape."""
    with engine.begin() as connection:
        return apply_standing(connection, read_checked(blobs, name, Purpose.STANDING, private, backup.verify_key))


def note_withdrawn(session: Session, gone: Gone, made: datetime) -> None:
    """Say of the cases that did not come back that they are gone, so that the record tells it too."""
    for case_id, queue_id in gone.cases:
        values = {"queue_id": queue_id, "day": day_of(made), "cause": Cause.RESTORING.value}
        insert_if_absent(session, Withdrawal, case_id=case_id, **values)


def _look(blobs: Blobs, name: str, private: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first piece, and the row of the installation, which carries the keys to check the rest by."""
    head: dict[str, Any] = {}
    try:
        for content in map(read_piece, read(blobs, name, Purpose.BACKUP, private)):
            head = head or content
            if content.get("table") == "installation" and "made" in head:
                return head, dict(zip(content["columns"], content["rows"][0], strict=True))
    except Unreadable as error:
        raise BackupRefused(f"{name}: {error}") from None
    raise BackupRefused(f"{name}: there is no installation in it")

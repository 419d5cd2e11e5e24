"""What is compressed, or lies in a database, is opened before it is searched."""

import bz2
import gzip
import io
import os
import sqlite3
import tarfile
import zipfile
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from tests.seized.search import Finding, Needle, find, tree

_WORDS = Needle("words", "Її слова: «не їдь», Ґалаґан-7Q")
_LOG_IN = Needle("log-in", "zorianab")


def _labels(findings: list[Finding]) -> set[str]:
    return {finding.label for finding in findings}


def test_layer_in_layer_is_opened_and_layers_without_end_are_given_up() -> None:
    layers = [b"user=zorianab"]
    for _ in range(4):
        layers.append(bz2.compress(layers[-1]))
    assert [bool(find([_LOG_IN], [("log", layer)])) for layer in layers] == [True, True, True, True, False]


def test_a_stream_that_is_cut_short_is_read_to_the_cut() -> None:
    pressed = gzip.compress(b"user=zorianab " + os.urandom(5000))
    assert _labels(find([_LOG_IN], [("log.gz", pressed[:200])])) == {"log-in"}


def test_a_stream_is_found_at_the_very_end() -> None:
    assert (
        find([_LOG_IN], [("end", os.urandom(100).replace(b"PK", b"") + b"PK\x03\x04"), ("head", b"\x1f\x8b\x08")]) == []
    )


def test_archives_are_opened() -> None:
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("other.txt", os.urandom(50))
        archive.writestr("folder/notes.txt", f"{_WORDS.text} " * 20)
    with tarfile.open(fileobj=tarred, mode="w:xz") as archive_of_files:
        member = tarfile.TarInfo("notes.txt")
        member.size = len(_WORDS.text.encode())
        archive_of_files.addfile(member, io.BytesIO(_WORDS.text.encode()))
    blobs = [("a.zip", os.urandom(5) + zipped.getvalue()), ("a.tar.xz", tarred.getvalue())]
    assert {finding.name for finding in find([_WORDS, _LOG_IN], blobs)} == {"a.zip", "a.tar.xz"}


def test_raw_deflate_is_found_where_a_blob_or_a_cell_begins(tmp_path: Path) -> None:
    pressed = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = pressed.compress(_WORDS.text.encode() * 3) + pressed.flush()
    path = tmp_path / "cells.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE item (sealed BLOB)")
        database.execute("INSERT INTO item VALUES (?)", (content,))
        database.commit()
    blobs = [("deflate", content), ("database", path.read_bytes())]
    assert {finding.name for finding in find([_WORDS, _LOG_IN], blobs)} == {"deflate", "database"}


def test_a_text_split_over_the_pages_of_a_database_is_found_in_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "split.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA page_size = 512")
        database.execute("CREATE TABLE item (id TEXT PRIMARY KEY, words TEXT) WITHOUT ROWID")
        # Among so many places, each two bytes further on, some lie across the end of a page.
        database.executemany(
            "INSERT INTO item VALUES (?, ?)",
            [(f"{at:03}", "ю" * at + f"Рядок-{at:03}-поділено" + "я" * 300) for at in range(400)],
        )
        database.commit()
    needles = [Needle(f"{at:03}", f"Рядок-{at:03}-поділено") for at in range(400)]
    found = find(needles, [("split.db", path.read_bytes())])
    in_cells = {finding.label for finding in found if finding.form == "cell: utf-8"}
    assert in_cells == {needle.label for needle in needles}
    assert {finding.label for finding in found if finding.form == "utf-8"} < in_cells


def test_texts_in_journals_free_pages_and_the_schema_are_found(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    deleted, schema, fresh = (Needle(label, f"Planted-{label}-Ж4") for label in ("deleted", "schema", "fresh"))
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA secure_delete = OFF")
        database.execute("PRAGMA page_size = 512")
        database.execute(f'CREATE TABLE "table of {schema.text}, ""quoted""" (words TEXT, number REAL)')
        database.execute("CREATE TABLE other (words TEXT)")
        database.execute("INSERT INTO other VALUES (?)", (deleted.text + "x" * 5000,))
        database.commit()
        database.execute("DROP TABLE other")
        database.commit()
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(
            f'INSERT INTO "table of {schema.text}, ""quoted""" VALUES (?, 1.5)',  # noqa: S608 - a made-up table
            ("ю" * 700 + fresh.text,),
        )
        database.commit()
        # Copied while it is open, as a thief finds it: the last change lies in the journal alone.
        seized = dict(tree([tmp_path]))
    assert set(seized) >= {str(path), f"{path}-wal"}
    found = {
        (Path(finding.name).name, finding.label, finding.form)
        for finding in find([deleted, schema, fresh], seized.items())
    }
    assert {
        ("live.db", "deleted", "utf-8"),
        ("live.db", "schema", "utf-8"),
        ("live.db", "schema", "cell: utf-8"),
        ("live.db", "fresh", "cell: utf-8"),
    } <= found
    assert ("live.db", "fresh", "utf-8") not in found


def test_a_number_in_a_cell_is_read_as_its_digits(tmp_path: Path) -> None:
    path = tmp_path / "numbers.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE drawn (code INTEGER)")
        database.execute("INSERT INTO drawn VALUES (7352880166420935)")
        database.commit()
    found = find([Needle("number", "7352880166420935")], [("numbers.db", path.read_bytes())])
    assert found == [Finding("numbers.db", "number", "cell: utf-8")]


def test_a_database_that_cannot_be_opened_does_not_count_as_searched() -> None:
    with pytest.raises(sqlite3.DatabaseError):
        find([_WORDS, _LOG_IN], [("broken.db", b"SQLite format 3\x00" + bytes(4096))])

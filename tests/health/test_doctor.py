"""The doctor finds what is wrong, says what to do, ends accordingly, and prints no secret."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlmodel import col
from typer.testing import CliRunner, Result

from app.accounts.record import put_on_record
from app.accounts.tables import Installation, RingShare
from app.cli import SERVICE_KEY, commands
from app.duties import LATE_WISH
from app.failures.counting import Failures, Part
from app.health import background, installation, machine, reach
from app.health.findings import Finding, examine
from app.jobs.queue import enqueue
from app.jobs.tables import JobRow
from app.storage.blobs import Folder
from app.trail.tables import TrailEntry
from app.vault.hybrid import public_key
from tests.cast import NOW, Cast
from tests.service.founded import founded_machine
from tests.service.machine import Machine


@pytest.fixture
def place(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The machine of the cast; swap and core dumps are looked at in a made-up /proc that is in order."""
    found = founded_machine(cast, tmp_path / "machine")
    for path in found.data.iterdir():
        path.chmod(0o600)
    for name, value in found.environment().items():
        if name.startswith("RODYNA_"):
            monkeypatch.setenv(name, value)
    # Nothing listens there: the first page cannot be asked for, which is a note and no fault.
    monkeypatch.setenv("RODYNA_ORIGIN", "http://127.0.0.1:9")
    (tmp_path / "proc/sys/kernel").mkdir(parents=True)
    (tmp_path / "proc/swaps").write_text("Filename Type Size Used Priority\n/dev/zram0 partition 9 0 5\n")
    (tmp_path / "proc/sys/kernel/core_pattern").write_text("|/bin/false\n")
    for check in (machine.swap, machine.core_dumps):
        monkeypatch.setattr(check, "__defaults__", (tmp_path / "proc",))
    return found


def doctor() -> Result:
    return CliRunner().invoke(commands, ["doctor"])


def faults(said: str) -> list[str]:
    return [line.strip() for line in said.splitlines() if "BAD" in line]


def test_an_installation_that_is_well_is_said_to_be_well(cast: Cast, place: Machine, database_kind: str) -> None:
    CliRunner().invoke(commands, ["backup"])
    done = doctor()
    if database_kind == "sqlite":
        assert faults(done.output) == []
        assert done.exit_code == 0
    else:
        # The tests' own server does not wait for the disk, which no installation may do.
        assert [line for line in faults(done.output) if "power cut" not in line] == []
        assert done.exit_code == 1
    for area in ("keys", "vouching", "record", "swap", "core dumps", "permissions", "PostgreSQL's log"):
        assert f"{area}: as it should be" in done.output
    secrets = [cast.founded.service_private.hex(), *(each.person.passphrase for each in cast.founded.people)]
    assert not any(secret in done.output for secret in secrets)


def test_each_fault_is_found_and_a_remedy_stands_beside_it(cast: Cast, place: Machine) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        put_on_record(session, daria, "opened", NOW, case="CASE2345")
    with cast.session() as session:
        session.execute(update(TrailEntry).values(actor="nobody"))
        session.execute(update(Installation).values(backup_public=public_key(bytes(range(32)))))
        session.execute(delete(RingShare).where(col(RingShare.ring) != "record"))
    (place.data / SERVICE_KEY).write_text("00" * 32)
    (place.data / SERVICE_KEY).chmod(0o644)
    done = doctor()

    assert done.exit_code == 1
    found = "\n".join(faults(done.output))
    for words in (
        "another installation",
        "broken: altered",
        "no queue can receive",
        "there is no backup",
        "the backup key in",
        SERVICE_KEY,
    ):
        assert words in found
    assert done.output.count("do: ") == done.output.count("BAD: ") + done.output.count("note: ")
    (place.data / SERVICE_KEY).unlink()
    assert "service.key cannot be read" in doctor().output


def test_a_check_that_fails_does_not_hide_the_others() -> None:
    def failing() -> list[Finding]:
        raise RuntimeError("words that a statement carried")

    found = dict(examine([("one", failing), ("two", list)]))

    assert "RuntimeError" in found["one"][0].what
    assert "words" not in found["one"][0].what
    assert found["two"] == []


def test_memory_that_reaches_the_disk_is_found(tmp_path: Path) -> None:
    (tmp_path / "sys/kernel").mkdir(parents=True)
    (tmp_path / "swaps").write_text("Filename Type\n/dev/sda2 partition 9 0 -2\n")
    (tmp_path / "sys/kernel/core_pattern").write_text("|/usr/lib/systemd/systemd-coredump %P\n")

    assert [finding.bad for finding in machine.swap(tmp_path)] == [True]
    assert "systemd-coredump" in next(machine.core_dumps(tmp_path)).what


def test_a_wrong_clock_old_backups_and_a_full_disk_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [found.bad for found in machine.clock(NOW, NOW + timedelta(days=3), ())] == [True, False]
    assert list(machine.clock(NOW, NOW - timedelta(days=3), (tmp_path,))) == []
    for name in ("rodyna-2026-11-20-aa.backup", "rodyna.standing"):
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (NOW.timestamp(), NOW.timestamp()))
    assert list(machine.backups(Folder(tmp_path), NOW + timedelta(hours=1))) == []
    assert len(list(machine.backups(Folder(tmp_path), NOW + timedelta(days=3)))) == 2
    monkeypatch.setattr(machine, "LEAST_FREE_BYTES", 1 << 60)
    assert [found.bad for found in machine.room(tmp_path)] == [True]


def test_work_that_fails_waits_or_is_put_off_by_the_clock_is_found(cast: Cast, database_kind: str) -> None:
    def said(now: datetime) -> list[str]:
        with cast.session() as session:
            return [found.what for found in background.jobs(session, now)]

    with cast.session() as session:
        enqueue(session, LATE_WISH, "", NOW)
    assert said(NOW + timedelta(minutes=5)) == []
    assert "is not done" in said(NOW + timedelta(days=2))[0]
    assert "the clock was ahead, or is behind" in said(NOW - timedelta(hours=2))[0]
    with cast.session() as session:
        session.execute(delete(JobRow))
        session.add(JobRow(kind="mail_head", key="2026-11-20 head", due=NOW, tries=3))
    with cast.session() as session:
        (found,) = background.jobs(session, NOW)
        clocks = list(background.clock_of_the_database(session, datetime.now(UTC) + timedelta(hours=1)))
        assert list(background.clock_of_the_database(session, datetime.now(UTC))) == []

    assert ("mail_head failed 3 times" in found.what, "RODYNA_SMTP_URL" in found.remedy, found.bad) == (True,) * 3
    assert ["away from this machine's" in found.what for found in clocks] == [True] * (database_kind == "postgresql")


def test_a_desk_that_is_open_to_all_of_tor_is_found(tmp_path: Path) -> None:
    torrc = tmp_path / "torrc"
    torrc.write_text(f"HiddenServiceDir {tmp_path}/rodyna-family\nHiddenServiceDir {tmp_path}/rodyna-desk\n")
    onion = ["http://abcdef.onion"]
    assert [found.bad for found in reach.tor(onion, torrc)] == [True]
    (tmp_path / "rodyna-desk/authorized_clients").mkdir(parents=True)
    (tmp_path / "rodyna-desk/authorized_clients/daria.auth").write_text("descriptor:x25519:AAAA")

    assert list(reach.tor(onion, torrc)) == []
    assert [found.bad for found in reach.tor(["https://report.example"], tmp_path / "none")] == [False]


def test_headers_that_a_proxy_took_away_or_added_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    good = {**reach.WANTED, "content-security-policy": "default-src 'none'", "strict-transport-security": "max-age=1"}
    for found, count in ((good, 0), ({**good, "via": "cache"}, 1), ({**good, "server": "nginx"}, 0), ({}, 6)):
        monkeypatch.setattr(reach, "_head", lambda _origin, found=found: found)
        assert len(list(reach.headers("https://report.example"))) == count
    assert list(reach.headers("http://abcdef.onion")) == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_file_that_is_opened_otherwise_is_found(cast: Cast) -> None:
    with cast.session() as session:
        assert list(installation.database(session)) == []
        session.connection().exec_driver_sql("PRAGMA secure_delete = OFF")
        assert ["secure_delete" in found.what for found in installation.database(session)] == [True]
        session.connection().exec_driver_sql("PRAGMA secure_delete = ON")


@pytest.mark.parametrize(
    ("says", "ends", "found"),
    [
        ("CONNECTED(00000003)\nNegotiated TLS1.3 group: X25519MLKEM768", 0, None),
        ("CONNECTED(00000003)\nSSL alert number 40", 1, "does not agree on X25519MLKEM768"),
        ("Call to SSL_CONF_cmd(-groups, X25519MLKEM768) failed", 1, "older than 3.5"),
        ("connect:errno=111", 1, None),
    ],
)
def test_a_handshake_that_a_quantum_computer_opens_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, ends: int, found: str | None
) -> None:
    """The program that tries it stands outside; what it says is what its versions 3.0 and 3.5 say."""
    openssl = tmp_path / "openssl"
    openssl.write_text(f"#!/bin/sh\ncat <<'END'\n{says}\nEND\nexit {ends}\n")
    openssl.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    findings = list(reach.key_exchange("https://report.example"))

    assert [found in each.what for each in findings if found] == ([True] if found else [])
    assert (findings == []) == (found is None)
    assert list(reach.key_exchange("http://report.onion")) == []


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_line_in_clear_to_a_database_elsewhere_is_found(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with cast.session() as session:
        assert list(installation.line(session)) == []
        monkeypatch.setattr(installation, "LOOPBACK", frozenset())
        assert "in clear" in next(iter(installation.line(session))).what


def test_what_failed_in_the_last_day_is_told_with_where_to_look(cast: Cast) -> None:
    failures = Failures()
    for part in (Part.FAMILY, Part.WORK, Part.FAMILY):
        failures.note(part)
    failures.write_down(cast.engine, NOW)

    def told(hours: int) -> list[tuple[str, bool]]:
        with cast.session() as session:
            return [(each.what, each.bad) for each in background.failures(session, NOW + timedelta(hours=hours))]

    of_work = ("of background work 1 failed in the last day", False)
    assert told(0) == [of_work]
    assert told(23) == [("of families 2 failed in the last day", False), of_work]
    assert told(26) == []

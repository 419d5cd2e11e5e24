"""Every file of ``deploy/`` is read by the program that it is for."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.health.installation import NOTHING_LOST, NOTHING_REMAINS, NOTHING_WRITTEN
from tests.cluster import Cluster, find_programs
from tests.deploy.programs import DEPLOY, program, run
from tests.house.files import CHECKOUT
from tests.service.machine import PROGRAM

UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
# systemd's own scale goes from 0 to 10; below 2 it says "OK".
HIGHEST_EXPOSURE = 1.5


def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    for unit in UNITS:
        # The program lies elsewhere here; whether it is there is looked at as well.
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/rodyna/.venv/bin/rodyna", PROGRAM))
    said = run(analyze, "verify", "--man=no", "--generators=no", *sorted(tmp_path.iterdir()), cwd=tmp_path)

    assert [line for line in said.splitlines() if "rodyna" in line] == []


def test_a_command_that_crashes_leaves_no_memory_in_a_file(tmp_path: Path) -> None:
    for name in ("rodyna.env", "owner.database", "store.secret"):
        (tmp_path / name).write_text("")
    script = (DEPLOY / "as-owner").read_text().replace("/etc/rodyna", str(tmp_path))
    (tmp_path / "typed").write_text(re.sub(r"exec setpriv .*", "exec sh -c 'ulimit -c'", script))

    assert run("sh", "-c", f"ulimit -S -c unlimited 2>/dev/null; sh {tmp_path / 'typed'}").strip() == "0"


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_every_service_is_shut_in(service: Path) -> None:
    said = run(program("systemd-analyze"), "security", "--offline=yes", "--no-pager", service)
    exposure = re.search(r"Overall exposure level for .*: ([0-9.]+)", said)
    assert exposure is not None, said
    sys.stdout.write(f"{service.stem}: {exposure[1]}\n")
    assert float(exposure[1]) <= HIGHEST_EXPOSURE

    lines = service.read_text().splitlines()
    for wanted in (
        "LimitCORE=0",
        "MemorySwapMax=0",
        "NoNewPrivileges=yes",
        "PrivateMounts=yes",
        "PrivateTmp=yes",
        "UMask=0077",
        "IPAddressDeny=any",
    ):
        assert wanted in lines
    # Whatever is elsewhere is the operator's to allow, by its address.
    assert [line for line in lines if line.startswith("IPAddressAllow=")] == ["IPAddressAllow=localhost"]


def test_family_and_desk_have_databases_of_their_own() -> None:
    credentials = {path.stem: re.findall(r"LoadCredential=database:(\S+)", path.read_text()) for path in SERVICES}

    assert credentials == {
        "rodyna-family": ["/etc/rodyna/family.database"],
        "rodyna-desk": ["/etc/rodyna/desk.database"],
        "rodyna-work": ["/etc/rodyna/owner.database"],
        "rodyna-metrics": ["/etc/rodyna/owner.database"],
        "rodyna-backup": ["/etc/rodyna/owner.database"],
        "rodyna-standing": ["/etc/rodyna/owner.database"],
    }


def test_postgresql_understands_its_settings(cluster: Cluster) -> None:
    found = find_programs()
    assert found is not None
    settings = cluster.folder / "rodyna.conf"
    settings.write_text((DEPLOY / "postgresql" / "rodyna.conf").read_text())
    settings.chmod(0o644)
    words = [str(found / "postgres"), "-D", str(cluster.folder / "data"), "-c", f"config_file={settings}", "-C"]
    user = "postgres" if os.geteuid() == 0 else None

    for name, wanted in {**NOTHING_LOST, **NOTHING_WRITTEN, **NOTHING_REMAINS}.items():
        done = subprocess.run([*words, name], user=user, cwd="/", capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.strip()) == (0, wanted), f"{name}: {done.stderr}"


def test_tor_understands_its_file_and_makes_a_flood_work(tmp_path: Path) -> None:
    tor = program("tor")
    torrc = (DEPLOY / "tor" / "torrc").read_text()
    here = torrc.replace("/var/lib/tor/", f"{tmp_path}/")
    for service in ("rodyna-family", "rodyna-desk"):
        (tmp_path / service).mkdir(mode=0o700)
    (tmp_path / "torrc").write_text(f"DataDirectory {tmp_path / 'data'}\n{here}")
    said = run(tor, "--verify-config", "-f", tmp_path / "torrc", "--defaults-torrc", "/dev/null")

    assert "Configuration was valid" in said
    assert [line for line in said.splitlines() if "[warn]" in line and "as root" not in line] == []
    family, desk = torrc.split("HiddenServiceDir ")[1:]
    assert "HiddenServicePoWDefensesEnabled 1" in family
    assert "HiddenServicePort 80 127.0.0.1:8002" in desk


def test_scripts_are_plain_shell() -> None:
    for script in ("install", "as-owner", "environment", "libraries", "run-demo", "test-machine"):
        run("sh", "-n", DEPLOY / script)
    for walk in ("containers", "debian", "inside"):
        run("bash", "-n", CHECKOUT / "tests/deploy/walk" / walk)


def test_the_installer_lays_everything_down_in_a_clean_root(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("the installer wants root, and these tests run without it")
    for _ in range(2):
        # The second time nothing that an operator wrote is touched.
        run(DEPLOY / "install", tmp_path)
        (tmp_path / "etc/rodyna/rodyna.env").write_text("RODYNA_ORIGIN=https://mine.example\n")

    assert (tmp_path / "etc/rodyna/rodyna.env").read_text() == "RODYNA_ORIGIN=https://mine.example\n"
    assert {path.name for path in (tmp_path / "etc/systemd/system").iterdir()} == {path.name for path in UNITS}
    assert stat.S_IMODE((tmp_path / "etc/rodyna/owner.database").stat().st_mode) == 0o600
    assert (tmp_path / "opt/rodyna/app/main.py").exists()
    assert os.access(tmp_path / "usr/local/sbin/rodyna", os.X_OK)
    named = re.findall(r"/etc/nginx/rodyna/[a-z-]+\.conf", (DEPLOY / "nginx" / "rodyna.conf").read_text())
    assert all((tmp_path / name.lstrip("/")).exists() for name in named)

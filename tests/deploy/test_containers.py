"""The container files, read by their tools, and what they promise; ``make walk-containers`` builds and runs them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.programs import DEPLOY, beside, program, run
from tests.deploy.test_proxy import is_old

COMPOSE = DEPLOY / "compose.yaml"
SCRIPTS = ("prepare", "serve-proxy", "serve-tor", "serve-postgresql", "give-rights", "keep-backing-up")
Service = Mapping[str, Any]


@pytest.fixture(scope="module")
def services() -> dict[str, Service]:
    found: dict[str, Service] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


def networks(service: Service) -> set[str]:
    return set(service["networks"])


def test_the_compose_file_is_one() -> None:
    run(beside("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", COMPOSE)


def test_the_container_file_is_well_made() -> None:
    # Versions of Debian's packages are what its security team has that day: a pinned one is gone with the first mend.
    run(beside("hadolint"), "--ignore", "DL3008", DEPLOY / "container" / "Containerfile")


def test_the_scripts_are_plain_shell() -> None:
    for script in SCRIPTS:
        run("sh", "-n", DEPLOY / "container" / script)


def test_every_container_is_shut_in(services: dict[str, Service]) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["ulimits"]["core"] == 0, name
        assert service["memswap_limit"] == service["mem_limit"], name
        assert not {"privileged", "cap_add", "user", "devices", "network_mode", "pid"} & service.keys(), name
    users = [line for line in (DEPLOY / "container" / "Containerfile").read_text().splitlines() if "USER " in line[:5]]
    assert users == [f"USER {number}:{number}" for number in (10001, 10002, 10003, 10004)]


def test_what_a_command_shows_on_the_terminal_is_kept_in_no_log(services: dict[str, Service]) -> None:
    """Docker writes what a container says into a file, a recovery key's words too, unless it is told not to."""
    assert services["rodyna"]["logging"] == {"driver": "none"}


def test_families_and_desk_share_no_network(services: dict[str, Service]) -> None:
    everything = yaml.safe_load(COMPOSE.read_text())["networks"]

    assert networks(services["family"]) & networks(services["desk"]) == set()
    assert networks(services["family"]) & networks(services["worker"]) == set()
    for side in ("family", "desk", "postgresql"):
        assert all(everything[each].get("internal") for each in networks(services[side])), side
        assert "ports" not in services[side]
    for front in ("proxy", "tor"):
        assert networks(services[front]) & networks(services["postgresql"]) == set()


def test_each_has_its_own_secrets_and_no_others(services: dict[str, Service]) -> None:
    held = {name: set(service.get("secrets", ())) for name, service in services.items()}

    assert held["family"] == {"family.database"}
    assert held["desk"] == {"desk.database"}
    assert held["proxy"] == held["tor"] == set()
    assert held["worker"] == held["backup"] == {"owner.database", "store.secret"}
    for name, service in services.items():
        assert not [value for value in service.get("environment", {}).values() if "://" in value and "@" in value], name
        # The key that signs for the service lies where the owner's part of the program runs.
        assert any("owner:" in each for each in service.get("volumes", ())) == ("owner.database" in held[name]), name


def test_nothing_secret_gets_into_an_image() -> None:
    ignored = (DEPLOY.parent / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert {"deploy/container/secrets", "deploy/container/certificates"} <= set(ignored)
    copied = [
        line for line in (DEPLOY / "container" / "Containerfile").read_text().splitlines() if line.startswith("COPY ")
    ]
    assert copied
    assert not [line for line in copied if line.split()[-2] in {".", "deploy", "deploy/container"}]


def test_the_proxys_container_serves_the_site_of_a_plain_machine(tmp_path: Path) -> None:
    """What its script writes is the site with other names, and every place that it changes is in the site."""
    script = (DEPLOY / "container" / "serve-proxy").read_text()
    places = {"/run/nginx": tmp_path, "/etc/nginx/rodyna/rodyna.conf": DEPLOY / "nginx" / "rodyna.conf"}
    for old, new in places.items():
        script = script.replace(old, str(new))
    (tmp_path / "write").write_text(script.split("\nnginx ", maxsplit=1)[0] + "\n")
    run("env", "RODYNA_FAMILY_NAME=families.test", "RODYNA_DESK_NAME=desk.test", "sh", tmp_path / "write")
    site = (tmp_path / "site.conf").read_text()

    assert "report.example" not in site
    assert "desk.example" not in site
    assert "127.0.0.1" not in site
    assert "server family:8001;" in site
    assert "server desk:8002;" in site
    assert "ssl_certificate /etc/nginx/certificates/report.pem;" in site
    assert "ssl_certificate_key /etc/nginx/certificates/desk.key;" in site


def test_nginx_understands_the_whole_file_of_the_proxys_container(tmp_path: Path) -> None:
    nginx = program("nginx")
    for name in ("report", "desk"):
        pair = ("-keyout", tmp_path / f"{name}.key", "-out", tmp_path / f"{name}.pem")
        run("openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "1", "-subj", f"/CN={name}", *pair)
    for each in ("proxy.conf", "server.conf", "key-exchange.conf"):
        text = (DEPLOY / "nginx" / each).read_text().replace("/etc/nginx/rodyna", str(tmp_path))
        (tmp_path / each).write_text(text.replace("X25519MLKEM768:", "") if is_old(nginx) else text)
    site = (DEPLOY / "nginx" / "rodyna.conf").read_text().replace("/etc/nginx/rodyna", str(tmp_path))
    (tmp_path / "site.conf").write_text(site)
    whole = (DEPLOY / "container" / "nginx.conf").read_text().replace("/run/nginx", str(tmp_path))
    (tmp_path / "nginx.conf").write_text(whole)
    said = run(nginx, "-t", "-q", "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", "stderr")

    assert [line for line in said.splitlines() if "could not open error log" not in line] == []


def test_tors_container_leaves_out_the_desk_while_nobody_has_a_key(tmp_path: Path) -> None:
    script = (DEPLOY / "container" / "serve-tor").read_text()
    places = {
        "/var/lib/tor": tmp_path / "tor",
        "/tmp/torrc": tmp_path / "torrc",  # noqa: S108 - the place in the container, which is put elsewhere here.
        "/etc/tor/rodyna.torrc": DEPLOY / "tor" / "torrc",
        "\nexec tor": "\n#",
    }
    for old, new in places.items():
        script = script.replace(old, str(new))
    (tmp_path / "write").write_text(script)
    run("sh", tmp_path / "write")
    assert "HiddenServicePort 80 family:8001" in (tmp_path / "torrc").read_text()
    assert "desk" not in (tmp_path / "torrc").read_text()

    (tmp_path / "tor/rodyna-desk/authorized_clients/one.auth").touch()
    run("sh", tmp_path / "write")
    assert "HiddenServicePort 80 desk:8002" in (tmp_path / "torrc").read_text()
    tor = program("tor")
    here = (tmp_path / "torrc").read_text().replace("family:", "127.0.0.1:").replace("desk:", "127.0.0.1:")
    (tmp_path / "torrc").write_text(
        here.replace("/var/lib/tor", str(tmp_path / "tor")) + f"DataDirectory {tmp_path}/d\n"
    )
    assert "Configuration was valid" in run(tor, "--verify-config", "-f", tmp_path / "torrc")

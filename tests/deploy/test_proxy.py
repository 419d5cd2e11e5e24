"""The proxy as configured: it writes down nothing about visitors, keeps nothing on the disk, passes no address on."""

import http.client
import re
import ssl
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic

import pytest

from tests.deploy.programs import DEPLOY, program, run
from tests.service.machine import HOST, ended_afterwards, free_port
from tests.service.waiting import wait_for

FLOOD = 38
MAKES_A_CASE = ("/uk/report/check", "/api/v1/reports")
SENT = b"5" * 5_000_000
FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
# What Debian's own file says for all servers, before it includes ours.
DEBIANS = """ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on; gzip on;
access_log {0}/access.log; error_log {0}/error.log;"""


@dataclass
class Behind:
    """What stands behind the proxy and remembers what it was sent."""

    port: int
    headers: list[dict[str, str]] = field(default_factory=list)
    bytes_before_the_end: int = 0
    half: threading.Event = field(default_factory=threading.Event)


@contextmanager
def behind() -> Iterator[Behind]:
    """A server that reads whole bodies and answers at length."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            seen.headers.append({name.lower(): value for name, value in self.headers.items()})
            left = int(self.headers["Content-Length"])
            while left:
                left -= len(self.rfile.read(min(left, 65536)))
                if left < len(SENT) // 2:
                    seen.half.set()
            self.send_response(200)
            self.send_header("Content-Length", str(len(SENT)))
            self.end_headers()
            self.wfile.write(SENT)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    seen = Behind(server.server_port)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def written(folder: Path, behind_port: int, port: int, *, old_openssl: bool) -> Path:
    """The configuration with the places and ports of this test, in a whole file."""
    parts = DEPLOY / "nginx"
    subject = ["-subj", "/CN=report.example", "-days", "1"]
    for name in ("report", "desk"):
        key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
        run("openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", key, "-out", certificate, *subject)
    for each in ("proxy.conf", "server.conf"):
        (folder / each).write_text((parts / each).read_text().replace("/etc/nginx/rodyna", str(folder)))
    exchange = (parts / "key-exchange.conf").read_text()
    (folder / "key-exchange.conf").write_text(exchange.replace("X25519MLKEM768:", "") if old_openssl else exchange)
    site = (parts / "rodyna.conf").read_text().replace("/etc/nginx/rodyna", str(folder))
    site = site.replace("127.0.0.1:8001", f"127.0.0.1:{behind_port}")
    site = re.sub(r"listen (\[::\]:)?80;", f"listen unix:{folder}/plain;", site, count=1)
    site = re.sub(r"\n *listen \[::\]:\d+[^;]*;", "", site).replace("listen 443", f"listen 127.0.0.1:{port}")
    places = "\n".join(f"{each}_temp_path {folder}/spilled-{each};" for each in FOLDERS)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; events {{}}\nhttp {{ {places}\n{DEBIANS.format(folder)}\n{site} }}\n",
        encoding="utf-8",
    )
    return folder / "nginx.conf"


def is_old(nginx: str) -> bool:
    """Whether its OpenSSL does not know the post-quantum key exchange (before 3.5)."""
    said = run(nginx, "-V")
    versions = re.findall(r"(?:built|running) with OpenSSL (\d+)\.(\d+)", said)
    return min((int(major), int(minor)) for major, minor in versions) < (3, 5)


def test_nginx_understands_the_configuration(tmp_path: Path) -> None:
    nginx = program("nginx")
    conf = written(tmp_path, 1, free_port(), old_openssl=is_old(nginx))
    said = run(nginx, "-t", "-q", "-p", tmp_path, "-c", conf, "-e", "stderr")

    assert [line for line in said.splitlines() if "could not open error log" not in line and '"user"' not in line] == []


def test_the_handshake_prefers_the_post_quantum_exchange(tmp_path: Path) -> None:
    line = (DEPLOY / "nginx" / "key-exchange.conf").read_text().splitlines()[-1]
    assert line == "ssl_ecdh_curve X25519MLKEM768:X25519:P-256;"
    nginx = program("nginx")
    if is_old(nginx):
        pytest.skip("this nginx has an OpenSSL before 3.5, which does not know X25519MLKEM768: only the line was read")
    run(nginx, "-t", "-q", "-p", tmp_path, "-c", written(tmp_path, 1, free_port(), old_openssl=False), "-e", "stderr")


def test_a_family_goes_through_the_proxy_without_a_trace(tmp_path: Path) -> None:
    nginx, port = program("nginx"), free_port()
    with behind() as seen:
        conf = written(tmp_path, seen.port, port, old_openssl=is_old(nginx))
        words = [nginx, "-p", str(tmp_path), "-c", str(conf), "-e", str(tmp_path / "first-words")]
        with subprocess.Popen(words, stderr=subprocess.DEVNULL) as process, ended_afterwards(process):
            wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "")
            before = {path: path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()}
            answered, on_disk = send_slowly(port, seen, tmp_path)
            after = {path: path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()}

    assert answered == SENT
    assert on_disk == []
    assert after == before
    assert seen.headers[0]["host"] == "report.example"
    assert not {"x-forwarded-for", "x-real-ip", "forwarded", "via"} & seen.headers[0].keys()


def test_a_flood_from_one_address_waits_and_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    nginx, port = program("nginx"), free_port()
    with behind() as seen:
        conf = written(tmp_path, seen.port, port, old_openssl=is_old(nginx))
        words = [nginx, "-p", str(tmp_path), "-c", str(conf), "-e", str(tmp_path / "first-words")]
        with subprocess.Popen(words, stderr=subprocess.DEVNULL) as process, ended_afterwards(process):
            wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "")
            with ThreadPoolExecutor(FLOOD) as pool:
                flood = [pool.submit(send, port, "127.0.0.2", path) for path in MAKES_A_CASE * (FLOOD // 2)]
                refused = next(answer for each in as_completed(flood) if (answer := each.result())[0] == 429)
                begun = monotonic()
                statuses = [send(port, HOST, path)[0] for path in (*MAKES_A_CASE, "/uk/report/needs")]
                waited = monotonic() - begun
                # Nobody needs to see those out who wait their turn.
                process.terminate()

    assert statuses == [200, 200, 200]
    assert waited < 5
    assert refused[:2] == (429, "60")
    assert "Спробуйте знову через 1 хвилину." in refused[2].decode()


def send(port: int, source: str, path: str) -> tuple[int, str, bytes]:
    """Send something small from an address of this machine; give status, when to come again, and what is said."""
    unchecked = ssl.create_default_context()
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(HOST, port, timeout=60, context=unchecked, source_address=(source, 0))
    with closing(connection), suppress(OSError, http.client.HTTPException):
        connection.request("POST", path, b"5", {"Host": "report.example"})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Retry-After", ""), answer.read()
    return 0, "", b""


def send_slowly(port: int, seen: Behind, folder: Path) -> tuple[bytes, list[Path]]:
    """Send a body whose end comes only when its first half has arrived behind the proxy; what lay on the disk then."""
    unchecked = ssl.create_default_context()
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(HOST, port, timeout=60, context=unchecked)
    connection.putrequest("POST", "/uk/report/check?secret=words", skip_host=True)
    connection.putheader("Host", "report.example")
    connection.putheader("Content-Length", str(len(SENT)))
    connection.endheaders()
    connection.send(SENT[:-1000])
    assert seen.half.wait(30), "what is sent goes on only when it is whole: it was gathered somewhere"
    spilled = [path for path in folder.glob("spilled-*/**/*") if path.is_file()]
    connection.send(SENT[-1000:])
    answer = connection.getresponse().read()
    connection.close()
    return answer, spilled

"""A PostgreSQL cluster of the tests' own: made when first asked for, gone when the tests are, however they end.

The keeper is a process of its own. It makes the cluster, says its port, and then waits for its standard input to end:
that happens when the tests close it, and also when they are killed. Then it stops the server and deletes the folder.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("initdb", "postgres")
SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    # A log must not repeat what a statement carried; an installation sets the same.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "wal_recycle": "off",
}
# Most tests ask whether rows are right, not whether they survive a power cut.
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
START_SECONDS = 60
STOP_SECONDS = 60
PORT_TRIES = 5


class ClusterFailed(Exception):
    """PostgreSQL's programs are missing or did not start; the message says which and shows the server's words."""


@dataclass(frozen=True)
class Cluster:
    """A running server; `folder` holds its data and its log."""

    port: int
    folder: Path

    def url(self, database: str) -> str:
        """The address of `database` as SQLAlchemy and our settings write it."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def conninfo(self, database: str = "postgres") -> str:
        """The same for psycopg itself."""
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"


def find_programs() -> Path | None:
    """The folder with PostgreSQL's server programs, the newest where there are several."""
    on_path = shutil.which("initdb")
    beside = [Path(on_path).resolve().parent] if on_path else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    for folder in [*reversed(debian), *beside]:
        if all((folder / program).exists() for program in PROGRAMS):
            return folder
    return None


@contextlib.contextmanager
def running_cluster(*, durable: bool = False, outside: str = "") -> Iterator[Cluster]:
    """Run a cluster while the block lasts; `durable`: it really waits for the disk.

    `outside` is an address of this machine by which others reach it as well, by TLS alone; `server.pem` in its folder
    is its certificate.

    Raises:
        ClusterFailed: PostgreSQL is missing, or did not start.
    """
    # In a session of its own, so that Ctrl-C at the tests does not reach it before they have closed their connections.
    keeper = subprocess.Popen(
        [sys.executable, __file__, "durable" if durable else "hasty", outside],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        answer = json.loads(keeper.stdout.readline() or '{"failed": "the keeper ended without a word"}')
        if "failed" in answer:
            raise ClusterFailed(answer["failed"])
        try:
            yield Cluster(answer["port"], Path(answer["folder"]))
        finally:
            keeper.stdin.close()
            keeper.wait(STOP_SECONDS + 10)


def keep(*, durable: bool, outside: str) -> None:
    """Make a cluster, print where it is, and run it until standard input ends."""
    programs = find_programs()
    if programs is None:
        raise ClusterFailed("PostgreSQL's programs (initdb, postgres) are not installed: `make test` installs them")
    folder = Path(tempfile.mkdtemp(prefix="rodyna-postgresql-"))
    try:
        user = _server_user()
        if user:
            shutil.chown(folder, user)
        _run_as(user, [programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"])
        settings = SERVER_SETTINGS | ({} if durable else HASTE) | (_open_to(outside, folder, user) if outside else {})
        server, port = _start(programs, folder, user, settings)
        try:
            _say(port=port, folder=str(folder))
            sys.stdin.read()
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server_user() -> str | None:
    # The server refuses to run as root.
    return "postgres" if os.geteuid() == 0 else None


def _run_as(user: str | None, command: list[str | Path]) -> None:
    done = subprocess.run(
        command, user=user, group=user, cwd="/", env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ClusterFailed(f"{command[0]} failed: {done.stderr[-1000:]}")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _open_to(outside: str, folder: Path, user: str | None) -> dict[str, str]:
    """Let other machines in at the address `outside`, with a certificate for it."""
    key, certificate = folder / "server.key", folder / "server.pem"
    words: list[str | Path] = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ed25519",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=database",
    ]
    words += ["-addext", f"subjectAltName=IP:{outside}", "-keyout", key, "-out", certificate]
    _run_as(user, words)
    with (folder / "data" / "pg_hba.conf").open("a") as rules:
        rules.write(f"hostssl all all {outside}/24 trust\n")
    return {
        "listen_addresses": f"127.0.0.1,{outside}",
        "ssl": "on",
        "ssl_cert_file": str(certificate),
        "ssl_key_file": str(key),
    }


def _start(
    programs: Path, folder: Path, user: str | None, settings: dict[str, str]
) -> tuple[subprocess.Popen[bytes], int]:
    log = folder / "log"
    for _ in range(PORT_TRIES):
        port = _free_port()
        here = settings | {"port": str(port), "unix_socket_directories": str(folder)}
        command = [str(programs / "postgres"), "-D", str(folder / "data")]
        options = [option for name, value in here.items() for option in ("-c", f"{name}={value}")]
        with log.open("ab") as words:
            server = subprocess.Popen(
                [*command, *options],
                user=user,
                group=user,
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
            )
        if _wait_until_ready(server, folder):
            return server, port
        # Another program may have taken the port meanwhile; the next try takes another.
        _stop(server)
    raise ClusterFailed(f"postgres did not start: {log.read_text(errors='replace')[-1000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def _wait_until_ready(server: subprocess.Popen[bytes], folder: Path) -> bool:
    status = folder / "data" / "postmaster.pid"
    for _ in range(START_SECONDS * 20):
        # The eighth line says "ready" once connections are accepted.
        if status.exists() and "ready" in status.read_text():
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(0.05)
            return False
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait(STOP_SECONDS)


def _say(**answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main() -> None:
    """The keeper's own start: the one argument says whether the cluster is durable."""
    # Whoever asks it to end politely gets the same as a closed input: the server stopped, the folder deleted.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        keep(durable=sys.argv[1] == "durable", outside=sys.argv[2])
    except ClusterFailed as failure:
        _say(failed=str(failure))


if __name__ == "__main__":
    main()

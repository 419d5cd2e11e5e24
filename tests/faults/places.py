"""Where an installation of these tests lies: a small file system, and a PostgreSQL that can be stopped and started."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.cluster import START_SECONDS, Cluster, _environment, _server_user, find_programs, running_cluster
from tests.service.founded import DATABASE

FILLER = "filler"
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class SmallDisk:
    """A file system of its own; ``refused`` says why it is none."""

    path: Path
    refused: str = ""

    def fill(self) -> int:
        """Leave no room on it; give how many bytes that took."""
        taken = 0
        with (self.path / FILLER).open("wb") as filler:
            while free := shutil.disk_usage(self.path).free:
                # Others go on writing: what was free a moment ago may be too much by now, and is asked for anew.
                with suppress(OSError):
                    os.posix_fallocate(filler.fileno(), taken, free)
                    taken += free
        return taken

    def make_room(self) -> None:
        """Take away what filled it."""
        (self.path / FILLER).unlink()


@contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk]:
    """A file system in memory of so many megabytes; where none may be mounted, a mere folder that says why."""
    path = Path(tempfile.mkdtemp(prefix="rodyna-disk-"))
    size = f"size={megabytes}m,mode=711"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "rodyna", path], capture_output=True, text=True, check=False
    )
    refused = "" if done.returncode == 0 else (done.stderr.strip() or "mount is refused")
    try:
        yield SmallDisk(path, refused)
    finally:
        if not refused:
            subprocess.run(["umount", "--lazy", path], check=True)
        shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL that lies in part on a small disk and is ended and started as operators and accidents do it."""

    cluster: Cluster

    def restart(self, mode: str) -> None:
        """Stop it (``fast`` ends every connection, ``immediate`` is a crash) and start it again."""
        self._control("stop", "-m", mode)
        self.start()

    def start(self) -> None:
        """Start it as it was started before; it recovers first what a crash left."""
        self._control("start", "-l", str(self.cluster.folder / "data/log"))

    def stop(self) -> None:
        """Stop it for good."""
        self._control("stop", "-m", "fast")

    def processes(self) -> list[int]:
        """The numbers of all its processes, the first one's first."""
        first = int((self.cluster.folder / "data/postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]

    def _control(self, order: str, *more: str) -> None:
        programs, user = find_programs(), _server_user()
        assert programs is not None
        data = str(self.cluster.folder / "data")
        # The options of the last start stand in a file that only a restart reads.
        options = (self.cluster.folder / "data/postmaster.opts").read_text().partition(" ")[2].split('"')[1::2]
        settings = ["-o", " ".join(option for option in options if option not in {"-D", data})]
        words = [str(programs / "pg_ctl"), order, "-D", data, "-t", str(START_SECONDS), "-w", *more]
        subprocess.run(
            [*words, *(settings if order == "start" else [])],
            user=user,
            group=user,
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
        )


@dataclass(frozen=True)
class Place:
    """An empty database and where it lies."""

    kind: str
    url: str
    disk: SmallDisk
    server: Server | None = None


@contextmanager
def place(kind: str, megabytes: int) -> Iterator[Place]:
    """An empty database that waits for the disk, and whose rows lie on a small one."""
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(megabytes))
        if kind == "sqlite":
            yield Place(kind, f"sqlite:///{disk.path / 'rodyna.db'}", disk)
            return
        cluster = stack.enter_context(running_cluster(durable=True))
        server = Server(cluster)
        rows = disk.path / "rows"
        rows.mkdir()
        shutil.chown(rows, _server_user() or os.geteuid())
        with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{rows}'".encode())
            connection.execute(f"CREATE DATABASE {DATABASE} TABLESPACE small".encode())
        stack.callback(server.stop)
        yield Place(kind, cluster.url(DATABASE), disk, server)


@contextmanager
def slowed(pids: Sequence[int], milliseconds: int) -> Iterator[None]:
    """Every flush of these processes to the disk takes so much longer while the block lasts."""
    calls = "fdatasync,fsync"
    words = ["strace", "-f", "-qq", "-e", f"trace={calls}", "-o", os.devnull]
    words += ["-e", f"inject={calls}:delay_exit={milliseconds * 1000}"]
    words += [word for pid in pids for word in ("-p", str(pid))]
    with subprocess.Popen(words) as tracer:
        try:
            yield
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(60)

"""``rodyna serve`` and ``rodyna work``: the processes that go on until they are stopped."""

import asyncio
import os
import socket
import time
from contextlib import suppress
from typing import Annotated, Any

import typer
import uvicorn
from uvicorn.supervisors import multiprocess

from app import duties
from app.cli.surroundings import commands, installed, service_key, stop
from app.logs import write_lines
from app.settings import Settings
from app.trail.leaving import Mailbox
from app.worker import run, stop_on_signals

FIRST_HANDED_OVER = 3
# A connection that was let in and has not said a word yet would be closed at once. It has a moment to be looked at, and
# then so long to speak: on a busy machine words come late.
HEARD_OUT_SECONDS = 0.3
SILENT_SECONDS = 2.0


@commands.command()
def serve(
    side: Annotated[str, typer.Option(help="family, desk or both")] = "both",
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: Annotated[int, typer.Option(min=1, help="processes")] = 1,
) -> None:
    """Serve the families' pages, the desk, or both."""
    factories = {"family": "family_side", "desk": "desk_side", "both": "both_sides"}
    if side not in factories:
        stop("--side is family, desk or both.")
    write_lines()
    with installed(Settings()):
        pass
    config = discreet(f"app.main:{factories[side]}", host, port, factory=True, workers=workers)
    door = handed_over() or config.bind_socket()
    with suppress(KeyboardInterrupt):
        if workers > 1:
            # The supervisor makes its processes, and those that stand in for dead ones, of this name.
            multiprocess.Process = PatientProcess  # type: ignore[misc] # There is no other way to name a class to it.
            multiprocess.Multiprocess(config, sockets=[door]).run()
            return
        server = Patient(config)
        server.run(sockets=[door])
        if not server.started:
            stop("The service could not be started.")


def discreet(application: Any, host: str, port: int, **more: Any) -> uvicorn.Config:
    """How everything here is served: nothing is noted of who asked for what, and no word of a proxy is believed."""
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        log_config=None,
        timeout_graceful_shutdown=10,
        **more,
    )


class Patient(uvicorn.Server):
    """A server that, asked to stop, first takes no more, and hears out whoever it had just let in."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the door, let what was let in begin, then end as uvicorn does."""
        for server in self.servers:
            server.close()
        await asyncio.sleep(HEARD_OUT_SECONDS)
        until = time.monotonic() + SILENT_SECONDS
        spoken_to = self.server_state.connections
        while time.monotonic() < until and any(map(_is_silent, spoken_to)):  # noqa: ASYNC110 - uvicorn tells nobody.
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)


def _is_silent(connection: object) -> bool:
    """Whether nothing was asked for over a connection yet."""
    return getattr(connection, "cycle", None) is None


class PatientProcess(multiprocess.Process):
    """One of several processes on one door; started anew by its name, so it stands at the module's top."""

    @property
    def server(self) -> uvicorn.Server:
        """As patient as the only one would be."""
        if self._server is None:
            self._server = Patient(self.config)
        return self._server


def handed_over() -> socket.socket | None:
    """The socket that systemd listens on for us (sd_listen_fds(3)): nobody is turned away while we are restarted."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS") != "1":
        return None
    door = socket.socket(fileno=FIRST_HANDED_OVER)
    door.set_inheritable(True)
    return door


@commands.command(name="work")
def work_() -> None:
    """Do what is due in the background, until stopped."""
    write_lines()
    settings = Settings()
    with installed(settings) as engine:
        mailbox = Mailbox(settings.smtp_url, settings.head_to) if settings.smtp_url and settings.head_to else None
        worker = duties.make_worker(engine, service_key(settings), settings.data_dir, mailbox)
        with worker.failures.written_down(engine, worker.clock):
            run(worker, stop_on_signals())

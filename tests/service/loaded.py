"""The program, loaded once, as a program of its own: it forks the processes that `warm` asks for.

It takes a line of JSON for each process to start, answers with its number, and ends all that it started when its input
ends.
"""

import gc
import json
import os
import signal
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache

from app import clock
from app.cli import main as rodyna
from app.in_force.carried import carried
from app.main import build
from app.settings import Settings
from app.web import pages
from app.web.languages import offered
from tests.service.namespaces import enter
from tests.service.warm import CLOCK, TEMPLATES
from tests.web.ways_in import walked

# What systemd calls the one socket that it hands over (sd_listen_fds(3)).
FIRST_HANDED_OVER = 3


def main() -> None:
    """Do as the lines of the input say."""
    _read_what_never_changes()
    children: dict[int, int | None] = {}
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            pid = os.fork()
            if pid == 0:
                _become(order)
                _go_by_a_clock_that_is_told()
                rodyna()
                os._exit(0)
            children[pid] = None
            answer: dict[str, int | None] = {"pid": pid}
        elif "end" in order:
            answer = {"ended": _end(children, order["end"])}
        else:
            answer = {"ended": _look_at(children, order["look_at"])}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in children:
        _end(children, pid)


def _read_what_never_changes() -> None:
    """Read the texts, questions and routes that each process would read for itself before it answers."""
    if TEMPLATES in os.environ:
        pages.COMPILED = FileSystemBytecodeCache(os.environ[TEMPLATES])
    with tempfile.TemporaryDirectory() as nowhere:
        settings = Settings(database_url=f"sqlite:///{nowhere}/none.db", data_dir=Path(nowhere))
        application = build(settings)
        assert walked(application)
        application.state.site.close()
    carried()
    offered()
    # As the program itself has it: what is read here is there for good.
    gc.collect()
    gc.freeze()


def _become(order: dict[str, Any]) -> None:
    """Turn the forked process into one that might have been started from a shell."""
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    if order["network"]:
        enter(order["network"])
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    if order["door"] is not None:
        os.dup2(order["door"], FIRST_HANDED_OVER)
        os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
    sys.argv = order["start"]
    # Where temporary files go is asked once in a process, and was asked before.
    tempfile.tempdir = None


def _go_by_a_clock_that_is_told() -> None:
    """Let the machine's clock be as many seconds ahead as a file says, if one is named; it has run for long by then."""
    if CLOCK in os.environ:
        clock.STARTED = timedelta()
        ahead = Path(os.environ[CLOCK])
        clock.told = lambda: datetime.now(UTC) + timedelta(seconds=float(ahead.read_text(encoding="ascii")))


def _look_at(children: dict[int, int | None], pid: int) -> int | None:
    if children[pid] is None:
        with suppress(ChildProcessError):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                children[pid] = os.waitstatus_to_exitcode(status)
    return children[pid]


def _end(children: dict[int, int | None], pid: int) -> int | None:
    if _look_at(children, pid) is None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        children[pid] = -signal.SIGKILL
    return children[pid]


if __name__ == "__main__":
    main()

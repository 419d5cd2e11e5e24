"""An installation under load whose processes, database, disk and clock are taken away one after another."""

import random
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from tests.cast import Cast
from tests.durability.stubborn import send_by_form, send_by_interface
from tests.faults.families import LANGUAGES, Family, Staff
from tests.faults.places import MEGABYTE, Place, place
from tests.service.founded import founded_cast, founded_machine, small_plan
from tests.service.machine import HOST, STOP_SECONDS, Machine, Service, free_port
from tests.service.waiting import wait_for
from tests.service.warm import CLOCK, Forked, Keeper, warm_program

# Whose digits were not used a moment ago counts in the end.
READER, COUNTS = "daria", "bohdan"
# What an installation takes, and what each report adds, with all that PostgreSQL writes beside.
DISK_MEGABYTES = 96
DISK_BYTES_A_REPORT = 64 << 10
AT_MOST_SECONDS = 600


@dataclass(frozen=True)
class WithClock(Machine):
    """A machine whose clock a file says, and whose mail server may be away."""

    mail_port: int = 0
    more: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """With the mail server, and the file that says how far the clock is ahead."""
        return super().environment() | {
            "RODYNA_SMTP_URL": f"smtp://{HOST}:{self.mail_port}",
            "RODYNA_HEAD_TO": "head@example.org",
            CLOCK: str(self.folder / "clock"),
            **self.more,
        }

    def set_clock(self, ahead: timedelta) -> None:
        """Set the clock ahead of the right time; half-written it is never read."""
        beside = self.folder / "clock.new"
        beside.write_text(str(ahead.total_seconds()), encoding="ascii")
        beside.rename(self.folder / "clock")


@dataclass(frozen=True)
class Load:
    """How many send: every so manieth of eight, in four languages by form and by interface, with a rest in between."""

    every: int
    rest_seconds: float


HEAVY, LIGHT = Load(1, 0), Load(3, 2)


@dataclass
class Siege:
    """What is besieged, who goes on sending meanwhile, and the dice."""

    place: Place
    cast: Cast
    machine: WithClock
    keeper: Keeper
    dice: random.Random
    families: list[Family]
    family_side: Service
    desk_side: Service
    workers: list[Forked]
    staff: Staff
    failures: list[BaseException] = field(default_factory=list)

    def acknowledged(self) -> int:
        """How many reports were acknowledged so far."""
        return sum(len(family.shown) for family in self.families)

    def wait_for_reports(self, more: int) -> None:
        """Wait until so many more were acknowledged, or somebody failed."""
        until = self.acknowledged() + more
        wait_for(lambda: bool(self.failures) or self.acknowledged() >= until, AT_MOST_SECONDS)

    def moment(self, seconds: float = 0.4) -> None:
        """A moment that nobody chose."""
        time.sleep(self.dice.uniform(0, seconds))

    def restart_family_side(self, machine: Machine | None = None) -> None:
        """Kill the families' process and start it again."""
        self.family_side.kill()
        self.family_side = self.keeper.serve(machine or self.machine, self.family_side.port, "family")

    def restart_desk_side(self) -> None:
        """Kill the desk's process and start it again."""
        self.desk_side.kill()
        self.desk_side = self.keeper.serve(self.machine, self.desk_side.port, "desk")

    def restart_worker(self) -> None:
        """Kill one of the two workers and start it again."""
        at = self.dice.randrange(len(self.workers))
        self.workers[at].send_signal(signal.SIGKILL)
        self.workers[at].wait(STOP_SECONDS)
        self.workers[at] = self.keeper.start(self.machine, "work")

    def start_what_ended(self) -> None:
        """As systemd does: a worker that was just starting while the database was away ended, and is started anew."""
        ended = [worker.poll() is not None for worker in self.workers]
        self.workers = [
            self.keeper.start(self.machine, "work") if gone else worker
            for gone, worker in zip(ended, self.workers, strict=True)
        ]

    def log_of_families(self) -> str:
        """What the processes that serve have said."""
        return self.machine.log("serve").read_text(errors="replace")

    def command(self, *words: str, machine: Machine | None = None) -> tuple[int, str]:
        """Run a command to its end; give how it ended and what it said."""
        log = self.machine.log(words[0])
        before = len(log.read_bytes()) if log.exists() else 0
        ended = self.keeper.start(machine or self.machine, *words).wait(120)
        return ended, log.read_bytes()[before:].decode(errors="replace")


Fault = Callable[[Siege], str]


@dataclass(frozen=True)
class Phase:
    """What one fault did, in seconds of the one clock that never jumps."""

    name: str
    begun: float
    ended: float
    reports: int
    said: str


def phase(siege: Siege, name: str, fault: Fault, reports: int) -> Phase:
    """Let one fault happen while so many reports are sent at the least."""
    begun, before = time.monotonic(), siege.acknowledged()
    siege.wait_for_reports(1)
    said = fault(siege)
    # However it ended, whoever waits meanwhile must be answered before the next one.
    siege.wait_for_reports(max(len(siege.families), before + reports - siege.acknowledged()))
    return Phase(name, begun, time.monotonic(), siege.acknowledged() - before, said)


@contextmanager
def besieged(kind: str, reports: int, seed: int, folder: Path, load: Load = HEAVY) -> Iterator[Siege]:
    """Found an installation and start its processes: the families' and the desk's, and two workers."""
    megabytes = DISK_MEGABYTES + reports * DISK_BYTES_A_REPORT // MEGABYTE
    with ExitStack() as stack:
        lies = stack.enter_context(place(kind, megabytes))
        cast = stack.enter_context(founded_cast(lies.url, small_plan()))
        keeper = stack.enter_context(warm_program())
        machine = _machine(cast, folder)
        family_side, desk_side = (keeper.serve(machine, None, side) for side in ("family", "desk"))
        families = [
            Family(family_side.port, way, language, rest_seconds=load.rest_seconds)
            for language in LANGUAGES
            for way in (send_by_form, send_by_interface)
        ][:: load.every]
        siege = Siege(
            lies,
            cast,
            machine,
            keeper,
            random.Random(seed),
            families,
            family_side,
            desk_side,
            [keeper.start(machine, "work") for _ in range(2)],
            Staff(desk_side.port, READER, *cast.secrets(READER), load.rest_seconds),
        )
        yield siege


def _machine(cast: Cast, folder: Path) -> WithClock:
    plain = founded_machine(cast, folder)
    machine = WithClock(plain.folder, plain.url, mail_port=free_port())
    machine.set_clock(timedelta())
    return machine


@contextmanager
def at_work(siege: Siege) -> Iterator[None]:
    """Let families and staff begin; when the block is left everybody ends what they began.

    Raises: what failed in any of them.
    """
    stop = threading.Event()

    def work(run: Callable[[threading.Event], None]) -> None:
        try:
            run(stop)
        except BaseException as failure:  # noqa: BLE001 - a thread's failure must reach whoever besieges.
            siege.failures.append(failure)

    runs: Sequence[Callable[[threading.Event], None]] = [*(each.run for each in siege.families), siege.staff.run]
    threads = [threading.Thread(target=partial(work, run)) for run in runs]
    for thread in threads:
        thread.start()
    try:
        # Whoever logs in is not asked to do so through the first fault.
        wait_for(lambda: bool(siege.failures) or bool(siege.staff.met))
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(AT_MOST_SECONDS)
        if siege.failures:
            _keep_logs(siege)
    if siege.failures:
        raise siege.failures[0]


def _keep_logs(siege: Siege) -> None:
    """What the processes said, for whoever looks for the fault."""
    for log in siege.machine.logs.iterdir():
        lines = log.read_text(errors="replace").splitlines()[-20:]
        print(f"--- {log.name}", *lines, sep="\n")  # noqa: T201 - the words of what failed.
    if siege.place.server is not None:
        for log in siege.place.server.cluster.folder.glob("**/log"):
            shutil.copy(log, siege.machine.folder / f"postgresql-{log.parent.name}.log")

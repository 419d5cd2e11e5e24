"""Machines on which the cast is already installed."""

from pathlib import Path

from app.cli import SERVICE_KEY
from tests.cast import Cast
from tests.service.machine import Machine


def founded_machine(cast: Cast, folder: Path, *, measured: bool = False) -> Machine:
    """A machine on the cast's database, with the one key that lies beside it."""
    machine = Machine(folder, cast.url, measured=measured)
    (machine.data / SERVICE_KEY).write_text(cast.founded.service_private.hex(), encoding="ascii")
    return machine

"""What every benchmark works on."""

from dataclasses import dataclass
from pathlib import Path

from tests.cast import Cast
from tests.service.machine import Machine


@dataclass(frozen=True)
class Installed:
    """The cast, the machine that serves it, and a folder beside."""

    kind: str
    cast: Cast
    machine: Machine
    folder: Path

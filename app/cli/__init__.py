"""The commands of an installation, a module for each kind; all of them hang on ``surroundings.commands``.

With ``main`` and ``worker`` this is the only reader of settings. It talks to people by printing, and never prints a
name, a code or a key but those that a command was asked for.
"""

import os

from app.cli import (
    appointing,
    backing_up,
    demonstrating,
    exporting,
    first_setup,
    founding,
    keeping,
    locking,
    organising,
    recovering,
    restoring,
    serving,
    signing,
    staffing,
    watching,
)
from app.cli.surroundings import SERVICE_KEY, commands

__all__ = [
    "SERVICE_KEY",
    "appointing",
    "backing_up",
    "commands",
    "demonstrating",
    "exporting",
    "first_setup",
    "founding",
    "keeping",
    "locking",
    "main",
    "organising",
    "recovering",
    "restoring",
    "serving",
    "signing",
    "staffing",
    "watching",
]


def main() -> None:
    """Run a command of ``rodyna``."""
    os.umask(0o077)
    commands()

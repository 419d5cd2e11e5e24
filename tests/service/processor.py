"""How much of the processors and of the memory a process has used."""

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, text

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds_used(pid: int) -> float:
    """The processor time of a process so far, in its own code and in the kernel (proc(5))."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_bytes(pid: int) -> int:
    """The memory that a process holds now."""
    return int(_stat(pid)[21]) * os.sysconf("SC_PAGE_SIZE")


def connections_of(engine: Engine) -> list[int]:
    """The processes of a PostgreSQL server on this machine that serve connections to the database; of SQLite none."""
    if engine.dialect.name != "postgresql":
        return []
    query = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    with engine.connect() as connection:
        return [row[0] for row in connection.execute(query)]


def all_seconds_used(pids: list[int]) -> float:
    """The processor time of several processes; what one of them used that has ended meanwhile is not counted."""
    used = 0.0
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            used += seconds_used(pid)
    return used


def _stat(pid: int) -> list[str]:
    # The second field is the program's name in brackets and may hold anything, spaces included.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()

"""How much of the processors a process has used."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds_used(pid: int) -> float:
    """The processor time of a process so far, in its own code and in the kernel (proc(5))."""
    # The second field is the program's name in brackets and may hold anything, spaces included.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS

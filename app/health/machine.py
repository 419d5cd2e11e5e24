"""The machine: what could end up on its disk in clear, who may read the data, room, and the clock."""

import resource
import shutil
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from app.health.findings import Finding
from app.storage.blobs import Blobs

PROC = Path("/proc")
LEAST_FREE_BYTES = 2 << 30
LEAST_FREE_SHARE = 0.1
SYNCHRONISED = (Path("/run/systemd/timesync/synchronized"), Path("/run/chrony"), Path("/run/ntpd.pid"))


def swap(proc: Path = PROC) -> Iterator[Finding]:
    """Memory that is swapped out stays on the disk."""
    lines = (proc / "swaps").read_text(encoding="ascii").splitlines()[1:]
    if outside := [line.split()[0] for line in lines if not line.startswith("/dev/zram")]:
        yield Finding(
            f"memory may be written to {', '.join(outside)}",
            "`swapoff -a`, take the line out of /etc/fstab, overwrite the old swap space",
        )


def core_dumps(proc: Path = PROC) -> Iterator[Finding]:
    """A crashed process would write its memory down, keys included."""
    pattern = (proc / "sys/kernel/core_pattern").read_text(encoding="utf-8").strip()
    if pattern.startswith("|") and "/bin/false" not in pattern:
        yield Finding(
            f"crashed processes are handed to {pattern.split()[0].lstrip('|')}",
            "`sysctl -w kernel.core_pattern='|/bin/false'` and in /etc/sysctl.d/; the units set LimitCORE=0",
            bad=False,
        )
    elif resource.getrlimit(resource.RLIMIT_CORE)[0] != 0 and not pattern.startswith("|"):
        yield Finding("a crash would leave the memory in a file", "`ulimit -c 0`; the units set LimitCORE=0", bad=False)


def permissions(data: Path) -> Iterator[Finding]:
    """Only the program's own user reads the data folder."""
    for path in (data, *data.rglob("*")):
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(f"others of this machine may open {path}", f"`chmod go-rwx {path}`")


def room(data: Path) -> Iterator[Finding]:
    """A full disk takes no report."""
    usage = shutil.disk_usage(data)
    if usage.free < LEAST_FREE_BYTES or usage.free < usage.total * LEAST_FREE_SHARE:
        yield Finding(
            f"{usage.free >> 20} MB are left where {data} lies",
            "make room or give it a larger disk: reports are refused, and none is lost, once it is full",
            bad=usage.free < LEAST_FREE_BYTES // 4,
        )


def clock(now: datetime, newest: datetime | None, synchronised: tuple[Path, ...] = SYNCHRONISED) -> Iterator[Finding]:
    """Deadlines, second factors and epoch keys go by the clock; ``newest`` is the latest day that anything bears."""
    if newest is not None and newest > now + timedelta(days=1):
        yield Finding(
            f"there are rows of {newest:%Y-%m-%d}, and the clock says {now:%Y-%m-%d}",
            "set the clock, and find out since when it was wrong",
        )
    if not any(path.exists() for path in synchronised):
        yield Finding("nothing seems to keep the clock right", "`apt-get install systemd-timesyncd`", bad=False)


def backups(blobs: Blobs, now: datetime) -> Iterator[Finding]:
    """A backup of the last two days and a list of what stands of the last three hours lie where they should."""
    try:
        there = blobs.listed()
    except OSError as error:
        yield Finding(
            f"{blobs.place} cannot be looked at: {error.strerror}",
            "see whether the store is up, and whether RODYNA_BLOBS_… name it and may use it",
        )
        return
    for suffix, kind, most in (
        (".backup", "backup", timedelta(days=2)),
        (".standing", "list of what stands", timedelta(hours=3)),
    ):
        ages = [now - blob.written for blob in there if blob.name.endswith(suffix)]
        if not ages:
            yield Finding(
                f"there is no {kind} in {blobs.place}", "`rodyna backup`, and enable the timers of deploy/systemd"
            )
        elif min(ages) > most:
            yield Finding(
                f"the newest {kind} in {blobs.place} is {min(ages) / timedelta(hours=1):.0f} hours old",
                "`systemctl list-timers 'rodyna-*'`, then `rodyna backup` by hand and read what it says",
            )

"""The faults: each happens while families and staff go on, and says in some words what was seen of it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from tests.backups.s3 import KEY_ID, store
from tests.faults.places import slowed
from tests.faults.relay import relay_to
from tests.faults.siege import Fault, Siege, WithClock
from tests.service.waiting import wait_for

SLOW_MILLISECONDS = 60
# How far ahead the clock is set, what the families' process says of it, and what the doctor says.
CLOCKS = (
    (timedelta(hours=-1), "clock jumped", "is behind"),
    (timedelta(0), "clock is back", ""),
    (timedelta(days=2), "clock jumped", "the clock jumped"),
    (timedelta(0), "clock is back", ""),
)


def nothing(_siege: Siege) -> str:
    """What the load alone does, to compare the others with."""
    return ""


def kills(times: int) -> Fault:
    """The families' process, the desk's and one of two workers are killed at moments that nobody chose."""

    def fault(siege: Siege) -> str:
        for _ in range(times):
            for restart in (siege.restart_family_side, siege.restart_desk_side, siege.restart_worker):
                siege.wait_for_reports(1)
                siege.moment()
                restart()
        return f"each of three killed {times} times"

    return fault


def restarts(times: int) -> Fault:
    """The database server is ended politely, and crashes."""

    def fault(siege: Siege) -> str:
        assert siege.place.server is not None
        for _ in range(times):
            for mode in ("fast", "immediate"):
                siege.wait_for_reports(1)
                siege.moment()
                siege.place.server.restart(mode)
                siege.start_what_ended()
        return f"{times} restarts, {times} crashes"

    return fault


def cuts(times: int) -> Fault:
    """The families' line to the database is cut in the middle of what they do."""

    def fault(siege: Siege) -> str:
        assert siege.place.server is not None
        port = siege.place.server.cluster.port
        with relay_to(port) as relay:
            url = siege.machine.url.replace(f":{port}/", f":{relay.port}/")
            siege.restart_family_side(replace(siege.machine, url=url))
            for _ in range(times):
                siege.wait_for_reports(1)
                siege.moment(0.2)
                relay.cut()
            siege.wait_for_reports(1)
            siege.restart_family_side()
        return f"{relay.cuts} connections cut"

    return fault


def full_disk(siege: Siege) -> str:
    """Nothing more can be written where the rows lie; then there is room again, and nobody starts anything anew."""
    disk = siege.place.disk
    if disk.refused:
        return f"skipped: {disk.refused}"
    before, filled = _refused(siege), disk.fill()
    try:
        wait_for(lambda: bool(siege.failures) or _refused(siege) >= before + 3 * len(siege.families))
    finally:
        disk.make_room()
    siege.wait_for_reports(len(siege.families))
    return f"{filled >> 20} MB taken and given back"


def slow_disk(siege: Siege) -> str:
    """Each flush to the disk takes long."""
    server = siege.place.server
    pids = [siege.family_side.process.pid] if server is None else server.processes()
    with slowed(pids, SLOW_MILLISECONDS):
        siege.wait_for_reports(2 * len(siege.families))
    return f"{SLOW_MILLISECONDS} ms more a flush"


def clock_jumps(siege: Siege) -> str:
    """The clock is an hour behind, then two days ahead, then right; staff come in meanwhile, and the doctor says it."""
    seen = []
    for ahead, log, says in CLOCKS:
        before = siege.log_of_families().count(log)
        siege.machine.set_clock(ahead)
        wait_for(partial(_says_it_again, siege, log, before))
        siege.wait_for_reports(len(siege.families))
        assert not ahead or siege.staff.comes_in(), f"a clock that is {ahead} ahead keeps staff out"
        said = siege.command("doctor")[1]
        assert says in said, f"the doctor does not say that the clock is {ahead} ahead: {said}"
        seen.append(f"{ahead / timedelta(hours=1):+.0f} h")
    assert not any(says and says in said for _, _, says in CLOCKS), said
    return f"{', '.join(seen)}: staff came in each time"


def _says_it_again(siege: Siege, log: str, before: int) -> bool:
    return siege.log_of_families().count(log) > before


def backups_fail(siege: Siege) -> str:
    """The store of backups is away, then full in the middle; then it is back, and the next backup is whole."""
    with store() as bucket:
        machine = replace(
            siege.machine,
            more={
                "RODYNA_BLOBS_URL": "s3://bucket/rodyna",
                "RODYNA_BLOBS_ENDPOINT": bucket.endpoint,
                "RODYNA_BLOBS_KEY_ID": KEY_ID,
                "RODYNA_BLOBS_SECRET": "made up",
            },
        )
        bucket.away = True
        assert "the store does not answer" in _refuses(siege, machine)
        bucket.away, bucket.full_after = False, 1000
        assert "The older backups stay" in _refuses(siege, machine)
        assert bucket.taken() == 0, "a half-written one stays"
        bucket.full_after = 1 << 60
        ended, said = siege.command("backup", machine=machine)
        assert ended == 0, said
        ended, said = siege.command("doctor", machine=machine)
        assert "there is no backup" not in said
        return f"{bucket.taken() >> 10} KB when it was back"


def mail_is_away(siege: Siege) -> str:
    """The record's head cannot be mailed: it waits, and whoever looks after the machine is told so."""
    wait_for(lambda: bool(siege.failures) or "failed: mail_head" in siege.machine.log("work").read_text())
    assert re.search(r"\nrodyna_jobs_failing [1-9]", siege.command("metrics")[1])
    assert "mail_head failed" in siege.command("doctor")[1]
    return "metrics and doctor say so"


def _refused(siege: Siege) -> int:
    return sum(family.refused for family in siege.families)


def _refuses(siege: Siege, machine: WithClock) -> str:
    ended, said = siege.command("backup", machine=machine)
    assert ended == 1, said
    return said


def faults_for(kind: str, times: int) -> list[tuple[str, Fault]]:
    """The faults that make sense on a kind of database, each so many times where it is a matter of chance."""
    of_servers: list[tuple[str, Callable[[Siege], str]]] = [
        ("database restarted", restarts(times)),
        ("line to the database cut", cuts(2 * times)),
    ]
    return [
        ("none", nothing),
        ("mail server away", mail_is_away),
        ("kill -9", kills(times)),
        *(of_servers if kind == "postgresql" else []),
        ("disk full", full_disk),
        ("slow disk", slow_disk),
        ("clock jumps", clock_jumps),
        # That it is away takes half a minute to be believed, and tests of backups show it as well.
        *([("store of backups away", backups_fail)] if times > 1 else []),
    ]

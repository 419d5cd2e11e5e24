"""One siege from its beginning to its figures."""

import sys
import time
from pathlib import Path

from app.trail.leaving import kept_heads
from tests.durability.kept import check_files
from tests.faults.counted import count_kept, table
from tests.faults.faults import faults_for
from tests.faults.siege import HEAVY, Load, Phase, Siege, at_work, besieged, phase


def endure(kind: str, reports: int, times: int, seed: int, folder: Path, load: Load = HEAVY) -> list[str]:
    """Let every fault happen while so many reports are sent; give the lines of a table.

    Raises: ``AssertionError`` where one was lost or came twice, or somebody was not answered clearly.
    """
    with besieged(kind, reports, seed, folder, load) as siege:
        with at_work(siege):
            phases = _one_after_another(siege, reports, times)
        shown = [one for family in siege.families for one in family.shown]
        begun = time.monotonic()
        kept = count_kept(siege.cast, shown)
        check_files(siege.cast)
        ended, record = siege.command("verify")
        lines = [
            *table(siege, phases),
            f"{kept.acknowledged} acknowledged, {kept.lost} lost, {kept.twice} twice, {kept.unasked} that nobody sent",
            f"{len(siege.staff.notes)} notes at the desk, all there; looked at in {time.monotonic() - begun:.0f} s",
            f"The record: {record.splitlines()[0]}",
        ]
    assert (kept.lost, kept.twice, kept.unasked) == (0, 0, 0), "\n".join(lines)
    assert ended == 0, record
    # What both workers are asked for is done by one of them, once a day.
    days = [line.split()[0] for line in kept_heads(siege.machine.data)]
    assert len(days) == len(set(days)) > 0, days
    return lines


def _one_after_another(siege: Siege, reports: int, times: int) -> list[Phase]:
    faults, phases = faults_for(siege.place.kind, times), list[Phase]()
    for number, (name, fault) in enumerate(faults, 1):
        share = reports * number // len(faults) - siege.acknowledged()
        phases.append(phase(siege, name, fault, share))
        sys.stderr.write(f"{siege.acknowledged():6} acknowledged after: {name}\n")
        assert not siege.failures, siege.failures[0]
    return phases

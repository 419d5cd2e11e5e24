"""How long everybody waited, and what went wrong; the pace at which things begin; how much memory a process holds."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.service.client import Answer, Broken
from tests.service.load import percentile


@dataclass
class Waits:
    """The seconds from the last byte that was sent to the first that came back, by who waited; and every failure."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)

    def note(self, who: str, seconds: float, answer: Answer, *, expected: frozenset[int]) -> Answer:
        """Keep one answer; what was not expected is a failure."""
        self.seconds[who].append(seconds)
        if answer.status not in expected:
            self.failures.append(f"{who}: {answer.status}")
        return answer

    @contextmanager
    def nothing_breaks(self, who: str) -> Iterator[None]:
        """Keep what breaks in the block as a failure."""
        try:
            yield
        except Broken as broken:
            self.failures.append(f"{who}: {broken}")

    def of_all(self) -> list[float]:
        """Every wait."""
        return [each for waits in self.seconds.values() for each in waits]

    def lines(self) -> Iterator[str]:
        """The figures, one line for each kind of people."""
        for who, waits in [*sorted(self.seconds.items()), ("all", self.of_all())]:
            p50, p99 = (percentile(waits, share) * 1000 for share in (0.5, 0.99))
            yield f"{who:<22} {len(waits):6} requests, p50 {p50:5.0f} ms, p99 {p99:5.0f} ms, longest {max(waits):.2f} s"


@dataclass
class Pace:
    """So many beginnings in a second, shared by all who take one, until the time is over."""

    per_second: float
    ends: float
    _next: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self) -> bool:
        """Wait for the next beginning; say whether there is one."""
        with self._lock:
            mine = self._next
            self._next += 1 / self.per_second
        if mine > self.ends:
            time.sleep(max(0.0, self.ends - time.monotonic()))
            return False
        time.sleep(max(0.0, mine - time.monotonic()))
        return True


def memory_megabytes(pid: int) -> float:
    """What a process holds in memory (proc(5), VmRSS)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

"""Families and hotlines to whom it is all the same which machine answers: each request goes to one or the other."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.durability.stubborn import Stubborn
from tests.growing.installation import PATIENCE_SECONDS, Station
from tests.service.client import Answer, Broken, Client

LONGEST_SECONDS = 120
LATER = 503
AVOIDED_SECONDS = 5


@dataclass
class Roaming(Stubborn):
    """One who asks any machine, and another where one does not answer or says "later"."""

    stations: Sequence[Station] = ()
    dice: random.Random = field(default_factory=random.Random)
    turned_away: int = 0
    avoided: dict[str, float] = field(default_factory=dict)

    def choose(self) -> Station:
        """Any machine, but for a while none that did not answer, as browsers do with the addresses of one name."""
        now = time.monotonic()
        open_ones = [each for each in self.stations if self.avoided.get(each.place.name, 0) < now]
        return self.dice.choice(open_ones or self.stations)

    def insist(self, request: Callable[[Client], Answer]) -> Answer:
        """Send a request to one machine after another until it is answered."""
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            station = self.choose()
            try:
                with station.client(PATIENCE_SECONDS) as client:
                    answer = request(client)
            except Broken:
                self.breaks += 1
                self.avoided[station.place.name] = time.monotonic() + AVOIDED_SECONDS
                continue
            if answer.status != LATER:
                assert answer.status in {200, 201}, f"{answer.status}: {answer.text[:300]}"
                return answer
            self.turned_away += 1
            time.sleep(0.02)
        raise AssertionError(f"no answer in {LONGEST_SECONDS} s")


@contextmanager
def all_sending(senders: Sequence[Stubborn], failures: list[BaseException]) -> Iterator[None]:
    """Let all send while the block lasts, and end what they began."""
    stop = threading.Event()

    def send(sender: Stubborn) -> None:
        try:
            sender.run(stop)
        except BaseException as failure:  # noqa: BLE001 - a thread's failure must reach the test.
            failures.append(failure)

    threads = [threading.Thread(target=send, args=[sender]) for sender in senders]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(2 * LONGEST_SECONDS)

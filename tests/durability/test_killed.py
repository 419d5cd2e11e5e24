"""A server that is killed again and again loses nothing that it acknowledged, and makes no case twice."""

import random
import secrets
import threading
import time
from pathlib import Path

import pytest

from tests.cast import Cast
from tests.durability.kept import check_all_kept, check_files
from tests.durability.stubborn import Shown, Stubborn, send_by_form, send_by_interface
from tests.service.client import Client
from tests.service.founded import founded_machine
from tests.service.machine import serving
from tests.service.waiting import wait_for
from tests.service.warm import warm_program

CLIENTS = 8
KILLS = {"sqlite": 12, "postgresql": 6}
LONGEST_LIFE_SECONDS = 0.4


@pytest.mark.slow
def test_every_code_that_was_shown_opens_its_case(cast: Cast, database_kind: str, tmp_path: Path) -> None:
    machine = founded_machine(cast, tmp_path / "machine")
    seed = secrets.randbelow(10**6)
    shown = _under_fire(cast, tmp_path, random.Random(seed), KILLS[database_kind])

    assert sum(one.breaks > 0 for one in shown) >= CLIENTS, seed
    check_files(cast)
    check_all_kept(cast, shown, "oksana")
    # The program as people start it, on what the killed ones left.
    with serving(machine) as service, Client(service.port) as family:
        for one in shown[:: len(shown) // 10]:
            assert family.post_json("/api/v1/return", {"code": one.code}).json()["status"] == "new", seed


def _under_fire(cast: Cast, folder: Path, dice: random.Random, kills: int) -> list[Shown]:
    """Let eight clients send while the server is killed so many times; give what was shown to them."""
    machine, stop, failures = founded_machine(cast, folder / "machine"), threading.Event(), list[BaseException]()
    with warm_program() as program:
        service = program.serve(machine)
        ways = [send_by_form, send_by_interface] * (CLIENTS // 2)
        senders = [Stubborn(service.port, way) for way in ways]

        def send(sender: Stubborn) -> None:
            try:
                sender.run(stop)
            except BaseException as failure:  # noqa: BLE001 - a thread's failure must reach the test.
                failures.append(failure)

        threads = [threading.Thread(target=send, args=[sender]) for sender in senders]
        for thread in threads:
            thread.start()
        try:
            for _ in range(kills):
                _wait_for_one_more(senders, failures)
                time.sleep(dice.uniform(0, LONGEST_LIFE_SECONDS))
                service.kill()
                service = program.serve(machine, service.port)
        finally:
            stop.set()
            for thread in threads:
                thread.join(120)
    assert failures == []
    return [one for sender in senders for one in sender.shown]


def _wait_for_one_more(senders: list[Stubborn], failures: list[BaseException]) -> None:
    def count() -> int:
        return sum(len(sender.shown) for sender in senders)

    before = count()
    wait_for(lambda: count() > before or bool(failures))

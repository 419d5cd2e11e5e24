"""One machine after the other is restarted while families send to either: nobody is turned away."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from tests.durability.kept import check_all_kept
from tests.durability.stubborn import send_by_form, send_by_interface
from tests.faults.test_restarted import PATIENCE_SECONDS, more_came
from tests.growing.installation import PORT, Grown
from tests.growing.roaming import Roaming, all_sending
from tests.service.client import Answer, Client
from tests.service.namespaces import door_in
from tests.service.waiting import wait_for
from tests.service.warm import warm_program


@dataclass
class Unforgiving(Roaming):
    """One who asks any machine, once, and takes nothing for an answer but what was asked for."""

    def insist(self, request: Callable[[Client], Answer]) -> Answer:
        """Send a request to one machine."""
        with self.dice.choice(self.stations).client(PATIENCE_SECONDS) as client:
            answer = request(client)
        assert answer.status in {200, 201}, answer.status
        return answer


def test_a_restart_of_one_machine_after_the_other_turns_nobody_away(whole: Grown) -> None:
    failures = list[BaseException]()
    with ExitStack() as stack:
        stations = [stack.enter_context(whole.families(started=False)) for _ in range(2)]
        for station in stations:
            station.door = stack.enter_context(door_in(station.place.name, (station.place.address, PORT)))
        # As systemd on each machine holds its door.
        doors = [station.door.fileno() for station in stations if station.door is not None]
        program = stack.enter_context(warm_program(doors))
        for station in stations:
            station.program = program
            station.start()
        senders = [
            Unforgiving(0, way, stations=stations, rest_seconds=0.2) for way in (send_by_form, send_by_interface)
        ]
        with all_sending(senders, failures):
            for station in stations:
                wait_for(partial(more_came, senders, [len(each.shown) for each in senders], failures), PATIENCE_SECONDS)
                station.stop()
                station.start()
            wait_for(partial(more_came, senders, [len(each.shown) for each in senders], failures), PATIENCE_SECONDS)
        for station in stations:
            station.stop()

    assert failures == []
    check_all_kept(whole.cast, [one for sender in senders for one in sender.shown], "daria")

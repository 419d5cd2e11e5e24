"""Several machines and a database on one switch: each machine has a network of its own, and its cable can be pulled."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

# The machines' addresses begin here; below are the tests' own and the database's.
FIRST = 11


@dataclass(frozen=True)
class Place:
    """The network of one machine: the name by which it is entered, and the address at which others reach it."""

    name: str
    address: str
    switch: str
    database: str

    @property
    def cable(self) -> str:
        """The end of its cable that is plugged into the switch."""
        return f"{self.name}-s"

    def cut_off(self) -> None:
        """Let everything that it sends, and that is sent to it, go nowhere, without a word to either end."""
        ip("link", "set", self.cable, "nomaster")

    def join(self) -> None:
        """Plug the cable in again."""
        ip("link", "set", self.cable, "master", self.switch)

    def lose_the_database(self) -> None:
        """Let what it sends to the database go nowhere; everybody else still reaches it."""
        ip("-n", self.name, "route", "add", "blackhole", f"{self.database}/32")

    def find_the_database(self) -> None:
        """Let it reach the database again."""
        ip("-n", self.name, "route", "del", "blackhole", f"{self.database}/32")


@dataclass
class Network:
    """A switch of the tests' own; `tests` and `database` are this machine's addresses on it."""

    token: str
    prefix: str
    places: list[Place] = field(default_factory=list)

    @property
    def switch(self) -> str:
        """The name of the switch."""
        return f"rd-{self.token}"

    @property
    def tests(self) -> str:
        """The address from which the tests reach the machines."""
        return f"{self.prefix}.1"

    @property
    def database(self) -> str:
        """The address at which the machines reach the database."""
        return f"{self.prefix}.2"

    def machine(self) -> Place:
        """One more machine with a cable to the switch."""
        number = len(self.places) + FIRST
        place = Place(f"rd-{self.token}-{number}", f"{self.prefix}.{number}", self.switch, self.database)
        ip("netns", "add", place.name)
        self.places.append(place)
        ip("link", "add", place.cable, "type", "veth", "peer", "name", "cable", "netns", place.name)
        ip("link", "set", place.cable, "master", self.switch, "up")
        ip("-n", place.name, "address", "add", f"{place.address}/24", "dev", "cable")
        for name in ("lo", "cable"):
            ip("-n", place.name, "link", "set", name, "up")
        return place


@contextmanager
def network() -> Iterator[Network]:
    """A switch while the block lasts; the test is skipped, and says why, where none may be made."""
    if os.geteuid() != 0:
        pytest.skip("network namespaces want root, and these tests run without it")
    if shutil.which("ip") is None:
        pytest.skip("`ip` is not installed (iproute2), so no machine can be cut off: `make machine` installs it")
    made = Network(secrets.token_hex(3), f"10.{64 + secrets.randbelow(128)}.{secrets.randbelow(256)}")
    try:
        try:
            ip("link", "add", made.switch, "type", "bridge")
        except subprocess.CalledProcessError as refused:
            pytest.skip(f"networks of one's own are refused here: {refused.stderr.strip()}")
        for address in (made.tests, made.database):
            ip("address", "add", f"{address}/24", "dev", made.switch)
        ip("link", "set", made.switch, "up")
        yield made
    finally:
        for place in made.places:
            ip("netns", "del", place.name, wanted=False)
        ip("link", "del", made.switch, wanted=False)


def ip(*words: str, wanted: bool = True) -> None:
    """Run ``ip``; what is not `wanted` may fail."""
    subprocess.run(["ip", *words], check=wanted, capture_output=True, text=True, timeout=30)

"""Texts that stand nowhere else: drawn, given to whoever writes them, and remembered to be searched for."""

import ipaddress
import secrets
from dataclasses import dataclass, field

from app.vault.code import new_code
from app.web.family.code import in_fours
from tests.seized.search import Needle, Secret, Wanted

_CYRILLIC = "абвгґдежзиіклмнопрстуфхцчшщьюя"
_LATIN = "abcdefghijkmnopqrstuvwxyz"


@dataclass
class Planted:
    """Everything that was planted so far."""

    needles: list[Wanted] = field(default_factory=list)

    def remember(self, label: str, text: str | bytes) -> None:
        """A secret that came about by itself; bytes are searched as such and in every wrapping."""
        self.needles.append(Needle(label, text) if isinstance(text, str) else Secret(label, text))

    def text(self, label: str) -> str:
        """A word as nobody ever wrote one, in the letters that families and staff write in."""
        return self._kept(label, _word(_CYRILLIC, 14))

    def latin(self, label: str) -> str:
        """The same in letters that go into addresses, headers and log-in names."""
        return self._kept(label, _word(_LATIN, 16))

    def long_text(self, label: str, characters: int) -> str:
        """The same, repeated until it is longer than so many characters."""
        word = self.text(label)
        return (word + " ") * (characters // len(word) + 1)

    def code(self, label: str) -> str:
        """A code that opens nothing, as it is shown."""
        return self._kept(label, in_fours(new_code()))

    def address(self, label: str, network: str) -> str:
        """An address of a network, each part written with three digits."""
        first, last = (int(end) for end in (ipaddress.ip_network(network)[0], ipaddress.ip_network(network)[-1]))
        while True:
            drawn = str(ipaddress.ip_address(first + secrets.randbelow(last - first)))
            if all(len(part) == 3 for part in drawn.split(".")):
                return self._kept(label, drawn)

    def labels(self) -> set[str]:
        """What was planted."""
        return {needle.label for needle in self.needles}

    def _kept(self, label: str, text: str) -> str:
        self.remember(label, text)
        return text


def _word(letters: str, length: int) -> str:
    return "".join(secrets.choice(letters) for _ in range(length))

"""How far a demonstration has come, so that one that was killed goes on where it was.

The file holds the codes of made-up families and is there only while the demonstration is being filled.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.demonstration.hands import SentReport

JOURNAL_FILE = "demo-progress.jsonl"


@dataclass(frozen=True)
class Order:
    """What is to be filled in: so many cases, drawn with this seed, as of this moment."""

    cases: int
    seed: int
    now: datetime


class Journal:
    """The file, line by line; a line that a kill cut off counts for nothing."""

    def __init__(self, folder: Path) -> None:
        """Read what there is in a data folder."""
        self._path = folder / JOURNAL_FILE
        self.order: Order | None = None
        self.sent: dict[str, SentReport] = {}
        self.done = 0
        for line in self._lines():
            self._read(line)

    def begin(self, order: Order) -> None:
        """Note what is to be filled in."""
        self.order = order
        self._path.unlink(missing_ok=True)
        os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self._write({"cases": order.cases, "seed": order.seed, "now": order.now.isoformat()})

    def note_sent(self, reports: Sequence[SentReport]) -> None:
        """Note reports that were received."""
        self.sent |= {report.key: report for report in reports}
        self._write({"sent": [[report.key, report.case_id, report.code] for report in reports]})

    def note_done(self, deeds: int) -> None:
        """Note that so many deeds are done."""
        self.done = deeds
        self._write({"done": deeds})

    def end(self) -> None:
        """Forget it all: the demonstration is filled."""
        self._path.unlink(missing_ok=True)

    def _lines(self) -> list[str]:
        if not self._path.exists():
            return []
        return self._path.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()

    def _read(self, line: str) -> None:
        said = json.loads(line)
        if "now" in said:
            self.order = Order(said["cases"], said["seed"], datetime.fromisoformat(said["now"]))
        self.sent |= {each[0]: SentReport(*each) for each in said.get("sent", ())}
        self.done = said.get("done", self.done)

    def _write(self, said: dict[str, object]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(said, ensure_ascii=False) + "\n")

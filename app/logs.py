"""What processes write down of their work: a line of JSON for each event, on the standard error.

``level``, ``part`` and, where it is our own code that speaks, ``said`` in words and ``event``, by which lines of one
kind are found; of an error its kind and the place in our code. Nothing of what people wrote, no address, no path, no
value of a row: our own words carry kinds, counts and places alone, and those of libraries, which repeat what they were
given, are left out. Time and machine are added by whoever keeps the lines.
"""

import json
import logging
import sys
import traceback
from contextlib import suppress
from pathlib import Path

_ROOT = Path(__file__).resolve().parent
_OURS = ("rodyna", "app")


class Lines(logging.Formatter):
    """One event as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        line = {"level": record.levelname.lower(), "part": record.name}
        if record.name.split(".")[0] in _OURS:
            line |= {"said": record.getMessage(), "event": str(record.msg)}
        else:
            line |= {"event": f"{record.module}:{record.lineno}"}
        if record.exc_info and record.exc_info[1] is not None:
            line |= {"error": type(record.exc_info[1]).__name__, "at": place(record.exc_info[1])}
        return json.dumps(line, ensure_ascii=False)


class ToStandardError(logging.Handler):
    """Writes to whatever the standard error is at that moment; one that is full or gone stops nobody's work."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        with suppress(OSError, ValueError):
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()


def write_lines() -> None:
    """Let this process write its events like that, from now on."""
    root = logging.getLogger()
    if not any(isinstance(handler, ToStandardError) for handler in root.handlers):
        handler = ToStandardError()
        handler.setFormatter(Lines())
        root.addHandler(handler)
    logging.getLogger("rodyna").setLevel(logging.INFO)


def place(error: BaseException) -> str:
    """Where in our code an error came up: a file and a line."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_ROOT)]
    if not ours:
        return "outside"
    last = ours[-1]
    return f"{Path(last.filename).relative_to(_ROOT.parent)}:{last.lineno}"

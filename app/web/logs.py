"""What may be logged: that something went wrong, and where in our code. Never an address, a path or a value."""

import logging
import traceback
from pathlib import Path

_log = logging.getLogger("rodyna.web")
_ROOT = Path(__file__).resolve().parents[1]


def log_unexpected(error: BaseException) -> None:
    """Say which kind of exception came from where; its message may hold what a person wrote, so it is left out."""
    _log.error("unexpected %s at %s", type(error).__name__, _place(error))


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_ROOT)]
    if not ours:
        return "outside"
    last = ours[-1]
    return f"{Path(last.filename).relative_to(_ROOT.parent)}:{last.lineno}"

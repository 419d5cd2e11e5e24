"""What may be logged: that something went wrong, and where in our code. Never an address, a path or a value."""

import logging

from app.logs import place

_log = logging.getLogger("rodyna.web")


def log_unexpected(error: BaseException) -> None:
    """Say which kind of exception came from where; its message may hold what a person wrote, so it is left out."""
    _log.error("unexpected %s at %s", type(error).__name__, place(error))

"""What can go wrong with what is in force."""

from app.storage.errors import RodynaError


class NotInForce(RodynaError):
    """What this machine would ask is not what was signed: nothing is asked or received until it is mended."""

"""What can go wrong with a backup."""

from app.storage.errors import RodynaError


class BackupRefused(RodynaError):
    """The file is not a whole backup that this key opens, or not one of this kind; the message says which."""


class NotTheSame(RodynaError):
    """What was written to the disk is not what was to be written."""

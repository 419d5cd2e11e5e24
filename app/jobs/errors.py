"""What can go wrong with a job."""

from app.storage.errors import RodynaError


class LeaseLost(RodynaError):
    """The lease ran out and another worker has the job: whatever was done in this transaction must be rolled back."""

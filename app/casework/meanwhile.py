"""What somebody had seen before they wrote, held against what stands now: nothing is written over a newer one unseen.

A page puts what it showed into its form. Where a colleague was faster nothing is kept, and the page shows both.
"""

from app.casework.errors import FollowedMeanwhile


def check_seen(saw: str | None, stands: str) -> None:
    """Refuse who saw something else than what stands now; None is whoever writes without having been shown anything.

    Raises: :class:`FollowedMeanwhile`.
    """
    if saw not in (None, stands):
        raise FollowedMeanwhile(stands)

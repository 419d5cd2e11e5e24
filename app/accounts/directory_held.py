"""Holding the key to an organisation's names while something is written under it, so that somebody can read it."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.accounts.errors import StatedMeanwhile
from app.accounts.members import Member
from app.accounts.tables import DirectoryShare
from app.storage.conflicts import changed_rows
from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.hybrid import open_with


def hold_directory(session: Session, member: Member) -> None:
    """Let nobody put the names under a new key until this transaction ends, which keeps something under that of now.

    Whoever does waits meanwhile, and then sees what was kept. It is to be called before that is written.

    Raises: :class:`StatedMeanwhile` where the names stand under another key since the member came in.
    """
    own = col(DirectoryShare.organisation_id) == member.organisation_id
    mine = own, col(DirectoryShare.account_id) == member.account_id
    sealed = session.scalar(select(col(DirectoryShare.sealed)).where(*mine))
    if sealed is None or not _is_the_members(member, sealed):
        raise StatedMeanwhile
    as_read = update(DirectoryShare).where(*mine, col(DirectoryShare.sealed) == sealed)
    if not changed_rows(session.execute(as_read.values(sealed=sealed))):
        raise StatedMeanwhile


def _is_the_members(member: Member, share: bytes) -> bool:
    """Whether a share is of the key that the member came in with."""
    place = context(Purpose.DIRECTORY_SHARE, member.organisation_id, member.account_id)
    try:
        return open_with(member.pair, share, place) == member.directory_key
    except VaultError:
        return False

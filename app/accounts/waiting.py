"""Accounts that joined and wait: nobody has heard and typed the words of their keys yet."""

from sqlmodel import Session

from app.accounts.tables import Account, DirectoryShare, Newcomer


def waits(session: Session, account: Account) -> bool:
    """Whether somebody joined behind a link and was not admitted yet; nothing opens for them."""
    admitted = session.get(DirectoryShare, (account.organisation_id, account.id)) is not None
    return not admitted and session.get(Newcomer, account.id) is not None

"""Somebody leaves: they are removed, and what stood under the key to names that they knew is put under the new one.

Links that were given out carry names under the old key, and whoever left could read who is awaited: they are taken
back.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from app.accounts.admission import newcomers, seal_newcomer
from app.accounts.directory import open_directory
from app.accounts.errors import NoSuchPerson
from app.accounts.invitations import own_invitations, use_up
from app.accounts.members import Member
from app.accounts.removal import remove_person
from app.accounts.tables import Newcomer, SpareCode
from app.accounts.vouching import vouched


def let_go(session: Session, member: Member, account_id: str, now: datetime) -> tuple[str, ...]:
    """Remove somebody of the administrator's own organisation; return the rings that wait for a new key.

    Raises: :class:`NoSuchPerson`, :class:`~app.accounts.errors.MayNotState` for oneself and the last administrator,
    :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    if account_id not in vouched(session).organisations[member.organisation_id].people:
        raise NoSuchPerson
    waiting, links = newcomers(session, member), own_invitations(session, member)
    rings = remove_person(session, member, account_id, now)
    session.flush()
    directory_key = open_directory(session, member.organisation_id, member.account_id, member.pair)
    for locator in links:
        use_up(session, locator)
    for table in (SpareCode, Newcomer):
        session.execute(delete(table).where(col(table.account_id) == account_id))
    for newcomer, meant in waiting.items():
        if newcomer != account_id:
            row = session.get_one(Newcomer, newcomer)
            row.sealed = seal_newcomer(directory_key, newcomer, meant)
            session.add(row)
    return rings

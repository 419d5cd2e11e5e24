"""The queues of the installation by their organisations, and who belongs to one's own."""

from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from app.accounts.members import Member, colleagues
from app.accounts.queues import queue_states
from app.accounts.tables import Account, Membership, Organisation
from app.alphabet import by_name


@dataclass(frozen=True)
class Neighbour:
    """A queue that a case could go to; ``ready`` when enough people hold its key."""

    id: str
    kind: str
    organisation_id: str
    organisation: str
    receiving: bool
    ready: bool


@dataclass(frozen=True)
class QueueMember:
    """Somebody of a queue of one's own organisation."""

    account_id: str
    name: str = field(repr=False)
    lead: bool


def neighbours(session: Session) -> tuple[Neighbour, ...]:
    """Every queue with its organisation's name, the receiving organisation's first."""
    names = {row.id: row.name for row in session.exec(select(Organisation))}
    found = [
        Neighbour(
            queue.id, queue.kind, queue.organisation_id, names[queue.organisation_id], queue.receiving, queue.ready
        )
        for queue in queue_states(session)
    ]
    return tuple(sorted(found, key=lambda queue: (not queue.receiving, by_name(queue.organisation), queue.id)))


def queue_members(session: Session, member: Member, queue_id: str) -> tuple[QueueMember, ...]:
    """The people of a queue of the member's organisation, by name; of another's queue nobody."""
    query = (
        select(col(Membership.account_id), col(Membership.lead))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Membership.queue_id) == queue_id, col(Account.organisation_id) == member.organisation_id)
    )
    leads = {row[0]: row[1] for row in session.execute(query)}
    people = colleagues(session, member, leads)
    return tuple(
        QueueMember(account_id, name, leads[account_id])
        for account_id, name in sorted(people.items(), key=lambda pair: by_name(pair[1]))
    )

"""What a member does, put on the record."""

from datetime import datetime

from sqlmodel import Session

from app.accounts.members import Member
from app.accounts.queues import newest_key
from app.accounts.rings import RECORD
from app.accounts.vouching import Vouched
from app.accounts.vouching_statements import SERVICE
from app.accounts.vouching_states import ON_RECORD
from app.storage.sessions import write_after_all
from app.trail.chain import Actor, append, prepare

__all__ = ["SERVICE", "actor_keys", "put_on_record", "put_on_record_by_machine"]


def actor_keys(known: Vouched, actor: str, number: int) -> tuple[bytes, ...]:
    """The keys that may have signed entry ``number`` for an actor, as it was signed: a row says what anybody wrote.

    A key that a reset ended signs nothing after the entry that was the last one then.
    """
    if actor == SERVICE:
        return () if known.installation is None else (known.installation.service,)
    return known.signing_keys_at(actor, ON_RECORD, number)


def put_on_record(session: Session, member: Member, kind: str, now: datetime, **details: str) -> None:
    """Seal and sign ``kind`` with its ids now, and link it at the end of the transaction."""
    if not member.admitted:
        # Nobody has vouched for their key, so what they sign would prove nothing, and break the chain.
        return
    key = newest_key(session, RECORD).public_key
    event = {"kind": kind, "at": now.isoformat(), **details}
    prepared = prepare(session, member.actor, key, event)
    write_after_all(session, lambda: append(session, prepared))


def put_on_record_by_machine(
    session: Session, service_private: bytes, kind: str, now: datetime, **details: str
) -> None:
    """The same where nobody of the staff acts, signed by the service's key (32 bytes), which proves less."""
    key = newest_key(session, RECORD).public_key
    prepared = prepare(session, Actor(SERVICE, service_private), key, {"kind": kind, "at": now.isoformat(), **details})
    write_after_all(session, lambda: append(session, prepared))

"""What an administrator with the database's password could try on the legal queue, and what alarm it must raise."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from app.accounts.alarms import Alarm
from app.accounts.rings import share_ring
from app.accounts.tables import (
    Account,
    Membership,
    Queue,
    RingKey,
    StatementRow,
)
from app.accounts.vouching import vouched
from app.accounts.vouching_rings import Holder, Keys, RingState
from app.accounts.vouching_statements import Statement, make_statement
from app.vault.digest import sha256
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import new_signing_key
from tests.cast import Cast

LEGAL = col(RingKey.ring) == "queue:legal"
CHAIN = "ring:queue:legal"
Attack = Callable[[Session, Cast], Any]


def id_of(cast: Cast, name: str) -> str:
    return next(each.person.account_id for each in cast.founded.people if each.plan.name == name)


def rows(session: Session, chain: str) -> list[StatementRow]:
    query = select(StatementRow).where(col(StatementRow.chain) == chain).order_by(col(StatementRow.number))
    return list(session.exec(query))


def store(session: Session, statement: Statement) -> None:
    session.add(StatementRow(**vars(statement)))


def swap_key(session: Session, _cast: Cast) -> None:
    session.execute(update(RingKey).where(LEGAL).values(public_key=public_key(new_private_key())))


def insert_newer_key(session: Session, cast: Cast) -> None:
    private = new_private_key()
    session.add(RingKey(ring="queue:legal", generation=2, public_key=public_key(private)))
    for name in ("petro", "iryna"):
        account = session.get_one(Account, id_of(cast, name))
        share_ring(session, "queue:legal", 2, private, account.id, account.public_key)


def insert_member(session: Session, cast: Cast) -> None:
    session.add(Membership(queue_id="legal", account_id=id_of(cast, "petro"), lead=True))


def raise_to_lead(session: Session, cast: Cast) -> None:
    mine = col(Membership.queue_id) == "legal", col(Membership.account_id) == id_of(cast, "bohdan")
    session.execute(update(Membership).where(*mine).values(lead=True))


def drop_member(session: Session, cast: Cast) -> None:
    session.execute(delete(Membership).where(col(Membership.account_id) == id_of(cast, "bohdan")))


def insert_share(session: Session, cast: Cast) -> None:
    petro = session.get_one(Account, id_of(cast, "petro"))
    share_ring(session, "queue:legal", 1, new_private_key(), petro.id, petro.public_key)


def drop_key(session: Session, _cast: Cast) -> None:
    session.execute(delete(RingKey).where(LEGAL))


def rename_kind(session: Session, _cast: Cast) -> None:
    session.execute(update(Queue).where(col(Queue.id) == "legal").values(kind="documentation"))


def forge(session: Session, cast: Cast, signer: str, signing_key: bytes) -> None:
    """A next statement of the legal queue, right in every way but who signed it."""
    last, known = rows(session, CHAIN)[-1], vouched(session)
    private, petro = new_private_key(), session.get_one(Account, id_of(cast, "petro"))
    holder = Holder(Keys.of(petro.verify_key, petro.public_key), lead=True)
    state = RingState(known.rings["queue:legal"].organisation, 2, sha256(public_key(private)), {petro.id: holder})
    digest = Statement(last.chain, last.number, last.signer, last.content, last.signature).digest
    store(session, make_statement(CHAIN, 2, digest, state, signer, signing_key))


def forge_as_lead(session: Session, cast: Cast) -> None:
    forge(session, cast, id_of(cast, "daria"), new_signing_key())


def forge_as_administrator(session: Session, cast: Cast) -> None:
    forge(session, cast, id_of(cast, "petro"), cast.member("petro").signing_key)


def forge_as_member(session: Session, cast: Cast) -> None:
    forge(session, cast, id_of(cast, "bohdan"), cast.member("bohdan").signing_key)


def alter_statement(session: Session, _cast: Cast) -> None:
    (row,) = rows(session, CHAIN)
    row.content = row.content.replace(b'"lead":false', b'"lead":true')
    session.add(row)


def drop_statement(session: Session, _cast: Cast) -> None:
    session.execute(delete(StatementRow).where(col(StatementRow.chain) == CHAIN))


def move_statement(session: Session, _cast: Cast) -> None:
    other = rows(session, "ring:queue:tracing")[0]
    values = {"signer": other.signer, "content": other.content, "signature": other.signature}
    session.execute(update(StatementRow).where(col(StatementRow.chain) == CHAIN).values(values))


ATTACKS: dict[str, tuple[Attack, Alarm]] = {
    "a key is swapped": (swap_key, Alarm.QUEUE),
    "a newer key is inserted": (insert_newer_key, Alarm.QUEUE),
    "a key is deleted": (drop_key, Alarm.QUEUE),
    "a member is inserted": (insert_member, Alarm.QUEUE),
    "a member becomes lead": (raise_to_lead, Alarm.QUEUE),
    "a member is deleted": (drop_member, Alarm.QUEUE),
    "a share is inserted": (insert_share, Alarm.QUEUE),
    "a queue becomes of another kind": (rename_kind, Alarm.QUEUE),
    "a statement is forged in the lead's name": (forge_as_lead, Alarm.STATEMENTS),
    "a statement is signed by an administrator": (forge_as_administrator, Alarm.STATEMENTS),
    "a statement is signed by a member who does not lead": (forge_as_member, Alarm.STATEMENTS),
    "a statement is altered": (alter_statement, Alarm.STATEMENTS),
    "a statement is deleted": (drop_statement, Alarm.STATEMENTS),
    "a statement is put in the place of another": (move_statement, Alarm.STATEMENTS),
}

"""Spare codes: each stands in for the six digits of the second factor once, and opens nothing by itself.

A code wraps no key. Whoever has one still needs the passphrase, so a copied disk is as shut as before.
"""

from sqlalchemy import delete
from sqlmodel import Session, col, func, select

from app.accounts.tables import SpareCode
from app.storage.conflicts import changed_rows
from app.vault.spare_code import looks_like_spare_code, new_spare_code
from app.vault.unlock import unlock_spare_code

COUNT = 8


def draw_spare_codes() -> tuple[str, ...]:
    """As many codes as a person gets, to be shown once."""
    return tuple(new_spare_code() for _ in range(COUNT))


def spare_code_rows(account_id: str, codes: tuple[str, ...], salt: bytes) -> list[SpareCode]:
    """What is kept of a person's codes, to be stored once their account is."""
    return [
        SpareCode(locator=unlock_spare_code(code, account_id, salt).locator, account_id=account_id) for code in codes
    ]


def find_spare_code(session: Session, account_id: str, typed: str, salt: bytes) -> bytes | None:
    """The locator of the person's code that was typed and not used yet, to be spent; None where it is none."""
    if not looks_like_spare_code(typed):
        return None
    locator = unlock_spare_code(typed, account_id, salt).locator
    mine = select(SpareCode.locator).where(SpareCode.locator == locator, SpareCode.account_id == account_id)
    return session.exec(mine).first()


def spend_spare_code(session: Session, locator: bytes) -> bool:
    """Whether a code that was found is still there; it is used with this."""
    return bool(changed_rows(session.execute(delete(SpareCode).where(col(SpareCode.locator) == locator))))


def spare_codes_left(session: Session, account_id: str) -> int:
    """How many codes the person still has."""
    query = select(func.count()).select_from(SpareCode).where(col(SpareCode.account_id) == account_id)
    return session.exec(query).one()

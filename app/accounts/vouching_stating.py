"""Signing the next statement of a chain, at most one after each."""

from sqlmodel import Session

from app.accounts.errors import MayNotState, NotVouched, StatedMeanwhile
from app.accounts.members import Member
from app.accounts.tables import StatementRow
from app.accounts.vouching import STATED, Vouched, vouched
from app.accounts.vouching_rules import keeps
from app.accounts.vouching_statements import BEFORE_THE_FIRST, Statement, make_statement
from app.accounts.vouching_states import OrganisationState, State, organisation_chain
from app.storage.conflicts import insert_if_absent
from app.vault.signing import verify_key


def sign_next(known: Vouched, chain: str, state: State, by: Member) -> Statement:
    """Sign ``state`` as what follows in ``chain``: no database.

    Raises: :class:`NotVouched` where the chain does not hold as it stands; it must be mended first.
    """
    if chain in known.faults:
        raise NotVouched(chain)
    number, after = known.numbers.get(chain, 0) + 1, known.digests.get(chain, BEFORE_THE_FIRST)
    return make_statement(chain, number, after, state, by.account_id, by.signing_key)


def write_statement(session: Session, statement: Statement) -> None:
    """Write a signed statement; call it after all cryptography, since it may take the write lock.

    Raises: :class:`StatedMeanwhile` where somebody stated that number first.
    """
    session.info[STATED] = True
    written = insert_if_absent(
        session,
        StatementRow,
        chain=statement.chain,
        number=statement.number,
        signer=statement.signer,
        content=statement.content,
        signature=statement.signature,
    )
    if not written:
        raise StatedMeanwhile


def administered(session: Session, by: Member, organisation_id: str) -> tuple[Vouched, OrganisationState]:
    """What is vouched now, and the organisation, if ``by`` administers it.

    Raises: :class:`MayNotState`.
    """
    known = vouched(session)
    state = known.organisations.get(organisation_id)
    if state is None or state.administrator_key(by.account_id) != verify_key(by.signing_key):
        raise MayNotState
    return known, state


def sign_organisation(known: Vouched, organisation_id: str, state: OrganisationState, by: Member) -> Statement:
    """Sign an organisation's next state.

    Raises: :class:`MayNotState` where it would lose who left, or who was named.
    """
    if not keeps(known.organisations[organisation_id], state):
        raise MayNotState
    return sign_next(known, organisation_chain(organisation_id), state, by)

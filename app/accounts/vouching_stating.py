"""Signing the next statement of a chain, at most one after each, and none on what is no longer so."""

from sqlmodel import Session

from app.accounts.errors import MayNotState, NotVouched, StatedMeanwhile
from app.accounts.members import Member
from app.accounts.tables import StatementRow
from app.accounts.vouching import NUMBERS, Vouched, vouched
from app.accounts.vouching_anchor import anchor_of
from app.accounts.vouching_looks import first_look, note_stated
from app.accounts.vouching_rules import keeps
from app.accounts.vouching_statements import BEFORE_THE_FIRST, Statement, make_statement
from app.accounts.vouching_states import ORGANISATION, OrganisationState, State, organisation_chain
from app.storage.conflicts import insert_if_absent
from app.storage.sessions import after_commit
from app.storage.turns import take_turn
from app.vault.signing import verify_key


def sign_next(known: Vouched, chain: str, state: State, by: Member) -> Statement:
    """Sign ``state`` as what follows in ``chain``: no database.

    Raises: :class:`NotVouched` where the chain does not hold as it stands; it must be mended first.
    """
    return sign_next_as(known, chain, state, by.account_id, by.signing_key)


def sign_next_as(known: Vouched, chain: str, state: State, signer: str, private: bytes) -> Statement:
    """The same by ``signer``, who may be the root, with a key of 32 bytes."""
    if chain in known.faults:
        raise NotVouched(chain)
    number, after = known.numbers.get(chain, 0) + 1, known.digests.get(chain, BEFORE_THE_FIRST)
    return make_statement(chain, number, after, state, signer, private)


def write_statement(session: Session, statement: Statement) -> None:
    """Write a signed statement; call it after all cryptography, since it may take the write lock.

    From the commit on it counts as seen, so that nobody takes it away unnoticed before anybody has looked.

    Raises: :class:`StatedMeanwhile` where somebody stated something in that chain since this transaction first looked,
    or something in another on which it may rest.
    """
    take_turn(session, StatementRow)
    if _skips_one(session, statement) or _rests_on_older(session, statement):
        raise StatedMeanwhile
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
    note_stated(session, statement.chain, statement.number)
    anchor = anchor_of(session)
    after_commit(session, lambda: anchor.note({statement.chain: (statement.number, statement.digest)}))


def _skips_one(session: Session, statement: Statement) -> bool:
    """Whether it does not follow what this transaction first saw: what it says may then be of a state before that.

    Its number alone does not show it. Read again to sign, the chain gives the next number to what was decided before.
    """
    looked = first_look(session)
    return bool(looked) and statement.number != looked.get(statement.chain, 0) + 1


def _rests_on_older(session: Session, statement: Statement) -> bool:
    """Whether another chain went on since this transaction first looked, by which this statement might not hold.

    Whoever is removed signs nothing beside it, and the removal names the numbers at which everything else stood.
    """
    looked, own = first_look(session), statement.chain.startswith(ORGANISATION)
    return bool(looked) and any(
        number != looked.get(chain, 0)
        for chain, number in session.execute(NUMBERS)
        if chain != statement.chain and (own or chain.startswith(ORGANISATION))
    )


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

"""By whose keys the next statement of a chain may be signed: what :func:`~app.accounts.vouching_following.follow` asks.

No database.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

from app.accounts.permissions import Role
from app.accounts.vouching_following import Followed
from app.accounts.vouching_rings import RingState
from app.accounts.vouching_rules import (
    follows,
    follows_desk,
    follows_rules,
    goes_on,
    is_of_its_kind,
    keeps,
    role_for,
    speakers,
)
from app.accounts.vouching_statements import ROOT, SERVICE, Statement
from app.accounts.vouching_states import LOCKDOWN_CHAIN, RULES_CHAIN, InstallationState, OrganisationState
from app.accounts.vouching_together import DeskState, RulesState


def by_root(root: bytes) -> Callable[[InstallationState | None, InstallationState, Statement], tuple[bytes, ...]]:
    return lambda _before, _after, statement: (root,) if statement.signer == ROOT else ()


def by_administrators(
    root: bytes,
) -> Callable[[OrganisationState | None, OrganisationState, Statement], tuple[bytes, ...]]:
    def keys_for(before: OrganisationState | None, after: OrganisationState, statement: Statement) -> tuple[bytes, ...]:
        """The root may always speak; an administrator may, who stood there before, and takes back no one's leaving.

        After an organisation's end nobody speaks for it any more, not even the root.
        """
        if before is not None and not goes_on(before, after, root=statement.signer == ROOT):
            return ()
        if statement.signer == ROOT:
            return (root,)
        if before is None or not keeps(before, after):
            return ()
        key = before.administrator_key(statement.signer)
        return () if key is None else (key,)

    return keys_for


def by_leads(
    ring: str, organisations: Mapping[str, OrganisationState], every: Collection[OrganisationState] = ()
) -> Callable[[RingState | None, RingState, Statement], tuple[bytes, ...]]:
    def keys_for(before: RingState | None, after: RingState, statement: Statement) -> tuple[bytes, ...]:
        """Whoever may speak for the ring after the state before, and had neither left nor lost the role when they did.

        Of the record some speak who are of other organisations (``every``).
        """
        organisation = organisations.get(after.organisation)
        if organisation is None or ring not in organisation.rings or not follows(before, after):
            return ()
        signer, number = statement.signer, statement.number
        if not is_of_its_kind(ring, after) or any(each.lacked(signer, role_for(ring), ring, number) for each in every):
            return ()
        return _not_over(speakers(before, signer, ring, organisation, number), organisation, ring, statement)

    return keys_for


def by_proposers(
    receiving: Followed[OrganisationState],
) -> Callable[[RulesState | None, RulesState, Statement], tuple[bytes, ...]]:
    def keys_for(before: RulesState | None, after: RulesState, statement: Statement) -> tuple[bytes, ...]:
        """Whoever administers the organisation that receives, or did when they signed."""
        may = statement.signer in _administrators(receiving, statement) and follows_rules(before, after)
        return _keys_of(receiving.state, RULES_CHAIN, statement) if may else ()

    return keys_for


def by_closers(
    receiving: Followed[OrganisationState], leads: Collection[str], installation: InstallationState | None
) -> Callable[[DeskState | None, DeskState, Statement], tuple[bytes, ...]]:
    def keys_for(before: DeskState | None, after: DeskState, statement: Statement) -> tuple[bytes, ...]:
        """Administrators and leads of the organisation that receives, by two; the machine alone, as its key proves."""
        signer = statement.signer
        if signer == SERVICE:
            return () if installation is None or after.asked_by else (installation.service,)
        administrators = _administrators(receiving, statement)
        may = signer in administrators or signer in _still(receiving, leads, Role.CASEWORKER, statement)
        if not may or not follows_desk(before, after, signer, administrators):
            return ()
        return _keys_of(receiving.state, LOCKDOWN_CHAIN, statement)

    return keys_for


def _administrators(receiving: Followed[OrganisationState], statement: Statement) -> set[str]:
    """Whoever administered the organisation that receives, but those who did so no more at a statement of a chain."""
    return _still(receiving, receiving.administrators, Role.ADMINISTRATOR, statement)


def _still(
    receiving: Followed[OrganisationState], accounts: Collection[str], role: Role, statement: Statement
) -> set[str]:
    state, place = receiving.state, statement.chain
    return {who for who in accounts if state is None or not state.lacked(who, role, place, statement.number)}


def _keys_of(state: OrganisationState | None, chain: str, statement: Statement) -> tuple[bytes, ...]:
    """The keys by which whoever signed could sign in a shared chain then."""
    return () if state is None else _not_over(state.signing_keys(statement.signer), state, chain, statement)


def _not_over(
    keys: Iterable[bytes], organisation: OrganisationState, place: str, statement: Statement
) -> tuple[bytes, ...]:
    signer, number = statement.signer, statement.number
    return tuple(key for key in keys if not organisation.is_over(signer, key, place, number))

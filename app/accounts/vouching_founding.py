"""The first statements of an installation, signed by the root and by the first leads while founding has their keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session, select

from app.accounts.people import NewPerson
from app.accounts.permissions import Role
from app.accounts.tables import RingKey, StatementRow
from app.accounts.vouching_looks import note_founded
from app.accounts.vouching_rings import Holder, Keys, RingState
from app.accounts.vouching_statements import BEFORE_THE_FIRST, ROOT, Statement, make_statement
from app.accounts.vouching_states import (
    INSTALLATION,
    InstallationState,
    Named,
    OrganisationState,
    Person,
    State,
    organisation_chain,
    ring_chain,
)
from app.vault.digest import sha256


@dataclass
class Founding:
    """What is to be stated first; nothing is written before :meth:`state`."""

    root_private: bytes = field(repr=False)
    installation: InstallationState
    in_force: Mapping[str, bytes] = field(default_factory=dict)
    organisations: dict[str, OrganisationState] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)

    def add_organisation(
        self, organisation_id: str, name: str, people: Sequence[tuple[NewPerson, tuple[Role, ...]]]
    ) -> None:
        """An organisation with its people and their roles."""
        appointed = {
            person.account_id: Person(Keys.of(person.verify_key, person.public_key), frozenset(roles))
            for person, roles in people
        }
        in_force = self.in_force if organisation_id == self.installation.receiving else {}
        self.organisations[organisation_id] = OrganisationState(name, appointed, in_force=in_force)

    def add_ring(
        self, session: Session, organisation_id: str, ring: str, kind: str, holders: Sequence[tuple[NewPerson, bool]]
    ) -> None:
        """A ring of an organisation; its first generation is stated by the first who leads it, if there is one."""
        first = next((person for person, leads in holders if leads), None)
        organisation = self.organisations[organisation_id]
        named = Named(kind, {} if first is None else {first.account_id: (first.verify_key,)})
        self.organisations[organisation_id] = replace(organisation, rings={**organisation.rings, ring: named})
        if first is None:
            return
        public_key = session.exec(select(RingKey.public_key).where(RingKey.ring == ring)).one()
        held = {
            person.account_id: Holder(Keys.of(person.verify_key, person.public_key), leads) for person, leads in holders
        }
        state = RingState(organisation_id, 1, sha256(public_key), held)
        self._state_first(ring_chain(ring), state, first.account_id, first.signing_key)

    def state(self, session: Session) -> None:
        """Sign for the root and write everything; an organisation without an administrator gets all there are."""
        everybody = {
            account: person.keys.verify
            for organisation in self.organisations.values()
            for account, person in organisation.people.items()
            if Role.ADMINISTRATOR in person.roles
        }
        installation = replace(self.installation, founded=tuple(sorted(self.organisations)))
        self._state_first(INSTALLATION, installation, ROOT, self.root_private)
        for organisation_id, organisation in self.organisations.items():
            own = any(account in organisation.people for account in everybody)
            state = organisation if own else replace(organisation, stewards=everybody)
            self._state_first(organisation_chain(organisation_id), state, ROOT, self.root_private)
        note_founded(session)
        session.add_all(
            StatementRow(
                chain=each.chain,
                number=each.number,
                signer=each.signer,
                content=each.content,
                signature=each.signature,
            )
            for each in self.statements
        )

    def _state_first(self, chain: str, state: State, signer: str, signing_key: bytes) -> None:
        self.statements.append(make_statement(chain, 1, BEFORE_THE_FIRST, state, signer, signing_key))

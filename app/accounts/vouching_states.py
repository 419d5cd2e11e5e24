"""What statements say: the state of the installation and of an organisation, as values and to be packed.

A statement carries a whole state and not a change, so that the newest one says everything and two that are compared
show what became different. Public keys for sealing stand as their SHA-256: rows hold them, statements say which count.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.accounts.permissions import Role
from app.accounts.vouching_rings import Keys, RingState
from app.accounts.vouching_together import DeskState, RulesState, read_moment

INSTALLATION = "installation"
ORGANISATION = "organisation:"
RING = "ring:"
# The chain of rules that administrators of the receiving organisation propose.
RULES_CHAIN = "rules"
# The chain that says whether the desk is closed, and who wishes the contrary.
LOCKDOWN_CHAIN = "lockdown"
# Chains of no ring in which people sign: whoever leaves signs there no more, nor does a key after a reset.
SHARED_CHAINS = (RULES_CHAIN, LOCKDOWN_CHAIN)
# Two more places where a key ends with a reset, neither of which is a ring's: the record, by the number of its last
# entry, and the organisation's own chain, whose number what two people sign names.
ON_RECORD = "on:record"
ON_ORGANISATION = "on:organisation"
# Behind every number that a place has or will have: how it stands now.
LATEST = sys.maxsize

# For each role that was ever taken away: where every place stood when it was taken, given back, taken again, in turn.
Turns = Mapping[Role, tuple[Mapping[str, int], ...]]


def organisation_chain(organisation_id: str) -> str:
    """The name of an organisation's chain."""
    return f"{ORGANISATION}{organisation_id}"


def ring_chain(ring: str) -> str:
    """The name of a ring's chain."""
    return f"{RING}{ring}"


@dataclass(frozen=True)
class Person:
    """Somebody whom an organisation appointed; ``earlier`` are signing keys that were theirs before a reset.

    ``until`` says for each of them, the newest first, where each ring, the shared chains, the record and the
    organisation's own chain stood at that reset: what the older key, which may have been stolen, would sign there
    afterwards counts for nothing. Older resets have none, or not all of them. ``turns`` bounds what a role signs.
    """

    keys: Keys
    roles: frozenset[Role]
    earlier: tuple[bytes, ...] = ()
    until: tuple[Mapping[str, int], ...] = ()
    turns: Turns = field(default_factory=dict)

    def with_roles(self, roles: frozenset[Role], at: Mapping[str, int]) -> "Person":
        """The person with other roles from where everything stands now (``at``) on."""
        turned = (role for role in self.roles ^ roles if role in self.roles or role in self.turns)
        turns = {role: (*self.turns.get(role, ()), at) for role in turned}
        return replace(self, roles=roles, turns={**self.turns, **turns})

    def packed(self) -> dict[str, Any]:
        """The person as JSON values and bytes."""
        content: dict[str, Any] = {
            "verify": self.keys.verify,
            "sealing": self.keys.sealing,
            "roles": sorted(role.value for role in self.roles),
            "earlier": list(self.earlier),
        }
        return content | _bounds(self.until, self.turns)

    @classmethod
    def unpacked(cls, content: Mapping[str, Any]) -> "Person":
        """Read what :meth:`packed` gave."""
        return cls(
            Keys(content["verify"], content["sealing"]),
            frozenset(Role(role) for role in content["roles"]),
            tuple(content["earlier"]),
            tuple(dict(numbers) for numbers in content.get("until", ())),
            _turns(content),
        )


@dataclass(frozen=True)
class Left:
    """Somebody who was removed: the signing keys that were theirs, and where each ring stood when they went.

    Whatever they would sign for a ring after that number counts for nothing, however it is dated. ``until`` and
    ``turns`` are what :class:`Person` had of keys that a reset had ended, and of roles that were taken, before.
    """

    verify: tuple[bytes, ...]
    rings: Mapping[str, int]
    until: tuple[Mapping[str, int], ...] = ()
    turns: Turns = field(default_factory=dict)

    def packed(self) -> dict[str, Any]:
        """Who left as JSON values and bytes."""
        return {"verify": list(self.verify), "rings": dict(self.rings)} | _bounds(self.until, self.turns)

    @classmethod
    def unpacked(cls, content: Mapping[str, Any]) -> "Left":
        """Read what :meth:`packed` gave."""
        until = tuple(dict(numbers) for numbers in content.get("until", ()))
        return cls(tuple(content["verify"]), dict(content["rings"]), until, _turns(content))


def _bounds(until: tuple[Mapping[str, int], ...], turns: Turns) -> dict[str, Any]:
    # Named only where there are some, so that people are stated in the same bytes as ever.
    content: dict[str, Any] = {"until": [dict(numbers) for numbers in until]} if until else {}
    each = {role.value: [dict(numbers) for numbers in turned] for role, turned in turns.items()}
    return content | ({"turns": each} if each else {})


def _turns(content: Mapping[str, Any]) -> Turns:
    each = content.get("turns", {}).items()
    return {Role(role): tuple(dict(numbers) for numbers in turned) for role, turned in each}


@dataclass(frozen=True)
class Named:
    """A ring that an organisation has: the kind of its queue, and who may begin it (account -> signing keys)."""

    kind: str
    first: Mapping[str, tuple[bytes, ...]]


@dataclass(frozen=True)
class InstallationState:
    """What the root says of the installation itself.

    ``founded`` are the organisations that it signed with the first of these; an older installation does not say them.
    """

    receiving: str
    service: bytes
    backup: bytes
    founded: tuple[str, ...] = ()

    def packed(self) -> dict[str, Any]:
        """The state as JSON values and bytes."""
        content: dict[str, Any] = {"receiving": self.receiving, "service": self.service, "backup": self.backup}
        # Named only where it is said, so that an older installation is stated in the same bytes as ever.
        return content | ({"founded": list(self.founded)} if self.founded else {})

    @classmethod
    def unpacked(cls, content: Mapping[str, Any]) -> "InstallationState":
        """Read what :meth:`packed` gave."""
        founded = tuple(content.get("founded", ()))
        return cls(content["receiving"], content["service"], content["backup"], founded)


@dataclass(frozen=True)
class OrganisationState:
    """An organisation: its people, the administrators it has from elsewhere, its rings, who left, what is in force.

    ``leaving`` and ``ended`` are moments (ISO texts in UTC), "" while neither is so: only the root says them.
    """

    name: str
    people: Mapping[str, Person] = field(default_factory=dict)
    stewards: Mapping[str, bytes] = field(default_factory=dict)
    rings: Mapping[str, Named] = field(default_factory=dict)
    left: Mapping[str, Left] = field(default_factory=dict)
    in_force: Mapping[str, bytes] = field(default_factory=dict)
    leaving: str = ""
    ended: str = ""

    def administrator_key(self, account_id: str) -> bytes | None:
        """The signing key by which ``account_id`` administers here, or None."""
        person = self.people.get(account_id)
        if person is not None and Role.ADMINISTRATOR in person.roles:
            return person.keys.verify
        return self.stewards.get(account_id)

    def signing_keys(self, account_id: str) -> tuple[bytes, ...]:
        """Every signing key that is or was this person's, the newest first."""
        if (person := self.people.get(account_id)) is not None:
            return (person.keys.verify, *person.earlier)
        left = self.left.get(account_id)
        return () if left is None else left.verify

    def signing_keys_at(self, account_id: str, place: str, number: int) -> tuple[bytes, ...]:
        """Those of a person's signing keys that no reset had ended yet at ``number`` of the record, or of this chain.

        A reset of an older release does not say where these stood, and ends nothing there.
        """
        # What two people sign beside a case is for caseworkers.
        if place == ON_ORGANISATION and self.lacked(account_id, Role.CASEWORKER, place, number):
            return ()
        keys, somebody = self.signing_keys(account_id), self.people.get(account_id) or self.left.get(account_id)
        until = () if somebody is None else somebody.until
        over = {key for key, numbers in zip(keys[1:], until, strict=False) if number > numbers.get(place, number)}
        return tuple(key for key in keys if key not in over)

    def lacked(self, account_id: str, role: Role, place: str, number: int = LATEST) -> bool:
        """Whether a role had been taken from somebody, and not given back, when ``number`` was reached in a place."""
        somebody = self.people.get(account_id) or self.left.get(account_id)
        turned = () if somebody is None else somebody.turns.get(role, ())
        return sum(number > numbers.get(place, 0) for numbers in turned) % 2 == 1

    def is_over(self, account_id: str, key: bytes, place: str, number: int) -> bool:
        """Whether a key counts for nothing in a ring or shared chain by then: its owner left, or was given another."""
        left, person = self.left.get(account_id), self.people.get(account_id)
        if left is not None:
            return number > left.rings.get(place, 0)
        pairs = () if person is None else zip(person.earlier, person.until, strict=False)
        return any(key == older and number > numbers.get(place, 0) for older, numbers in pairs)

    def packed(self) -> dict[str, Any]:
        """The state as JSON values and bytes."""
        # Named only where they are said, so that every other organisation is stated in the same bytes as ever.
        goes = {name: text for name, text in (("leaving", self.leaving), ("ended", self.ended)) if text}
        return {
            **goes,
            "name": self.name,
            "people": {account: person.packed() for account, person in self.people.items()},
            "stewards": dict(self.stewards),
            "rings": {
                ring: {"kind": each.kind, "first": {account: list(keys) for account, keys in each.first.items()}}
                for ring, each in self.rings.items()
            },
            "left": {account: left.packed() for account, left in self.left.items()},
            "in_force": dict(self.in_force),
        }

    @classmethod
    def unpacked(cls, content: Mapping[str, Any]) -> "OrganisationState":
        """Read what :meth:`packed` gave.

        Raises: ``ValueError`` where a moment is none in UTC.
        """
        return cls(
            leaving=read_moment(content.get("leaving", "")),
            ended=read_moment(content.get("ended", "")),
            name=content["name"],
            people={account: Person.unpacked(person) for account, person in content["people"].items()},
            stewards=dict(content["stewards"]),
            rings={
                ring: Named(each["kind"], {account: tuple(keys) for account, keys in each["first"].items()})
                for ring, each in content["rings"].items()
            },
            left={account: Left.unpacked(left) for account, left in content["left"].items()},
            in_force=dict(content["in_force"]),
        )


State = InstallationState | OrganisationState | RingState | RulesState | DeskState

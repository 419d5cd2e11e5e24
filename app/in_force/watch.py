"""Where what this machine carries is not what was signed, where nothing is signed yet, and what a release brought."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from app.accounts.alarms import Alarm, Raised
from app.accounts.pinned import CONSENTS, QUESTIONS, RULES, newest, order
from app.accounts.vouching import vouched
from app.in_force.carried import carried, consents_digest, questions_digest
from app.in_force.reading import UNSURE, pins, rules
from app.questionnaire import UnknownVersion

KINDS = (QUESTIONS, CONSENTS, RULES)


@dataclass(frozen=True)
class InForce:
    """How things stand, by name: what is signed, what of it this machine has not or otherwise, what could be signed.

    ``unsigned`` has the kinds for which nobody signed anything yet.
    """

    signed: tuple[str, ...]
    differing: Mapping[str, str]
    waiting: tuple[str, ...]
    unsigned: tuple[str, ...]


def in_force(session: Session) -> InForce:
    """Hold everything that is signed against what this machine carries."""
    signed, here = pins(vouched(session)), carried()
    used = newest(signed, RULES)
    waiting = [
        name
        for name, digest in here.items()
        if signed.get(name) != digest
        and not (name.startswith(RULES) and used and order(name.removeprefix(RULES)) <= order(used))
    ]
    return InForce(
        signed=tuple(sorted(signed)),
        differing=dict(_differing(session, signed)),
        waiting=tuple(sorted(waiting)),
        unsigned=tuple(kind for kind in KINDS if not any(name.startswith(kind) for name in signed)),
    )


def raised(session: Session) -> tuple[Raised, ...]:
    """The alarms: each name under which this machine would use something else than was signed."""
    found = _differing(session, pins(vouched(session)))
    return tuple(Raised(Alarm.IN_FORCE, name, detail, None) for name, detail in sorted(found))


def _differing(session: Session, signed: Mapping[str, bytes]) -> Iterable[tuple[str, str]]:
    for name, digest in signed.items():
        kind, _, version = name.partition(":")
        if f"{kind}:" == RULES:
            if rules(session) is UNSURE:
                yield name, "other"
            continue
        try:
            if _here(f"{kind}:", version) != digest:
                yield name, "other"
        except (UnknownVersion, KeyError):
            yield name, "missing"


def _here(kind: str, version: str) -> bytes:
    if kind == QUESTIONS:
        return questions_digest(version)
    of, _, language = version.partition("/")
    return consents_digest(of, language)

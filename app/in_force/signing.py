"""Bringing into force what a release of the program carries: an administrator's deliberate, signed act."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from app.accounts.errors import MayNotState
from app.accounts.installation import about
from app.accounts.members import Member
from app.accounts.pinned import CONSENTS, QUESTIONS, RULES
from app.accounts.record import put_on_record
from app.accounts.vouching_stating import administered, sign_organisation, write_statement
from app.in_force.carried import carried
from app.in_force.watch import in_force


class Group(StrEnum):
    """What is signed together: questions are nothing without the texts of consent that belong to them."""

    QUESTIONS = "questions"
    RULES = "rules"

    @property
    def kinds(self) -> tuple[str, ...]:
        """The beginnings of the names that belong to it."""
        return (RULES,) if self is Group.RULES else (QUESTIONS, CONSENTS)


def may_sign(session: Session, member: Member) -> bool:
    """Whether somebody administers the organisation that receives, by what was signed."""
    try:
        administered(session, member, about(session).receiving_id)
    except MayNotState:
        return False
    return True


def bring_into_force(session: Session, member: Member, group: Group, now: datetime) -> tuple[str, ...]:
    """Sign what waits of a group; return the names of what was signed.

    Raises: :class:`MayNotState`, :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    receiving = about(session).receiving_id
    known, state = administered(session, member, receiving)
    here = carried()
    wanted = {name: here[name] for name in in_force(session).waiting if name.startswith(group.kinds)}
    if not wanted:
        return ()
    # Of rules one set is in force at a time; questions and texts stay beside newer ones.
    kept = {
        name: digest
        for name, digest in state.in_force.items()
        if not (name.startswith(RULES) and any(new.startswith(RULES) for new in wanted))
    }
    following = replace(state, in_force={**kept, **wanted})
    statement = sign_organisation(known, receiving, following, member)
    put_on_record(session, member, "put_in_force", now, what=" ".join(sorted(wanted)))
    write_statement(session, statement)
    return tuple(sorted(wanted))

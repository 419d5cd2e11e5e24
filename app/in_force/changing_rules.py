"""Changing the rules: one administrator proposes, another signs, and both are of the organisation that receives.

A proposal is a statement in a chain of its own; what brings it into force is the organisation's. Both stay, so it can
always be seen who proposed and who signed. What was in force before comes back as a proposal under a new number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.accounts.errors import MayNotState, StatedMeanwhile
from app.accounts.installation import about
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.pinned import RULES, after, newest, order
from app.accounts.queues import queue_states
from app.accounts.record import put_on_record
from app.accounts.vouching import Vouched, vouched
from app.accounts.vouching_states import RULES_CHAIN, OrganisationState, organisation_chain
from app.accounts.vouching_stating import administered, sign_next, sign_organisation, write_statement
from app.accounts.vouching_together import RulesState
from app.in_force.reading import UNSURE, made_in, pins, read_data, read_made, rules
from app.routing import Rules, UnknownRules, load_rules
from app.routing.editing import RefusedRules, Wish, edited, wish_of
from app.routing.rules_file import CURRENT_RULES, rules_data
from app.storage.packing import pack


@dataclass(frozen=True)
class Proposal:
    """Rules that wait for a second administrator, and the account that proposed them."""

    version: str
    by: str
    rules: Rules


def wishes(session: Session) -> tuple[Wish, ...]:
    """Every rule as it is now, in order, to begin a change from; released rules that do not count come last."""
    now = _known_rules(session)
    base = load_rules(_base(session))
    counting = {rule.id for rule in now.rules}
    off = [rule for rule in base.rules if rule.id not in counting]
    found = [wish_of(rule, place) for place, rule in enumerate(now.rules, 1)]
    found += [wish_of(rule, place, off=True) for place, rule in enumerate(off, len(found) + 1)]
    return (*found, wish_of(now.otherwise, len(found) + 1))


def drafted(session: Session, wanted: Sequence[Wish]) -> Rules:
    """The rules that the wishes would make.

    Raises: :class:`~app.routing.editing.RefusedRules`.
    """
    return read_data(pack(_data(session, wanted)))


def proposal(session: Session) -> Proposal | None:
    """What waits for a second administrator: the last that was proposed, unless it was signed or taken back.

    What this release cannot read as rules waits for nobody, and keeps nobody from proposing others.
    """
    known = vouched(session)
    last = known.proposed[-1] if known.proposed else None
    used = newest(pins(known), RULES)
    if last is None or last.taken_back or (used is not None and order(last.version) <= order(used)):
        return None
    made = read_made(last)
    return None if made is None else Proposal(last.version, last.by, made)


def earlier(session: Session) -> tuple[str, ...]:
    """Versions that were in force and can be proposed again, the newest first."""
    known = vouched(session)
    used = newest(pins(known), RULES)
    were = {name.removeprefix(RULES) for name in known.pinned_by if name.startswith(RULES)} - {used}
    return tuple(sorted((version for version in were if _content(known, version) is not None), key=order, reverse=True))


def propose(session: Session, member: Member, wanted: Sequence[Wish], now: datetime) -> str:
    """Sign changed rules as a proposal; return the version that they would be.

    Raises: :class:`MayNotState`, :class:`~app.routing.editing.RefusedRules`, :class:`StatedMeanwhile`.
    """
    known, _state = _administered(session, member)
    content = _data(session, wanted)
    if read_data(pack({**content, "version": _known_rules(session).version})) == _known_rules(session):
        raise RefusedRules({"": "nothing_changed"})
    return _state_proposal(session, member, known, content, now)


def propose_again(session: Session, member: Member, version: str, now: datetime) -> str:
    """Propose what was in force before, under a new number.

    Raises: :class:`MayNotState` where it never was, :class:`StatedMeanwhile`.
    """
    known, _state = _administered(session, member)
    content = _content(known, version) if version in earlier(session) else None
    if content is None:
        raise MayNotState
    again = {**content, "version": after(_used(known))}
    return _state_proposal(session, member, known, again, now)


def agree(session: Session, member: Member, version: str, now: datetime) -> None:
    """Bring a colleague's proposal into force.

    Raises: :class:`MayNotState` for one's own and for one whose proposer administers nothing here any more,
    :class:`~app.routing.editing.RefusedRules` where a queue cannot receive any more, :class:`StatedMeanwhile` where
    another one waits by now.
    """
    known, state = _administered(session, member)
    waits = proposal(session)
    if waits is None or waits.version != version:
        raise StatedMeanwhile
    person = state.people.get(waits.by)
    if waits.by == member.account_id or person is None or Role.ADMINISTRATOR not in person.roles:
        raise MayNotState
    _refuse_closed_queues(session, waits.rules)
    others = {name: digest for name, digest in state.in_force.items() if not name.startswith(RULES)}
    digest = next(each.digest for each in known.proposed if each.version == version)
    following = replace(state, in_force={**others, f"{RULES}{version}": digest})
    statement = sign_organisation(known, about(session).receiving_id, following, member)
    put_on_record(session, member, "rules_agreed", now, version=version, proposed_by=waits.by)
    write_statement(session, statement)


def take_back(session: Session, member: Member, version: str, now: datetime) -> None:
    """Let a proposal, one's own or a colleague's, come to nothing.

    Raises: :class:`MayNotState`, :class:`StatedMeanwhile`.
    """
    known, _state = _administered(session, member)
    waits = proposal(session)
    if waits is None or waits.version != version:
        raise StatedMeanwhile
    statement = sign_next(known, RULES_CHAIN, RulesState(version, {}), member)
    put_on_record(session, member, "rules_taken_back", now, version=version, proposed_by=waits.by)
    write_statement(session, statement)


def _administered(session: Session, member: Member) -> tuple[Vouched, OrganisationState]:
    """The receiving organisation, for an administrator of its own.

    Raises: :class:`MayNotState`.
    """
    receiving = about(session).receiving_id
    known, state = administered(session, member, receiving)
    if member.account_id not in state.people:
        raise MayNotState
    return known, state


def _state_proposal(session: Session, member: Member, known: Vouched, content: dict[str, Any], now: datetime) -> str:
    if proposal(session) is not None or organisation_chain(member.organisation_id) in known.faults:
        raise StatedMeanwhile
    _refuse_closed_queues(session, read_data(pack(content)))
    version: str = content["version"]
    statement = sign_next(known, RULES_CHAIN, RulesState(version, content), member)
    put_on_record(session, member, "rules_proposed", now, version=version)
    write_statement(session, statement)
    return version


def _data(session: Session, wanted: Sequence[Wish]) -> dict[str, Any]:
    return edited(rules_data(_base(session)), wanted, after(_used(vouched(session))))


def _known_rules(session: Session) -> Rules:
    """The rules to change: those in force, or the program's own where those that were signed are not to be had."""
    found = rules(session)
    return load_rules(CURRENT_RULES) if found is UNSURE else found


def _base(session: Session) -> str:
    """The released rules that those to change were made from, which may be themselves."""
    made = made_in(vouched(session))
    return _known_rules(session).version if made is None or rules(session) is UNSURE else str(made.content["base"])


def _used(known: Vouched) -> list[str]:
    """Every number that rules have or had."""
    return [
        CURRENT_RULES,
        *known.rule_versions,
        *(n.removeprefix(RULES) for n in known.pinned_by if n.startswith(RULES)),
    ]


def _content(known: Vouched, version: str) -> dict[str, Any] | None:
    """What was in force under a number, as data to propose again; None where this release cannot read it."""
    made = next((each for each in known.proposed if each.version == version), None)
    if made is not None and read_made(made) is not None:
        return dict(made.content)
    try:
        return {"base": version, **rules_data(version)}
    except UnknownRules:
        return None


def _refuse_closed_queues(session: Session, wanted: Rules) -> None:
    """A rule that leads somewhere else than before must lead to a queue that receives.

    Raises: :class:`~app.routing.editing.RefusedRules`.
    """
    before = {rule.id: rule.queue_kind for rule in _known_rules(session).rules}
    open_kinds = {queue.kind for queue in queue_states(session) if queue.ready}
    closed = {
        rule.id: "closed_queue"
        for rule in wanted.rules
        if rule.queue_kind != before.get(rule.id) and rule.queue_kind not in open_kinds
    }
    if closed:
        raise RefusedRules(closed)


def reasons(session: Session) -> dict[str, str]:
    """Why each rule says what it says (a msgid), by the rule's id: for those that count and those that do not."""
    base = load_rules(_base(session))
    return {rule.id: rule.reason for rule in (*base.rules, base.otherwise)}

"""The rules by which one state may follow another, and whose somebody is whom two organisations name: no database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum

from app.accounts.permissions import Role
from app.accounts.pinned import keeps_pins, order
from app.accounts.rings import QUEUE, RECOVERY, STATISTICS, recovery_ring
from app.accounts.vouching_rings import RingState, Trustees
from app.accounts.vouching_states import LATEST, Left, Named, OrganisationState, Person
from app.accounts.vouching_together import DeskState, RulesState

# How long a wish of the desk waits for the second person, and to which step of the clock its end is rounded up.
WISH_WAITS, WISH_STEP = timedelta(minutes=30), timedelta(minutes=15)


class Since(IntEnum):
    """How sure it is that an organisation had somebody before another named them too: the lower, the surer."""

    FOUNDED = 0
    SEEN = 1
    NEW = 2


@dataclass(frozen=True)
class Claim:
    """An organisation that has or had somebody, and since when."""

    organisation_id: str
    since: Since
    receiving: bool


def keeps(before: OrganisationState, after: OrganisationState) -> bool:
    """Whether one state can come after another: who left when, who was named for what, and whose keys were whose stay.

    Rings and whatever people signed are judged by these for ever. An administrator appoints, resets and removes; they
    cannot say that a key had been somebody's before.
    """
    stay = all(
        _stays(left, after.left.get(account)) and account not in after.people for account, left in before.left.items()
    )
    gone = before.people.keys() - after.people.keys()
    return (
        stay
        and gone == after.left.keys() - before.left.keys()
        and all(after.left[account].verify == before.signing_keys(account) for account in gone)
        and all(after.left[account].until in (before.people[account].until, ()) for account in gone)
        and all(after.left[account].turns in (before.people[account].turns, {}) for account in gone)
        and all(_keeps_keys(before.people.get(account), person) for account, person in after.people.items())
        and all(_keeps_turns(before.people.get(account), person) for account, person in after.people.items())
        and all(_keeps_ring(each, after.rings.get(ring)) for ring, each in before.rings.items())
        and keeps_pins(before.in_force, after.in_force)
    )


def goes_on(before: OrganisationState, after: OrganisationState, *, root: bool) -> bool:
    """Whether one state can come after another as to leaving: the root says that, and nothing follows after an end.

    It ends only after it was said to leave, without people or administrators from elsewhere.
    """
    if before.ended:
        return False
    if not root:
        return (after.leaving, after.ended) == (before.leaving, before.ended)
    return not after.ended or bool(before.leaving and not after.people and not after.stewards)


def changed_by_root(before: OrganisationState, after: OrganisationState) -> tuple[str, ...] | None:
    """Whom the root gave other keys, roles or rights; None where it only had an organisation leave or end.

    It may be nobody, where the root changed something else.
    """
    if after.ended or replace(after, leaving=before.leaving) == before:
        return None
    people = {account for account, person in after.people.items() if before.people.get(account) != person}
    return tuple(sorted(people | {who for who, key in after.stewards.items() if before.stewards.get(who) != key}))


def _stays(before: Left, after: Left | None) -> bool:
    """Whether somebody stays away as they left; a release that knows no such numbers leaves them out when it signs."""
    if after is None or (after.verify, after.rings) != (before.verify, before.rings):
        return False
    return after.until in (before.until, ()) and after.turns in (before.turns, {})


def _keeps_turns(before: Person | None, after: Person) -> bool:
    """Whether every role that is taken away or given back says where everything stood, and what was said stays."""
    if before is None:
        return not after.turns
    changed = before.roles ^ after.roles
    # A release that knows no turns changes no roles, and leaves them out when it signs.
    if not changed and not after.turns:
        return True
    return all(
        _goes_on_in_turn(before.turns.get(role, ()), after.turns.get(role, ()))
        if role in changed and (role in before.roles or role in before.turns)
        else after.turns.get(role) == before.turns.get(role)
        for role in Role
    )


def _goes_on_in_turn(before: tuple[Mapping[str, int], ...], after: tuple[Mapping[str, int], ...]) -> bool:
    if len(after) != len(before) + 1 or after[:-1] != before:
        return False
    return not before or all(after[-1].get(place, 0) >= number for place, number in before[-1].items())


def remembering(before: OrganisationState | None, after: OrganisationState) -> OrganisationState:
    """The later of two states with the turns that a release which knows none left out when it signed."""
    if before is None:
        return after
    turned = {account: each.turns for account, each in before.people.items() if each.turns}
    turned |= {account: each.turns for account, each in before.left.items() if each.turns}
    people = {who: each for who, each in after.people.items() if who in turned and not each.turns}
    left = {who: each for who, each in after.left.items() if who in turned and not each.turns}
    if not people and not left:
        return after
    return replace(
        after,
        people={**after.people, **{who: replace(each, turns=turned[who]) for who, each in people.items()}},
        left={**after.left, **{who: replace(each, turns=turned[who]) for who, each in left.items()}},
    )


def _keeps_keys(before: Person | None, after: Person) -> bool:
    """Whether what counts as a person's older signing keys is what was theirs; nobody is given a past."""
    if before is None:
        return not after.earlier and not after.until
    # A release that knows no numbers leaves them out when it signs.
    if after.keys.verify == before.keys.verify:
        return after.earlier == before.earlier and after.until in (before.until, ())
    numbered = not after.until or after.until[1:] == before.until
    return after.earlier == (before.keys.verify, *before.earlier) and numbered


def _keeps_ring(before: Named, after: Named | None) -> bool:
    return (
        after is not None
        and after.kind == before.kind
        and all(set(keys) <= set(after.first.get(account, ())) for account, keys in before.first.items())
    )


def role_for(ring: str) -> Role:
    """The role that somebody needs to hold a ring, or to speak for a recovery key."""
    if ring.startswith(QUEUE):
        return Role.CASEWORKER
    if ring.startswith(RECOVERY):
        return Role.ADMINISTRATOR
    return Role.COORDINATOR if ring == STATISTICS else Role.AUDITOR


def speakers(
    before: RingState | None, account_id: str, ring: str, organisation: OrganisationState, number: int = LATEST
) -> tuple[bytes, ...]:
    """The signing keys by which somebody may speak for a ring after the state ``before``; none if they may not.

    A lead may. Whom the organisation named may begin the ring, carry it on if they hold its key, and begin anew where
    nobody is left who held it: so an administrator names who leads, and gives nobody a key that somebody still holds.
    From whom the role was taken, when the ring's statement ``number`` was made, may nothing of this.
    """
    if organisation.lacked(account_id, role_for(ring), ring, number):
        return ()
    named = organisation.rings[ring].first.get(account_id, ())
    if before is None:
        return named
    holder = before.holders.get(account_id)
    own = (holder.keys.verify,) if holder is not None and (holder.lead or holder.keys.verify in named) else ()
    return own if still_held(ring, before, organisation, number) else (*own, *named)


def still_held(ring: str, state: RingState, organisation: OrganisationState, number: int = LATEST) -> bool:
    """Whether anybody holds a ring's key who stands in the organisation with the keys that it was given to.

    It counts whose role it was when the ring's statement ``number`` was made.
    """
    return any(
        (person := organisation.people.get(account)) is not None
        and person.keys == holder.keys
        and not organisation.lacked(account, role_for(ring), ring, number)
        for account, holder in state.holders.items()
    )


def is_of_its_kind(ring: str, state: RingState) -> bool:
    """Whether a state is one of such a ring: an organisation's own recovery key has trustees and no holder."""
    if not ring.startswith(RECOVERY):
        return state.trustees is None
    alone = state.trustees is not None and not state.holders and state.cover is None
    return alone and ring == recovery_ring(state.organisation)


def follows(before: RingState | None, after: RingState) -> bool:
    """Whether a ring's state can come after another: generations go up by one, and nobody goes without a new one."""
    if before is None:
        return after.generation == 1
    if after.organisation != before.organisation or not _trustees_follow(before, after):
        return False
    if after.generation == before.generation:
        return after.public == before.public and before.holders.keys() <= after.holders.keys()
    return after.generation == before.generation + 1 and after.public != before.public


def _trustees_follow(before: RingState, after: RingState) -> bool:
    """Whether trustees stay what they are until there is a new key; that recovery was used is never taken back."""
    old, new = before.trustees, after.trustees
    if old is None or new is None:
        return old is new
    remembered = all(new.used.get(ring, "") >= day for ring, day in old.used.items())
    return remembered and (after.generation != before.generation or _same_set(old, new))


def _same_set(old: Trustees, new: Trustees) -> bool:
    same = (old.needed, old.count, old.mark) == (new.needed, new.count, new.mark)
    return same and (new.tested or not old.tested)


def follows_rules(before: RulesState | None, after: RulesState) -> bool:
    """Whether proposed rules can come after others: under a number that nobody had, or taking back the last ones.

    Raises: ``ValueError`` where it has no version.
    """
    if before is None:
        return bool(after.content) and bool(order(after.version))
    if not after.content:
        return bool(before.content) and after.version == before.version
    return order(after.version) > order(before.version)


def follows_desk(before: DeskState | None, after: DeskState, signer: str, administrators: Collection[str]) -> bool:
    """Whether ``signer`` may say this of the desk: ask for the contrary, take that back, or confirm another's wish.

    One of two who change it is an administrator. A desk that was closed before anything was signed is opened as any.
    Each says when they signed. Nobody else knows that moment, so it is bounded by what others know: a wish waits for
    half an hour from its own moment, is confirmed neither before that moment nor after, and whoever meets one that
    begins in the future passes it by (:class:`~app.accounts.lockdown.LockdownState`).
    """
    before = before or DeskState(after.closed)
    if after.asked_by:
        return after.asked_by == signer and after.closed == before.closed and _waits_for_its_time(after)
    if after.closed == before.closed:
        return before.asked_by == signer
    two = before.asked_by not in ("", signer) and not {signer, before.asked_by}.isdisjoint(administrators)
    return two and _moment(before.at) <= _moment(after.at) <= _moment(before.asked_until)


def _waits_for_its_time(wish: DeskState) -> bool:
    return timedelta() < _moment(wish.asked_until) - _moment(wish.at) <= WISH_WAITS + WISH_STEP


def _moment(text: str) -> datetime:
    """A moment of the desk's chain.

    Raises: ``ValueError`` where it is none.
    """
    return datetime.fromisoformat(text)


def intruders(claims: Mapping[str, list[Claim]]) -> dict[str, set[str]]:
    """The accounts that an organisation named though they are another's, by organisation.

    An account is of whoever the root named it for, else of whoever had it when the chains were last looked at, else of
    the receiving organisation. Where not even that decides, it is nobody's.
    """
    found: dict[str, set[str]] = {}
    for account, claimed in claims.items():
        order = sorted(claimed, key=_rank)
        undecided = len(order) > 1 and _rank(order[0]) == _rank(order[1])
        for claim in order if undecided else order[1:]:
            found.setdefault(claim.organisation_id, set()).add(account)
    return found


def without(state: OrganisationState, accounts: set[str]) -> OrganisationState:
    """An organisation without people whom it only claimed."""
    return replace(
        state,
        people={account: person for account, person in state.people.items() if account not in accounts},
        left={account: left for account, left in state.left.items() if account not in accounts},
    )


def _rank(claim: Claim) -> tuple[Since, bool]:
    return claim.since, not claim.receiving

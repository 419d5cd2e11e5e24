"""Whether somebody to whom a ring's key was given counts as its holder now: by their keys, and by the role it needs."""

from app.accounts.vouching import Vouched
from app.accounts.vouching_rules import role_for


def holds(known: Vouched, ring: str, account_id: str) -> bool:
    """Whether a ring's newest key was given to the keys that are somebody's now, who has the role that it needs."""
    state = known.rings.get(ring)
    holder = None if state is None else state.holders.get(account_id)
    if holder is None or known.appointed(account_id) != holder.keys:
        return False
    return not lost_role(known, ring, account_id)


def lost_role(known: Vouched, ring: str, account_id: str) -> bool:
    """Whether the role that a ring needs was taken from somebody, in whichever organisation they are."""
    return any(each.lacked(account_id, role_for(ring), ring) for each in known.organisations.values())

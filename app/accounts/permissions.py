"""Who may do what, declared once. Every staff route names one permission of this table.

A permission opens a door; it opens no case. What a person reads is decided by the keys
that their membership of a queue carries.
"""

from collections.abc import Collection
from enum import StrEnum


class Role(StrEnum):
    """What a person is in their organisation."""

    CASEWORKER = "caseworker"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """One kind of thing that a person may do."""

    USE_DESK = "use_desk"
    LIST_QUEUES = "list_queues"
    READ_CASES = "read_cases"
    WORK_CASES = "work_cases"
    ANSWER_FAMILIES = "answer_families"
    READ_RECORD = "read_record"
    LOCK_DOWN = "lock_down"
    KEEP_KEYS = "keep_keys"
    MANAGE_PEOPLE = "manage_people"
    READ_FIGURES = "read_figures"
    MAKE_RELEASES = "make_releases"
    SHARE_CASES = "share_cases"
    SEE_LATE_CASES = "see_late_cases"


_EVERYONE = frozenset(Role)
_CASEWORKERS = frozenset({Role.CASEWORKER})
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
_COORDINATORS = frozenset({Role.COORDINATOR})

PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.USE_DESK: _EVERYONE,
    Permission.LIST_QUEUES: _CASEWORKERS,
    Permission.READ_CASES: _CASEWORKERS,
    Permission.WORK_CASES: _CASEWORKERS,
    Permission.ANSWER_FAMILIES: _CASEWORKERS,
    Permission.READ_RECORD: frozenset({Role.AUDITOR}),
    # Of caseworkers only those who lead a queue, which is looked at where it is done.
    Permission.LOCK_DOWN: _CASEWORKERS | {Role.ADMINISTRATOR},
    # Of the queues that they lead; who leads is asked of what was signed.
    Permission.KEEP_KEYS: _CASEWORKERS,
    Permission.MANAGE_PEOPLE: _ADMINISTRATORS,
    Permission.READ_FIGURES: _COORDINATORS,
    Permission.MAKE_RELEASES: _COORDINATORS,
    Permission.SHARE_CASES: _CASEWORKERS,
    # Their number, priority and age alone.
    Permission.SEE_LATE_CASES: _COORDINATORS,
}


def allowed(roles: Collection[Role], permission: Permission) -> bool:
    """Whether any of ``roles`` carries ``permission``."""
    return not PERMISSIONS[permission].isdisjoint(roles)

"""The desk's names for codes, as msgids; pages translate them."""

from collections.abc import Mapping

from app.accounts.permissions import Role
from app.web.languages import mark as _

QUEUE_KINDS: Mapping[str, str] = {
    "triage": _("First look"),
    "protection": _("Protection"),
    "legal": _("Legal aid"),
    "tracing": _("Tracing"),
    "psychosocial": _("Psychosocial support"),
    "documentation": _("Documentation"),
}
STATUSES: Mapping[str, str] = {
    "new": _("New"),
    "acknowledged": _("Acknowledged"),
    "in_progress": _("In progress"),
    "awaiting_family": _("Waiting for the family"),
    "closed": _("Closed"),
}
PRIORITIES: Mapping[int, str] = {
    0: _("P0, at once"),
    1: _("P1, urgent"),
    2: _("P2, soon"),
    3: _("P3, in turn"),
}
ROLE_NAMES: Mapping[Role, str] = {
    Role.CASEWORKER: _("Caseworker"),
    Role.COORDINATOR: _("Coordinator"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.AUDITOR: _("Auditor"),
}
ROLES: Mapping[Role, str] = {
    Role.CASEWORKER: _("As a caseworker you see the cases of your queues, once somebody makes you a member of one."),
    Role.COORDINATOR: _("As a coordinator you see released figures, and of late cases the number, priority and age."),
    Role.ADMINISTRATOR: _("As an administrator you look after organisations, queues and people, and read no case."),
    Role.AUDITOR: _("As an auditor you read the record of what staff did, and no case."),
}
# Where each of them works who is of no queue: addresses and their msgids.
ROLE_PAGES: Mapping[Role, tuple[tuple[str, str], ...]] = {
    Role.CASEWORKER: (),
    Role.COORDINATOR: (("/desk/escalations", _("Late cases")), ("/statistics/", _("Releases"))),
    Role.ADMINISTRATOR: (("/admin/", _("Administration")),),
    Role.AUDITOR: (("/admin/trail", _("The record")),),
}
WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
# How exactly a date is known, where it is not to the day.
PRECISIONS: Mapping[str, str] = {
    "day": "",
    "month": _("(known to the month)"),
    "year": _("(known to the year)"),
}

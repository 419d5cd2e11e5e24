"""What an entry of the record is about, in words: names for ids and codes wherever the reader may know them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.accounts.neighbours import Neighbour
from app.accounts.rings import QUEUE
from app.questionnaire import current
from app.web.desk.case_words import TAKES
from app.web.desk.record_words import ACTIONS, DETAILS
from app.web.desk.recovery_words import ring_name
from app.web.desk.words import QUEUE_KINDS, ROLE_NAMES, STATUSES
from app.web.languages import mark as _

PEOPLE = frozenset({"account", "person", "asked_by", "proposed_by", "to"})
QUEUES = frozenset({"queue", "to"})
ROLE_LISTS = frozenset({"roles", "given", "taken"})
_CODES: Mapping[str, Mapping[str, str]] = {
    "status": STATUSES,
    "takes": TAKES,
    "of_kind": ACTIONS,
    "lead": {"yes": _("Yes"), "no": _("No")},
}
_ROLES: Mapping[str, str] = {role.value: text for role, text in ROLE_NAMES.items()}


@dataclass(frozen=True)
class Detail:
    """One detail: ``label`` and ``words`` are msgids, ``plain`` is shown as it is: a name, a number, or an id that has
    no words. ``code`` says that it is no name."""

    label: str
    words: tuple[str, ...] = ()
    plain: str = field(default="", repr=False)
    code: bool = True


class Explained:
    """Details in words, for whoever knows these names and queues."""

    def __init__(self, names: Mapping[str, str], queues: tuple[Neighbour, ...]) -> None:
        """``names`` are people's, by account."""
        self._names = names
        self._kinds = {queue.id: queue.kind for queue in queues}
        self._organisations = {queue.organisation_id: queue.organisation for queue in queues}

    def details(self, entry: Mapping[str, str]) -> tuple[Detail, ...]:
        """What is known of an entry, in the order in which it was noted."""
        return tuple(self._detail(name, value) for name, value in entry.items() if name in DETAILS and value)

    def _detail(self, name: str, value: str) -> Detail:
        label = DETAILS[name]
        if name in PEOPLE and value in self._names:
            return Detail(label, plain=self._names[value], code=False)
        if name in QUEUES and value in self._kinds:
            return Detail(label, (QUEUE_KINDS[self._kinds[value]],), value)
        if name == "organisation" and value in self._organisations:
            return Detail(label, plain=self._organisations[value], code=False)
        if name == "ring":
            text, queue = ring_name(value, self._kinds.get(value.removeprefix(QUEUE), ""))
            return Detail(label, (text,) if text else (), queue)
        if name == "scope" and value in current().scopes:
            return Detail(label, (current().scopes[value],))
        if name in ROLE_LISTS:
            return Detail(label, tuple(_ROLES.get(role, role) for role in value.split()))
        word = _CODES.get(name, {}).get(value)
        return Detail(label, (word,)) if word else Detail(label, plain=value)

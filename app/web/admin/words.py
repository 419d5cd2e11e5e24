"""What roles mean, the names of keys and of what waits, and of what was wrong with a form, as msgids."""

from collections.abc import Mapping

from app.accounts.administration import Waiting
from app.accounts.permissions import Role
from app.web.languages import mark as _

# What each may do, in the words in which an administrator decides.
ROLE_MEANS: Mapping[Role, str] = {
    Role.CASEWORKER: _(
        "Works on the cases of queues and answers families. The role alone opens no queue: whoever leads one gives"
        " its key."
    ),
    Role.COORDINATOR: _(
        "Makes and confirms released figures; sees of late cases the number, priority and age. The role alone counts"
        " nothing: a coordinator who holds the statistics’ key gives it. No case opens for them."
    ),
    Role.ADMINISTRATOR: _(
        "Invites and removes people, gives roles, founds queues, changes rules together with a second administrator."
        " No case opens for them, nor does the record."
    ),
    Role.AUDITOR: _(
        "Reads the record of what staff did. The role alone opens none of it: an auditor who holds its key gives it."
        " No case opens for them."
    ),
}
RING_NAMES: Mapping[str, str] = {
    "record": _("The record’s key"),
    "statistics": _("The statistics’ key"),
}
WAITING: Mapping[Waiting, str] = {
    Waiting.INVITED: _("has a link and has not finished yet"),
    Waiting.TO_ADMIT: _("has joined; an administrator calls them and admits them"),
    Waiting.TO_QUEUE: _("waits for a lead of the queue, who calls them and gives them its key"),
    Waiting.NO_KEY: _("the queue has no key yet: its lead makes it, in their own session"),
    Waiting.ALONE: _("only one person holds the queue's key, so it receives nothing"),
}
PROBLEMS: Mapping[str, str] = {
    "name": _("Please write a name of at most 100 characters."),
    "no_role": _("Please choose at least one role."),
    "queues_need_caseworker": _("Whoever works in a queue is a caseworker: please choose that role too."),
    "foreign_queue": _("This queue is not one of your organisation."),
    "queue_id": _("At most 50 small Latin letters, digits and hyphens: it stands in addresses."),
    "queue_taken": _("A queue is called so already."),
    "queue_kind": _("Please choose what kind of queue it is."),
    "organisation_name": _("Please write a name of at most 200 characters."),
    "organisation_taken": _("An organisation of this installation is called so already."),
    "purpose": _("Please say why, in at most 1,000 characters."),
    "root_key": _("This is not the root's key. It has 64 characters, 0 to 9 and a to f, and stands on the paper."),
    "fingerprint": _("These words are not those of the person's keys: nobody was let in."),
    "same_roles": _("These are the roles that they have: nothing was changed."),
    "waits": _("They wait to be admitted. Admit them first, then their roles can be changed."),
    "last_administrator": _(
        "Nobody else administers the organisation now: without an administrator only the root’s paper helps."
        " Let a second one in first."
    ),
    "renew_first": _(
        "A key that went with this role was not made anew yet. The role can be given back once whoever holds the key"
        " has made a new one without them."
    ),
    "lead": _("Please choose an admitted caseworker of your organisation."),
}

"""Which consent covers a queue, and how far it goes."""

from dataclasses import dataclass, field

from sqlmodel import Session

from app.accounts.neighbours import Neighbour
from app.casefile.cases import items_of
from app.casefile.items import Kind, open_item
from app.casefile.keys import Compartment
from app.casework.errors import CaseworkError
from app.casework.opening import OpenCase
from app.casework.view import ConsentGiven, consents_now
from app.questionnaire.answers import FULL
from app.routing import OWN_CONSENT, needed_consent

# From the widest to the narrowest.
SCOPES = (FULL, "pseudonymised", "facts_only")


@dataclass
class ConsentNeeded(CaseworkError):
    """The family did not allow this: ``consent`` is what would cover it, ``scope`` how far."""

    consent: str
    scope: str


@dataclass(frozen=True)
class Consents:
    """The family's consents as they are now, and how much had come from them when they were read."""

    given: tuple[ConsentGiven, ...] = field(repr=False)
    heard: int

    def scope(self, recipient: str) -> str:
        """How far the consent to ``recipient`` goes; empty where there is none."""
        return next((consent.scope for consent in self.given if consent.recipient == recipient), "")


def read_consents(session: Session, opened: OpenCase) -> Consents:
    """Open the consents; only who holds the inbox knows what the family changed since."""
    facts = items_of(session, opened.row.id, Compartment.FACTS)
    given = next(open_item(opened.keys, item) for item in facts if item.kind == Kind.CONSENTS)
    inbox = items_of(session, opened.row.id, Compartment.INBOX)
    changed = [open_item(opened.keys, item) for item in inbox if item.kind == Kind.CONSENT_CHANGE]
    return Consents(consents_now(given, changed), len(inbox))


def covering(queue: Neighbour) -> str:
    """The consent that a grant to this queue rests on."""
    return OWN_CONSENT if queue.receiving else needed_consent(queue.kind)


def check_covered(consents: Consents, queue: Neighbour, scope: str) -> str:
    """The consent that covers sharing this much with this queue.

    Raises: :class:`ConsentNeeded`.
    """
    consent = covering(queue)
    allowed = consents.scope(consent)
    if allowed not in SCOPES or SCOPES.index(allowed) > SCOPES.index(scope):
        raise ConsentNeeded(consent, scope)
    return consent

"""A change of facts replaces what a case adds to the figures, where the family allowed figures at all."""

from datetime import datetime

from sqlmodel import Session

from app.casefile.cases import items_of
from app.casefile.items import Kind, open_item
from app.casefile.keys import REPORT, Compartment
from app.casework.consents import read_consents
from app.casework.facts import as_known, changes, known_entries
from app.casework.opening import OpenCase, report_answers, verify_keys
from app.questionnaire import Answers
from app.statistics.facets import CONSENT, Progress, SealedFacet, code_report, seal_facet, statistics_key

_NEEDED = frozenset({*REPORT, Compartment.REPLIES, Compartment.INBOX})


def facet_of(session: Session, opened: OpenCase, found_out: Answers) -> SealedFacet | None:
    """The facet of an open case by what is known now and was just found out, sealed and ready to be stored.

    None where there is nothing to replace: without the consent, without a statistics key, or for a queue that was not
    given all of the case, which neither knows the consents nor the facet's id.
    """
    ring = statistics_key(session)
    if ring is None or not set(opened.keys.keys) >= _NEEDED or not read_consents(session, opened).scope(CONSENT):
        return None
    items = items_of(session, opened.row.id, *_NEEDED)
    reported, _ = report_answers(opened.keys, items)
    entries = known_entries(opened.keys, items)
    known = as_known(reported, changes(entries, verify_keys(session, {entry.author for entry in entries})))
    routing = next(open_item(opened.keys, item) for item in items if item.kind == Kind.ROUTING)
    written = [item for item in items if item.compartment == Compartment.REPLIES and item.kind == Kind.MESSAGE]
    answered = [datetime.fromisoformat(open_item(opened.keys, item)["at"]) for item in written]
    received = datetime.fromisoformat(routing["received"])
    progress = Progress(answered=min(answered, default=None))
    return seal_facet(ring, opened.keys.keys[Compartment.REPLIES], code_report(known | found_out, received, progress))

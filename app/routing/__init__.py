"""Routing: which queue a report goes to, how urgent it is, by when somebody must answer, and why.

The rules are data (`rules/`); deciding and placing are pure. The room may read answers by
their codes, and touches neither database, keys nor clock: time and queues are passed in.
"""

from app.routing.deciding import Decision, decide
from app.routing.placing import (
    FALLBACKS,
    LEGAL,
    OWN_CONSENT,
    NoQueueReady,
    Placement,
    QueueView,
    needed_consent,
    place,
    place_for_practice,
)
from app.routing.rules_file import Rule, Rules, UnknownRules, current_rules, load_rules, read_rules, reasons_msgids

__all__ = [
    "FALLBACKS",
    "LEGAL",
    "OWN_CONSENT",
    "Decision",
    "NoQueueReady",
    "Placement",
    "QueueView",
    "Rule",
    "Rules",
    "UnknownRules",
    "current_rules",
    "decide",
    "load_rules",
    "needed_consent",
    "place",
    "place_for_practice",
    "read_rules",
    "reasons_msgids",
]

"""What counts now: the questions, in the words that were signed, and the rules.

Where nothing was signed yet, as in an installation that was founded before this could be, what the program carries
counts; that is a finding, and no family is turned away for it.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

from sqlmodel import Session

from app.accounts.pinned import CONSENTS, QUESTIONS, RULES, newest
from app.accounts.vouching import Vouched, vouched
from app.in_force.carried import consents_digest, questions_digest, rules_digest
from app.in_force.errors import NotInForce
from app.questionnaire import Questionnaire, UnknownVersion, current, load
from app.questionnaire.conditions import BadCondition
from app.routing import Rule, Rules, UnknownRules, current_rules, load_rules
from app.routing.editing import read_edited
from app.routing.rules_file import BadRules, rules_data
from app.storage.packing import pack, unpack

# Nobody knows what rules that were tampered with would have hidden, so a person looks at every report, and soon.
UNSURE = Rules(
    version="",
    rules=(),
    otherwise=Rule(
        id="rules_not_as_signed",
        when=None,
        queue_kind="triage",
        told_kinds=(),
        tell_lead=True,
        priority=0,
        acknowledge_within=timedelta(hours=1),
        act_within=timedelta(hours=4),
        reason="The rules were not as they were signed when this came, so a person must decide.",
    ),
)


def pins(known: Vouched) -> Mapping[str, bytes]:
    """What the organisation that receives has signed to be in force; nothing where nobody signed."""
    receiving = known.installation.receiving if known.installation is not None else ""
    state = known.organisations.get(receiving)
    return {} if state is None else state.in_force


def questions(session: Session, language: str) -> Questionnaire:
    """The questions that new reports are begun with, in a language that is to be shown.

    Raises: :class:`NotInForce`.
    """
    signed = pins(vouched(session))
    version = newest(signed, QUESTIONS) or current().version
    return _held_against(signed, version, language)


def questions_of(session: Session, version: str, language: str) -> Questionnaire:
    """The questions of a report that was begun with ``version``.

    Raises: :class:`NotInForce`, :class:`~app.questionnaire.UnknownVersion`.
    """
    return questions_in(vouched(session), version, language)


def questions_in(known: Vouched, version: str, language: str) -> Questionnaire:
    """As :func:`questions_of`, by statements that were read already."""
    load(version)
    return _held_against(pins(known), version, language)


def questions_hold(session: Session, language: str) -> bool:
    """Whether a report could be begun in this language."""
    try:
        questions(session, language)
    except NotInForce:
        return False
    return True


def rules(session: Session) -> Rules:
    """The rules that reports are routed by; :data:`UNSURE` where those that were signed are not to be had."""
    return rules_in(vouched(session))


def rules_in(known: Vouched) -> Rules:
    """As :func:`rules`, by statements that were read already."""
    signed = pins(known)
    version = newest(signed, RULES)
    if version is None:
        return current_rules()
    name = f"{RULES}{version}"
    made = next((each for each in known.proposed if each.version == version), None)
    try:
        if made is None:
            return load_rules(version) if rules_digest(version) == signed[name] else UNSURE
        # One who proposed and another who signed: whoever is both has the database's password and nobody's consent.
        agreed = made.digest == signed[name] and known.pinned_by[name] != made.by
        return read_made(pack(made.content)) if agreed else UNSURE
    except (UnknownRules, BadRules, BadCondition, KeyError, TypeError, AttributeError):
        return UNSURE


@lru_cache(maxsize=8)
def read_made(packed: bytes) -> Rules:
    """Rules that administrators made, out of their packed data, if they stay within what was released.

    Raises: :class:`~app.routing.rules_file.BadRules`, :class:`~app.questionnaire.conditions.BadCondition`,
    :class:`~app.routing.UnknownRules`, and ``KeyError``, ``TypeError`` or ``AttributeError`` for what is none.
    """
    data = unpack(packed)
    return read_edited(rules_data(data["base"]), data)


def _held_against(signed: Mapping[str, bytes], version: str, language: str) -> Questionnaire:
    try:
        if newest(signed, QUESTIONS) is not None and (
            signed.get(f"{QUESTIONS}{version}") != questions_digest(version)
            or signed.get(f"{CONSENTS}{version}/{language}") != consents_digest(version, language)
        ):
            raise NotInForce
        return load(version)
    except (UnknownVersion, KeyError):
        raise NotInForce from None

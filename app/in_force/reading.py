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
from app.accounts.vouching_following import Proposed
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


# What reading data that somebody signed by hand, or for another release, can raise.
_NO_RULES = (UnknownRules, BadRules, BadCondition, KeyError, TypeError, AttributeError, ValueError, OverflowError)


def pins(known: Vouched) -> Mapping[str, bytes]:
    """What the organisation that receives has signed to be in force; nothing where nobody signed."""
    state = known.organisations.get(known.receiving)
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
    made = made_in(known)
    if made is not None:
        # One who proposed and another who signed: whoever is both has the database's password and nobody's consent.
        found = read_made(made) if known.pinned_by[f"{RULES}{version}"] != made.by else None
        return found or UNSURE
    try:
        return load_rules(version) if rules_digest(version) == signed[f"{RULES}{version}"] else UNSURE
    except _NO_RULES:
        return UNSURE


def made_in(known: Vouched) -> Proposed | None:
    """The proposal that was signed to be in force; none where it is the program's own rules that were."""
    signed = pins(known)
    name = f"{RULES}{newest(signed, RULES)}"
    # Named by what it says: whoever proposes something else under the same number changes nothing.
    return next(
        (each for each in known.proposed if (f"{RULES}{each.version}", each.digest) == (name, signed.get(name))), None
    )


def read_made(proposed: Proposed) -> Rules | None:
    """Rules that administrators made, if they stay within what was released; None for anything else."""
    try:
        rules_of = read_data(pack(proposed.content))
    except _NO_RULES:
        return None
    # Cases keep the number that the data names, so it is the one that was signed.
    return rules_of if rules_of.version == proposed.version else None


@lru_cache(maxsize=8)
def read_data(packed: bytes) -> Rules:
    """Rules out of their packed data, which this program itself made a moment ago.

    Raises: :class:`~app.routing.rules_file.BadRules`, :class:`~app.questionnaire.conditions.BadCondition`,
    :class:`~app.routing.UnknownRules`, and others for what is none.
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

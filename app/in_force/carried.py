"""What the program carries, as the hashes by which statements name it.

Everything is read once in a process, and what was read is what is hashed and used: a file that is changed under a
running process changes nothing, and one that was changed before it started is seen.
"""

from functools import cache
from itertools import product

from app.accounts.pinned import CONSENTS, QUESTIONS, RULES
from app.catalogues import translations
from app.questionnaire import data_of, load, versions
from app.routing.rules_file import CURRENT_RULES, rules_data
from app.storage.packing import pack
from app.vault.digest import sha256


def carried() -> dict[str, bytes]:
    """Everything that a statement can bring into force with this release: name -> SHA-256."""
    found = {f"{QUESTIONS}{version}": questions_digest(version) for version in versions()}
    for version, language in product(versions(), translations()):
        found[f"{CONSENTS}{version}/{language}"] = consents_digest(version, language)
    return {**found, f"{RULES}{CURRENT_RULES}": rules_digest(CURRENT_RULES)}


@cache
def questions_digest(version: str) -> bytes:
    """SHA-256 over the data of a version of the questionnaire.

    Raises: :class:`~app.questionnaire.UnknownVersion`.
    """
    return sha256(pack(data_of(version)))


@cache
def consents_digest(version: str, language: str) -> bytes:
    """SHA-256 over what a version says in one language of every recipient: who, what it means, how far it goes.

    Raises: :class:`~app.questionnaire.UnknownVersion`, ``KeyError`` for a language that is not offered.
    """
    questionnaire, translate = load(version), translations()[language].gettext
    said = {
        each.code: [each.text_version, translate(each.label), translate(each.text), list(each.scopes)]
        for each in questionnaire.recipients
    }
    scopes = {code: translate(label) for code, label in questionnaire.scopes.items()}
    return sha256(pack({"recipients": said, "scopes": scopes}))


@cache
def rules_digest(version: str) -> bytes:
    """SHA-256 over the data of a version of the rules that the program carries.

    Raises: :class:`~app.routing.UnknownRules`.
    """
    return sha256(pack(rules_data(version)))

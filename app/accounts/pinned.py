"""What an organisation's statement says is in force: names of versions, and what each must hash to. No database.

``questionnaire:2026-11``, ``consents:2026-11/uk`` (the texts of that version in one language) and ``rules:2026-11``
each name 32 bytes. Questions and texts that were in force once stay in force beside newer ones, since reports under way
were begun with them; of rules exactly one version is, and its number only goes up.
"""

import re
from collections.abc import Iterable, Mapping

QUESTIONS, CONSENTS, RULES = "questionnaire:", "consents:", "rules:"
# A version of the program's, and the number of a set that administrators made from it.
_VERSION = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]+))?(?:\.([0-9]+))?", re.ASCII)


def order(version: str) -> tuple[int, ...]:
    """How new a version is, to be compared.

    Raises: ``ValueError`` where it is none.
    """
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ValueError("no version")
    return tuple(int(part or 0) for part in found.groups())


def after(used: Iterable[str]) -> str:
    """The number for rules that administrators make, after all that were used."""
    last = max(used, key=order)
    return f"{last.partition('.')[0]}.{order(last)[-1] + 1}"


def newest(pins: Mapping[str, bytes], kind: str) -> str | None:
    """The newest version of ``kind`` (one of the three beginnings) that is in force; None where nothing is signed."""
    named = [name.removeprefix(kind) for name in pins if name.startswith(kind)]
    return max(named, key=order, default=None)


def keeps_pins(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> bool:
    """Whether one can come after the other: nothing ends but older rules, and no rules come back under their number.

    Raises: ``ValueError`` where a name is of no version.
    """
    newest(after, QUESTIONS)
    was, now = newest(before, RULES), newest(after, RULES)
    stay = all(name in after for name in before if not name.startswith(RULES))
    single = sum(name.startswith(RULES) for name in after) <= 1
    if was is None:
        return stay and single
    same = was == now and before[f"{RULES}{was}"] == after[f"{RULES}{was}"]
    return stay and single and now is not None and (same or order(now) > order(was))

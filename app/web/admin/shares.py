"""The fields into which trustees type their words, and what is wrong with what stands in each."""

from collections.abc import Mapping, Sequence

from app.web.desk.recovery_words import share_problem


def share_fields(needed: int, typed: Sequence[str], problems: Mapping[int, str]) -> dict[str, object]:
    """What `admin/recovery_shares.html` shows: as many fields as are needed, with what was typed; 0 is all together."""
    wrong = {place: share_problem(found) for place, found in problems.items()}
    return {
        "shares": [
            (place, typed[place - 1] if place <= len(typed) else "", wrong.get(place))
            for place in range(1, max(needed, len(typed)) + 1)
        ],
        "wrong_together": wrong.get(0),
    }

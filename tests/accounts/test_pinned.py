"""Which names of versions can follow which in an organisation's statement."""

import pytest

from app.accounts.pinned import RULES, keeps_pins, newest, order

D = bytes(32)


def test_versions_are_in_order_and_only_go_up() -> None:
    assert order("2026-11") < order("2026-11.1") < order("2026-11.10") < order("2026-11-2") < order("2027-01")
    for word in ("", "2026", "2026-11/uk", "2026-11.", "x"):
        with pytest.raises(ValueError, match="no version"):
            order(word)
    before = {"rules:2026-11": D, "questionnaire:2026-11": D}
    assert newest(before, RULES) == "2026-11"
    assert newest({}, RULES) is None
    assert keeps_pins({}, before)
    assert keeps_pins(before, before)
    assert keeps_pins(before, {"rules:2026-11.1": D, "questionnaire:2026-11": b"other"})
    for after in (
        {},
        {"rules:2026-11": D},
        {"questionnaire:2026-11": D},
        {"rules:2026-11": b"other", "questionnaire:2026-11": D},
        {"rules:2026-10": D, "questionnaire:2026-11": D},
        {**before, "rules:2026-12": D},
    ):
        assert not keeps_pins(before, after), after
    assert not keeps_pins({}, {**before, "rules:2026-12": D})

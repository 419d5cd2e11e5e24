"""A token finds and opens one row of one kind."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vault.context import Purpose
from app.vault.tokens import new_token, open_token
from tests.vault.known_answers import known


@pytest.mark.parametrize("case", known("tokens", "tokens"))
def test_a_token_of_today_opens_for_ever(case: dict[str, Any]) -> None:
    keys = open_token(case["token"], Purpose(case["purpose"]))
    assert (keys.locator.hex(), keys.key.hex()) == (case["locator"], case["key"])


def test_a_token_needs_no_quoting_in_cookies_and_addresses() -> None:
    drawn = {new_token() for _ in range(200)}
    assert len(drawn) == 200
    assert all(len(token) == 43 and token.replace("-", "").replace("_", "").isalnum() for token in drawn)
    assert all(token.isascii() for token in drawn)


@given(st.text(max_size=60), st.text(max_size=60))
@settings(deadline=None)
def test_two_tokens_share_nothing(one: str, other: str) -> None:
    assert (open_token(one, Purpose.SESSION) == open_token(other, Purpose.SESSION)) is (one == other)


def test_one_token_yields_another_pair_for_every_purpose() -> None:
    token = new_token()
    keys = [open_token(token, purpose) for purpose in Purpose]
    derived = {each for pair in keys for each in (pair.locator, pair.key)}
    assert len(derived) == 2 * len(Purpose)
    assert {len(each) for each in derived} == {32}


def test_the_key_is_not_shown() -> None:
    keys = open_token(new_token(), Purpose.SESSION)
    assert repr(keys.key) not in repr(keys)
    assert "key=" not in repr(keys)

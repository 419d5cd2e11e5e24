"""The second factor shows what authenticators show, and names the step that was used."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vault.errors import WrongKey
from app.vault.totp import new_totp_secret, totp_at, totp_step, totp_uri
from tests.vault.known_answers import known

_SECRET = b"12345678901234567890"
_NOW = datetime(2026, 11, 23, 12, 0, 15, tzinfo=UTC)
_STEP = int(_NOW.timestamp()) // 30


@pytest.mark.parametrize("case", known("totp", "codes"))
def test_the_digits_are_those_of_rfc_6238(case: dict[str, Any]) -> None:
    moment = datetime.fromtimestamp(case["seconds"], tz=UTC)
    assert totp_at(_SECRET, moment) == case["code"]
    assert totp_step(_SECRET, case["code"], moment) == case["seconds"] // 30


@pytest.mark.parametrize(("steps", "matched"), [(-2, None), (-1, _STEP - 1), (0, _STEP), (1, _STEP + 1), (2, None)])
def test_one_step_of_delay_or_haste_is_forgiven(steps: int, matched: int | None) -> None:
    typed = totp_at(_SECRET, _NOW + timedelta(seconds=30 * steps))
    assert totp_step(_SECRET, typed, _NOW) == matched


def test_the_digits_may_be_typed_as_people_type_them() -> None:
    typed = totp_at(_SECRET, _NOW)
    for written in (
        f"{typed[:3]} {typed[3:]}",
        f" {typed}\n",
        typed.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    ):
        assert totp_step(_SECRET, written, _NOW) == _STEP


@pytest.mark.parametrize("typed", ["", "abcdef", "12345", "1234567", "0" * 1000, "\ud800"])
def test_what_is_not_the_digits_matches_no_step(typed: str) -> None:
    assert totp_step(_SECRET, typed, _NOW) is None


def test_another_secret_matches_no_step() -> None:
    assert totp_step(bytes(20), totp_at(_SECRET, _NOW), _NOW) is None


def test_where_two_steps_share_their_digits_the_later_is_spent() -> None:
    # Two steps in a row that show the same digits with this secret: one in a million does.
    twins = [datetime.fromtimestamp(step * 30, tz=UTC) for step in (62075368, 62075369)]
    assert [totp_at(_SECRET, moment) for moment in twins] == ["235522", "235522"]
    assert [totp_step(_SECRET, "235522", moment) for moment in twins] == [62075369, 62075369]


def test_the_first_step_of_all_has_none_before_it() -> None:
    start = datetime(1970, 1, 1, tzinfo=UTC)
    assert totp_step(_SECRET, totp_at(_SECRET, start), start) == 0


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis puts the zone on.
@settings(deadline=None)
def test_the_digits_of_a_moment_match_its_own_step(moment: datetime) -> None:
    step = totp_step(_SECRET, totp_at(_SECRET, moment), moment)
    assert step is not None
    assert 0 <= step - int(moment.timestamp()) // 30 <= 1


def test_a_moment_counts_in_every_zone_alike() -> None:
    assert totp_at(_SECRET, _NOW.astimezone(timezone(timedelta(hours=2)))) == totp_at(_SECRET, _NOW)


def test_a_moment_without_a_zone_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="zone"):
        totp_at(_SECRET, _NOW.replace(tzinfo=None))


@pytest.mark.parametrize("size", [0, 16, 19, 21])
def test_a_secret_of_another_size_is_refused_everywhere(size: int) -> None:
    with pytest.raises(WrongKey):
        totp_at(bytes(size), _NOW)
    with pytest.raises(WrongKey):
        totp_step(bytes(size), "123456", _NOW)
    with pytest.raises(WrongKey):
        totp_uri(bytes(size), "tomas")


def test_the_address_for_authenticators_says_what_is_not_obvious() -> None:
    address = urlsplit(totp_uri(_SECRET, "оксана з маріуполя"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    asked = parse_qs(address.query)
    assert asked["secret"] == ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]
    assert (asked["issuer"], asked["digits"], asked["period"]) == (["Rodyna"], ["6"], ["30"])


def test_secrets_are_drawn_anew() -> None:
    assert len({new_totp_secret() for _ in range(100)}) == 100
    assert len(new_totp_secret()) == 20

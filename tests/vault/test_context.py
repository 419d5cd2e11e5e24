"""Contexts are canonical: what differs in meaning differs in bytes, for ever the same ones."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vault.context import Purpose, context, utf8
from tests.vault.known_answers import known

_parts = st.lists(st.one_of(st.text(max_size=8), st.binary(max_size=8)), max_size=4)


def _read(written: bytes) -> tuple[bytes, ...]:
    """Read a context back, which shows that nothing about it is ambiguous."""
    assert written[:1] == b"\x01"
    fields, at = [], 1
    while at < len(written):
        start, at = at + 4, at + 4 + int.from_bytes(written[at : at + 4], "big")
        fields.append(written[start:at])
    assert at == len(written)
    return tuple(fields)


@pytest.mark.parametrize("case", known("context", "cases"))
def test_a_context_is_written_as_ever(case: dict[str, Any]) -> None:
    parts = [part["text"] if "text" in part else bytes.fromhex(part["hex"]) for part in case["parts"]]
    assert context(Purpose(case["purpose"]), *parts).hex() == case["bytes"]


def test_the_vaults_own_purposes_keep_their_values() -> None:
    vectors = json.loads((Path(__file__).parent / "vectors" / "context.json").read_text(encoding="utf-8"))
    assert len(vectors["purposes"]) == 5
    for name, value in vectors["purposes"].items():
        assert Purpose[name].value == value


def test_every_purpose_is_plain_ascii() -> None:
    assert all(purpose.value.isascii() and purpose.value for purpose in Purpose)


@given(st.sampled_from(Purpose), _parts)
@settings(deadline=None)
def test_a_context_can_be_read_back(purpose: Purpose, parts: list[str | bytes]) -> None:
    expected = (purpose.value.encode(), *(utf8(part) if isinstance(part, str) else part for part in parts))
    assert _read(context(purpose, *parts)) == expected


@given(_parts, _parts)
@settings(deadline=None)
def test_two_places_never_share_a_context(one: list[str | bytes], other: list[str | bytes]) -> None:
    same = [utf8(p) if isinstance(p, str) else p for p in one] == [utf8(p) if isinstance(p, str) else p for p in other]
    assert (context(Purpose.ITEM, *one) == context(Purpose.ITEM, *other)) is same


@given(_parts)
@settings(deadline=None, max_examples=20)
def test_two_purposes_never_share_a_context(parts: list[str | bytes]) -> None:
    assert len({context(purpose, *parts) for purpose in Purpose}) == len(Purpose)


def test_a_purpose_outside_the_list_is_refused() -> None:
    with pytest.raises(ValueError, match="not a valid Purpose"):
        context("anything")  # type: ignore[arg-type]


def test_a_lone_surrogate_from_a_clients_json_can_be_written() -> None:
    assert context(Purpose.NAME, "\ud800") != context(Purpose.NAME, "\ud801")

"""An item opens in its own place, for whoever holds its compartment, and nowhere else."""

from dataclasses import replace
from datetime import date

import pytest

from app.casefile.items import Kind, SealedItem, new_item_id, open_item, seal_item, seal_to_inbox
from app.casefile.keys import FIRST_GRANT, Compartment, inbox_public, new_case_keys
from app.vault.errors import VaultError
from app.vault.symmetric import new_key

KEYS = new_case_keys("CASE2345").with_keys({part: new_key() for part in set(Compartment) - FIRST_GRANT})
DAY = date(2026, 11, 20)
CONTENT = {"text": "Його забрали з дому.", "digest": b"\x00\xff"}
WITH_A_KEY = [part for part in Compartment if part is not Compartment.INBOX]


def sealed(compartment: Compartment = Compartment.WORDS, kind: str = Kind.REPORT) -> SealedItem:
    if compartment is Compartment.INBOX:
        return seal_to_inbox("CASE2345", inbox_public(KEYS), kind, CONTENT, DAY)
    return seal_item(KEYS, compartment, kind, CONTENT, DAY)


@pytest.mark.parametrize("compartment", Compartment)
def test_what_was_sealed_into_a_compartment_opens_with_its_key(compartment: Compartment) -> None:
    assert open_item(KEYS, sealed(compartment)) == CONTENT


@pytest.mark.parametrize("compartment", Compartment)
@pytest.mark.parametrize("other", Compartment)
def test_the_key_of_one_compartment_opens_no_other(compartment: Compartment, other: Compartment) -> None:
    item = sealed(compartment)
    if compartment is other:
        assert open_item(KEYS.share({other}), item) == CONTENT
        return
    with pytest.raises(KeyError):
        open_item(KEYS.share({other}), item)
    mistaken = replace(KEYS, keys={compartment: KEYS.keys[other]})
    with pytest.raises(VaultError):
        open_item(mistaken, item)


@pytest.mark.parametrize(
    "moved",
    [
        {"case_id": "CASE6789"},
        {"id": new_item_id()},
        {"kind": Kind.MESSAGE},
        {"compartment": Compartment.FACTS},
        {"compartment": Compartment.INBOX},
    ],
)
@pytest.mark.parametrize("compartment", [Compartment.WORDS, Compartment.REPLIES])
def test_an_item_that_was_moved_is_refused(compartment: Compartment, moved: dict[str, str]) -> None:
    with pytest.raises(VaultError):
        open_item(KEYS, replace(sealed(compartment), **moved))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "moved", [{"case_id": "CASE6789"}, {"id": new_item_id()}, {"kind": Kind.UPDATE}, {"compartment": "words"}]
)
def test_an_item_of_the_inbox_that_was_moved_is_refused(moved: dict[str, str]) -> None:
    with pytest.raises(VaultError):
        open_item(KEYS, replace(sealed(Compartment.INBOX, Kind.MESSAGE), **moved))  # type: ignore[arg-type]


def test_two_items_exchanged_within_a_compartment_are_refused() -> None:
    first, second = sealed(), sealed()
    for item in (replace(first, sealed=second.sealed), replace(second, sealed=first.sealed)):
        with pytest.raises(VaultError):
            open_item(KEYS, item)


@pytest.mark.parametrize("compartment", WITH_A_KEY)
def test_the_same_words_are_sealed_differently_each_time(compartment: Compartment) -> None:
    first, second = sealed(compartment), sealed(compartment)

    assert first.id != second.id
    assert first.sealed != second.sealed
    assert len(first.sealed) == len(second.sealed)


def test_an_item_keeps_the_name_it_was_given() -> None:
    item = seal_item(KEYS, Compartment.REPLIES, Kind.MESSAGE, CONTENT, DAY, "given-before")

    assert (item.id, item.day) == ("given-before", DAY)
    assert open_item(KEYS, item) == CONTENT


def test_an_item_does_not_show_in_words_what_is_sealed() -> None:
    item = sealed()

    assert repr(item.sealed)[2:30] not in repr(item)

"""A case's keys: one for each compartment, carried by grants that work in one place alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.casefile.keys import (
    FIRST_GRANT,
    CaseKeys,
    Compartment,
    GrantPlace,
    inbox_public,
    is_case_number,
    new_case_keys,
    new_case_number,
    open_grant,
    seal_grant,
)
from app.vault.errors import VaultError
from app.vault.hybrid import PUBLIC_KEY_BYTES, key_pair, new_private_key, public_key

PRIVATE = new_private_key()
PUBLIC = public_key(PRIVATE)
PLACE = GrantPlace("CASE2345", "legal", 1, "ngo")


def test_every_compartment_of_every_case_has_a_key_of_its_own() -> None:
    keys = [key for number in ("CASE2345", "CASE6789") for key in new_case_keys(number).keys.values()]

    assert len(set(keys)) == len(keys) == 2 * len(FIRST_GRANT)
    assert {len(key) for key in keys} == {32}


def test_the_inbox_is_a_pair_whose_public_half_may_be_given_away() -> None:
    keys = new_case_keys("CASE2345")

    assert len(inbox_public(keys)) == PUBLIC_KEY_BYTES
    assert keys.keys[Compartment.INBOX] not in inbox_public(keys)


def test_case_numbers_can_be_read_out_and_tell_no_order() -> None:
    numbers = [new_case_number() for _ in range(500)]

    assert len(set(numbers)) == 500
    assert all(is_case_number(number) for number in numbers)
    assert not set("".join(numbers)) & set("01ILOUilou")
    assert numbers != sorted(numbers)


@pytest.mark.parametrize(
    "text", ["", "CASE234", "CASE23456", "case2345", "CASE234O", "CASE\x002345", "CASE234\x00", "ＣASE2345"]
)
def test_what_is_no_case_number_is_seen_without_asking_the_database(text: str) -> None:
    assert not is_case_number(text)


@given(st.sets(st.sampled_from(sorted(FIRST_GRANT))))
@settings(max_examples=20)
def test_a_grant_carries_exactly_the_keys_that_were_shared(shared: set[Compartment]) -> None:
    keys = new_case_keys("CASE2345")
    sealed = seal_grant(keys.share(shared), PLACE, PUBLIC)

    opened = open_grant(PLACE, sealed, PRIVATE)
    assert opened == CaseKeys("CASE2345", {part: keys.keys[part] for part in shared})
    assert open_grant(PLACE, sealed, key_pair(PRIVATE)) == opened


def test_the_first_holder_gets_what_its_organisation_works_with() -> None:
    drawn_later = {Compartment.PRIVILEGED, Compartment.WORDS_REDACTED, Compartment.LETTER}
    assert set(Compartment) - drawn_later == FIRST_GRANT


@pytest.mark.parametrize(
    "place",
    [
        GrantPlace("CASE6789", "legal", 1, "ngo"),
        GrantPlace("CASE2345", "tracing", 1, "ngo"),
        GrantPlace("CASE2345", "legal", 2, "ngo"),
        GrantPlace("CASE2345", "legal1", 1, "ngo"),
        GrantPlace("CASE2345", "legal", 1, "legal_ngo"),
    ],
)
def test_a_grant_that_was_moved_or_given_another_consent_is_refused(place: GrantPlace) -> None:
    sealed = seal_grant(new_case_keys("CASE2345"), PLACE, PUBLIC)
    with pytest.raises(VaultError):
        open_grant(place, sealed, PRIVATE)


def test_a_grant_opens_for_its_holder_alone() -> None:
    sealed = seal_grant(new_case_keys("CASE2345"), PLACE, PUBLIC)
    with pytest.raises(VaultError):
        open_grant(PLACE, sealed, new_private_key())


def test_keys_that_were_not_given_cannot_be_shared_on() -> None:
    some = new_case_keys("CASE2345").share({Compartment.FACTS})
    with pytest.raises(KeyError):
        some.share({Compartment.WORDS})


def test_keys_are_never_shown_in_words() -> None:
    keys = new_case_keys("CASE2345")

    assert repr(keys) == "CaseKeys(case_id='CASE2345')"

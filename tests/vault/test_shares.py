"""A key on paper: any so many of the shares give it back, fewer nothing, and what was mistyped is named."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shamir_mnemonic import generate_mnemonics

from app.vault.errors import WrongKey
from app.vault.fingerprint import recovery_fingerprint, same_recovery_fingerprint
from app.vault.shares import WORDS, KeyShare, MistypedShare, SharesDoNotFit, join_key, read_share, split_key
from tests.vault.known_answers import known, raw

KEY = bytes(range(32))
SHARES = split_key(KEY, 3, 5)
# Made once and kept: sheets that lie in safes must open for ever.
(KEPT,) = known("shares", "sets")


def test_the_kept_sheets_give_their_key() -> None:
    shares = [read_share(words) for words in KEPT["shares"]]
    assert join_key(shares) == raw(KEPT, "private")
    assert {share.needed for share in shares} == {KEPT["needed"]}


@pytest.mark.parametrize("case", known("shares", "fingerprints"))
def test_the_words_of_a_recovery_key_are_as_ever(case: dict[str, Any]) -> None:
    organisation, digest = case["organisation"], raw(case, "digest")
    assert recovery_fingerprint(organisation, digest) == case["words"]
    assert same_recovery_fingerprint(f" {case['words'].upper()} ", organisation, digest)
    assert not same_recovery_fingerprint(case["words"], "another", digest)


@pytest.mark.parametrize("few", list(combinations(range(5), 3)), ids=str)
def test_any_three_of_five_give_the_key(few: tuple[int, ...]) -> None:
    assert join_key([SHARES[at] for at in few]) == KEY


def test_two_of_three_that_are_needed_give_nothing() -> None:
    with pytest.raises(SharesDoNotFit):
        join_key(SHARES[:2])


def test_a_share_of_another_set_does_not_fit() -> None:
    other = split_key(KEY, 3, 5)
    assert len({share.mark for share in SHARES}) == 1
    with pytest.raises(SharesDoNotFit):
        join_key([*SHARES[:2], other[2]])


def test_shares_of_a_shorter_secret_give_no_key() -> None:
    ((*words,),) = generate_mnemonics(1, [(2, 2)], KEY[:16])
    with pytest.raises(SharesDoNotFit):
        join_key([KeyShare(1, at, 2, each) for at, each in enumerate(words, 1)])


def test_a_share_is_read_as_people_type_it() -> None:
    words = SHARES[1].words.split()
    typed = "\n".join(f"{at}. {word.upper()}," for at, word in enumerate(words, 1))
    assert read_share(typed) == SHARES[1]
    assert (SHARES[1].number, SHARES[1].needed, len(words)) == (2, 3, WORDS)


@pytest.mark.parametrize(
    ("change", "reason", "at"),
    [
        (lambda words: words[:-1], "length", 0),
        (lambda words: [*words[:6], "mariupol", *words[7:]], "word", 7),
        (lambda words: [*words[:9], words[10], words[9], *words[11:]], "check", 0),
        (lambda words: words[:0], "length", 0),
    ],
    ids=["one is missing", "no word of the list", "two are swapped", "nothing"],
)
def test_what_was_mistyped_is_named_and_never_repeated(change: object, reason: str, at: int) -> None:
    assert callable(change)
    with pytest.raises(MistypedShare) as caught:
        read_share(" ".join(change(KEPT["shares"][0].split())))
    assert (caught.value.reason, caught.value.at) == (reason, at)
    assert "olympic" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_a_share_that_one_person_alone_could_use_is_of_something_else() -> None:
    alone = generate_mnemonics(1, [(1, 1)], KEY)[0][0]
    of_groups = generate_mnemonics(2, [(2, 2), (2, 2)], KEY)[0][0]
    for words in (alone, of_groups):
        with pytest.raises(MistypedShare) as caught:
            read_share(words)
        assert caught.value.reason == "kind"


def test_words_of_a_shorter_secret_are_no_share_of_a_key() -> None:
    with pytest.raises(MistypedShare):
        read_share(generate_mnemonics(1, [(2, 3)], KEY[:16])[0][0])


@pytest.mark.parametrize(("needed", "count"), [(1, 5), (4, 3), (2, 17), (0, 0)])
def test_numbers_that_cannot_be_are_refused(needed: int, count: int) -> None:
    with pytest.raises(ValueError, match="so many"):
        split_key(KEY, needed, count)


def test_nothing_but_a_private_key_is_split() -> None:
    with pytest.raises(WrongKey):
        split_key(KEY[:16], 2, 3)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    with pytest.raises(MistypedShare):
        read_share(typed)

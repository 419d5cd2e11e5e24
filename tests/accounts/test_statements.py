"""The format of statements: known bytes for ever, one canonical form, bound to chain, number and signer."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.accounts.permissions import Role
from app.accounts.vouching_anchor import root_fingerprint
from app.accounts.vouching_following import Followed
from app.accounts.vouching_rings import Holder, Keys, RingState, Trustees
from app.accounts.vouching_rules import Claim, Since, follows, intruders, keeps
from app.accounts.vouching_signers import by_leads, by_proposers
from app.accounts.vouching_statements import BEFORE_THE_FIRST, Statement, make_statement
from app.accounts.vouching_states import RULES_CHAIN, InstallationState, Left, Named, OrganisationState, Person
from app.accounts.vouching_together import RulesState
from app.storage.packing import pack, unpack
from app.vault.signing import new_signing_key, verify_key

PRIVATE = bytes(range(32))
KEYS = Keys(b"\x01" * 32, b"\x02" * 32)
RING = RingState("org", 3, b"\x03" * 32, {"daria": Holder(KEYS, lead=True)})

# Written down once; a release that makes other bytes of the same state cannot read what was signed.
KNOWN_CONTENT = (
    b'{"after":{"$bytes":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},"state":{"generation":3,"holders":{"daria":'
    b'{"lead":true,"sealing":{"$bytes":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="},"verify":'
    b'{"$bytes":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}}},"organisation":"org","public":'
    b'{"$bytes":"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM="}},"version":1}'
)
KNOWN_SIGNATURE = (
    "4326d1f8f04781136252d1a7c7f8bf6eabb32614dba7a3d2bebc2a09bf0835bb"
    "352236557b96cc0ea882d5cee3d738a9d16c84797dd98a7356fed6795a7d1609"
)
KNOWN_DIGEST = "18ad0072b33bfe0e59aea9090c1bf7ec8e9674e8146adc1280a194bc5f90e1fd"
KNOWN_FINGERPRINT = "ba0cdcd8f896afbcd68235fd5fc3ff64b0aa0e1bcff514b3b3425a3c8c05caaa"

ids = st.text("abcdef-:_й", min_size=1, max_size=6)
some_bytes = st.binary(min_size=32, max_size=32)
keys = st.builds(Keys, some_bytes, some_bytes)
people = st.builds(Person, keys, st.frozensets(st.sampled_from(Role)), st.lists(some_bytes, max_size=2).map(tuple))
named = st.builds(Named, ids, st.dictionaries(ids, st.lists(some_bytes, max_size=2).map(tuple), max_size=2))
left = st.builds(Left, st.lists(some_bytes, max_size=2).map(tuple), st.dictionaries(ids, st.integers(0, 9), max_size=2))
organisations = st.builds(
    OrganisationState,
    ids,
    st.dictionaries(ids, people, max_size=3),
    st.dictionaries(ids, some_bytes, max_size=2),
    st.dictionaries(ids, named, max_size=2),
    st.dictionaries(ids, left, max_size=2),
    st.dictionaries(ids, some_bytes, max_size=2),
)
holders = st.builds(Holder, keys, st.booleans())
rings = st.builds(RingState, ids, st.integers(1, 9), some_bytes, st.dictionaries(ids, holders, max_size=3))
installations = st.builds(InstallationState, ids, some_bytes, some_bytes)


def known() -> Statement:
    return make_statement("ring:queue:legal", 1, BEFORE_THE_FIRST, RING, "daria", PRIVATE)


def test_what_was_stated_once_is_stated_in_the_same_bytes_for_ever() -> None:
    assert known().content == KNOWN_CONTENT
    assert known().signature.hex() == KNOWN_SIGNATURE
    assert known().digest.hex() == KNOWN_DIGEST
    assert root_fingerprint(verify_key(PRIVATE)).hex() == KNOWN_FINGERPRINT


@given(st.one_of(organisations, rings, installations))
@settings(max_examples=40)
def test_every_state_is_read_as_it_was_stated(state: OrganisationState | RingState | InstallationState) -> None:
    statement = make_statement("chain", 1, BEFORE_THE_FIRST, state, "root", PRIVATE)
    after, packed = statement.read()

    assert (after, type(state).unpacked(packed)) == (BEFORE_THE_FIRST, state)
    assert statement.is_signed_by(verify_key(PRIVATE))


@pytest.mark.parametrize(
    "change",
    [{"chain": "ring:queue:tracing"}, {"number": 2}, {"signer": "bohdan"}, {"content": KNOWN_CONTENT + b" "}],
    ids=["to another chain", "to another number", "to another signer", "to other content"],
)
def test_a_signature_counts_in_its_own_place_alone(change: dict[str, Any]) -> None:
    moved = replace(known(), **change)
    assert not moved.is_signed_by(verify_key(PRIVATE))
    assert moved.digest != known().digest


def test_a_statement_is_nobody_elses() -> None:
    assert not known().is_signed_by(verify_key(new_signing_key()))
    assert not replace(known(), signature=b"").is_signed_by(verify_key(PRIVATE))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"version":1}',
        KNOWN_CONTENT.replace(b'"version":1', b'"version":2'),
        KNOWN_CONTENT.replace(b'{"after"', b'{ "after"'),
        KNOWN_CONTENT.replace(b"true", b"true ") + b"\n",
        pack({**unpack(KNOWN_CONTENT), "more": 1}),
    ],
)
def test_what_is_not_in_the_one_form_is_no_statement(content: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        replace(known(), content=content).read()


def test_a_ring_goes_on_by_one_generation_and_nobody_goes_without_a_new_one() -> None:
    two = replace(RING, holders={**RING.holders, "bohdan": Holder(KEYS, lead=False)})
    newer = replace(RING, generation=4, public=b"\x04" * 32)
    assert follows(None, replace(RING, generation=1))
    assert follows(RING, two)
    assert follows(two, newer)
    for before, after in (
        (None, RING),
        (two, RING),
        (RING, replace(RING, public=b"\x04" * 32)),
        (RING, replace(newer, generation=5)),
        (RING, replace(newer, public=RING.public)),
        (RING, replace(newer, organisation="other")),
        (newer, RING),
    ):
        assert not follows(before, after)


def test_an_organisation_forgets_neither_who_left_nor_who_was_named() -> None:
    before = OrganisationState(
        "org",
        people={"daria": Person(KEYS, frozenset()), "petro": Person(KEYS, frozenset({Role.ADMINISTRATOR}))},
        rings={"queue:legal": Named("legal", {"daria": (b"k",)})},
        left={"gone": Left((b"g",), {"queue:legal": 1})},
    )
    person = before.people["daria"]
    assert keeps(before, before)
    daria_left = {**before.left, "daria": Left((KEYS.verify,), {})}
    assert keeps(before, replace(before, people={"petro": before.people["petro"]}, left=daria_left))
    for after in (
        replace(before, left={}),
        replace(before, left={"gone": Left((b"g",), {"queue:legal": 9})}),
        replace(before, people={**before.people, "gone": person}),
        replace(before, people={"petro": before.people["petro"]}),
        replace(before, rings={}),
        replace(before, rings={"queue:legal": Named("triage", {"daria": (b"k",)})}),
        replace(before, rings={"queue:legal": Named("legal", {})}),
    ):
        assert not keeps(before, after)


def test_where_older_keys_ended_stays_said_of_whoever_leaves() -> None:
    """A release that does not know of it leaves it out; nobody says something else."""
    ended, later = ({"on:record": 7},), ({"on:record": 70},)
    before = OrganisationState("org", {"daria": Person(KEYS, frozenset(), (b"older",), ended)})
    keys = (KEYS.verify, b"older")
    gone = replace(before, people={}, left={"daria": Left(keys, {"ring": 1}, ended)})
    assert OrganisationState.unpacked(unpack(pack(gone.packed()))) == gone
    forgotten = replace(gone, left={"daria": Left(keys, {"ring": 1})})
    assert keeps(before, gone)
    assert keeps(before, forgotten)
    assert keeps(gone, forgotten)
    assert not keeps(before, replace(gone, left={"daria": Left(keys, {"ring": 1}, later)}))
    assert not keeps(gone, replace(gone, left={"daria": Left(keys, {"ring": 1}, later)}))
    for state in (before, gone):
        assert state.signing_keys_at("daria", "on:record", 7) == keys
        assert state.signing_keys_at("daria", "on:record", 8) == keys[:1]
        assert state.signing_keys_at("daria", "on:organisation", 8) == keys
    assert before.signing_keys_at("nobody", "on:record", 1) == ()


def test_an_administrator_gives_nobody_a_past() -> None:
    """Appointing, a reset and a removal go on; a key that never was somebody's becomes none that was."""
    person = Person(KEYS, frozenset({Role.CASEWORKER}), (b"older",))
    before = OrganisationState("org", {"daria": person})
    other, forged = Keys(b"\x05" * 32, KEYS.sealing), (b"forged",)

    def given(account: str, after: Person) -> OrganisationState:
        return replace(before, people={**before.people, account: after})

    assert keeps(before, given("bohdan", Person(other, frozenset())))
    assert keeps(before, given("daria", person.with_roles(frozenset(), {"ring": 1})))
    assert keeps(before, given("daria", replace(person, keys=Keys(KEYS.verify, b"\x06" * 32))))
    assert keeps(before, given("daria", replace(person, keys=other, earlier=(KEYS.verify, b"older"))))
    assert keeps(before, replace(before, people={}, left={"daria": Left((KEYS.verify, b"older"), {"ring": 1})}))
    for after in (
        given("bohdan", Person(other, frozenset(), forged)),
        given("daria", replace(person, earlier=(*person.earlier, *forged))),
        given("daria", replace(person, earlier=())),
        given("daria", replace(person, keys=other)),
        given("daria", replace(person, keys=other, earlier=(KEYS.verify, *forged))),
        replace(before, left={"service": Left(forged, {})}),
        replace(before, left={"daria": Left((KEYS.verify, b"older"), {})}),
        replace(before, people={}, left={"daria": Left((*forged, KEYS.verify, b"older"), {})}),
    ):
        assert not keeps(before, after)


@pytest.mark.parametrize(
    ("ours", "theirs", "losers"),
    [
        ((Since.FOUNDED, False), (Since.SEEN, True), {"theirs"}),
        ((Since.NEW, False), (Since.SEEN, False), {"ours"}),
        ((Since.NEW, True), (Since.NEW, False), {"theirs"}),
        ((Since.NEW, False), (Since.NEW, False), {"ours", "theirs"}),
    ],
)
def test_somebody_is_of_the_organisation_that_surely_had_them_first(
    ours: tuple[Since, bool], theirs: tuple[Since, bool], losers: set[str]
) -> None:
    claims = {"daria": [Claim("ours", *ours), Claim("theirs", *theirs)], "bohdan": [Claim("ours", *ours)]}
    assert intruders(claims) == {name: {"daria"} for name in losers}


def test_nobody_speaks_for_an_organisation_that_is_not_vouched() -> None:
    lost = Followed[OrganisationState](administrators={"petro"})
    statement = Statement(RULES_CHAIN, 1, "petro", b"", b"")
    assert by_proposers(lost)(None, RulesState("2026-11", {"rules": []}), statement) == ()


def test_a_queues_ring_does_not_begin_with_trustees() -> None:
    ring, key = "queue:legal", new_signing_key()
    ours = OrganisationState("Ours", rings={ring: Named("legal", {"daria": (verify_key(key),)})})
    keys_for = by_leads(ring, {"ours": ours})
    first = RingState("ours", 1, bytes(32), {"daria": Holder(Keys(verify_key(key), bytes(32)), lead=True)})
    statement = make_statement(f"ring:{ring}", 1, BEFORE_THE_FIRST, first, "daria", key)
    assert keys_for(None, first, statement) == (verify_key(key),)
    assert keys_for(None, replace(first, trustees=Trustees(2, 3, 7)), statement) == ()

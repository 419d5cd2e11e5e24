"""What a state says of roles that were taken away and given back: from where on they bound what somebody signs."""

from dataclasses import replace

from app.accounts.permissions import Role
from app.accounts.rings import RECORD
from app.accounts.vouching_rings import Holder, Keys, RingState
from app.accounts.vouching_rules import keeps, remembering
from app.accounts.vouching_signers import by_leads
from app.accounts.vouching_statements import make_statement
from app.accounts.vouching_states import Left, Named, OrganisationState, Person, Turns, ring_chain
from app.storage.packing import pack, unpack
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import new_signing_key, verify_key

KEYS = Keys(b"\x01" * 32, b"\x02" * 32)


FIRST = OrganisationState("org", {"daria": Person(KEYS, frozenset({Role.CASEWORKER}))})
BOTH, AUDITS = frozenset({Role.CASEWORKER, Role.AUDITOR}), frozenset({Role.AUDITOR})


def then(before: OrganisationState, roles: frozenset[Role], number: int) -> OrganisationState:
    return replace(before, people={"daria": before.people["daria"].with_roles(roles, {"ring": number})})


def saying(state: OrganisationState, turns: Turns) -> OrganisationState:
    """The same with other turns."""
    people = {who: replace(each, turns=turns) for who, each in state.people.items()}
    return replace(state, people=people, left={who: replace(each, turns=turns) for who, each in state.left.items()})


GIVEN = then(FIRST, BOTH, 2)
TAKEN = then(GIVEN, AUDITS, 4)
BACK = then(TAKEN, BOTH, 7)
GONE = replace(BACK, people={}, left={"daria": Left((KEYS.verify,), {"ring": 9}, (), BACK.people["daria"].turns)})


def test_a_role_that_is_taken_and_given_back_is_lacked_in_between_and_by_nobody_who_had_it_all_along() -> None:
    assert GIVEN.people["daria"].turns == {}, "what was never taken begins without a bound"
    for state in (BACK, GONE):
        lacked = [number for number in range(10) if state.lacked("daria", Role.CASEWORKER, "ring", number)]
        assert lacked == [5, 6, 7]
        assert not state.lacked("daria", Role.AUDITOR, "ring")
        assert not state.lacked("nobody", Role.CASEWORKER, "ring")
    assert TAKEN.lacked("daria", Role.CASEWORKER, "a ring that was founded since")


def test_every_change_says_where_all_stood_and_nobody_says_something_else_later() -> None:
    for state in (TAKEN, BACK, GONE):
        assert OrganisationState.unpacked(unpack(pack(state.packed()))) == state
    for before, after in ((FIRST, GIVEN), (GIVEN, TAKEN), (TAKEN, BACK), (BACK, GONE)):
        assert keeps(before, after)
        assert remembering(before, after) == after
    back_in_time = {Role.CASEWORKER: ({"ring": 4}, {"ring": 3})}
    for before, after in (
        (GIVEN, saying(TAKEN, {})),
        (TAKEN, saying(BACK, TAKEN.people["daria"].turns)),
        (TAKEN, saying(BACK, back_in_time)),
        (TAKEN, then(GIVEN, AUDITS, 5)),
        (FIRST, saying(FIRST, back_in_time)),
        (BACK, saying(GONE, back_in_time)),
        (GONE, saying(GONE, back_in_time)),
        (replace(FIRST, people={}), TAKEN),
    ):
        assert not keeps(before, after)


def test_a_release_that_knows_of_no_turns_leaves_them_out_and_they_count_all_the_same() -> None:
    for before, told in ((TAKEN, TAKEN), (BACK, GONE), (GONE, GONE)):
        forgotten = saying(told, {})
        assert keeps(before, forgotten)
        assert remembering(before, forgotten) == told


def test_an_auditor_of_another_organisation_speaks_for_the_record_no_more_without_the_role() -> None:
    signing = new_signing_key()
    keys = Keys.of(verify_key(signing), public_key(new_private_key()))
    first = RingState("ours", 1, bytes(32), {"ayshe": Holder(keys, lead=True)})
    newer = replace(first, generation=2, public=b"\x01" * 32)
    ours = OrganisationState("Ours", rings={RECORD: Named("", {})})
    statement = make_statement(ring_chain(RECORD), 2, bytes(32), newer, "ayshe", signing)

    def keys_of(person: Person) -> tuple[bytes, ...]:
        every = [ours, OrganisationState("Theirs", {"ayshe": person})]
        return by_leads(RECORD, {"ours": ours}, every)(first, newer, statement)

    person, left = Person(keys, frozenset({Role.AUDITOR, Role.CASEWORKER})), frozenset({Role.CASEWORKER})
    assert keys_of(person) == (keys.verify,)
    assert keys_of(person.with_roles(left, {RECORD: 2})) == (keys.verify,)
    assert keys_of(person.with_roles(left, {RECORD: 1})) == ()

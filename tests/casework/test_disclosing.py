"""Disclosing takes two people, and the consent of the family at the moment when the second one signs."""

import pytest

from app.casework import closing
from app.casework.errors import NotAllowedNow
from app.casework.proposed import Takes
from app.intake import changing, returning
from tests.casework.desk import while_reading
from tests.casework.test_two_people import REASON, agree, proposals, version_of
from tests.cast import NOW, Cast


@pytest.fixture
def database_kind() -> str:
    """The rules are the domain's own; what the database holds to is tried on both kinds further down."""
    return "sqlite"


@pytest.fixture
def code(cast: Cast) -> str:
    return cast.report(consents={"ngo": "full", "prosecutor_438": "facts_only"})


@pytest.fixture
def case(cast: Cast, code: str) -> str:
    return cast.case_of(code)


def test_nothing_is_disclosed_beyond_the_familys_consent(cast: Cast, case: str, code: str) -> None:
    daria = cast.member("daria")
    with cast.session() as session, pytest.raises(NotAllowedNow, match="no_consent"):
        closing.propose_disclosure(session, daria, case, version_of(cast, case), "icc_otp", REASON, NOW)
    with cast.session() as session:
        version = version_of(cast, case)
        proposal = closing.propose_disclosure(session, daria, case, version, "prosecutor_438", REASON, NOW)
    assert closing.agreed_disclosure(proposals(cast, case), "prosecutor_438") is None
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
        changing.change_consents(session, opened, {"prosecutor_438": "full"}, NOW)
    with pytest.raises(NotAllowedNow, match="consent_changed"):
        agree(cast, case, proposal)


@pytest.mark.parametrize("wish", ["", "full"])
def test_a_consent_that_is_changed_during_the_second_signature_is_no_consent_to_what_was_signed(
    cast: Cast, case: str, code: str, wish: str
) -> None:
    with cast.session() as session:
        version = version_of(cast, case)
        daria = cast.member("daria")
        proposal = closing.propose_disclosure(session, daria, case, version, "prosecutor_438", REASON, NOW)

    def change() -> None:
        with cast.session() as session:
            _, opened = returning.open_return(session, code, NOW)
            changing.change_consents(session, opened, {"prosecutor_438": wish}, NOW)

    # The consents are read before; then the row of the proposal, once more, right before both sign.
    while_reading(cast, "proposal", change, time=2)
    with pytest.raises(NotAllowedNow, match=r"consent_changed|no_consent"):
        agree(cast, case, proposal)
    assert closing.agreed_disclosure(proposals(cast, case), "prosecutor_438") is None


def test_an_agreed_disclosure_is_found_by_whoever_makes_a_dossier(cast: Cast, case: str) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        version = version_of(cast, case)
        proposal = closing.propose_disclosure(session, daria, case, version, "prosecutor_438", REASON, NOW)
    agree(cast, case, proposal)
    found = closing.agreed_disclosure(proposals(cast, case), "prosecutor_438")
    assert found is not None
    assert (found.kind, found.body["scope"]) == (Takes.DISCLOSE, "facts_only")

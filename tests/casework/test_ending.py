"""What ends a sharing besides those who share: the family's consents, another offer's acceptance, the lawyers' part."""

from functools import partial

import pytest

from app.accounts.members import Member
from app.casefile.errors import ChangedMeanwhile, NotFound
from app.casework.answering import accept, end_sharing, shared_with
from app.casework.consents import ConsentNeeded
from app.casework.errors import NotAllowedNow
from app.casework.privileged import add_privileged_note
from app.intake.errors import EndsEverything
from tests.casework.desk import while_reading
from tests.casework.test_moving import PARTNER, REFER, TRANSFER, change, grants, missing, open_as, put
from tests.cast import NOW, Cast
from tests.keys.dump import dump


def test_withdrawing_the_consent_ends_offer_and_referral_without_a_key(cast: Cast) -> None:
    code, case_id = missing(cast, "full")
    put(cast, cast.member("oksana"), case_id, PARTNER, REFER)
    change(cast, code, legal_ngo="")
    assert grants(cast) == {("tracing", None)}
    with cast.session() as session:
        assert shared_with(session, case_id) == ()


def test_an_accepted_transfer_ends_what_was_offered_besides(cast: Cast) -> None:
    _, case_id = missing(cast, "full")
    oksana, ayshe, nadia = cast.member("oksana"), cast.member("ayshe"), cast.member("nadia")
    for to, way in ((PARTNER, TRANSFER), ("legal", TRANSFER), ("psychosocial", REFER)):
        put(cast, oksana, case_id, to, way)
    with cast.session() as session:
        accept(session, nadia, case_id, NOW)
    with cast.session() as session:
        accept(session, ayshe, case_id, NOW)

    assert grants(cast) == {(PARTNER, None), ("psychosocial", "referred")}
    with cast.session() as session, pytest.raises(NotFound):
        accept(session, cast.member("daria"), case_id, NOW)


@pytest.mark.parametrize("to", ["tracing", PARTNER])
def test_what_lawyers_wrote_is_left_to_nobody_by_no_transfer(cast: Cast, to: str) -> None:
    code = cast.report(consents={"ngo": "full", "legal_ngo": "full"})
    case_id, daria = cast.case_of(code), cast.member("daria")
    put(cast, daria, case_id, to, TRANSFER)
    with cast.session() as session, pytest.raises(NotAllowedNow) as refused:
        add_privileged_note(session, daria, case_id, "Таємниця", NOW)
    assert refused.value.reason == "transfer_offered"
    with cast.session() as session:
        end_sharing(session, daria, case_id, to, "Спершу нотатка.", NOW)
    write = partial(privileged_note, cast, daria, case_id)
    # Between the look at what lawyers wrote and the grant.
    while_reading(cast, "item", write, time=4)
    with pytest.raises(ChangedMeanwhile):
        put(cast, daria, case_id, to, TRANSFER)
    with pytest.raises(NotAllowedNow) as refused:
        put(cast, daria, case_id, to, TRANSFER)
    assert refused.value.reason == "lawyers_part_stays"
    put(cast, daria, case_id, to, REFER)


def privileged_note(cast: Cast, member: Member, case_id: str) -> None:
    with cast.session() as session:
        add_privileged_note(session, member, case_id, "Таємниця", NOW)


@pytest.mark.parametrize("scope", ["pseudonymised", "facts_only"])
def test_a_consent_that_was_narrowed_ends_what_was_shared_on_the_wider_one(cast: Cast, scope: str) -> None:
    code, case_id = missing(cast, "full")
    oksana, ayshe = cast.member("oksana"), cast.member("ayshe")
    put(cast, oksana, case_id, PARTNER, REFER)
    with cast.session() as session:
        accept(session, ayshe, case_id, NOW)
    change(cast, code, icc_otp="full", partner_ngo=scope)
    assert grants(cast) == {("tracing", None), (PARTNER, "referred")}

    change(cast, code, legal_ngo=scope)
    assert grants(cast) == {("tracing", None)}
    with pytest.raises(ConsentNeeded):
        put(cast, oksana, case_id, PARTNER, REFER)
    put(cast, oksana, case_id, PARTNER, REFER, "facts_only")
    seen = open_as(cast, "ayshe", case_id)
    assert ("situation" in seen.answers, "surname" in seen.answers) == (True, False)


@pytest.mark.parametrize("scope", ["", "facts_only"])
@pytest.mark.parametrize("accepted", [False, True])
def test_neither_an_offer_nor_a_referral_counts_as_somebody_who_answers_for_the_case(
    cast: Cast, scope: str, *, accepted: bool
) -> None:
    code, case_id = missing(cast, "full")
    ayshe, nadia = cast.member("ayshe"), cast.member("nadia")
    put(cast, cast.member("oksana"), case_id, PARTNER, TRANSFER)
    with cast.session() as session:
        accept(session, ayshe, case_id, NOW)
    put(cast, ayshe, case_id, "psychosocial", REFER)
    if accepted:
        with cast.session() as session:
            accept(session, nadia, case_id, NOW)
    before = dump(cast.engine)
    with pytest.raises(EndsEverything):
        change(cast, code, legal_ngo=scope)
    assert dump(cast.engine)["grant"] == before["grant"]


def test_a_family_that_withdraws_while_the_case_is_being_offered_is_faster(cast: Cast) -> None:
    code, case_id = missing(cast, "full")
    oksana = cast.member("oksana")
    # Between the consents and the grant: the second time that grants are looked at.
    while_reading(cast, "grant", lambda: change(cast, code, legal_ngo=""), time=2)
    with pytest.raises(ChangedMeanwhile):
        put(cast, oksana, case_id, PARTNER, REFER)
    assert grants(cast) == {("tracing", None)}

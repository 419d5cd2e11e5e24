"""Referring and transferring: what travels is what the family allowed, and what was refused leaves nothing."""

from datetime import timedelta
from typing import Any

import pytest

from app.accounts.members import Member
from app.casefile.cases import Status
from app.casefile.errors import ChangedMeanwhile, NotFound, TextRefused
from app.casefile.tables import Case
from app.casework import actions, watch
from app.casework.answering import accept, end_sharing, refuse
from app.casework.assigning import assign
from app.casework.consents import ConsentNeeded
from app.casework.errors import NotAllowedNow
from app.casework.moving import Wish, offer
from app.casework.opening import Standing, open_case, read_case
from app.casework.way import moves
from app.intake import changing, returning
from tests.casework.desk import record
from tests.cast import NOW, Cast, answers
from tests.keys.dump import dump
from tests.keys.test_closure import grants_opened, rings_of, texts_in

STORY, NAME, REDACTED = "Слово про зниклого Ореста", "Вигаданий", "Слово без імені"
PARTNER = "partner-legal"
REFER, TRANSFER = Standing.OFFERED_REFERRAL, Standing.OFFERED_TRANSFER


def missing(cast: Cast, scope: str = "") -> tuple[str, str]:
    """A report about a missing man: its code and its case; lawyers elsewhere may see as much as `scope`."""
    consents = {"ngo": "full"} | ({"legal_ngo": scope} if scope else {})
    code = cast.report(answers(situation="missing", story=STORY, surname=NAME), consents)
    return code, cast.case_of(code)


def put(cast: Cast, member: Member, case_id: str, to: str, way: Standing, scope: str = "full", **more: str) -> None:
    with cast.session() as session:
        offer(session, member, case_id, Wish(to, way, scope, more.pop("reason", "Прошу вас."), **more), NOW)


def grants(cast: Cast) -> set[tuple[str, str | None]]:
    return {(row["queue_id"], row["standing"]) for row in dump(cast.engine)["grant"]}


def row(cast: Cast, case_id: str) -> dict[str, Any]:
    return next(row for row in dump(cast.engine)["case"] if row["id"] == case_id)


def change(cast: Cast, code: str, **consents: str) -> None:
    with cast.session() as session:
        _, visit = returning.open_return(session, code, NOW)
    with cast.session() as session:
        changing.change_consents(session, visit, consents, NOW)


@pytest.mark.parametrize("scope", ["facts_only", "pseudonymised", "full"])
def test_a_partners_keys_open_what_was_allowed_and_nothing_more(cast: Cast, scope: str) -> None:
    _, case_id = missing(cast, scope)
    oksana = cast.member("oksana")
    put(cast, oksana, case_id, PARTNER, REFER, scope, redacted=REDACTED if scope == "pseudonymised" else "")

    rows = dump(cast.engine)
    for name in ("ayshe", "rustem"):
        ((opened, keys),) = grants_opened(rows, rings_of(cast, rows, name)).items()
        whole = {"full": {"identity", "facts", "words"}, "pseudonymised": {"facts", "words_redacted"}}
        assert (opened, set(keys) - {"desk", "letter", "privileged"}) == (case_id, whole.get(scope, {"facts"}))
        own = {part: key for part, key in keys.items() if part not in ("desk", "letter", "privileged")}
        text = texts_in(rows, case_id, own)
        assert "missing" in text
        assert (STORY in text, NAME in text) == (scope == "full",) * 2
        assert (REDACTED in text) is (scope == "pseudonymised")
    seen = open_as(cast, "ayshe", case_id)
    assert seen.answers["situation"] == "missing"
    assert ("story" in seen.answers, "surname" in seen.answers) == (scope == "full",) * 2
    assert (seen.standing, seen.may_answer, seen.consents) == ("refer", False, ())


def open_as(cast: Cast, name: str, case_id: str) -> Any:
    member = cast.member(name)
    with cast.session() as session:
        return open_case(session, member, case_id, NOW)


def test_the_receivers_desk_is_a_key_of_its_own_and_both_read_the_letters(cast: Cast) -> None:
    _, case_id = missing(cast, "facts_only")
    oksana, ayshe = cast.member("oksana"), cast.member("ayshe")
    with cast.session() as session:
        actions.add_note(session, oksana, case_id, "Наша нотатка", NOW)
    put(cast, oksana, case_id, PARTNER, REFER, "facts_only", reason="Потрібен адвокат.")
    with cast.session() as session:
        accept(session, ayshe, case_id, NOW + timedelta(hours=1))
    with cast.session() as session:
        actions.add_note(session, ayshe, case_id, "Їхня нотатка", NOW)

    assert [note.text for note in open_as(cast, "oksana", case_id).notes] == ["Наша нотатка"]
    assert [note.text for note in open_as(cast, "ayshe", case_id).notes] == ["Їхня нотатка"]
    for member in (oksana, ayshe):
        with cast.session() as session:
            steps = moves(session, member, read_case(session, member, case_id, NOW))
        assert [(step.what, step.reason, step.verified) for step in steps] == [
            ("offered", "Потрібен адвокат.", True),
            ("accepted", "", True),
        ]


def test_without_the_consent_nothing_travels_and_the_question_names_what_is_missing(cast: Cast) -> None:
    code, case_id = missing(cast)
    oksana = cast.member("oksana")
    before = dump(cast.engine)["grant"]
    with pytest.raises(ConsentNeeded) as needed:
        put(cast, oksana, case_id, PARTNER, TRANSFER)
    assert (needed.value.consent, needed.value.scope) == ("legal_ngo", "full")
    assert dump(cast.engine)["grant"] == before

    change(cast, code, legal_ngo="facts_only")
    with pytest.raises(ConsentNeeded):
        put(cast, oksana, case_id, PARTNER, REFER)
    put(cast, oksana, case_id, PARTNER, REFER, "facts_only")
    assert grants(cast) == {("tracing", None), (PARTNER, "refer")}


def test_a_transfer_moves_the_case_with_its_status_and_its_clock(cast: Cast) -> None:
    _, case_id = missing(cast, "full")
    oksana, ayshe = cast.member("oksana"), cast.member("ayshe")
    put(cast, oksana, case_id, PARTNER, TRANSFER)
    before = row(cast, case_id)
    assert before["queue_id"] == "tracing"
    with cast.session() as session, pytest.raises(NotAllowedNow):
        actions.answer_family(session, ayshe, case_id, "Ще ні.", NOW)
    with cast.session() as session:
        accept(session, ayshe, case_id, NOW)

    after = row(cast, case_id)
    assert grants(cast) == {(PARTNER, None)}
    assert (after["queue_id"], after["assignee"], after["status"]) == (PARTNER, ayshe.account_id, "acknowledged")
    assert (after["acknowledge_by"], after["act_by"]) == (None, before["act_by"])
    with cast.session() as session, pytest.raises(NotFound):
        open_case(session, oksana, case_id, NOW)
    with cast.session() as session:
        actions.answer_family(session, ayshe, case_id, "Ми взяли справу.", NOW)
    assert row(cast, case_id)["act_by"] is None


def test_an_accepted_referral_ends_the_clock_of_the_queue_that_goes_on_answering(cast: Cast) -> None:
    _, case_id = missing(cast)
    oksana, nadia = cast.member("oksana"), cast.member("nadia")
    put(cast, oksana, case_id, "psychosocial", REFER)
    with cast.session() as session:
        accept(session, nadia, case_id, NOW)
    assert (row(cast, case_id)["queue_id"], row(cast, case_id)["act_by"]) == ("tracing", None)
    assert row(cast, case_id)["acted_on"] == NOW.date()
    # Within an organisation both write, and only the first one moves the case on.
    with cast.session() as session:
        actions.answer_family(session, nadia, case_id, "Ми поруч.", NOW)
    with cast.session() as session, pytest.raises(NotAllowedNow):
        actions.take(session, nadia, case_id, row(cast, case_id)["version"], NOW)


@pytest.mark.parametrize("way", [REFER, TRANSFER])
def test_a_refused_offer_leaves_the_case_where_it_was(cast: Cast, way: Standing) -> None:
    _, case_id = missing(cast, "full")
    oksana, ayshe = cast.member("oksana"), cast.member("ayshe")
    put(cast, oksana, case_id, PARTNER, way)
    with cast.session() as session, pytest.raises(TextRefused):
        refuse(session, ayshe, case_id, " ", NOW)
    with cast.session() as session:
        refuse(session, ayshe, case_id, "Немає сил.", NOW + timedelta(minutes=1))

    assert grants(cast) == {("tracing", None)}
    assert row(cast, case_id)["status"] == "new"
    with cast.session() as session, pytest.raises(NotFound):
        open_case(session, ayshe, case_id, NOW)
    with cast.session() as session:
        steps = moves(session, oksana, read_case(session, oksana, case_id, NOW))
    assert [(step.what, step.reason) for step in steps] == [("offered", "Прошу вас."), ("refused", "Немає сил.")]


def test_an_offer_that_nobody_answers_is_taken_back_without_a_key(cast: Cast) -> None:
    _, case_id = missing(cast, "full")
    put(cast, cast.member("oksana"), case_id, PARTNER, TRANSFER)
    for now, taken in ((NOW + timedelta(hours=23), []), (NOW + timedelta(hours=26), [(case_id, PARTNER)])):
        with cast.session() as session:
            assert watch.take_back_offers(session, now) == taken
    assert grants(cast) == {("tracing", None)}
    with cast.session() as session, pytest.raises(NotFound):
        accept(session, cast.member("ayshe"), case_id, NOW)


def test_a_referral_is_ended_by_the_queue_that_answers(cast: Cast) -> None:
    _, case_id = missing(cast, "full")
    oksana = cast.member("oksana")
    put(cast, oksana, case_id, PARTNER, REFER)
    with cast.session() as session:
        end_sharing(session, oksana, case_id, PARTNER, "Уже не треба.", NOW)
    assert grants(cast) == {("tracing", None)}
    with cast.session() as session, pytest.raises(NotAllowedNow):
        end_sharing(session, oksana, case_id, PARTNER, "Ще раз.", NOW)
    assert [entry["kind"] for entry in record(cast)] == ["offered_refer", "sharing_ended"]


@pytest.mark.parametrize(
    ("to", "way", "scope", "reason"),
    [
        ("nowhere", REFER, "full", "no_such_queue"),
        ("outside", REFER, "full", "no_such_queue"),
        ("tracing", REFER, "full", "no_such_queue"),
        ("legal", REFER, "facts_only", "scope_not_possible"),
        (PARTNER, TRANSFER, "facts_only", "scope_not_possible"),
        (PARTNER, REFER, "half", "no_such_way"),
        (PARTNER, Standing.REFERRED, "full", "no_such_way"),
    ],
)
def test_what_cannot_be_is_refused(cast: Cast, to: str, way: Standing, scope: str, reason: str) -> None:
    _, case_id = missing(cast, "full")
    with pytest.raises(NotAllowedNow) as refused:
        put(cast, cast.member("oksana"), case_id, to, way, scope)
    assert refused.value.reason == reason


def test_a_case_is_offered_once_to_a_queue_and_not_when_it_is_closed(cast: Cast) -> None:
    _, case_id = missing(cast, "full")
    oksana = cast.member("oksana")
    put(cast, oksana, case_id, PARTNER, REFER)
    with pytest.raises(NotAllowedNow):
        put(cast, oksana, case_id, PARTNER, REFER)
    with cast.session() as session:
        session.get_one(Case, case_id).status = Status.CLOSED.value
        session.flush()
    with pytest.raises(NotAllowedNow):
        put(cast, oksana, case_id, "legal", REFER)


def test_a_case_is_given_to_a_colleague_by_its_lead_or_by_who_has_it(cast: Cast) -> None:
    case_id = cast.case_of(cast.report())
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    with cast.session() as session:
        assign(session, daria, case_id, 1, bohdan.account_id, "Знає цей суд.", NOW)
    assert (row(cast, case_id)["assignee"], row(cast, case_id)["status"]) == (bohdan.account_id, "acknowledged")
    with cast.session() as session, pytest.raises(ChangedMeanwhile):
        assign(session, daria, case_id, 1, daria.account_id, "Ще раз.", NOW)
    for member, to, why in ((daria, "somebody", "not_a_colleague"), (bohdan, daria.account_id, "")):
        with cast.session() as session:
            if why:
                with pytest.raises(NotAllowedNow):
                    assign(session, member, case_id, 2, to, "Прошу.", NOW)
            else:
                assign(session, member, case_id, 2, to, "Прошу.", NOW)
    with cast.session() as session, pytest.raises(NotAllowedNow) as refused:
        assign(session, bohdan, case_id, 3, bohdan.account_id, "Беру.", NOW)
    assert refused.value.reason == "lead_only"

"""A report is received once, whole, where the rules say, or not at all."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, delete

from app.accounts.ring_keeping import renew_ring
from app.accounts.setup import QueuePlan
from app.accounts.tables import RingKey, RingShare
from app.casework.opening import open_case
from app.intake import draft, sending
from app.intake.draft import Draft
from app.intake.errors import AnswersRefused, MistypedCode, NotReady
from tests.cast import CONSENTS, NOW, Cast, answers, plans
from tests.keys.dump import Dump, dump
from tests.service.founded import founded_cast

LATER = NOW + timedelta(minutes=5)


def begun(consents: dict[str, str] | None = None, **given: Any) -> Draft:
    return replace(
        draft.begin("uk", NOW), answers=answers(**given), consents=CONSENTS if consents is None else consents
    )


def send(cast: Cast, whole: Draft) -> sending.Sent:
    with cast.session() as session:
        return sending.send(session, whole, NOW)


def cases_of(cast: Cast) -> Dump:
    return {
        name: rows for name, rows in dump(cast.engine).items() if name in ("case", "grant", "item", "told", "locker")
    }


@pytest.fixture
def without_lawyers(new_database: Callable[[], str]) -> Iterator[Cast]:
    """An installation whose receiving organisation has no legal queue, and a partner that has one."""
    ours, theirs, _ = plans()
    people = tuple(person for person in ours.people if person.name in ("tomas", "halyna", "petro", "roman"))
    ours = replace(ours, queues=(QueuePlan("triage", "triage"),), people=people)
    with founded_cast(new_database(), [ours, theirs]) as cast:
        yield cast


def test_a_report_that_is_sent_twice_gives_one_code_and_one_case(cast: Cast) -> None:
    whole = begun()
    first, before = send(cast, whole), cases_of(cast)
    again = send(cast, whole)

    assert first == sending.Sent(whole.code, received_before=False, changed=False)
    assert again == sending.Sent(whole.code, received_before=True, changed=False)
    assert cases_of(cast) == before
    assert len(before["case"]) == len(before["locker"]) == len(before["grant"]) == 1


def test_the_first_version_stands_and_the_family_hears_that_the_second_differs(cast: Cast) -> None:
    whole = begun(story="Перше.")
    send(cast, whole)
    before = cases_of(cast)

    assert send(cast, replace(whole, answers=answers(story="Друге."))).changed
    assert send(cast, replace(whole, consents={"ngo": "full", "stats": "full"})).changed
    assert not send(cast, replace(whole, language="en")).changed
    assert cases_of(cast) == before


def test_a_code_that_was_typed_is_never_shown_again(cast: Cast) -> None:
    whole = begun()
    send(cast, whole)
    with cast.session() as session:
        assert not sending.confirm_code(session, whole, begun().code)
    assert send(cast, whole).code == whole.code
    with cast.session() as session:
        assert sending.confirm_code(session, whole, " ".join(whole.code))

    assert send(cast, whole) == sending.Sent(None, received_before=True, changed=False)


def test_a_slip_in_the_code_is_named_and_changes_nothing(cast: Cast) -> None:
    whole = begun()
    send(cast, whole)
    wrong_digit = whole.code[:-1] + str((int(whole.code[-1]) + 1) % 10)
    for typed, reason in (("1234", "length"), ("letters", "digits"), (wrong_digit, "check")):
        with cast.session() as session, pytest.raises(MistypedCode) as slip:
            sending.confirm_code(session, whole, typed)
        assert slip.value.reason == reason

    assert send(cast, whole).code == whole.code


def test_a_case_that_was_opened_with_its_code_is_never_sent_anew(cast: Cast) -> None:
    whole = begun()
    send(cast, whole)
    cast.case_of(whole.code)

    assert send(cast, whole).code is None


@pytest.mark.parametrize(
    ("given", "consents", "field"),
    [
        ({"situation": ""}, CONSENTS, "situation"),
        ({"oblast": "UA99"}, CONSENTS, "oblast"),
        ({"nowhere": "asked"}, CONSENTS, "nowhere"),
        ({}, {}, "consent_ngo"),
        ({}, {"ngo": "facts_only"}, "scope_ngo"),
    ],
)
def test_what_cannot_be_sent_is_named_by_its_field_and_nothing_is_stored(
    cast: Cast, given: dict[str, Any], consents: dict[str, str], field: str
) -> None:
    with pytest.raises(AnswersRefused) as refusal:
        send(cast, begun(consents, **given))

    assert [problem.field for problem in refusal.value.problems] == [field]
    assert not any(cases_of(cast).values())


@pytest.mark.parametrize("story", ["\ud800", "\0", "a\u202eb"])
def test_letters_that_are_none_keep_no_report_from_arriving(cast: Cast, story: str) -> None:
    code = cast.report(answers(story=f"Його {story} забрали."))
    daria, case_id = cast.member("daria"), cast.case_of(code)
    with cast.session() as session:
        kept = open_case(session, daria, case_id, NOW).answers["story"]

    assert str(kept).encode().decode().startswith("Його")


@pytest.mark.parametrize("table", [RingShare, RingKey])
def test_nothing_is_received_while_no_queue_can_receive(cast: Cast, table: type[RingShare | RingKey]) -> None:
    with cast.session() as session:
        assert sending.ready(session)
        session.execute(delete(RingShare).where(col(RingShare.ring) != "queue:partner-legal"))
        session.execute(delete(table))
    with cast.session() as session:
        assert not sending.ready(session)
    with pytest.raises(NotReady):
        send(cast, begun())

    assert not any(cases_of(cast).values())


def test_a_queue_that_lost_its_key_is_not_ready_and_triage_takes_its_reports(cast: Cast) -> None:
    with cast.session() as session:
        session.execute(delete(RingShare).where(col(RingShare.ring) == "queue:legal"))
    code = cast.report()
    tomas, case_id = cast.member("tomas"), cast.case_of(code)
    with cast.session() as session:
        view = open_case(session, tomas, case_id, NOW)

    assert (view.queue.id, view.routing.fallback, view.routing.asks) == ("triage", "queue_not_ready", ())
    assert view.listed.priority == 1


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_partners_queue_holds_a_case_only_on_the_consent_that_covers_it(without_lawyers: Cast) -> None:
    cast = without_lawyers
    cast.report()
    cast.report(consents={"ngo": "full", "legal_ngo": "pseudonymised"})
    cast.report(consents={"ngo": "full", "legal_ngo": "full"})
    held = sorted((row["queue_id"], row["consent"]) for row in dump(cast.engine)["grant"])

    assert held == [("partner-legal", "legal_ngo"), ("triage", "ngo"), ("triage", "ngo")]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_desk_is_told_which_consent_to_ask_for(without_lawyers: Cast) -> None:
    cast = without_lawyers
    tomas, case_id = cast.member("tomas"), cast.case_of(cast.report())
    with cast.session() as session:
        routing = open_case(session, tomas, case_id, NOW).routing

    assert (routing.asks, routing.fallback) == (("legal_ngo",), "no_consent")


def test_other_queues_and_the_lead_are_told_without_a_key(cast: Cast) -> None:
    cast.report(answers(situation="detained_at_point"))
    cast.report(answers(situation="at_risk", age_band="under_18"))
    told = {row["queue_id"] for row in dump(cast.engine)["told"]}
    held = {row["queue_id"] for row in dump(cast.engine)["grant"]}

    assert (held, told) == ({"protection"}, {"legal", "protection"})


def test_consents_are_kept_with_the_text_that_was_shown(cast: Cast) -> None:
    consents = {"ngo": "full", "prosecutor_438": "facts_only"}
    whole = replace(begun(consents), texts={"prosecutor_438": "2026-09/en"})
    send(cast, whole)
    daria, case_id = cast.member("daria"), cast.case_of(whole.code)
    with cast.session() as session:
        given = open_case(session, daria, case_id, NOW).consents

    assert {(each.recipient, each.scope, each.text) for each in given} == {
        ("ngo", "full", f"{whole.version}/uk"),
        ("prosecutor_438", "facts_only", "2026-09/en"),
    }
    assert {each.day for each in given} == {NOW.date()}


def test_a_number_that_is_taken_is_drawn_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = cast.case_of(cast.report())
    drawn = iter([taken, taken, "FREE2345"])
    monkeypatch.setattr(sending, "new_case_number", lambda: next(drawn))

    assert cast.case_of(cast.report()) == "FREE2345"


def test_a_report_sealed_to_an_older_key_says_so(cast: Cast) -> None:
    cast.report()
    with cast.session() as session:
        renew_ring(session, cast.member("daria"), "queue:legal", NOW)
    cast.report()

    assert sorted(row["generation"] for row in dump(cast.engine)["grant"]) == [1, 2]


def test_what_was_sent_is_never_shown_in_words() -> None:
    whole = begun(story="Його забрали.")

    assert whole.code not in repr(sending.Sent(whole.code, received_before=False, changed=False))


def test_a_story_for_practice_is_sent_once(cast: Cast) -> None:
    whole = begun()
    with cast.session() as session:
        case_id = sending.send_practice(session, whole, "legal", NOW)
    with cast.session() as session, pytest.raises(NotReady):
        sending.send_practice(session, whole, "legal", NOW)
    assert [row["id"] for row in cases_of(cast)["case"]] == [case_id]

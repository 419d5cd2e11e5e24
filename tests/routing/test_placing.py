"""A report goes to one queue that may have it and can receive it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.queues import QueueState
from app.questionnaire import Answers, Consents, check, current
from app.routing import FALLBACKS, Decision, NoQueueReady, Placement, decide, place
from app.routing.rules_file import QUEUE_KINDS
from tests.questionnaire.reports import given_consents, reports

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@dataclass(frozen=True)
class FoundQueue:
    """A queue as placing sees it."""

    id: str
    kind: str
    organisation_id: str = "ours"
    receiving: bool = True
    ready: bool = True


OURS = tuple(FoundQueue(f"our-{kind}", kind) for kind in sorted(QUEUE_KINDS))
THEIR_LEGAL = FoundQueue("their-legal", "legal", "theirs", receiving=False)
THEIR_TRACING = FoundQueue("their-tracing", "tracing", "theirs", receiving=False)
THEIR_TRIAGE = FoundQueue("their-triage", "triage", "theirs", receiving=False)


def decision(**answers: object) -> Decision:
    """What the rules say about these answers."""
    return decide(answers, {}, NOW)  # type: ignore[arg-type]


DEFENCE = decision(need=["legal_defence"])
MISSING = decision(situation="missing")
NOTHING = decision()


def without(*kinds: str) -> tuple[FoundQueue, ...]:
    """Our queues but those."""
    return tuple(queue for queue in OURS if queue.kind not in kinds)


def placed(decided: Decision, queues: tuple[FoundQueue, ...], **consents: str) -> Placement:
    """Where a report goes with these consents beside the one that every report has."""
    return place(decided, {"ngo": "full", **consents}, queues)


def test_our_own_queue_comes_first_whatever_else_was_allowed() -> None:
    placement = placed(DEFENCE, (THEIR_LEGAL, *OURS), legal_ngo="full")
    assert placement == Placement("our-legal", (), (), None, "ngo", tell_lead=False)


def test_another_organisations_queue_needs_the_consent_that_covers_it() -> None:
    queues = (*without("legal", "tracing"), THEIR_LEGAL, THEIR_TRACING)
    legal = placed(DEFENCE, queues, legal_ngo="full")
    assert (legal.queue_id, legal.consent, legal.fallback, legal.asks) == ("their-legal", "legal_ngo", None, ())
    tracing = placed(MISSING, queues, partner_ngo="full")
    assert (tracing.queue_id, tracing.consent, tracing.fallback) == ("their-tracing", "partner_ngo", None)


@pytest.mark.parametrize(
    ("decided", "consents", "asked"),
    [
        (DEFENCE, {}, "legal_ngo"),
        (DEFENCE, {"partner_ngo": "full"}, "legal_ngo"),
        (DEFENCE, {"legal_ngo": "pseudonymised"}, "legal_ngo"),
        (DEFENCE, {"legal_ngo": "facts_only"}, "legal_ngo"),
        (MISSING, {}, "partner_ngo"),
        (MISSING, {"legal_ngo": "full"}, "partner_ngo"),
        (MISSING, {"partner_ngo": "facts_only"}, "partner_ngo"),
    ],
)
def test_without_that_consent_it_stays_in_triage_and_the_desk_is_told_to_ask(
    decided: Decision, consents: Consents, asked: str
) -> None:
    placement = placed(decided, (*without("legal", "tracing"), THEIR_LEGAL, THEIR_TRACING), **consents)
    assert (placement.queue_id, placement.asks, placement.fallback) == ("our-triage", (asked,), "no_consent")
    assert placement.consent == "ngo"


def test_a_queue_that_cannot_receive_is_replaced_by_triage() -> None:
    queues = tuple(replace(queue, ready=queue.kind != "legal") for queue in OURS)
    for found in (queues, (*queues, THEIR_LEGAL)):
        placement = placed(DEFENCE, found, legal_ngo="full")
        assert (placement.queue_id, placement.fallback, placement.asks) == ("our-triage", "queue_not_ready", ())


def test_a_partners_queue_that_cannot_receive_is_replaced_by_our_triage() -> None:
    queues = (*without("legal"), replace(THEIR_LEGAL, ready=False))
    placement = placed(DEFENCE, queues, legal_ngo="full")
    assert (placement.queue_id, placement.fallback, placement.consent) == ("our-triage", "queue_not_ready", "ngo")


def test_where_there_is_no_such_queue_triage_takes_it() -> None:
    placement = placed(DEFENCE, without("legal"))
    assert (placement.queue_id, placement.fallback, placement.asks) == ("our-triage", "no_such_queue", ())


def test_of_two_queues_of_a_kind_the_ready_one_takes_it() -> None:
    second = FoundQueue("our-legal-2", "legal")
    queues = (*without("legal"), second, FoundQueue("our-legal-1", "legal", ready=False))
    assert placed(DEFENCE, queues).queue_id == "our-legal-2"
    assert placed(DEFENCE, (second, *OURS)).queue_id == "our-legal"


@pytest.mark.parametrize("decided", [NOTHING, DEFENCE])
@pytest.mark.parametrize(
    "queues",
    [
        (),
        (THEIR_TRIAGE,),
        (FoundQueue("our-triage", "triage", ready=False), THEIR_TRIAGE),
        (FoundQueue("our-tracing", "tracing"),),
    ],
)
def test_when_not_even_triage_can_receive_nothing_is_taken(decided: Decision, queues: tuple[FoundQueue, ...]) -> None:
    with pytest.raises(NoQueueReady):
        placed(decided, queues, legal_ngo="full", partner_ngo="full")


def test_a_ready_queue_needs_no_triage() -> None:
    queues = (*without("triage"), FoundQueue("our-triage", "triage", ready=False))
    assert placed(DEFENCE, queues).queue_id == "our-legal"


class TestTold:
    """Who sees number, priority and deadline, and gets no key."""

    HELD = decision(situation="detained_at_point")

    def test_it_is_our_queue_of_that_kind(self) -> None:
        assert placed(self.HELD, OURS).told == ("our-legal",)
        assert placed(self.HELD, (THEIR_LEGAL, *OURS), legal_ngo="full").told == ("our-legal",)

    def test_another_organisations_queue_is_told_only_with_consent(self) -> None:
        queues = (*without("legal"), THEIR_LEGAL)
        assert placed(self.HELD, queues).told == ()
        assert placed(self.HELD, queues, partner_ngo="full").told == ()
        assert placed(self.HELD, queues, legal_ngo="full").told == ("their-legal",)

    def test_the_queue_that_has_the_case_is_not_told_beside(self) -> None:
        told_itself = replace(MISSING, told_kinds=("tracing", "psychosocial"))
        assert placed(told_itself, OURS).told == ("our-psychosocial",)

    def test_it_is_told_as_well_when_triage_stands_in(self) -> None:
        placement = placed(self.HELD, without("protection"))
        assert (placement.queue_id, placement.told) == ("our-triage", ("our-legal",))

    def test_the_lead_is_told_of_a_child(self) -> None:
        assert placed(decision(age_band="under_18"), OURS).tell_lead


def test_what_accounts_knows_of_a_queue_is_enough() -> None:
    states = [QueueState("q1", "triage", "ours", receiving=True, ready=True)]
    assert place(NOTHING, {"ngo": "full"}, states).queue_id == "q1"


found_queues = st.lists(
    st.builds(
        FoundQueue,
        id=st.uuids().map(str),
        kind=st.sampled_from(sorted(QUEUE_KINDS)),
        organisation_id=st.just("x"),
        receiving=st.booleans(),
        ready=st.booleans(),
    ),
    max_size=8,
)


@given(reports(), given_consents(), found_queues)
def test_every_checked_report_has_exactly_one_queue_that_may_have_it(
    answers: Answers, consents: Mapping[str, str], queues: list[FoundQueue]
) -> None:
    result = check(current(), answers, consents)
    placement = place(decide(result.answers, result.consents, NOW), result.consents, [*queues, *OURS])
    (chosen,) = (queue for queue in (*queues, *OURS) if queue.id == placement.queue_id)
    assert chosen.ready
    assert chosen.receiving or result.consents[placement.consent] == "full"
    assert placement.fallback is None or placement.fallback in FALLBACKS
    assert placement.queue_id not in placement.told


@given(reports(), given_consents(), found_queues)
def test_without_ready_queues_of_ours_nothing_is_taken_but_by_consent(
    answers: Answers, consents: Mapping[str, str], queues: list[FoundQueue]
) -> None:
    result = check(current(), answers, consents)
    not_ready = [replace(queue, ready=queue.ready and not queue.receiving) for queue in queues]
    try:
        placement = place(decide(result.answers, result.consents, NOW), result.consents, not_ready)
    except NoQueueReady:
        return
    assert result.consents[placement.consent] == "full"
    assert placement.consent != "ngo"

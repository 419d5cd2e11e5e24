"""Whoever is known by linked reports is counted once also where two act at one moment, or a case goes elsewhere."""

from typing import Any

import pytest

from app.casefile.cases import hold_case, move_case
from app.casefile.errors import ChangedMeanwhile
from app.casefile.tables import Case, Junk
from app.casework import closing, junk, links, moving
from app.casework.answering import accept
from app.casework.assessment import keep_assessment, read_assessment
from app.casework.book import read_book, sealed_entry
from app.casework.errors import NotAllowedNow
from app.casework.known import record_known
from app.casework.many import Done, do_with_many
from app.casework.moving import Wish, offer
from app.casework.opening import Standing, open_keys
from app.casework.proposals import agree
from app.casework.proposed import read_proposals
from tests.casework.counting import allowed_to_go, arrived, close, counted, link, months, offered, report, step, undo
from tests.casework.test_assessment import FORM
from tests.cast import NOW, Cast


def test_no_link_is_undone_of_a_case_that_goes_to_another_organisation_with_what_was_written_of_it(cast: Cast) -> None:
    case, other = allowed_to_go(cast, "UA14"), allowed_to_go(cast, "UA44")
    made = link(cast, case, other)
    (stays,) = counted(cast)
    goes = other if stays == "UA14" else case
    offered(cast, goes)
    # The letter says that it is not counted there: were it a person of its own now, nobody would count them.
    for each in (case, other):
        with pytest.raises(NotAllowedNow, match="being_transferred"):
            undo(cast, each, made)
    arrived(cast, goes)
    assert counted(cast) == [stays]


def test_a_case_that_is_offered_while_a_link_is_confirmed_is_not_counted_here_and_there(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, other = allowed_to_go(cast, "UA14"), allowed_to_go(cast, "UA44")

    def offered_first(*given: Any, **named: Any) -> None:
        monkeypatch.setattr(links, "agree", agree)
        for each in (case, other):
            offered(cast, each)
        agree(*given, **named)

    monkeypatch.setattr(links, "agree", offered_first)
    with pytest.raises(NotAllowedNow, match="being_transferred"):
        link(cast, case, other)
    assert counted(cast) == ["UA14", "UA44"]


def test_a_case_that_is_linked_while_it_is_offered_does_not_go_with_an_older_letter(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, other = allowed_to_go(cast, "UA14"), allowed_to_go(cast, "UA44")

    def linked_first(*given: Any) -> bool:
        monkeypatch.setattr(moving, "hold_case", hold_case)
        link(cast, case, other)
        return hold_case(*given)

    monkeypatch.setattr(moving, "hold_case", linked_first)
    with pytest.raises(ChangedMeanwhile):
        offered(cast, case)
    assert len(counted(cast)) == 1


def test_a_case_that_is_given_back_while_it_is_linked_is_not_counted_beside_the_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, other = report(cast, "UA14"), report(cast, "UA44")
    with cast.session() as session:
        junk.set_aside(session, cast.member("daria"), case, session.get_one(Case, case).version, NOW)

    def linked_first(*given: Any) -> Any:
        monkeypatch.setattr(junk, "sealed_entry", sealed_entry)
        link(cast, case, other)
        return sealed_entry(*given)

    monkeypatch.setattr(junk, "sealed_entry", linked_first)
    with cast.session() as session, pytest.raises(ChangedMeanwhile):
        junk.give_back(session, cast.member("daria"), case, NOW)
    assert counted(cast) == ["UA44"]
    with cast.session() as session:
        junk.give_back(session, cast.member("daria"), case, NOW)
    assert counted(cast) == ["UA44"]


def test_two_who_propose_one_link_do_not_link_twice(cast: Cast) -> None:
    case, other = report(cast, "UA14"), report(cast, "UA44")
    with cast.session() as session:
        again = links.propose_link(session, cast.member("daria"), other, case, "Той самий.", NOW)
    made = link(cast, case, other)
    with cast.session() as session, pytest.raises(NotAllowedNow, match="linked_already"):
        closing.agree_to(session, cast.member("bohdan"), other, again, NOW)
    undo(cast, case, made)
    assert counted(cast) == ["UA14", "UA44"]


def test_whether_a_case_counts_is_known_in_every_queue_of_the_organisation_that_took_it_over(cast: Cast) -> None:
    """Two reports are linked at the partner; one comes back, and goes on to another queue."""
    case, other = allowed_to_go(cast, "UA14"), allowed_to_go(cast, "UA44")
    for each in (case, other):
        offered(cast, each)
        arrived(cast, each)
    ayshe, rustem, daria, ivan = (cast.member(name) for name in ("ayshe", "rustem", "daria", "ivan"))
    with cast.session() as session:
        proposal = links.propose_link(session, ayshe, case, other, "Той самий.", NOW)
    with cast.session() as session:
        closing.agree_to(session, rustem, case, proposal, NOW)
    (stays,) = counted(cast)
    comes = other if stays == "UA14" else case
    for giver, taker, queue in ((ayshe, daria, "legal"), (daria, ivan, "protection")):
        with cast.session() as session:
            offer(session, giver, comes, Wish(queue, Standing.OFFERED_TRANSFER, "full", "Так."), NOW)
        with cast.session() as session:
            accept(session, taker, comes, NOW)
    with cast.session() as session:
        record_known(session, ivan, comes, {"situation": "pow_ua"}, "document", "", NOW)
    assert counted(cast) == [stays]


def test_what_a_partner_who_was_asked_for_help_signs_by_two_hides_no_closing_from_the_figures(cast: Cast) -> None:
    case = allowed_to_go(cast, "UA14")
    ayshe, rustem = cast.member("ayshe"), cast.member("rustem")
    with cast.session() as session:
        wish = Wish("partner-legal", Standing.OFFERED_REFERRAL, "full", "Так.")
        offer(session, cast.member("daria"), case, wish, NOW)
    with cast.session() as session:
        accept(session, ayshe, case, NOW)
    with cast.session() as session:
        keep_assessment(session, ayshe, case, "", read_assessment(FORM), NOW)
    with cast.session() as session:
        (review,) = read_proposals(session, read_book(session, rustem, open_keys(session, rustem, case)), case, NOW)
    with cast.session() as session:
        closing.agree_to(session, rustem, case, review.id, NOW)
    close(cast, case, "charges_dropped")
    assert [outcome for _, _, outcome in months(cast)] == ["charges_dropped"]


def test_of_many_that_are_set_aside_none_is_half_done_where_a_linked_case_changed_at_that_moment(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, other = report(cast, "UA14"), report(cast, "UA44")
    link(cast, case, other)
    aside = case if counted(cast) == ["UA14"] else other
    stays = other if aside == case else case

    def changed_first(*given: Any, **named: Any) -> None:
        monkeypatch.setattr(junk, "move_case", move_case)
        step(cast, stays)
        move_case(*given, **named)

    monkeypatch.setattr(junk, "move_case", changed_first)
    daria = cast.member("daria")
    with pytest.raises(ChangedMeanwhile), cast.session() as session:
        do_with_many(session, daria, "set-aside", [aside], {}, NOW)
    with cast.session() as session:
        assert session.get(Junk, aside) is None
    with cast.session() as session:
        assert do_with_many(session, daria, "set-aside", [aside], {}, NOW) == Done(1, ())
    assert len(counted(cast)) == 1

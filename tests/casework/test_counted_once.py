"""Whoever is known by several linked reports is counted once, whatever is linked, undone or changed meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from app.accounts.members import Member
from app.casefile.errors import ChangedMeanwhile
from app.casefile.tables import Case
from app.casework import actions, closing, junk, links
from app.casework.answering import accept
from app.casework.errors import NotAllowedNow
from app.casework.known import record_known
from app.casework.linked import linked_with
from app.casework.moving import Wish, offer
from app.casework.opening import Standing, open_keys
from app.intake import changing, returning
from tests.casework.counting import (
    STATS,
    close,
    counted,
    link,
    months,
    received,
    report,
    sealings,
    step,
    undo,
    version_of,
)
from tests.cast import NOW, Cast


def test_two_linked_reports_are_one_person_until_the_link_is_undone(cast: Cast) -> None:
    case, other = report(cast, "UA14"), report(cast, "UA44")
    before = sealings(cast)
    made = link(cast, case, other)
    assert len(counted(cast)) == 1
    after = sealings(cast)
    # Both were sealed anew, to one length: that one of them adds nothing now is not to be seen by what is left alone.
    assert len(after) == 2
    assert not set(before.values()) & set(after.values())
    assert len({len(sealed) for sealed in [*before.values(), *after.values()]}) == 1
    undo(cast, other, made)
    assert counted(cast) == ["UA14", "UA44"]


def test_a_later_step_at_either_case_does_not_count_the_person_again(cast: Cast) -> None:
    case, other = report(cast, "UA14"), report(cast, "UA44")
    link(cast, case, other)
    for each in (case, other):
        with cast.session() as session:
            record_known(session, cast.member("daria"), each, {"situation": "pow_ua"}, "document", "", NOW)
    assert len(counted(cast)) == 1


def test_many_reports_about_one_person_are_one_however_they_are_linked(cast: Cast) -> None:
    cases = [report(cast, oblast) for oblast in ("UA14", "UA44", "UA65", "UA23")]
    made = [link(cast, cases[2], cases[3]), link(cast, cases[0], cases[1]), link(cast, cases[1], cases[2])]
    assert len(counted(cast)) == 1
    # Once around: no two of them are ever two persons for that.
    made.append(link(cast, cases[3], cases[0]))
    assert len(counted(cast)) == 1
    undo(cast, cases[3], made[-1])
    assert len(counted(cast)) == 1
    undo(cast, cases[1], made[2])
    assert len(counted(cast)) == 2
    undo(cast, cases[2], made[0])
    undo(cast, cases[0], made[1])
    assert len(counted(cast)) == 4


def test_the_report_whose_family_agreed_is_the_one_that_counts(cast: Cast) -> None:
    link(cast, report(cast, "UA14", None), report(cast, "UA44"))
    assert counted(cast) == ["UA44"]


def test_whoever_read_a_case_before_it_was_linked_takes_no_step_that_counts_it_again(cast: Cast) -> None:
    case, other = report(cast, "UA14"), report(cast, "UA44")
    daria = cast.member("daria")
    with cast.session() as session:
        versions = {each: open_keys(session, daria, each).row.version for each in (case, other)}
    made = link(cast, case, other)
    for each, version in versions.items():
        with cast.session() as session, pytest.raises(ChangedMeanwhile):
            closing.propose_closing(session, daria, each, version, "exchanged", "Так.", NOW)
        versions[each] = version_of(cast, each)
    undo(cast, case, made)
    assert all(version_of(cast, each) > version for each, version in versions.items())


def test_nothing_is_counted_otherwise_when_the_link_does_not_come_about(cast: Cast) -> None:
    case, other = report(cast, "UA14"), report(cast, "UA44")
    with cast.session() as session:
        proposal = links.propose_link(session, cast.member("daria"), case, other, "Той самий.", NOW)
    before = sealings(cast)
    with cast.session() as session:
        closing.agree_to(session, cast.member("bohdan"), case, proposal, NOW)
        session.rollback()
    assert sealings(cast) == before


def test_who_does_not_hold_all_that_is_linked_makes_no_second_person_of_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, other, third = (report(cast, oblast) for oblast in ("UA14", "UA44", "UA65"))
    made = link(cast, case, other)

    def not_all(*_given: Any, **_named: Any) -> None:
        return None

    with monkeypatch.context() as patch:
        patch.setattr(links, "linked_with", not_all)
        with pytest.raises(NotAllowedNow, match="other_not_yours"):
            link(cast, other, third)
        assert len(counted(cast)) == 2
        undo(cast, case, made)
    assert len(counted(cast)) == 2


def test_links_are_followed_only_as_far_as_the_keys_reach(cast: Cast) -> None:
    case, other = report(cast, "UA14"), report(cast, "UA44")
    link(cast, case, other)
    daria: Member = cast.member("daria")
    with cast.session() as session:
        found = linked_with(session, daria, open_keys(session, daria, case))
        assert found is not None
        assert {each.row.id for each in found} == {case, other}


def test_where_the_counted_report_is_closed_as_sent_twice_the_other_goes_on(cast: Cast) -> None:
    first, _ = received(cast, "UA14", NOW - timedelta(days=40))
    case = report(cast, "UA44")
    link(cast, first, case)
    assert months(cast) == [("UA14", "2026-10", "")]
    close(cast, first, "duplicate")
    # The person stays in the month that they were counted in first: no two releases hold them.
    assert months(cast) == [("UA44", "2026-10", "")]
    close(cast, case, "exchanged")
    assert months(cast) == [("UA44", "2026-10", "exchanged")]
    with cast.session() as session:
        version = session.get_one(Case, first).version
        closing.reopen(session, cast.member("daria"), first, version, "Ні.", NOW)
    assert months(cast) == [("UA44", "2026-10", "exchanged")]


def test_where_the_counted_report_is_set_aside_the_other_goes_on_also_after_it_is_given_back(cast: Cast) -> None:
    first, _ = received(cast, "UA14", NOW - timedelta(hours=3))
    case = report(cast, "UA44")
    link(cast, first, case)
    gone = counted(cast)
    aside = first if gone == ["UA14"] else case
    with cast.session() as session:
        junk.set_aside(session, cast.member("daria"), aside, session.get_one(Case, aside).version, NOW)
    assert len(counted(cast)) == 1
    assert counted(cast) != gone
    with cast.session() as session:
        junk.give_back(session, cast.member("daria"), aside, NOW)
    assert len(counted(cast)) == 1
    assert counted(cast) != gone


def test_when_a_family_takes_back_the_counted_report_the_next_of_the_person_goes_on(cast: Cast) -> None:
    first, code = received(cast, "UA14", NOW - timedelta(days=40))
    second, third = (received(cast, oblast, NOW)[0] for oblast in ("UA44", "UA65"))
    link(cast, first, second)
    link(cast, second, third)
    assert months(cast) == [("UA14", "2026-10", "")]
    with cast.session() as session:
        _, visit = returning.open_return(session, code, NOW)
        returning.withdraw(session, visit, code, NOW)
    # Nobody with a key has been there since.
    assert months(cast) == []
    for each in (third, second, third):
        step(cast, each)
    ((_, month, _),) = months(cast)
    assert month == "2026-10"
    # Whether the one that is gone was counted as closed nobody knows any more: so no closing counts.
    for each in (second, third):
        close(cast, each, "exchanged")
    assert [outcome for _, _, outcome in months(cast)] == [""]


def test_when_the_counted_family_takes_its_consent_back_the_next_goes_on_once_the_desk_has_read_it(
    cast: Cast,
) -> None:
    first, code = received(cast, "UA14", NOW - timedelta(days=40))
    case = report(cast, "UA44")
    link(cast, first, case)
    for wish, expected in (("", "UA44"), ("full", "UA44")):
        with cast.session() as session:
            _, visit = returning.open_return(session, code, NOW)
            changing.change_consents(session, visit, {"stats": wish}, NOW)
        with cast.session() as session:
            actions.mark_read(session, cast.member("daria"), first, NOW)
        assert months(cast) == [(expected, "2026-10", "")]


def test_a_case_that_goes_to_another_organisation_is_not_counted_there_beside_the_one_that_stays(cast: Cast) -> None:
    allowed = {**STATS, "legal_ngo": "full"}
    first, _ = received(cast, "UA14", NOW - timedelta(days=40), allowed)
    second, _ = received(cast, "UA44", NOW, allowed)
    link(cast, first, second)
    there = "partner-legal"
    with cast.session() as session:
        offer(session, cast.member("daria"), second, Wish(there, Standing.OFFERED_TRANSFER, "full", "Так."), NOW)
    # What is written to the receiver is written: until they answer nothing else is made of the person.
    third, _ = received(cast, "UA65", NOW)
    with pytest.raises(NotAllowedNow, match="being_transferred"):
        link(cast, second, third)
    ayshe = cast.member("ayshe")
    with cast.session() as session:
        accept(session, ayshe, second, NOW)
    with cast.session() as session:
        record_known(session, ayshe, second, {"situation": "pow_ua"}, "document", "", NOW)
    step(cast, first)
    assert [oblast for oblast, _, _ in months(cast)] == ["UA14", "UA65"]

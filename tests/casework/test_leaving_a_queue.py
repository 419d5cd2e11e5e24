"""Whoever leaves one queue and stays here: a new key without them, and their other queues as before."""

import pytest

from app.accounts.errors import MayNotState
from app.accounts.vouching import vouched
from app.casefile.errors import NotFound
from app.casework.opening import open_case
from app.casework.resealing import renew_queue_key, reseal_some
from tests.casework.desk import record
from tests.cast import NOW, OMAR, Cast


def renew(cast: Cast, lead: str, *without: str) -> None:
    member, leaving = cast.member(lead), [cast.founded_account(name) for name in without]
    with cast.session() as session:
        renew_queue_key(session, member, "legal", NOW, leaving)


def test_no_case_of_the_queue_opens_any_more_for_whoever_left_it(cast: Cast) -> None:
    case = cast.case_of(cast.report())
    before = cast.member("bohdan")
    # Who is of no such queue is taken out of none.
    renew(cast, "daria", "bohdan", OMAR)
    assert cast.member("bohdan").queues == ()
    with cast.session() as session, pytest.raises(NotFound):
        open_case(session, cast.member("bohdan"), case, NOW)
    taken = [event for event in record(cast) if event["kind"] == "taken_out_of_queue"]
    assert [(event["queue"], event["account"]) for event in taken] == [("legal", before.account_id)]
    daria = cast.member("daria")
    with cast.session() as session:
        assert reseal_some(session, daria, "legal", "0", NOW).left.number == 0
    # Also where the keys of a session were kept from before.
    with cast.session() as session, pytest.raises(NotFound):
        open_case(session, before, case, NOW)
    with cast.session() as session:
        assert open_case(session, daria, case, NOW).listed.id == case
        assert vouched(session).faults == {}


def test_nobody_leaves_themselves_out_and_only_the_lead_anybody(cast: Cast) -> None:
    for lead, who in (("daria", "daria"), ("bohdan", "daria")):
        with pytest.raises(MayNotState):
            renew(cast, lead, who)
    with pytest.raises(NotFound):
        renew(cast, "oksana", "bohdan")
    assert {queue.id for queue in cast.member("bohdan").queues} == {"legal"}

"""Whoever looks at something of others at the desk stands on the record with it, page by page, files too."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.accounts import address_cards
from app.accounts.permissions import PERMISSIONS, Role
from app.casework.actions import take
from app.casework.diary import add_task
from app.statistics.periods import Period
from app.trail import chain
from tests.cast import NOW, Cast
from tests.statistics.made import INTAKE, PERIOD, confirm, facet, make, put
from tests.web.conftest import Clock
from tests.web.desk.conftest import Staff
from tests.web.knocking import NAMES
from tests.web.ways_in import walked

EVERYBODY = {
    "daria": Role.CASEWORKER,
    "lena": Role.COORDINATOR,
    "petro": Role.ADMINISTRATOR,
    "roman": Role.AUDITOR,
}
# What shows nothing of anybody else: counts, one's own things, empty forms, cases in which nobody lives. Steps of a
# release stand on the record when it is begun, made and confirmed; a wish about the desk when it is signed.
SHOWS_NOTHING = {
    "/desk/",
    "/desk/me",
    "/desk/me/passphrase",
    "/desk/me/authenticator",
    "/desk/me/spare-codes",
    "/desk/away",
    "/desk/recovery",
    "/desk/search",
    "/desk/intake",
    "/desk/lockdown",
    "/desk/queues/{queue_id}/practice",
    "/admin/invite",
    "/admin/organisations/new",
    "/admin/recovery/lost-names",
    "/statistics/making/{kind}/{period}",
    "/statistics/confirming/{kind}/{period}",
}


def something_of_everything(cast: Cast) -> dict[str, str]:
    """A case with a task, a card, two releases, a colleague, another organisation: what stands in addresses."""
    case, daria = cast.case_of(cast.report()), cast.member("daria")
    with cast.session() as session:
        take(session, daria, case, 1, NOW)
    day = (NOW + timedelta(days=2)).date().isoformat()
    with cast.session() as session:
        add_task(session, daria, case, {"text": "Подзвонити", "service": "legal", "day": day, "follows": ""}, "", NOW)
    with cast.session() as session:
        card: dict[str, Any] = dict.fromkeys(address_cards.FIELDS, "") | {"name": "Колегія", "kind": "lawyer"}
        address_cards.keep_card(session, daria, card, NOW, [])
    with cast.session() as session:
        (kept,) = address_cards.cards(session, daria)
    put(cast, [facet()] * 30)
    for period in (PERIOD, Period(2026, 2)):
        make(cast, INTAKE, period)
        confirm(cast, INTAKE, period)
    organisation = cast.member("ayshe").organisation_id
    return {"case_id": case, "card": kept.id, "account_id": daria.account_id, "organisation_id": organisation}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_page_that_shows_something_of_others_is_on_the_record(
    application: FastAPI, cast: Cast, clock: Clock
) -> None:
    names = {**NAMES, "queue_id": "legal", **something_of_everything(cast)}
    passed, seen = set[str](), set[str]()
    for name, role in EVERYBODY.items():
        staff = Staff(application, cast, clock, name)
        staff.come_in()
        for found in walked(application):
            if found.method != "GET" or not found.permissions or role not in PERMISSIONS[found.permissions[0]]:
                continue
            kind = "csv" if found.path.endswith(".{kind}") else "intake"
            before = entries(cast)
            answer = staff.client.get(found.path.format(**{**names, "kind": kind}), follow_redirects=False)
            assert answer.status_code in {200, 303}, found.path
            (passed if entries(cast) == before else seen).add(found.path)
    assert passed == SHOWS_NOTHING
    assert len(seen) >= 40


def entries(cast: Cast) -> int:
    with cast.session() as session:
        return chain.head(session).seq

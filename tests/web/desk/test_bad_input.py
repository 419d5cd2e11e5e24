"""Nonsense in every form of administration, keys, lockdown, duty and one's own page: told, and nothing is changed."""

import re
from typing import Any

import pytest
from fastapi import FastAPI

from tests.cast import Cast
from tests.keys.dump import dump
from tests.web.conftest import Clock
from tests.web.desk.conftest import Staff
from tests.web.knocking import NAMES
from tests.web.ways_in import Found, walked

OF_KEYS = re.compile(
    r"/admin/|/desk/(me|recovery|lockdown|keys|away)|/desk/queues/\{queue_id\}/(people|begin|duty|away)"
)
_FIELDS = (
    "absence account administrator begins carried code consent day digits ends fingerprint go group kind language lead"
    " meant name needed before offered password person purpose queue queues ring role roles root_key session shift"
    " share shown since stands_in stands_in_legal totp trustees until version weekday when who wish words"
)
FIELDS = _FIELDS.split()
NONSENSE = {
    "nothing": "",
    "blank": " \n\t ",
    "long": "я" * 600,
    "markup": "<script>'\";-- \u202e\u0007${7*7}{{7*7}}",
    "number": "-99999999999999999999",
}
# What is empty reaches no database.
REACHES_A_DATABASE = {"long", "markup", "number"}
_KEPT = (
    "account address_card directory_share invitation lockdown membership organisation queue recovered_key recovery_copy"
    " ring_key ring_link ring_share roster spare_code statement"
)
KEPT = _KEPT.split()


def sent(staff: Staff, path: str, text: str) -> Any:
    fields = dict.fromkeys(FIELDS, text) if text else {}
    return staff.client.post(path, data=fields, follow_redirects=False)


def forms(application: FastAPI) -> list[Found]:
    """Every form of these pages that asks for something; a new key is made by pressing a button."""
    found = [each for each in walked(application) if each.method == "POST" and OF_KEYS.match(each.path)]
    return [each for each in found if not each.path.endswith("/renew")]


@pytest.mark.parametrize(
    ("database_kind", "name"),
    [("sqlite", "petro"), ("sqlite", "daria"), ("sqlite", "roman"), ("postgresql", "petro"), ("postgresql", "daria")],
    indirect=["database_kind"],
)
def test_nonsense_is_told_and_changes_nothing(
    application: FastAPI, cast: Cast, clock: Clock, name: str, database_kind: str
) -> None:
    nonsense = {what: NONSENSE[what] for what in (NONSENSE if database_kind == "sqlite" else REACHES_A_DATABASE)}
    staff = Staff(application, cast, clock, name)
    staff.log_in()
    before, walked_by = dump(cast.engine), 0
    for found in forms(application):
        path = found.path.format(queue_id="legal", **NAMES)
        for what, text in nonsense.items():
            answer = sent(staff, path, text)
            place = f"{found.path} with {what}"
            assert answer.status_code in {200, 303, 400, 403, 404, 409, 410, 422, 429}, place
            if answer.status_code >= 400:
                assert "<h1" in answer.text, place
            assert "<script>'" not in answer.text, place
            assert not answer.headers.get("location", "").startswith("/desk/login"), place
            walked_by += 1
    after = dump(cast.engine)
    assert {table: after[table] for table in KEPT} == {table: before[table] for table in KEPT}
    assert walked_by == len(nonsense) * len(forms(application)) > 90


@pytest.mark.parametrize("segment", ["%00", "..%2f..", "%ff", "я" * 300, "'%20or%201=1--"])
def test_an_address_of_nothing_is_not_found(application: FastAPI, cast: Cast, clock: Clock, segment: str) -> None:
    staff = Staff(application, cast, clock, "petro")
    staff.log_in()
    for path in (
        f"/admin/people/{segment}",
        f"/admin/organisations/{segment}/end",
        f"/desk/queues/{segment}/keys",
        f"/desk/queues/{segment}/people",
        f"/desk/queues/{segment}/duty",
        f"/admin/people/nosuch?x={segment}",
    ):
        answer = staff.client.get(path, follow_redirects=False)
        assert answer.status_code in {400, 403, 404}, path
        assert segment not in answer.text

"""What the kernel saw: every acknowledgement left after the journal was on the disk."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from tests.cast import CONSENTS, answers
from tests.cluster import Cluster
from tests.durability.trace import answered_too_early, read_trace, traced
from tests.durability.trace import answers as answers_in
from tests.service.client import Client
from tests.service.desk import Desk
from tests.service.founded import durable_database, founded_cast, founded_machine, small_plan
from tests.service.warm import warm_program

REPORT = {"version": "2026-11", "lang": "uk", "answers": answers(), "consents": CONSENTS}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_is_acknowledged_before_it_is_on_the_disk(kind: str, tmp_path: Path) -> None:
    with (
        durable_database(kind, tmp_path) as database,
        founded_cast(database.url, small_plan()) as cast,
        warm_program() as program,
    ):
        service = program.serve(founded_machine(cast, tmp_path / "machine"))
        with Client(service.port) as family, Client(service.port) as window:
            draft = on_the_last_page(family)
            code = family.post_json("/api/v1/reports", REPORT, {"Idempotency-Key": "k" * 40}).json()["code"]
            token = family.post_json("/api/v1/return", {"code": code}).json()["token"]
            desk = Desk(window, "daria", *cast.secrets("daria"))
            case = f"/desk/cases/{cast.case_of(code, datetime.now(UTC))}"
            with traced([service.process.pid, *_backends(database.cluster)], tmp_path / "trace"):
                for key in "abc":
                    assert family.post_json("/api/v1/reports", REPORT, {"Idempotency-Key": key * 40}).status == 201
                page = family.post_form("/uk/report/check", {"draft": draft, "go": "send"})
                assert family.post_form("/uk/report/code", {"draft": page.draft, "code": page.code}).status == 200
                bearer = {"Authorization": f"Bearer {token}"}
                assert family.post_json("/api/v1/thread", {"text": "Що нового?"}, bearer).status == 201
                assert desk.post(f"{case}/message", {"message": "Ми читаємо."}).status == 303
                assert desk.post(f"{case}/note", {"note": "Запитати слідчого."}).status == 303

    events = list(read_trace((tmp_path / "trace").read_text().splitlines()))
    assert answers_in(events) == 8
    assert answered_too_early(events) == []


def on_the_last_page(family: Client) -> str:
    """Answer what is needed; give the draft with which only "Send" is left to press."""
    draft = family.get("/uk/report/safety").draft
    for step, fields in (
        ("safety", {"reply_safe": "yes", "go": "situation"}),
        ("situation", {"situation": "missing", "oblast": "na", "go": "consent"}),
        ("consent", {"consent_ngo": "yes", "go": "check"}),
    ):
        draft = family.post_form(f"/uk/report/{step}", {"draft": draft, **fields}).draft
    return draft


def _backends(cluster: Cluster | None) -> list[int]:
    """The processes of the database server that work for the service."""
    if cluster is None:
        return []
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'rodyna'").fetchall()
    assert rows
    return [row[0] for row in rows]

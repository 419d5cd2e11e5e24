"""The line to PostgreSQL is cut again and again, in mid-transaction: nothing acknowledged is lost or doubled."""

import random
import re
import secrets
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from app.failures.counting import Part, failed
from tests.cast import Cast
from tests.durability.kept import check_all_kept
from tests.durability.stubborn import Shown, Stubborn, send_by_form, send_by_interface
from tests.faults.relay import Relay, relay_to
from tests.service.client import Client
from tests.service.founded import founded_machine
from tests.service.waiting import wait_for
from tests.service.warm import warm_program

CUTS = 10
LANGUAGES = ("uk", "ru", "crh", "en")
HOUR = timedelta(hours=1)
PORT = re.compile(r":(\d+)/")


@pytest.fixture
def database_kind() -> str:
    """Only PostgreSQL is reached over a line."""
    return "postgresql"


def test_a_line_that_is_cut_in_the_middle_loses_and_doubles_nothing(cast: Cast, tmp_path: Path) -> None:
    seed, failures, stop = secrets.randbelow(10**6), list[BaseException](), threading.Event()
    found = PORT.search(cast.url)
    assert found is not None
    with relay_to(int(found[1])) as relay, warm_program() as program:
        through = cast.url.replace(found[0], f":{relay.port}/")
        machine = founded_machine(Cast(cast.engine, through, cast.founded), tmp_path / "machine")
        service = program.serve(machine)
        senders = [Stubborn(service.port, way) for way in (send_by_form, send_by_interface) * 2]

        def send(sender: Stubborn) -> None:
            try:
                sender.run(stop)
            except BaseException as failure:  # noqa: BLE001 - a thread's failure must reach the test.
                failures.append(failure)

        threads = [threading.Thread(target=send, args=[sender]) for sender in senders]
        for thread in threads:
            thread.start()
        try:
            cut_often(relay, senders, failures, random.Random(seed))
        finally:
            stop.set()
            for thread in threads:
                thread.join(120)
        waited = list(sent_when_it_is_back(relay, service.port))
        service.stop()
    assert failures == [], seed
    shown = [one for sender in senders for one in sender.shown] + waited
    print(f"{len(shown)} reports acknowledged, {relay.cuts} connections cut, seed {seed}")  # noqa: T201 - a figure.
    check_all_kept(cast, shown, "oksana")
    over = datetime.now(UTC) + timedelta(hours=1, minutes=5)
    with cast.session() as session:
        counted = failed(session, over, 2 * HOUR)
    # Those who were told to come again while the database was away, at the least.
    assert counted[Part.FAMILY] >= len(LANGUAGES)


def cut_often(relay: Relay, senders: list[Stubborn], failures: list[BaseException], dice: random.Random) -> None:
    """Cut the line at moments that nobody chose, each time after one more report was acknowledged."""
    for _ in range(CUTS):
        before = sum(len(sender.shown) for sender in senders)
        wait_for(partial(_failed_or_shown_more, failures, senders, before))
        time.sleep(dice.uniform(0, 0.2))
        relay.cut()


def _failed_or_shown_more(failures: list[BaseException], senders: list[Stubborn], before: int) -> bool:
    return bool(failures) or sum(len(each.shown) for each in senders) > before


def sent_when_it_is_back(relay: Relay, port: int) -> Iterator[Shown]:
    """While the database is away a page in one's own language says when to come again, and carries what was typed."""
    with Client(port) as family:
        ready = {tongue: on_the_last_page(family, tongue) for tongue in LANGUAGES}
        relay.away = True
        relay.cut()
        kept = {}
        for tongue, draft in ready.items():
            answer = family.post_form(f"/{tongue}/report/check", {"draft": draft, "go": "send"})
            assert answer.status == 503, tongue
            assert int(answer.headers["retry-after"]) > 0
            assert f'lang="{tongue}"' in answer.text
            kept[tongue] = answer.draft
        relay.away = False
        for tongue, draft in kept.items():
            sent = family.post_form(f"/{tongue}/report/check", {"draft": draft, "go": "send"})
            yield Shown(f"село {tongue}", sent.code, 1)


def on_the_last_page(family: Client, tongue: str) -> str:
    """Answer what is needed; give the draft with which only "Send" is left to press."""
    draft = family.get(f"/{tongue}/report/safety").draft
    for step, fields in (
        ("safety", {"reply_safe": "yes", "go": "situation"}),
        ("situation", {"situation": "missing", "oblast": "na", "settlement": f"село {tongue}", "go": "consent"}),
        ("consent", {"consent_ngo": "yes", "go": "check"}),
    ):
        draft = family.post_form(f"/{tongue}/report/{step}", {"draft": draft, **fields}).draft
    return draft

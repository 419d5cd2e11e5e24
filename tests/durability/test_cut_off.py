"""The power goes at a chosen step of a sending: before, in the middle of, and after what makes it last.

A random kill seldom hits the moment between the commit and the answer. Here strace stops the server after a chosen
call to the kernel, and then it is killed where it stands, so that each side of that moment is met.
"""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import select

from app.casefile.tables import Case
from app.intake.draft import begin, seal_draft
from tests.cast import CONSENTS, Cast, answers
from tests.durability.kept import check_all_kept
from tests.durability.stubborn import Shown
from tests.durability.trace import traced
from tests.service.client import Answer, Broken, Client
from tests.service.founded import founded_cast, founded_machine, small_plan
from tests.service.machine import Service
from tests.service.waiting import wait_for
from tests.service.warm import warm_program

# A sending writes some two dozen pages to the journal, flushes it once, and then wakes the thread that answers.
WHILE_STORING = (("pwrite64", 1), ("pwrite64", 9), ("fdatasync", 1))
# Threads wake one another by `write`, once or twice before the commit, once after it; more than so many there are not.
WAKINGS = tuple(("write", count) for count in range(3, 8))

Send = Callable[[Client], Answer]


@pytest.mark.parametrize("way", ["form", "interface"])
def test_wherever_a_sending_is_cut_off_it_is_kept_once(way: str, tmp_path: Path) -> None:
    shown, stored = list[Shown](), dict[tuple[str, int], bool]()
    with founded_cast(f"sqlite:///{tmp_path / 'rodyna.db'}", small_plan()) as cast, warm_program() as program:
        machine = founded_machine(cast, tmp_path / "machine")
        service = program.serve(machine)
        for call, count in (*WHILE_STORING, *WAKINGS):
            mark, before = f"{call} {count}", _cases(cast)
            send = _form(cast, mark) if way == "form" else _document(mark)
            cut_off = _send_until_cut_off(service, send, f"inject={call}:signal=STOP:when={count}")
            stored[call, count] = cut_off and _cases(cast) > before
            if cut_off:
                service = program.serve(machine)
            shown.append(Shown(mark, _send_again(service, send), 1))
            if not cut_off:
                break
        check_all_kept(cast, shown, "daria")

    assert not cut_off, "the last waking was not reached"
    # Both sides were met: what was not stored yet, and what was stored and not acknowledged.
    assert not stored["pwrite64", 1]
    assert any(stored.values())


def _send_until_cut_off(service: Service, send: Send, stop: str) -> bool:
    """Send to a server that is stopped at a call and killed there; say whether the call came before the answer."""
    trace = service.machine.folder / "trace"
    with Client(service.port) as family, ThreadPoolExecutor(1) as elsewhere:
        # What is loaded and opened with the first request is no step of a sending.
        assert family.get("/uk/report/safety").status == 200
        with traced([service.process.pid], trace, "-e", stop):
            answer = elsewhere.submit(send, family)
            wait_for(lambda: answer.done() or "stopped by SIGSTOP" in trace.read_text())
        if answer.done():
            # It may have been stopped by the last byte of its answer.
            service.process.send_signal(signal.SIGCONT)
            assert answer.result().status in {200, 201}
            return False
        service.kill()
        with pytest.raises(Broken):
            answer.result()
        return True


def _send_again(service: Service, send: Send) -> str:
    """Send the same once more, twice; give the code that both answers show."""
    with Client(service.port) as family:
        codes = {_code(send(family)) for _ in range(2)}
    assert len(codes) == 1
    return codes.pop()


def _code(answer: Answer) -> str:
    assert answer.status in {200, 201}
    return str(answer.json()["code"]) if answer.status == 201 else answer.code


def _form(cast: Cast, mark: str) -> Send:
    now = datetime.now(UTC)
    with cast.session() as session:
        draft = replace(begin("uk", now), answers=answers(settlement=mark), consents=CONSENTS)
        sealed = seal_draft(session, draft, now)
    return lambda client: client.post_form("/uk/report/check", {"draft": sealed, "go": "send"})


def _document(mark: str) -> Send:
    report = {"version": "2026-11", "lang": "uk", "answers": answers(settlement=mark), "consents": CONSENTS}
    key = {"Idempotency-Key": f"the key of the report that is cut off at {mark}"}
    return lambda client: client.post_json("/api/v1/reports", report, key)


def _cases(cast: Cast) -> int:
    with cast.session() as session:
        return session.exec(select(func.count()).select_from(Case)).one()

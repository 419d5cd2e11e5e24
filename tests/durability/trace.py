"""What a process asked of the kernel, in the order in which it did, by strace."""

import re
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_CALLS = ("pwrite64", "fdatasync", "fsync", "read", "recvfrom", "write", "writev", "sendto", "sendmsg")
# "17 fdatasync(18</data/rodyna.db-wal>) = 0", perhaps cut in two by what another thread did meanwhile.
_WHOLE = re.compile(r"(?P<pid>\d+) +(?P<name>\w+)\((?P<rest>.*)\) += (?P<result>-?\d+)")
_BEGUN = re.compile(r"(?P<pid>\d+) +(?P<name>\w+)\((?P<rest>.*) <(?:unfinished|detached) \.\.\.>")
_ENDED = re.compile(r"(?P<pid>\d+) +<\.\.\. (?P<name>\w+) resumed>(?P<rest>.*)\) += (?P<result>-?\d+)")
_TARGET = re.compile(r"\d+<(?P<target>(?:->|[^>])*)>")
_GOOD = re.compile(r'"HTTP/1\.1 [23]')
_ATTACH_SECONDS = 90


@dataclass(frozen=True)
class Event:
    """That a call began (`result` is None) or ended; a call that nobody interrupted is both, one after the other."""

    pid: int
    name: str
    target: str
    content: str
    result: int | None


def read_trace(lines: Iterable[str]) -> Iterator[Event]:
    """The events of strace's output with ``-f -yy``."""
    open_calls: dict[tuple[int, str], tuple[str, str]] = {}
    for line in lines:
        if found := _WHOLE.match(line):
            pid, name, target, content = _call(found)
            yield Event(pid, name, target, content, None)
            yield Event(pid, name, target, content, int(found["result"]))
        elif found := _BEGUN.match(line):
            pid, name, target, content = _call(found)
            open_calls[pid, name] = target, content
            yield Event(pid, name, target, content, None)
        elif found := _ENDED.match(line):
            pid, name = int(found["pid"]), found["name"]
            target, content = open_calls.pop((pid, name), ("", ""))
            # What was read stands in the second half, what was written in the first.
            yield Event(pid, name, target, content + found["rest"], int(found["result"]))


def answered_too_early(events: Sequence[Event]) -> list[str]:
    """What is wrong with each answer to a POST: nothing was written to the journal before it, or it was not flushed.

    A flush counts when it returned 0 before the answer's first byte was handed to the kernel, and after the last
    write to the journal by the same process had ended.
    """
    faults, asked, since = [], dict[str, int](), 0
    for at, event in enumerate(events):
        if event.result and event.name in {"read", "recvfrom"} and '"POST ' in event.content:
            asked[event.target] = at
        elif event.result is None and '"HTTP/1.1 ' in event.content and event.target in asked:
            since = asked.pop(event.target)
            fault = _fault(events[since:at])
            faults += [] if fault is None else [fault]
    return faults


def answers(events: Sequence[Event]) -> int:
    """How many answers were sent, refusals not counted."""
    return sum(event.result is None and bool(_GOOD.search(event.content)) for event in events)


@contextmanager
def traced(pids: Sequence[int], output: Path, *options: str) -> Iterator[None]:
    """Trace running processes, with all their threads, while the block lasts.

    Raises: ``AssertionError`` where strace is missing or not let near a process: then nothing is proven.
    """
    assert shutil.which("strace"), "strace is not installed: `make test` installs it"
    attach = [option for pid in pids for option in ("-p", str(pid))]
    command = [
        "strace",
        "-f",
        "-yy",
        "-s",
        "64",
        "-e",
        f"trace={','.join(_CALLS)}",
        "-o",
        str(output),
        *options,
        *attach,
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr is not None
        try:
            for _ in pids:
                words = tracer.stderr.readline()
                assert "attached" in words, f"strace may not trace here, and nothing is proven: {words}"
            yield
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(_ATTACH_SECONDS)


def _call(found: re.Match[str]) -> tuple[int, str, str, str]:
    target = _TARGET.match(found["rest"])
    return int(found["pid"]), found["name"], target["target"] if target else "", found["rest"]


def _fault(between: Sequence[Event]) -> str | None:
    journal = [event for event in between if _is_journal(event.target)]
    writers = {event.pid for event in journal if event.name == "pwrite64"}
    if not writers:
        return "nothing was written to the journal"
    for pid in writers:
        own = [event for event in journal if event.pid == pid]
        last_write = max(at for at, event in enumerate(own) if event.name == "pwrite64")
        flushed = [event for event in own[last_write:] if event.name in {"fdatasync", "fsync"}]
        if not any(event.result == 0 for event in flushed):
            return "the journal was not flushed" if not flushed else "the flush had not ended, or failed"
    return None


def _is_journal(target: str) -> bool:
    return target.endswith("-wal") or "/pg_wal/" in target

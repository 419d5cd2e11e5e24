"""Opening very many sealings on every core, in processes of our own that end with the work.

Opening one takes a tenth of a millisecond, and meanwhile Python lets no other thread of the process run: who opened a
hundred thousand within the service would keep families waiting for ten seconds. Keys reach these processes through a
pipe, lie in their memory alone, and are gone with them; nothing is written anywhere.
"""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from queue import SimpleQueue
from typing import IO

from app.vault.errors import VaultError
from app.vault.hybrid import KeyPair, key_pair, open_with

# So many are opened here in the time that beginning a process takes.
FEW = 500
_BATCH = 100
_MOST_PROCESSES = 4
_NUMBER_BYTES = 4
_OPENED, _SHUT = b"\x01", b"\x00"
_WORDS = (sys.executable, "-I", "-m", "app.vault.many")


@dataclass(frozen=True)
class Sealing:
    """What is to be opened, where it is bound to, and with which key; ``holder`` is None where none is held."""

    holder: KeyPair | None = field(repr=False)
    sealed: bytes = field(repr=False)
    context: bytes = field(repr=False)


# None in the place of a process: what it would have done is done here.
_Free = SimpleQueue["_Process | None"]
_Opened = list[bytes | None]


def open_many(sealings: Iterable[Sealing]) -> Iterator[bytes | None]:
    """What each of them holds, in their order; None for what its key does not open.

    Memory holds some hundreds of them at a time. Where no process can be begun, or one is lost, it is done here.
    """
    pending = iter(sealings)
    few = list(islice(pending, FEW))
    if (following := next(pending, None)) is None:
        yield from map(_open_here, few)
    else:
        yield from _open_beside(few, chain((following,), pending))


def answer(reading: IO[bytes], writing: IO[bytes]) -> None:
    """What such a process does: open batch by batch what it is given, until nothing more comes."""
    pair: Callable[[bytes], KeyPair] = cache(key_pair)
    while fields := _read_fields(reading):
        threes = zip(fields[::3], fields[1::3], fields[2::3], strict=True)
        found = [_open(pair(private), sealed, context) for private, sealed, context in threes]
        _write_fields(writing, [_SHUT if content is None else _OPENED + content for content in found])


def _open_here(sealing: Sealing) -> bytes | None:
    return None if sealing.holder is None else _open(sealing.holder, sealing.sealed, sealing.context)


def _open(holder: KeyPair, sealed: bytes, context: bytes) -> bytes | None:
    try:
        return open_with(holder, sealed, context)
    except VaultError:
        return None


def _open_beside(few: Iterable[Sealing], sealings: Iterator[Sealing]) -> Iterator[bytes | None]:
    count = min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)
    with _processes(count) as free, ThreadPoolExecutor(count) as threads:
        # While the processes begin, the first few are opened here.
        yield from map(_open_here, few)
        begun = deque[Future[_Opened]]()
        while batch := list(islice(sealings, _BATCH)):
            begun.append(threads.submit(_open_batch, free, batch))
            if len(begun) > 2 * count:
                yield from begun.popleft().result()
        while begun:
            yield from begun.popleft().result()


def _open_batch(free: _Free, batch: Sequence[Sealing]) -> _Opened:
    """Have the next free process open a batch; where it is lost, there is one less."""
    process = free.get()
    try:
        if process is not None:
            return process.open(batch)
    except OSError:
        process = None
    finally:
        free.put(process)
    return list(map(_open_here, batch))


class _Process:
    """A process that opens; ended, and its keys with it, when nothing more is to come."""

    def __init__(self) -> None:
        # Nothing of the environment, which may name passwords, and nobody's log.
        self.running = subprocess.Popen(  # noqa: S603 - the words are our own.
            _WORDS, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self.running.stdin is not None
        assert self.running.stdout is not None
        self._to, self._from = self.running.stdin, self.running.stdout

    def open(self, batch: Sequence[Sealing]) -> _Opened:
        """What each of a batch holds. Raises ``OSError`` where the process is lost."""
        fields = [(each.holder.private, each.sealed, each.context) for each in batch if each.holder is not None]
        if not fields:
            return [None] * len(batch)
        _write_fields(self._to, list(chain.from_iterable(fields)))
        answers = iter(_read_fields(self._from))
        return [None if sealing.holder is None else _told(next(answers, b"")) for sealing in batch]

    def end(self) -> None:
        """Let it end."""
        with suppress(OSError):
            self._to.close()
        self._from.close()
        self.running.wait()


def _told(told: bytes) -> bytes | None:
    if not told:
        raise BrokenPipeError
    return told[1:] if told[:1] == _OPENED else None


@contextmanager
def _processes(count: int) -> Generator[_Free]:
    free = _Free()
    with ExitStack() as begun:
        for _ in range(count):
            process: _Process | None = None
            with suppress(OSError):
                process = _Process()
                begun.callback(process.end)
            free.put(process)
        yield free


def _write_fields(stream: IO[bytes], fields: Sequence[bytes]) -> None:
    framed = b"".join(_number(len(field)) + field for field in fields)
    stream.write(_number(len(fields)) + framed)
    stream.flush()


def _read_fields(stream: IO[bytes]) -> list[bytes]:
    """The next fields; none where the other side has ended, also in the middle of one."""
    # Never written otherwise: while a new release is put in place, an older one that still runs begins its processes.
    fields = []
    for _ in range(int.from_bytes(stream.read(_NUMBER_BYTES), "big")):
        length = int.from_bytes(stream.read(_NUMBER_BYTES), "big")
        fields.append(stream.read(length))
        if len(fields[-1]) < length:
            return []
    return fields


def _number(value: int) -> bytes:
    return value.to_bytes(_NUMBER_BYTES, "big")


if __name__ == "__main__":  # pragma: no cover - it has no environment, so nothing follows it there.
    answer(sys.stdin.buffer, sys.stdout.buffer)

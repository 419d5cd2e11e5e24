"""Very many sealings are opened by processes of our own, in order, and none is lost with a process."""

import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.vault import many
from app.vault.hybrid import KeyPair, key_pair, new_private_key, seal_to
from app.vault.many import FEW, Sealing, answer, open_many

MANY = FEW + 450


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The processes that were begun, each of them ended at last."""
    found = list[subprocess.Popen[bytes]]()

    class Noted(many._Process):
        def __init__(self) -> None:
            super().__init__()
            found.append(self.running)

    monkeypatch.setattr(many, "_Process", Noted)
    yield found
    assert all(process.returncode is not None for process in found)


def sealed(number: int, holder: KeyPair | None, place: bytes = b"here") -> Sealing:
    to = holder or key_pair(new_private_key())
    return Sealing(holder, seal_to(to.public, str(number).encode(), b"here"), place)


def told(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


def test_many_are_opened_in_their_order_with_whatever_key_each_needs(begun: list[Any]) -> None:
    pairs = [key_pair(new_private_key()) for _ in range(3)]
    assert list(open_many(sealed(number, pairs[number % 3]) for number in range(MANY))) == told(MANY)
    assert 0 < len(begun) <= len(os.sched_getaffinity(0))


def test_few_are_opened_without_any_process(begun: list[Any]) -> None:
    pair = key_pair(new_private_key())
    assert list(open_many(sealed(number, pair) for number in range(FEW))) == told(FEW)
    assert begun == []


def test_what_no_key_opens_is_none_and_keeps_nothing_else_shut(begun: list[Any]) -> None:
    pair = key_pair(new_private_key())
    shut = {3: sealed(3, pair, b"elsewhere"), 520: sealed(520, pair, b"elsewhere"), 700: sealed(700, None)}
    shut[800] = Sealing(pair, b"", b"here")
    without = range(790, 945)
    shut |= {number: sealed(number, None) for number in without}
    found = list(open_many(shut.get(number) or sealed(number, pair) for number in range(MANY)))
    assert found == [None if number in shut else told(MANY)[number] for number in range(MANY)]
    assert begun


@pytest.mark.parametrize("at", [FEW + 1, FEW + 250])
def test_what_a_killed_process_would_have_opened_is_opened_all_the_same(at: int, begun: list[Any]) -> None:
    pair = key_pair(new_private_key())

    def killing() -> Iterator[Sealing]:
        for number in range(MANY):
            if number == at:
                for process in begun:
                    process.kill()
            yield sealed(number, pair)

    assert list(open_many(killing())) == told(MANY)
    assert begun


def test_where_no_process_can_be_begun_all_is_opened_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "_WORDS", ("/nonexistent",))
    pair = key_pair(new_private_key())
    assert list(open_many(sealed(number, pair) for number in range(MANY))) == told(MANY)


def test_a_process_that_says_something_else_is_not_believed(monkeypatch: pytest.MonkeyPatch, begun: list[Any]) -> None:
    monkeypatch.setattr(many, "_WORDS", ("/bin/echo", "something else"))
    pair = key_pair(new_private_key())
    assert list(open_many(sealed(number, pair) for number in range(MANY))) == told(MANY)
    assert begun


def test_a_process_that_ends_in_the_middle_of_a_word_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, begun: list[Any]
) -> None:
    # A hundred answers are announced, the first of fifty bytes, of which four come.
    monkeypatch.setattr(many, "_WORDS", ("/usr/bin/printf", r"\000\000\000\144\000\000\000\062\001abc"))
    pair = key_pair(new_private_key())
    assert list(open_many(sealed(number, pair) for number in range(MANY))) == told(MANY)
    assert begun


def test_a_process_that_listens_and_answers_nothing_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, begun: list[Any]
) -> None:
    monkeypatch.setattr(many, "_WORDS", ("/bin/sh", "-c", r"printf '\000\000\000\000'; exec /bin/cat >/dev/null"))
    pair = key_pair(new_private_key())
    assert list(open_many(sealed(number, pair) for number in range(MANY))) == told(MANY)
    assert begun


def test_who_stops_in_the_middle_leaves_no_process_behind(begun: list[Any]) -> None:
    pair = key_pair(new_private_key())
    opening = open_many(sealed(number, pair) for number in range(MANY))
    assert [next(opening) for _ in range(FEW + 1)] == told(FEW + 1)
    opening.close()  # type: ignore[attr-defined]
    assert begun


def test_a_process_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch, begun: list[Any]) -> None:
    monkeypatch.setenv("RODYNA_DATABASE_URL", "postgresql://somebody:word@nowhere")
    pair = key_pair(new_private_key())
    opening = open_many(sealed(number, pair) for number in range(MANY))
    for _ in range(FEW + 1):
        next(opening)
    for process in begun:
        assert Path(f"/proc/{process.pid}/environ").read_bytes() == b""
        assert pair.private.hex() not in Path(f"/proc/{process.pid}/cmdline").read_text()
        assert pair.private not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
    list(opening)


def test_a_process_answers_until_nothing_more_comes() -> None:
    pair, written = key_pair(new_private_key()), io.BytesIO()
    asked, each = io.BytesIO(), [sealed(1, pair), sealed(2, pair, b"elsewhere")]
    for sealing in each:
        many._write_fields(asked, [pair.private, sealing.sealed, sealing.context])
    asked.seek(0)
    answer(asked, written)
    written.seek(0)
    assert [many._read_fields(written) for _ in range(3)] == [[b"\x011"], [b"\x00"], []]


def test_a_field_that_was_cut_off_in_the_middle_is_no_answer() -> None:
    asked = io.BytesIO()
    many._write_fields(asked, [b"whole", b"cut off"])
    assert many._read_fields(io.BytesIO(asked.getvalue()[:-3])) == []

"""Reading a trace: what was answered too early is seen as such."""

import pytest

from tests.durability.trace import answered_too_early, answers, read_trace

ASKED = '11 read(9<TCP:[127.0.0.1:80->127.0.0.1:5]>, "POST /uk/report/check HTTP/1.1"..., 65536) = 400'
WRITTEN = '12 pwrite64(7</data/rodyna.db-wal>, "page"..., 4096, 56) = 4096'
FLUSHED = "12 fdatasync(7</data/rodyna.db-wal>) = 0"
ANSWERED = '11 write(9<TCP:[127.0.0.1:80->127.0.0.1:5]>, "HTTP/1.1 200 OK\\r\\n"..., 900) = 900'
OTHER = '11 write(8<anon_inode:[eventfd]>, "1"..., 8) = 8'
IN_SEGMENT = '31 pwrite64(7</pg/data/pg_wal/000000010000000000000001>, "page"..., 8192, 0) = 8192'
SEGMENT_FLUSHED = "31 fdatasync(7</pg/data/pg_wal/000000010000000000000001>) = 0"


def faults(*lines: str) -> list[str]:
    return answered_too_early(list(read_trace(lines)))


def test_an_answer_after_the_flush_is_right() -> None:
    assert faults(ASKED, WRITTEN, WRITTEN, FLUSHED, OTHER, ANSWERED) == []
    assert faults(ASKED, IN_SEGMENT, SEGMENT_FLUSHED, OTHER, ANSWERED) == []


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ((ASKED, ANSWERED), "nothing was written to the journal"),
        ((ASKED, WRITTEN, ANSWERED), "the journal was not flushed"),
        ((ASKED, WRITTEN, ANSWERED, FLUSHED), "the journal was not flushed"),
        ((ASKED, FLUSHED, WRITTEN, ANSWERED), "the journal was not flushed"),
        ((ASKED, WRITTEN, FLUSHED, WRITTEN, ANSWERED), "the journal was not flushed"),
        ((ASKED, WRITTEN, FLUSHED.replace("= 0", "= -1 EIO"), ANSWERED), "the flush had not ended, or failed"),
        ((ASKED, WRITTEN, SEGMENT_FLUSHED, ANSWERED), "the journal was not flushed"),
        ((WRITTEN, FLUSHED, ASKED, ANSWERED), "nothing was written to the journal"),
    ],
)
def test_an_answer_that_came_too_early_is_a_fault(lines: tuple[str, ...], fault: str) -> None:
    assert faults(*lines) == [fault]


def test_a_flush_under_way_is_no_flush() -> None:
    begun, ended = "12 fdatasync(7</data/rodyna.db-wal> <unfinished ...>", "12 <... fdatasync resumed>) = 0"

    assert faults(ASKED, WRITTEN, begun, OTHER, ended, ANSWERED) == []
    assert faults(ASKED, WRITTEN, begun, ANSWERED, ended) == ["the flush had not ended, or failed"]


def test_a_request_that_was_read_in_two_halves_is_seen() -> None:
    begun, ended = ASKED.partition(', "')[0] + ", <unfinished ...>", '11 <... read resumed>"POST /uk/"..., 65536) = 400'

    assert faults(begun, OTHER, ended, ANSWERED) == ["nothing was written to the journal"]


def test_an_answer_that_was_under_way_when_the_trace_ended_is_judged() -> None:
    detached = ANSWERED.partition(") = ")[0] + " <detached ...>"

    assert faults(ASKED, WRITTEN, detached) == ["the journal was not flushed"]
    assert answers(list(read_trace([ASKED, WRITTEN, FLUSHED, detached]))) == 1


def test_each_answer_is_judged_and_counted() -> None:
    lines = [ASKED, WRITTEN, FLUSHED, ANSWERED, ASKED, ANSWERED, ASKED.replace("POST", "GET"), ANSWERED]

    assert faults(*lines) == ["nothing was written to the journal"]
    assert answers(list(read_trace(lines))) == 3

"""The record holds, and each way of breaking it is named."""

from copy import copy

import pytest

from app.storage.sessions import session_scope
from app.trail import chain
from app.trail.chain import Actor, Head
from app.trail.tables import TrailEntry
from app.vault.context import Purpose, context
from app.vault.errors import WrongKey
from app.vault.hybrid import new_private_key, open_with, public_key
from app.vault.signing import new_signing_key, sign
from tests.trail.book import Book, set_head


def broken(book: Book, noted: str | None = None) -> tuple[int | None, str | None]:
    verdict = book.verdict(noted)
    return verdict.broken_at, verdict.reason


def test_an_empty_record_holds(book: Book) -> None:
    verdict = book.verdict()

    assert (verdict.entries, str(verdict.head), verdict.reason) == (0, "0-0000000000000000", None)


def test_a_record_holds_and_its_head_can_be_noted_at_any_time(book: Book) -> None:
    noted = []
    for number in range(3):
        book.act("daria", kind="opened", case=str(number))
        noted.append(book.head())

    assert [broken(book, head) for head in noted] == [(None, None)] * 3
    assert book.verdict().entries == 3
    assert str(book.verdict().head) == noted[-1]


def test_only_the_auditors_key_opens_an_entry(written: Book) -> None:
    assert [event["case"] for event in written.opened()] == [f"CASE000{number}" for number in range(1, 6)]
    with session_scope(written.engine) as session:
        entry = session.get_one(TrailEntry, 1)
    with pytest.raises(WrongKey):
        open_with(new_private_key(), entry.sealed, context(Purpose.RECORD_ENTRY, "daria"))
    with pytest.raises(WrongKey):
        open_with(written.record_private, entry.sealed, context(Purpose.RECORD_ENTRY, "bohdan"))


def test_an_action_that_was_rolled_back_leaves_neither_entry_nor_gap(book: Book) -> None:
    def act_and_raise() -> None:
        with session_scope(book.engine) as session:
            prepared = chain.prepare(session, book.actors["daria"], public_key(book.record_private), {"kind": "opened"})
            chain.append(session, prepared)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act_and_raise()
    book.act("daria", kind="opened")

    assert book.verdict().entries == 1
    assert broken(book) == (None, None)


@pytest.mark.parametrize("seq", [1, 3, 4])
def test_an_entry_that_was_removed_is_missed(written: Book, seq: int) -> None:
    written.remove(seq)

    assert broken(written) == (seq, "missing")


def test_a_record_that_was_cut_short_does_not_reach_its_head(written: Book) -> None:
    written.remove(4, 5)

    assert broken(written) == (4, "cut_off")


def test_a_head_that_was_set_back_does_not_cover_the_entries(written: Book) -> None:
    with session_scope(written.engine) as session:
        set_head(session, Head(3, session.get_one(TrailEntry, 3).hash))

    assert broken(written) == (6, "cut_off")


@pytest.mark.parametrize("column", ["sealed", "signature", "hash", "after_hash"])
def test_a_single_flipped_bit_is_seen(written: Book, column: str) -> None:
    with session_scope(written.engine) as session:
        value = bytearray(getattr(session.get_one(TrailEntry, 2), column))
    value[len(value) // 2] ^= 1
    written.change(2, **{column: bytes(value)})

    assert broken(written) == (2, "altered")


@pytest.mark.parametrize("changed", [{"actor": "bohdan"}, {"after_seq": 0}])
def test_a_clear_column_that_was_changed_is_seen(written: Book, changed: dict[str, object]) -> None:
    written.change(3, **changed)

    assert broken(written) == (3, "altered")


def test_a_head_whose_hash_was_changed_is_seen(written: Book) -> None:
    with session_scope(written.engine) as session:
        set_head(session, Head(5, bytes(32)))

    assert broken(written) == (6, "cut_off")


def test_an_entry_in_the_name_of_nobody_is_named(written: Book) -> None:
    intruder = Actor("intruder", new_signing_key())
    written.actors["intruder"] = intruder
    written.act("intruder", kind="opened")
    del written.actors["intruder"]

    assert broken(written) == (6, "unknown_actor")


def test_an_entry_that_is_signed_by_another_is_forged(written: Book) -> None:
    written.actors["daria"], honest = Actor("daria", new_signing_key()), written.actors["daria"]
    written.act("daria", kind="opened")
    written.actors["daria"] = honest

    assert broken(written) == (6, "forged")


def test_an_entry_that_was_moved_to_another_name_is_forged_whatever_was_computed_anew(written: Book) -> None:
    def blame_bohdan(entries: list[TrailEntry]) -> list[TrailEntry]:
        entries[4].actor = "daria"
        return entries

    written.rewrite(blame_bohdan)

    assert broken(written) == (5, "forged")


def test_a_content_that_was_exchanged_is_forged_whatever_was_computed_anew(written: Book) -> None:
    def exchange(entries: list[TrailEntry]) -> list[TrailEntry]:
        entries[4].sealed = entries[1].sealed
        return entries

    written.rewrite(exchange)

    assert broken(written) == (5, "forged")


@pytest.mark.parametrize("seq", [1, 2, 3, 4])
def test_an_entry_that_was_taken_out_is_missed_whatever_was_computed_anew(written: Book, seq: int) -> None:
    written.rewrite(lambda entries: [entry for entry in entries if entry.seq != seq])

    # Whoever acted next had signed the head that is gone.
    assert broken(written) == (seq, "reordered")


def test_entries_that_were_exchanged_are_seen_whatever_was_computed_anew(written: Book) -> None:
    written.rewrite(lambda entries: [entries[1], entries[0], *entries[2:]])

    assert broken(written) == (1, "reordered")


def test_an_entry_cannot_be_put_in_a_second_time(written: Book) -> None:
    written.rewrite(lambda entries: [*entries, copy(entries[1])])

    assert broken(written) == (6, "repeated")


def test_yesterdays_database_does_not_hold_the_head_that_was_noted_today(written: Book) -> None:
    yesterday = written.head()
    written.act("daria", kind="opened")
    today = written.head()
    written.rewrite(lambda entries: entries[:-1])

    assert broken(written) == (None, None), "the copy is whole in itself"
    assert broken(written, yesterday) == (None, None)
    assert broken(written, today) == (None, "noted_head_missing")
    written.act("bohdan", kind="opened")
    assert broken(written, today) == (None, "noted_head_missing")


@pytest.mark.parametrize("noted", ["", "5", "5-", "five-0000000000000000", "²-0000000000000000", "99-0000000000000000"])
def test_what_is_no_head_is_not_in_the_record(written: Book, noted: str) -> None:
    assert broken(written, noted) == (None, "noted_head_missing")


def test_a_noted_head_is_read_as_people_write(written: Book) -> None:
    assert broken(written, f"  {written.head().upper()}\n") == (None, None)


def test_a_signature_of_another_use_is_no_entry(written: Book) -> None:
    def reuse(entries: list[TrailEntry]) -> list[TrailEntry]:
        place = context(Purpose.STAFF_MESSAGE, "CASE0001", "item")
        entries[4].signature = sign(written.actors["bohdan"].signing_key, entries[4].sealed, place)
        return entries

    written.rewrite(reuse)

    assert broken(written) == (5, "forged")

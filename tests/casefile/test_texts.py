"""What people write to one another is kept in one form, and can always be shown again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.casefile.errors import TextRefused
from app.casefile.texts import MOST_CHARACTERS, read_written


def test_words_are_kept_as_they_were_written() -> None:
    assert read_written("  Дякую.\r\nСуд у четвер,\rо 9:00 \n") == "Дякую.\nСуд у четвер,\nо 9:00"


def test_letters_that_were_typed_in_parts_are_put_together() -> None:
    assert read_written("и\u0306") == "й"


@pytest.mark.parametrize("text", ["", " \t\r\n ", "\0", "\ud800", "\0 \udfff\n"])
def test_nothing_is_no_message(text: str) -> None:
    with pytest.raises(TextRefused) as refusal:
        read_written(text)

    assert refusal.value.reason == "empty"


def test_the_longest_text_is_taken_and_a_longer_one_refused() -> None:
    assert len(read_written("ї" * MOST_CHARACTERS + " ")) == MOST_CHARACTERS
    with pytest.raises(TextRefused) as refusal:
        read_written("ї" * (MOST_CHARACTERS + 1))

    assert refusal.value.reason == "too_long"


@given(st.text(st.characters(), max_size=50))
def test_whatever_was_written_can_be_sent_to_a_page_and_stays_as_it_is(text: str) -> None:
    try:
        written = read_written(text)
    except TextRefused:
        return
    # Half a character, which a program's JSON can carry, would break the page that shows it.
    assert written.encode().decode() == written
    assert read_written(written) == written
    assert not {"\r", "\0"} & set(written)

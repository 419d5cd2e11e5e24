"""Small structures come back as they were, whatever a client put into them."""

from hypothesis import given
from hypothesis import strategies as st

from app.storage.packing import pack, unpack

VALUES = st.none() | st.booleans() | st.integers() | st.text(st.characters()) | st.binary()


@given(st.dictionaries(st.text(max_size=8), VALUES | st.lists(VALUES, max_size=3), max_size=5))
def test_what_was_packed_is_unpacked(content: dict[str, object]) -> None:
    assert unpack(pack(content)) == content


def test_half_a_character_out_of_a_clients_json_can_be_packed() -> None:
    assert unpack(pack({"story": "\ud800"})) == {"story": "\ud800"}


def test_the_same_content_gives_the_same_bytes_in_whatever_order() -> None:
    assert pack({"a": 1, "b": b"x"}) == pack({"b": b"x", "a": 1})

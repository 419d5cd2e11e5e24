"""A text of staff counts only where its author signed it, in the place where it stands."""

from dataclasses import replace

import pytest

from app.casefile.signed import StaffText, holds, read_text, sign_text
from app.vault.context import Purpose
from app.vault.signing import new_signing_key, verify_key

DARIA = new_signing_key()
TEXT = StaffText("daria", "Родинний захист", "2026-11-20T11:07:31+00:00", "Ми прочитали.")
PLACE = (Purpose.STAFF_MESSAGE, "CASE2345", "item")


def test_a_signed_text_is_read_and_holds() -> None:
    content = sign_text(*PLACE, TEXT, DARIA)

    assert read_text(content) == TEXT
    assert holds(*PLACE, content, [verify_key(DARIA)])
    assert holds(*PLACE, content, [verify_key(new_signing_key()), verify_key(DARIA)])


@pytest.mark.parametrize("field", ["author", "organisation", "at", "text"])
def test_a_text_of_which_anything_was_changed_does_not_hold(field: str) -> None:
    content = sign_text(*PLACE, TEXT, DARIA) | {field: "changed"}

    assert not holds(*PLACE, content, [verify_key(DARIA)])


@pytest.mark.parametrize(
    "place",
    [
        (Purpose.NOTE, "CASE2345", "item"),
        (Purpose.STAFF_MESSAGE, "CASE6789", "item"),
        (Purpose.STAFF_MESSAGE, "CASE2345", "other"),
    ],
)
def test_a_signature_counts_in_its_own_place_alone(place: tuple[Purpose, str, str]) -> None:
    assert not holds(*place, sign_text(*PLACE, TEXT, DARIA), [verify_key(DARIA)])


def test_a_text_in_the_name_of_somebody_else_or_of_nobody_does_not_hold() -> None:
    content = sign_text(*PLACE, replace(TEXT, author="bohdan"), DARIA)

    assert not holds(*PLACE, content, [verify_key(new_signing_key())])
    assert not holds(*PLACE, content, [])
    assert not holds(*PLACE, content | {"signature": b""}, [verify_key(DARIA)])

"""Names stand in the order in which a Ukrainian or Crimean Tatar reader looks for them."""

import random

import pytest

from app.alphabet import by_name

UKRAINIAN = list("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя")
CRIMEAN_TATAR = list("abcçdefgğhıijklmnñoöpqrsştuüvyz")

IN_ORDER = [
    # What code points get wrong: і, ї, є and ґ would stand behind я, and capitals before small letters.
    ["Гай", "Ґаля", "Дар’я", "Євген", "Жанна", "Зоя", "Ілля", "Їжакевич", "Йосип", "Ян"],
    ["Іван", "іван Малий", "Іванна"],
    # An apostrophe or a hyphen keeps nobody apart from their namesakes; a gap comes before every letter.
    ["Маряна", "Мар’яна", "Мар'янка"],
    ["Бондар", "Бондар Олег", "Бондаренко", "Бондар-Коваль"],
    ["Ёлкин", "Єлкін"],
    ["Cafer", "Çelebi", "Dilâver", "Gülnar", "İbraim", "Server", "Şevket", "Zarema"],
    # Cyrillic first, Latin behind it, numbers before both.
    ["2-га лінія", "Ярина", "Amina", "Zoe"],
]


@pytest.mark.parametrize("alphabet", [UKRAINIAN, CRIMEAN_TATAR], ids=["uk", "crh"])
@pytest.mark.parametrize("cased", [str.lower, str.upper], ids=["small", "capital"])
def test_every_letter_of_an_alphabet_has_its_place(alphabet: list[str], cased: object) -> None:
    letters = [letter.upper() if cased is str.upper and letter not in "ıi" else letter for letter in alphabet]
    mixed = random.Random(7).sample(letters, len(letters))
    assert sorted(mixed, key=by_name) == letters
    assert len(UKRAINIAN) == 33


@pytest.mark.parametrize("names", IN_ORDER, ids=lambda names: names[0])
def test_names_stand_where_one_looks_for_them(names: list[str]) -> None:
    assert sorted({*names}, key=by_name) == names


def test_apostrophes_and_hyphens_tell_apart_only_what_is_the_same_without_them() -> None:
    assert by_name("Мар’яна")[0] == by_name("Маряна")[0] == by_name("МАР'ЯНА")[0]
    assert by_name("Мар’яна") != by_name("Маряна")


def test_a_letter_that_was_typed_in_two_pieces_is_the_same_letter() -> None:
    assert by_name("Їжак")[0] == by_name("І\u0308жак")[0]
    assert by_name("Dilâver")[0] == by_name("Dilaver")[0]


def test_whatever_is_typed_has_a_place_behind_the_letters() -> None:
    assert sorted(["漢字", "", "Ярина", "Zoe"], key=by_name) == ["", "Ярина", "Zoe", "漢字"]

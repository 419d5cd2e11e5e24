"""Passphrases are drawn from a list that everybody can check."""

from app.vault.digest import sha256
from app.vault.passphrase import new_passphrase, word_list
from app.vault.unlock import fold_words


def test_the_list_is_the_effs_long_one() -> None:
    words = word_list()
    assert len(words) == len(set(words)) == 7776
    assert (words[0], words[-1]) == ("abacus", "zoom")
    # One word more or less in a new release of the package would be noticed here.
    assert sha256("\n".join(words).encode()).hex() == "abae49761b88f3f1ba31ef944bea1f61b795a3cd7e1cfb7d276ed45bf77967ba"


def test_a_passphrase_is_six_words_of_the_list() -> None:
    words = new_passphrase().split(" ")
    assert len(words) == 6
    assert set(words) <= set(word_list())


def test_passphrases_are_drawn_anew() -> None:
    assert len({new_passphrase() for _ in range(200)}) == 200


def test_every_word_is_already_in_the_form_that_is_derived_from() -> None:
    assert all(fold_words(word) == word for word in word_list())

"""The recovery key by command: the ceremony, wrong and right shares, and a queue given back; all typed on stdin."""

import re

import pytest
from sqlalchemy import delete
from typer.testing import CliRunner

from app.accounts.covering import cover_ring, recovery_key, to_take_up
from app.accounts.names_copy import names_covered
from app.accounts.tables import DirectoryShare, RecoveryCopy
from app.cli import commands
from tests.accounts.trustees import LEGAL, remove
from tests.cast import NOW, Cast
from tests.commands.conftest import Rodyna
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_from_the_ceremony_to_a_key_that_waits_for_one_person(cast: Cast, rodyna: Rodyna) -> None:
    made = rodyna("petro", "recovery", "make", "--needed", "2", typed=("нотар", "сестра Б.", "А.", ""))
    assert made.exit_code == 0, made.output
    sheets = made.stdout.split("\f")[:3]
    words = [" ".join(re.findall(r"\d+\. (\w+)", sheet)) for sheet in sheets]
    assert {len(each.split()) for each in words} == {33}
    fingerprint = re.findall(r"ask: (.*)", sheets[0])[0].strip()

    wrong = rodyna("petro", "recovery", "test", typed=(words[0], words[1].replace(words[1].split()[5], "mariupol", 1)))
    assert (wrong.exit_code, "Share 2: One word is not of the list" in wrong.stderr) == (1, True)
    assert words[0] not in wrong.output
    right = rodyna("petro", "recovery", "test", typed=(words[0], words[2]))
    assert (right.exit_code, "These shares give the key" in right.stdout) == (0, True)

    daria = cast.member("daria")
    with cast.session() as session:
        assert recovery_key(session, daria.organisation_id).tested
        cover_ring(session, daria, LEGAL, fingerprint, NOW)
    oksana = cast.founded_account("oksana")
    held = rodyna("petro", "recovery", "use", "legal", oksana, typed=(words[0], words[2]))
    assert (held.exit_code, "Somebody still holds this key" in held.stderr) == (1, True)
    remove(cast, "daria", "bohdan")
    used = rodyna("petro", "recovery", "use", "legal", oksana, typed=(words[1], words[2]))
    assert used.exit_code == 0, used.output
    with cast.session() as session:
        assert to_take_up(session, cast.member("oksana")) == (LEGAL,)
    stored = str(dump(cast.engine))
    assert not any(each in stored for each in words)


@pytest.mark.parametrize("name", ["daria", "lena", "roman"])
def test_nobody_but_an_administrator_gets_as_far_as_the_words(cast: Cast, rodyna: Rodyna, name: str) -> None:
    for words in (("make",), ("test",), ("use", "legal", "x"), ("seal-names",)):
        refused = rodyna(name, "recovery", *words, typed=("one", "two", "three", ""))
        assert (refused.exit_code, refused.stdout) == (1, ""), words
        assert "Only an administrator" in refused.stderr
    assert dump(cast.engine)["session"] == []


def test_what_cannot_be_is_refused_and_changes_nothing(cast: Cast, rodyna: Rodyna) -> None:
    before = dump(cast.engine)["statement"]
    alone = rodyna("petro", "recovery", "make", "--needed", "2", typed=("нотар", ""))
    assert (alone.exit_code, "Nothing was made" in alone.stderr) == (1, True)
    early = rodyna("petro", "recovery", "test", typed=("x", "y"))
    assert (early.exit_code, "There is no recovery key yet" in early.stderr) == (1, True)
    mistyped = CliRunner().invoke(commands, ["recovery", "test"], input="petro\nsix wrong words\n")
    assert (mistyped.exit_code, "The log-in was refused" in mistyped.stderr) == (1, True)
    assert dump(cast.engine)["statement"] == before


def test_the_names_are_sealed_to_recovery_anew_where_it_does_not_hold_them(cast: Cast, rodyna: Rodyna) -> None:
    early = rodyna("petro", "recovery", "seal-names")
    assert (early.exit_code, "There is no recovery key yet" in early.stderr) == (1, True)
    rodyna("petro", "recovery", "make", "--needed", "2", typed=("нотар", "сестра Б.", "А.", ""))
    with cast.session() as session:
        session.execute(delete(RecoveryCopy))
    sealed = rodyna("petro", "recovery", "seal-names")
    assert sealed.exit_code == 0, sealed.output
    petro = cast.member("petro")
    with cast.session() as session:
        assert names_covered(session, petro.organisation_id, petro.directory_key)


def test_the_names_come_back_when_nobody_comes_in_any_more(cast: Cast, rodyna: Rodyna) -> None:
    made = rodyna("petro", "recovery", "make", "--needed", "2", typed=("нотар", "сестра Б.", "А.", ""))
    words = [" ".join(re.findall(r"\d+\. (\w+)", sheet)) for sheet in made.stdout.split("\f")[:3]]
    held = rodyna("petro", "recovery", "names", typed=(words[0], words[1]))
    assert (held.exit_code, "Somebody still holds this key" in held.stderr) == (1, True)
    with cast.session() as session:
        session.execute(delete(DirectoryShare))
    out = rodyna("petro", "recovery", "test", typed=(words[0], words[1]))
    assert (out.exit_code, "rodyna recovery names" in out.stderr) == (1, True)
    wrong = rodyna("petro", "recovery", "names", typed=(words[0], words[0]))
    assert (wrong.exit_code, "This share stands here twice" in wrong.stderr) == (1, True)
    back = rodyna("petro", "recovery", "names", typed=(words[2], words[0]))
    assert back.exit_code == 0, back.output
    assert rodyna("iryna", "recovery", "test", typed=(words[0], words[1])).exit_code == 0
    assert dump(cast.engine)["session"] == []

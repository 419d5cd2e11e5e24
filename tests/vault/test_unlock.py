"""The one way to unlock: the same secret always finds and opens the same row, another never."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vault import unlock
from app.vault.code import new_code
from app.vault.context import Purpose, context
from app.vault.errors import Damaged, MistypedCode
from app.vault.symmetric import open_sealed
from app.vault.unlock import Unlocked, fold_words, unlock_code, unlock_passphrase
from app.web.family.code import in_fours
from tests.house.files import CHECKOUT
from tests.vault.known_answers import known, raw

_SALT = bytes(range(32))
_WORDS = "ranging astound such glimpse cover unstitch"


@pytest.mark.parametrize("case", known("unlock", "codes"))
def test_a_code_of_today_opens_its_locker_for_ever(case: dict[str, Any]) -> None:
    unlocked = unlock_code(case["code"], raw(case, "salt"))
    assert unlocked == Unlocked(raw(case, "locator"), raw(case, "wrapping_key"))
    locker = open_sealed(
        unlocked.wrapping_key, raw(case["locker"], "sealed"), context(Purpose.LOCKER, unlocked.locator)
    )
    assert locker.decode() == case["locker"]["content"]


@pytest.mark.parametrize("case", known("unlock", "passphrases"))
def test_a_passphrase_of_today_unlocks_for_ever(case: dict[str, Any]) -> None:
    unlocked = unlock_passphrase(case["name"], case["passphrase"], raw(case, "salt"))
    assert unlocked == Unlocked(raw(case, "locator"), raw(case, "wrapping_key"))


def test_a_code_unlocks_however_it_was_typed() -> None:
    code = new_code()
    assert unlock_code(f" {in_fours(code)}\n", _SALT) == unlock_code(code, _SALT)


def test_a_mistyped_code_costs_no_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(unlock, "Argon2id")
    with pytest.raises(MistypedCode):
        unlock_code("1" * 24, _SALT)


def test_codes_salts_names_and_passphrases_all_matter() -> None:
    code = new_code()
    unlocked = [
        unlock_code(code, _SALT),
        unlock_code(code, bytes(32)),
        unlock_code(new_code(), _SALT),
        unlock_passphrase("tomas", _WORDS, _SALT),
        unlock_passphrase("tomas", _WORDS, bytes(32)),
        unlock_passphrase("halyna", _WORDS, _SALT),
        unlock_passphrase("tomas", _WORDS + "ed", _SALT),
        unlock_passphrase("tomas", code, _SALT),
    ]
    assert len({derived for each in unlocked for derived in (each.locator, each.wrapping_key)}) == 16
    assert {len(derived) for each in unlocked for derived in (each.locator, each.wrapping_key)} == {32}


def test_log_ins_do_not_depend_on_capitals_and_spaces() -> None:
    typed = unlock_passphrase(" Tomas ", "Ranging  astound\tSUCH glimpse cover unstitch\n", _SALT)
    assert typed == unlock_passphrase("tomas", _WORDS, _SALT)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("", ""),
        ("  Two   words ", "two words"),
        ("no\N{NO-BREAK SPACE}break", "no break"),
        ("ﬁne", "fine"),
        ("Оксана", "оксана"),
        ("Cafe\N{COMBINING ACUTE ACCENT}", "caf\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
    ],
)
def test_words_are_folded(typed: str, folded: str) -> None:
    assert fold_words(typed) == folded


@given(st.text(max_size=40))
@settings(deadline=None)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_words(fold_words(text)) == fold_words(text)


def test_a_lone_surrogate_in_a_log_in_is_wrong_and_no_crash() -> None:
    assert unlock_passphrase("tomas\ud800", "\udfff", _SALT) != unlock_passphrase("tomas", "", _SALT)


@pytest.mark.parametrize("salt", [b"", bytes(15)])
def test_a_short_salt_is_refused(salt: bytes) -> None:
    with pytest.raises(Damaged):
        unlock_code(new_code(), salt)
    with pytest.raises(Damaged):
        unlock_passphrase("tomas", _WORDS, salt)


def test_the_wrapping_key_is_not_shown() -> None:
    unlocked = unlock_code(new_code(), _SALT)
    assert "wrapping_key" not in repr(unlocked)
    assert repr(unlocked.wrapping_key) not in repr(unlocked)


def test_the_costs_are_those_that_rows_were_made_with() -> None:
    assert (unlock.CODE_PROFILE.memory_kib, unlock.CODE_PROFILE.iterations) == (19456, 2)
    assert (unlock.PASSPHRASE_PROFILE.memory_kib, unlock.PASSPHRASE_PROFILE.iterations) == (65536, 3)


def test_many_threads_derive_at_once_without_a_deadlock() -> None:
    codes = [new_code() for _ in range(4)]
    alone = [unlock_code(code, _SALT) for code in codes]
    with ThreadPoolExecutor(16) as pool:
        running = [pool.submit(unlock_code, code, _SALT) for code in codes * 8]
        done, waiting = wait(running, timeout=60)
        assert not waiting
        assert len(done) == 32
        assert [each.result() for each in running] == alone * 8


class _CountingArgon2id:
    """Stands in for the library's derivation and counts how many run at the same time."""

    running = 0
    most = 0
    lock = threading.Lock()
    all_places_taken = threading.Event()

    def __init__(self, *, lanes: int, **_: object) -> None:
        assert lanes == 1

    def derive(self, _secret: bytes) -> bytes:
        kind = type(self)
        with self.lock:
            kind.running += 1
            kind.most = max(kind.most, kind.running)
            if kind.running == unlock.MOST_AT_ONCE:
                self.all_places_taken.set()
        # Nobody leaves before every place was taken once: the bound is reached, not only kept.
        assert self.all_places_taken.wait(timeout=30)
        with self.lock:
            kind.running -= 1
        return bytes(32)


def test_no_more_derivations_run_at_once_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unlock, "Argon2id", _CountingArgon2id)
    code = new_code()
    with ThreadPoolExecutor(unlock.MOST_AT_ONCE * 8) as pool:
        for each in [pool.submit(unlock_code, code, _SALT) for _ in range(unlock.MOST_AT_ONCE * 16)]:
            each.result()
    assert _CountingArgon2id.most == unlock.MOST_AT_ONCE >= 2


RUSH = """
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from app.vault.code import new_code
from app.vault.unlock import unlock_code
code = new_code()
def held():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024
before = held()
with ThreadPoolExecutor(40) as pool:
    for each in [pool.submit(unlock_code, code, bytes(16)) for _ in range(80)]:
        each.result()
    print(held() - before)
"""


def test_a_rush_leaves_little_memory_behind() -> None:
    """What forty threads each keep of one derivation is more than a small machine has."""
    done = subprocess.run([sys.executable, "-c", RUSH], cwd=CHECKOUT, capture_output=True, text=True, check=True)

    assert int(done.stdout) < 60 * unlock.MOST_AT_ONCE

"""A private key as words on paper for several people, of whom some together give it back (SLIP-0039).

Fewer shares than are needed say nothing of the key (Shamir, 1979). There is one group and no passphrase: with another
passphrase the standard yields another key without a word, so what comes out is held against the public key instead.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from app.vault.errors import VaultError, WrongKey
from app.vault.formats import KEY_BYTES

# Two sheets at least, or one person alone would hold the key; sixteen is what the standard has room for.
LEAST_NEEDED = 2
MOST_SHARES = 16
WORDS = 33

ShareFault = Literal["length", "word", "check", "kind"]


class MistypedShare(VaultError):
    """Words that cannot be a share as they were typed.

    ``reason`` says what can be mended: ``length`` (not 33 words), ``word`` (one is not of the list; ``at`` says which,
    counted from one), ``check`` (one was replaced or two were swapped), ``kind`` (a share of something else).
    """

    def __init__(self, reason: ShareFault, at: int = 0) -> None:
        super().__init__(f"mistyped share: {reason}")
        self.reason: ShareFault = reason
        self.at = at


class SharesDoNotFit(VaultError):
    """Each of the shares is whole, and together they give no key: one of them was made by somebody else."""


@dataclass(frozen=True)
class KeyShare:
    """One share as it was read: ``mark`` is what all of one set have in common, ``number`` counts from one."""

    mark: int
    number: int
    needed: int
    words: str = field(repr=False)


def split_key(private: bytes, needed: int, count: int) -> tuple[KeyShare, ...]:
    """Split a private key (32 bytes) into ``count`` shares of which any ``needed`` give it back.

    Raises: ``ValueError`` where there would be fewer than two, or more than sixteen; ``WrongKey`` for other bytes.
    """
    if not LEAST_NEEDED <= needed <= count <= MOST_SHARES:
        raise ValueError("so many shares cannot be made")
    if len(private) != KEY_BYTES:
        raise WrongKey("a private key has 32 bytes")
    # The rounds of the standard's own key stretching guard a passphrase, and there is none.
    ((*words,),) = generate_mnemonics(1, [(needed, count)], private, iteration_exponent=0)
    return tuple(read_share(each) for each in words)


def read_share(typed: str) -> KeyShare:
    """Read one share; capitals, line ends, numbers before the words and commas between them do not matter.

    Raises: :class:`MistypedShare`.
    """
    words = _words(typed)
    unknown = next((at for at, word in enumerate(words, 1) if word not in WORDLIST), 0)
    if unknown:
        raise MistypedShare("word", unknown)
    if len(words) != WORDS:
        raise MistypedShare("length")
    text = " ".join(words)
    try:
        share = Share.from_mnemonic(text)
    except MnemonicError:
        # What the library says repeats the words.
        raise MistypedShare("check") from None
    if share.group_threshold != 1 or share.group_count != 1 or share.member_threshold < LEAST_NEEDED:
        raise MistypedShare("kind")
    return KeyShare(share.identifier, share.index + 1, share.member_threshold, text)


def join_key(shares: Sequence[KeyShare]) -> bytes:
    """The private key that as many shares of one set as are needed give.

    Raises: :class:`SharesDoNotFit`.
    """
    try:
        private: bytes = combine_mnemonics([share.words for share in shares])
    except MnemonicError:
        raise SharesDoNotFit("not of one set, or one of them was forged") from None
    if len(private) != KEY_BYTES:
        raise SharesDoNotFit("shares of something else")
    return private


def _words(typed: str) -> list[str]:
    parts = unicodedata.normalize("NFKC", typed).lower().replace(",", " ").split()
    return [word for part in parts if (word := part.lstrip("0123456789.)"))]

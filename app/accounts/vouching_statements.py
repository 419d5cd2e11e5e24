"""Statements: states in signed chains, each naming the one before it. Bytes alone; no database.

A statement is its chain, its number, its signer, its content (packed canonically: version, hash of the statement
before, state) and an Ed25519 signature over the content, bound to the other three. Nobody puts one into another chain
or at another number, and nobody takes one out of the middle.
"""

from dataclasses import dataclass, field
from typing import Any

from app.accounts.vouching_states import State
from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.digest import sha256
from app.vault.signing import is_signed, sign

FORMAT = 1
BEFORE_THE_FIRST = bytes(32)
ROOT = "root"
# Who acts where nobody of the staff does, here and on the record.
SERVICE = "service"


@dataclass(frozen=True)
class Statement:
    """One signed statement, as its row has it."""

    chain: str
    number: int
    signer: str
    content: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """The hash (32 bytes) by which the next statement, and the witness, name this one."""
        return sha256(context(Purpose.STATEMENT, self._place, self.content, self.signature))

    @property
    def _place(self) -> bytes:
        return place(self.chain, self.number, self.signer)

    def read(self) -> tuple[bytes, dict[str, Any]]:
        """The hash of the statement before, and the packed state.

        Raises: ``ValueError``, ``KeyError`` or ``TypeError`` where it is not in the one canonical form.
        """
        content = unpack(self.content)
        if content.keys() != {"version", "after", "state"} or content["version"] != FORMAT:
            raise ValueError("not a statement of this format")
        if pack(content) != self.content:
            raise ValueError("not packed canonically")
        return content["after"], content["state"]

    def is_signed_by(self, verify_key: bytes) -> bool:
        """Whether the signature is this key's, for this content in this place."""
        return is_signed([verify_key], self.signature, self.content, self._place)


def place(chain: str, number: int, signer: str) -> bytes:
    """What a statement's signature is bound to."""
    return context(Purpose.STATEMENT, chain, str(number), signer)


def make_statement(chain: str, number: int, after: bytes, state: State, signer: str, signing_key: bytes) -> Statement:
    """Sign ``state`` as number ``number`` of its chain; ``after`` is the digest of the one before, or zeros."""
    content = pack({"version": FORMAT, "after": after, "state": state.packed()})
    return Statement(chain, number, signer, content, sign(signing_key, content, place(chain, number, signer)))

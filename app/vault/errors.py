"""What can go wrong with bytes that reach the vault. No message ever carries content or keys."""

from typing import Literal

CodeFault = Literal["digits", "length", "check"]


class VaultError(Exception):
    """Root of all errors of this room."""


class WrongKey(VaultError):
    """The key, the context or the sealed bytes are not the ones that belong together.

    AES-GCM cannot tell a foreign key from altered bytes, so both end here.
    """


class Damaged(VaultError):
    """The bytes are too short, or their shape is not one that this room ever wrote."""


class UnknownFormat(VaultError):
    """The version byte is of a format that this release does not know."""


class TooLarge(VaultError):
    """The content is larger than one sealing may carry; it belongs into a chunked file."""


class BadSignature(VaultError):
    """The signature is not one of this key over this content in this context."""


class MistypedCode(VaultError):
    """A return code that cannot be right as typed.

    ``reason`` says what the person can mend: ``digits`` (something else than digits and
    separators), ``length`` (not 24 digits), ``check`` (a digit is wrong or two are swapped).
    """

    def __init__(self, reason: CodeFault) -> None:
        super().__init__(f"mistyped code: {reason}")
        self.reason: CodeFault = reason

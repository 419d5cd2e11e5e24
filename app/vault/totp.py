"""The second factor: six digits every 30 seconds (TOTP, RFC 6238, with SHA-1).

SHA-1 because authenticator apps know nothing else; HMAC does not rest on what is broken in it.
"""

import base64
import hmac
import os
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from app.vault.digits import read_digits
from app.vault.errors import WrongKey

SECRET_BYTES = 20
STEP_SECONDS = 30
_DIGITS = 6
_HASH = SHA1()  # noqa: S303 - see above: the only one that all authenticators know
_ISSUER = "Rodyna"


def new_totp_secret() -> bytes:
    """Draw a secret of 20 bytes."""
    return os.urandom(SECRET_BYTES)


def totp_at(secret: bytes, moment: datetime) -> str:
    """Return the six digits that an authenticator shows at a moment (which knows its zone).

    Raises: ``WrongKey`` if ``secret`` has not 20 bytes.
    """
    return _hotp(secret).generate(_step_of(moment)).decode("ascii")


def totp_step(secret: bytes, code: str, moment: datetime) -> int | None:
    """Return the step (30 seconds each, since 1970) whose digits were typed, or None.

    The step of the moment counts and one before and after it, for slow fingers and clocks that
    are off. The caller keeps the step and refuses it, and all before it, the next time; where
    two steps share their digits, the later one is returned.

    Raises: ``WrongKey`` if ``secret`` has not 20 bytes.
    """
    typed = (read_digits(code) or "").encode("ascii")
    hotp = _hotp(secret)
    matched = None
    for step in _steps_around(_step_of(moment)):
        # All steps are compared, each in constant time, so that the time taken tells nothing.
        if hmac.compare_digest(hotp.generate(step), typed):
            matched = step
    return matched


def totp_uri(secret: bytes, name: str) -> str:
    """Return the ``otpauth:`` address that an authenticator reads from a picture.

    Raises: ``WrongKey`` if ``secret`` has not 20 bytes.
    """
    _check_secret(secret)
    return TOTP(secret, _DIGITS, _HASH, STEP_SECONDS).get_provisioning_uri(name, _ISSUER)


def secret_in_fours(secret: bytes) -> str:
    """Return a secret as authenticators take it by hand: Base32 (RFC 4648), in fours."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _steps_around(step: int) -> range:
    return range(max(0, step - 1), step + 2)


def _step_of(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone would be read in the machine's own")
    return int(moment.timestamp()) // STEP_SECONDS


def _hotp(secret: bytes) -> HOTP:
    _check_secret(secret)
    return HOTP(secret, _DIGITS, _HASH)


def _check_secret(secret: bytes) -> None:
    if len(secret) != SECRET_BYTES:
        raise WrongKey("a second factor's secret has 20 bytes")

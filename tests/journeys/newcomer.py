"""Marta, who was invited, in front of her own window."""

import base64
from datetime import timedelta

from app.vault.totp import totp_at
from tests.journeys.house import House
from tests.journeys.looking import too_wide
from tests.journeys.window import Window


def finish_alone(house: House, link: str) -> tuple[Window, str, bytes, str]:
    """Marta follows her link to its end; her window, her words, her second factor, and what she reads out."""
    marta = Window(house.page(), house.address)
    marta.open(link)
    marta.page.check("[name=accept]")
    marta.fill({"name": "marta"})
    marta.press("main form .on")
    words = " ".join(marta.page.inner_text("#passphrase").split())
    marta.press("main form .on")
    marta.fill({"password": words})
    marta.press("main form .on")
    secret = base64.b32decode("".join(marta.page.inner_text("#totp-secret").split()))
    assert marta.page.locator(".qr svg").is_visible()
    assert too_wide(marta.page) == []
    marta.fill({"totp": totp_at(secret, house.clock.now)})
    marta.press("main form .on")
    fingerprint = " ".join(marta.page.inner_text("#fingerprint").split())
    assert marta.page.locator("#spare-codes li").count() == 8
    return marta, words, secret, fingerprint


def log_in(house: House, marta: Window, words: str, secret: bytes) -> int:
    """She logs in with what she was given, when the six digits have changed."""
    house.clock.pass_by(timedelta(seconds=30))
    marta.open("/desk/login")
    marta.fill({"name": "marta", "password": words})
    marta.press("main .row .on")
    marta.fill({"totp": totp_at(secret, house.clock.now)})
    return marta.press("main .row .on")

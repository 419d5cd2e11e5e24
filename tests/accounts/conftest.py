"""Who joins in a test of this room has the passphrase and the spare codes of who joined in the test before."""

import pytest

from app.accounts import people
from app.vault import passphrase, spare_code
from tests.stretched import Redrawn


@pytest.fixture(autouse=True)
def _joining_again(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn for a person is drawn once in each process, so that it is stretched once there."""
    if "cast" in request.fixturenames:
        # Those who were there from the beginning were drawn before: nobody joins under the id of one of them.
        request.getfixturevalue("cast")
        monkeypatch.setattr(passphrase, "secrets", Redrawn("passphrases"))
        monkeypatch.setattr(spare_code, "secrets", Redrawn("spare codes"))
        monkeypatch.setattr(people, "token_urlsafe", Redrawn("ids").token_urlsafe)

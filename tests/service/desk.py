"""A member of staff at the desk of a running service."""

from collections.abc import Mapping
from copy import copy
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Self

from app.vault.totp import totp_at
from tests.service.client import Answer, Client, Fields


class Desk:
    """A logged-in member's connection; it carries the one cookie."""

    def __init__(self, client: Client, name: str, passphrase: str, totp_secret: bytes) -> None:
        """Log in, in two steps."""
        self._client = client
        self.token = ""
        self.post("/desk/login", {"name": name, "password": passphrase})
        second = self.post("/desk/login/second", {"totp": totp_at(totp_secret, datetime.now(UTC))})
        assert second.status == 303, f"{name} was not let in: {second.status}"

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._keep(self._client.get(path, self._headers()))

    def post(self, path: str, fields: Fields) -> Answer:
        """Send a form."""
        return self._keep(self._client.post_form(path, fields, self._headers()))

    def at(self, client: Client) -> Self:
        """The same person with the same cookie on another connection, as if another machine answered."""
        moved = copy(self)
        moved._client = client
        return moved

    def _headers(self) -> Mapping[str, str]:
        return {"Cookie": f"desk={self.token}"} if self.token else {}

    def _keep(self, answer: Answer) -> Answer:
        cookie = SimpleCookie(answer.headers.get("set-cookie", "")).get("desk")
        if cookie is not None:
            self.token = cookie.value
        return answer

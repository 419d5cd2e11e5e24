"""Ids of people and organisations: random, and never an option of a command."""

import pytest

from app.accounts import people


def test_no_new_id_begins_like_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["-hsXf7Lw0Qo2aB-c", "--Xf7Lw0Qo2aB-cd", "Qo2aB-cd-hsXf7Lw"])
    monkeypatch.setattr(people, "token_urlsafe", lambda _: next(drawn))
    assert people.new_id() == "Qo2aB-cd-hsXf7Lw"

"""The made-up staff at work: each logs in once, as real ones do, at a moment that is past."""

import base64
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from app.accounts import login, members
from app.accounts.errors import LogInRefused
from app.accounts.members import Member
from app.demonstration.deeds import FIRST, SECOND
from app.storage.sessions import session_scope
from app.vault.totp import totp_at

# Six digits are good once: where those of a moment are spent, the ones before them are tried.
_TOTP_CHANGES, _TRIES = timedelta(seconds=30), 4


@dataclass(frozen=True)
class Account:
    """A log-in of the demonstration, as its file keeps it."""

    name: str
    password: str = field(repr=False)
    totp_secret: bytes = field(repr=False)
    roles: tuple[str, ...]
    queues: tuple[str, ...]


def read_accounts(path: Path) -> tuple[Account, ...]:
    """The log-ins that :func:`~app.demonstration.cast.write_accounts` wrote, in the order of the cast."""
    return tuple(
        Account(
            each["name"],
            each["password"],
            base64.b32decode(each["totp_secret"]),
            tuple(each["roles"]),
            tuple(each["queues"]),
        )
        for each in json.loads(path.read_text(encoding="utf-8"))
    )


def log_in(engine: Engine, account: Account, moment: datetime) -> str:
    """Log somebody in and give the token of their session."""
    with session_scope(engine) as session:
        half = login.log_in(session, account.name, account.password, moment)
    for number in range(_TRIES):
        digits = totp_at(account.totp_secret, moment - number * _TOTP_CHANGES)
        try:
            with session_scope(engine) as session:
                return login.second_factor(session, half, digits, moment - number * _TOTP_CHANGES)
        except LogInRefused:
            continue
    raise LogInRefused


def log_all_in(engine: Engine, accounts: Iterable[Account], moment: datetime) -> dict[str, str]:
    """Log several people in, on all processors: stretching their words is what takes the time."""
    people = tuple(accounts)
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        tokens = pool.map(lambda account: log_in(engine, account, moment), people)
        return dict(zip((account.name for account in people), tokens, strict=True))


@dataclass(frozen=True)
class Staff:
    """Everybody who is logged in, with open keys; ``places`` are the names of each queue's people, its lead first."""

    people: Mapping[str, Member] = field(repr=False)
    places: Mapping[str, Sequence[str]]

    def at_work(self, who: str, queue_id: str) -> Member:
        """Somebody by name, or the first or the second of a queue."""
        number = {FIRST: 0, SECOND: 1}.get(who)
        return self.people[who if number is None else self.places[queue_id][number]]


def resume(engine: Engine, tokens: Mapping[str, str], moment: datetime) -> Staff:
    """Open everybody's keys by the tokens of their sessions."""
    with session_scope(engine) as session:
        people = {name: members.resume(session, token, moment) for name, token in tokens.items()}
    places: dict[str, list[str]] = {}
    for name, member in people.items():
        for queue in member.queues:
            names = places.setdefault(queue.id, [])
            names.insert(0 if queue.lead else len(names), name)
    return Staff(people, places)

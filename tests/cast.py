"""The cast of the tests: Amina reports, the staff of the demonstration work, Omar has no business here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, delete
from sqlmodel import Session

from app.accounts import login, members, sessions
from app.accounts.errors import SessionEnded
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.sessions import SessionKind
from app.accounts.setup import Founded, OrganisationPlan, PersonPlan, QueuePlan
from app.accounts.tables import Account, SpentTotp
from app.demonstration.cast import cast
from app.intake import draft, returning, sending
from app.storage.sessions import open_session, session_scope
from app.vault.totp import totp_at

# A Friday noon: far from midnight, from the change of clocks, and from the turn of a month.
NOW = datetime(2026, 11, 20, 11, 7, 31, tzinfo=UTC)

OMAR = "omar"


def plans() -> tuple[OrganisationPlan, ...]:
    """The demonstration's cast, and Omar: a caseworker of an organisation that nothing is sent to."""
    omar = PersonPlan(OMAR, "Омар Сторонній", (Role.CASEWORKER,), ("outside",), ("outside",))
    return (*cast(), OrganisationPlan("Стороння організація", (QueuePlan("outside", "protection"),), (omar,)))


def answers(**more: Any) -> dict[str, Any]:
    """What Amina answers at the least: her husband is on trial; more answers replace these."""
    return {"situation": "on_trial_ua", "oblast": "UA14", "reply_safe": "only_here", "relation": "spouse", **more}


CONSENTS = {"ngo": "full"}


@dataclass
class Cast:
    """A founded installation and everybody's secrets, with short ways to do what people do."""

    engine: Engine
    url: str
    founded: Founded
    now: datetime = NOW
    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction."""
        with session_scope(self.engine) as session:
            yield session

    def secrets(self, name: str) -> tuple[str, bytes]:
        """A person's passphrase and second-factor secret."""
        person = next(each.person for each in self.founded.people if each.plan.name == name)
        return person.passphrase, person.totp_secret

    def founded_account(self, name: str) -> str:
        """The id of a person's account, without logging in."""
        return next(each.person.account_id for each in self.founded.people if each.plan.name == name)

    def log_in(self, name: str, now: datetime | None = None) -> str:
        """Log in as staff do, in two steps; give the token of the session."""
        passphrase, totp_secret = self.secrets(name)
        moment = now or self.now
        with self.session() as session:
            half = login.log_in(session, name, passphrase, moment)
        with self.session() as session:
            return login.second_factor(session, half, totp_at(totp_secret, moment), moment)

    def member(self, name: str, now: datetime | None = None) -> Member:
        """The logged-in person with open keys.

        Stretching a passphrase takes a fifth of a second, so what a person's session holds is kept from one test
        to the next, and they are let in with that as every request lets them in. At another time than the cast's own
        they log in for themselves.
        """
        if now is not None:
            token = self.log_in(name, now)
            with self.session() as session:
                return members.resume(session, token, now)
        with self.session() as session:
            account = session.get(Account, self.founded_account(name))
            if account is None:
                raise SessionEnded
            return members._member(session, account, self._in_a_session(name), without_names=False)

    def begun_session(self, name: str, now: datetime | None = None) -> str:
        """The token of a session that somebody begins, with the keys that they were founded with."""
        content, account_id = self._in_a_session(name), self.founded_account(name)
        with self.session() as session:
            account_key = session.get_one(Account, account_id).public_key
            return sessions.open_new(session, SessionKind.STAFF, content, now or self.now, account_id, account_key)

    def _in_a_session(self, name: str) -> dict[str, Any]:
        if name not in self.known:
            # Undone at once: whether a test is the first of its process leaves no session and no spent digits, and asks
            # for none that are not spent.
            passphrase, totp_secret = self.secrets(name)
            with open_session(self.engine) as session:
                session.execute(delete(SpentTotp))
                half = login.log_in(session, name, passphrase, self.now)
                session.flush()
                token = login.second_factor(session, half, totp_at(totp_secret, self.now), self.now)
                session.flush()
                self.known[name] = sessions.read(session, SessionKind.STAFF, token, self.now)
                session.rollback()
        return self.known[name]

    def report(
        self, given: dict[str, Any] | None = None, consents: dict[str, str] | None = None, now: datetime | None = None
    ) -> str:
        """Send a report as a family does; give its code."""
        moment = now or self.now
        begun = draft.begin("uk", moment)
        whole = replace(
            begun,
            answers=answers() if given is None else given,
            consents=CONSENTS if consents is None else consents,
        )
        with self.session() as session:
            code = sending.send(session, whole, moment).code
        assert code is not None
        return code

    def case_of(self, code: str, now: datetime | None = None) -> str:
        """The number of the case that a code belongs to."""
        with self.session() as session:
            return returning.open_return(session, code, now or self.now)[1].case_id

"""Commands that an administrator gives, who logs in here as at the desk.

Everything secret is typed on standard input: nothing of it is ever an argument, which other people on the machine could
read. Questions go to standard error, so that what a command was asked for alone can be sent to a printer.
"""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getpass

import typer
from sqlalchemy import Engine

from app.accounts import login, members
from app.accounts.errors import LogInRefused, SessionEnded, TooManyAttempts
from app.accounts.lockdown import lockdown_state
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.cli.surroundings import installed, stop
from app.settings import Settings
from app.storage.sessions import Session, session_scope


@dataclass(frozen=True)
class Administered:
    """An installation with an administrator who logged in, for the length of one command."""

    settings: Settings
    engine: Engine
    member: Member
    now: datetime


@contextmanager
def administered(*, without_names: bool = False) -> Generator[Administered]:
    """Let an administrator log in; their session ends with the command, however that ends.

    ``without_names``: one too who cannot come in at the desk, because the key to the names is gone.
    """
    settings = Settings()
    with installed(settings) as engine:
        now = moment()
        with session_scope(engine) as session:
            # Said before anybody types what works once.
            stop_in_a_lockdown(session)
        with logged_in(engine, now, "an administrator") as token:
            try:
                with session_scope(engine) as session:
                    resume = members.resume_without_names if without_names else members.resume
                    member = resume(session, token, now)
                if Role.ADMINISTRATOR not in member.roles:
                    stop("Only an administrator can do this. Nothing was changed.")
                yield Administered(settings, engine, member, moment())
            except SessionEnded:
                stop(
                    "Your session ended, or the key to the names is gone: `rodyna recovery names`. Nothing was changed."
                )


@contextmanager
def logged_in(engine: Engine, now: datetime, who: str) -> Generator[str]:
    """Let somebody (``who``, as it is asked) log in as at the desk; the session's token, which ends with the block."""
    token = _log_in(engine, now, who)
    try:
        yield token
    finally:
        with session_scope(engine) as session:
            login.log_out(session, token)


def stop_in_a_lockdown(session: Session) -> None:
    """End the command where the desk is closed."""
    if lockdown_state(session).closed:
        stop("The desk is in lockdown: nothing is done before it is opened.")


def moment() -> datetime:
    """Now."""
    return datetime.now(UTC)


def ask(question: str, *, hidden: bool = False) -> str:
    """What is typed in answer; on a terminal nothing that is secret is shown."""
    if hidden and sys.stdin.isatty():
        return getpass(question, stream=sys.stderr).strip()
    say(question)
    return read_line().strip()


def read_line() -> str:
    """The next line of standard input."""
    return sys.stdin.readline()


def say(text: str) -> None:
    """Say something to whoever sits there, and not to a printer."""
    typer.echo(text, err=True)


def _log_in(engine: Engine, now: datetime, who: str) -> str:
    name, passphrase = ask(f"Log-in name of {who}: "), ask("Passphrase: ", hidden=True)
    half = ""
    try:
        with session_scope(engine) as session:
            half = login.log_in(session, name, passphrase, now)
        digits = ask("Six digits of the second factor: ")
        with session_scope(engine) as session:
            return login.second_factor(session, half, digits, datetime.now(UTC))
    except LogInRefused:
        with session_scope(engine) as session:
            if half:
                login.note_second_refusal(session, half, now)
            else:
                login.note_refusal(session, name, now)
        stop("The log-in was refused. Nothing was changed.")
    except (TooManyAttempts, SessionEnded):
        stop("Too many attempts, or too late: try again after a while. Nothing was changed.")

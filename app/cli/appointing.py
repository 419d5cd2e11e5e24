"""``rodyna staff appoint`` and ``admit``: an administrator whom the root appoints, where no other is left who could.

The root's key is typed from paper on standard input, each time, and kept nowhere. The names of the organisation are
read by somebody of it who logs in here, or by its trustees.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import Engine

from app.accounts import root_appointing
from app.accounts.covering import recovery_key
from app.accounts.errors import (
    MayNotState,
    NoSuchPerson,
    NotVouched,
    RefusedPerson,
    RefusedShares,
    SessionEnded,
    StatedMeanwhile,
    StillHeld,
    WrongFingerprint,
)
from app.accounts.installation import about
from app.accounts.members import resume
from app.accounts.root_appointing import Reading, left_without
from app.cli import administering
from app.cli.administering import ask, logged_in, say, stop_in_a_lockdown
from app.cli.staffing import staff
from app.cli.surroundings import TAKES_AN_ID, installed, service_key, stop
from app.settings import Settings
from app.storage.sessions import session_scope
from app.vault.unlock import fold_words
from app.web.admin.words import PROBLEMS
from app.web.desk.recovery_words import share_problem

Organisation = Annotated[
    str, typer.Option(help="the random id that `rodyna staff list` shows; without it the one that receives")
]
ROOT_QUESTION = "The root's key, 64 characters from paper: "


@dataclass(frozen=True)
class Here:
    """An organisation whose names are read, at a machine whose desk is open."""

    settings: Settings
    engine: Engine
    reading: Reading
    now: datetime


@staff.command()
def appoint(organisation: Organisation = "") -> None:
    """Print the link for an administrator whom the root will appoint, once; only where no other can log in any more."""
    with _reading(organisation) as here:
        shown = ask("Name of the new administrator, as colleagues will read it: ")
        root = ask(ROOT_QUESTION, hidden=True)
        with session_scope(here.engine) as session:
            token = root_appointing.invite_by_root(session, here.reading, shown, root, here.now)
        typer.echo(f"{here.settings.origin.split()[0]}/desk/join/{token}")
        say("The link is shown this once. It works once and for a week, and gives nobody anything by itself.")
        say("When it is finished: `rodyna staff admit ID`, with the six words that you hear from that person.")


@staff.command(context_settings=TAKES_AN_ID)
def admit(
    account: Annotated[
        str, typer.Argument(help="who joined behind the link; without it those who wait are shown")
    ] = "",
    organisation: Organisation = "",
) -> None:
    """Let somebody who joined behind such a link administer, whose six words you heard from them; the root signs it."""
    with _reading(organisation) as here:
        with session_scope(here.engine) as session:
            waiting = root_appointing.waiting_for_root(session, here.reading)
            signed = root_appointing.is_signed_for(session, here.reading, account)
        if account not in waiting:
            for each, name in waiting.items():
                typer.echo(f"{each}  {name}")
            stop("Nobody of that id waits. Nothing was changed.")
        if not signed:
            say("Neither the root nor an administrator of today signed that they are meant to administer.")
            say("Their link is of an earlier release, or somebody of the organisation with the database forged it.")
            say("Ask whoever gave them the link, by telephone, and stop here if nobody did.")
        say(f"Call {waiting[account]} at a number that you know, not one that came with the link.")
        typed, root = ask("The six words that you heard: "), ask(ROOT_QUESTION, hidden=True)
        with _told_on_the_record(here, account), session_scope(here.engine) as session:
            root_appointing.admit_by_root(session, here.reading, account, typed, root, here.now)
        typer.echo("They administer the organisation now. Everybody at the desk is told for two weeks.")
        say("Let them remove, or give new links to, those administrators who do not come back. Put the paper away.")


@contextmanager
def _reading(organisation: str) -> Generator[Here]:
    """The organisation whose names are read, once it was said that nobody of those who administer it can log in."""
    settings = Settings()
    with installed(settings) as engine:
        now = administering.moment()
        try:
            with session_scope(engine) as session:
                stop_in_a_lockdown(session)
                organisation = organisation or about(session).receiving_id
                state, standing = left_without(session, organisation, now)
            _meant(state.name, standing)
            reading = _names(engine, organisation, service_key(settings))
            yield Here(settings, engine, reading, administering.moment())
        except RefusedPerson as refused:
            stop(" ".join([*(PROBLEMS[why] for why in refused.problems.values()), "Nothing was changed."]))
        except NoSuchPerson:
            stop("There is no such organisation, or it has ended. Nothing was changed.")
        except StillHeld:
            stop("An administrator is logged in: let them invite another on their page. Nothing was changed.")
        except (MayNotState, StatedMeanwhile):
            stop("It is not theirs to do, or somebody signed something meanwhile. Nothing was changed.")
        except NotVouched:
            stop("What the database says is not what was signed. Nothing was changed: `rodyna verify`.")


def _meant(name: str, standing: tuple[str, ...]) -> None:
    """Say what the root does here, and let the organisation's name be typed."""
    say(f"{len(standing)} administrators stand there by what was signed: {', '.join(standing) or 'nobody'}.")
    say("If any of them can still log in, stop here: they invite another, and the root stays in its envelope.")
    say("Everybody at the desk of every organisation is told for two weeks that the root was used.")
    if fold_words(ask("The organisation's name, to say that none of them can log in: ")) != fold_words(name):
        stop("That is not its name. Nothing was changed.")


def _names(engine: Engine, organisation: str, service_private: bytes) -> Reading:
    """The names, read by somebody of the organisation or by its trustees; without either nobody could know anybody."""
    who = ask("Who reads its names? `member`: somebody of it logs in here. `trustees`: with their shares: ")
    if who == "member":
        now = administering.moment()
        try:
            with logged_in(engine, now, "somebody of that organisation") as token, session_scope(engine) as session:
                member = resume(session, token, now)
                return root_appointing.read_by_member(session, member, organisation, service_private)
        except SessionEnded:
            stop("The key to the names is gone: trustees must give it. Nothing was changed.")
    if who != "trustees":
        stop("The names must be read by somebody: without them nobody is appointed. Nothing was changed.")
    with session_scope(engine) as session:
        key = recovery_key(session, organisation)
    typed = [ask(f"Share of trustee {place}: ", hidden=True) for place in range(1, key.trustees.needed + 1)]
    try:
        with session_scope(engine) as session:
            return root_appointing.read_by_trustees(session, organisation, typed, service_private)
    except RefusedShares as error:
        for place, found in sorted(error.problems.items()):
            words, at = share_problem(found)
            say(f"{f'Share {place}: ' if place else ''}{words.replace('%(at)s', at)}")
        stop("Nothing was opened.")


@contextmanager
def _told_on_the_record(here: Here, account: str) -> Generator[None]:
    """Put refused words, or another key than the root's, on the record."""
    try:
        yield
    except WrongFingerprint:
        with session_scope(here.engine) as session:
            root_appointing.note_refused(session, here.reading, "wrong_fingerprint", account, here.now)
        stop(f"{PROBLEMS['fingerprint']} Call again; if the words still differ, somebody else has joined. It is noted.")
    except RefusedPerson:
        with session_scope(here.engine) as session:
            root_appointing.note_refused(session, here.reading, "root_refused", account, here.now)
        raise

"""``rodyna recovery``: the ceremony of the recovery key, its test and its use, on the machine itself.

Who acts is an administrator, who logs in here as at the desk. Everything secret is typed on standard input: nothing of
it is ever an argument, which other people on the machine could read. Questions go to standard error, so that the sheets
alone are what can be sent to a printer.
"""

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from getpass import getpass
from typing import Annotated

import typer
from sqlalchemy import Engine

from app.accounts import login, members
from app.accounts.covering import RecoveryKey, recovery_key
from app.accounts.errors import (
    LogInRefused,
    MayNotState,
    NotVouched,
    RefusedPerson,
    RefusedShares,
    SessionEnded,
    StatedMeanwhile,
    StillHeld,
    TooManyAttempts,
)
from app.accounts.lockdown import lockdown_state
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.recovery import Ceremony, can_be_split, make_recovery, note_refused_shares, try_recovery, use_recovery
from app.accounts.rings import RECORD, STATISTICS, queue_ring
from app.cli.surroundings import commands, installed, stop
from app.settings import Settings
from app.storage.sessions import Session, session_scope
from app.web.desk.recovery_words import PROBLEMS, share_problem

recovery = typer.Typer(no_args_is_help=True, help="The recovery key, of which trustees keep the shares on paper.")
commands.add_typer(recovery, name="recovery")

NOT_SIGNED = "What the database says of the recovery key is not what was signed. Nothing was changed: `rodyna verify`."
LINE_WORDS = 3


@recovery.command()
def make(
    needed: Annotated[int, typer.Option(min=2, max=16, help="how many shares give the key back")] = 3,
) -> None:
    """Make a new recovery key and print a sheet for each trustee, this once; older sheets open nothing any more."""
    with _administered() as (engine, member, now):
        labels = _labels()
        if not can_be_split(needed, len(labels)):
            stop(f"{PROBLEMS['numbers']} Nothing was made.")
        with session_scope(engine) as session:
            before = recovery_key(session, member.organisation_id).generation
            ceremony = make_recovery(session, member, needed, len(labels), before, now)
        _print_sheets(member, labels, ceremony, now.date())
        _say("Check each sheet now: they are shown this once. Then test them with `rodyna recovery test`.")


@recovery.command()
def test() -> None:
    """Say whether the shares that trustees type give the key; nothing is opened with it."""
    with _administered() as (engine, member, now):
        _with_shares(engine, member, now, lambda session, typed: try_recovery(session, member, typed, now))
        typer.echo("These shares give the key. Nothing was opened with them.")


@recovery.command()
def use(
    key: Annotated[str, typer.Argument(help="which key is lost: a queue's id, record, or statistics")],
    account: Annotated[str, typer.Argument(help="who carries it on: the random id that `rodyna staff list` shows")],
) -> None:
    """Give a key that nobody holds any more to somebody of the organisation, who takes it up in their own session."""
    ring = key if key in {RECORD, STATISTICS} else queue_ring(key)
    with _administered() as (engine, member, now):
        _with_shares(
            engine, member, now, lambda session, typed: use_recovery(session, member, typed, ring, account, now)
        )
        typer.echo("The key waits for that person at /desk/recovery. Everybody at the desk is told for two weeks.")
        typer.echo("Hold a new ceremony soon: the words were typed on this machine.")


@contextmanager
def _administered() -> Generator[tuple[Engine, Member, datetime]]:
    """An administrator who logged in, for the length of one command."""
    with installed(Settings()) as engine:
        now = datetime.now(UTC)
        token = _log_in(engine, now)
        try:
            with session_scope(engine) as session:
                member = members.resume(session, token, now)
                closed = lockdown_state(session).closed
            if closed:
                stop("The desk is in lockdown: nothing is done before it is opened.")
            if Role.ADMINISTRATOR not in member.roles:
                stop("Only an administrator can do this. Nothing was changed.")
            yield engine, member, datetime.now(UTC)
        except (MayNotState, StatedMeanwhile):
            stop("There is no recovery key yet, it is not yours to sign, or somebody else just changed it.")
        except NotVouched:
            stop(NOT_SIGNED)
        finally:
            with session_scope(engine) as session:
                login.log_out(session, token)


def _log_in(engine: Engine, now: datetime) -> str:
    """Log in as at the desk; the token of a session that ends with the command."""
    name, passphrase = _ask("Log-in name of an administrator: "), _ask("Passphrase: ", hidden=True)
    half = ""
    try:
        with session_scope(engine) as session:
            half = login.log_in(session, name, passphrase, now)
        digits = _ask("Six digits of the second factor: ")
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


def _with_shares(engine: Engine, member: Member, now: datetime, act: Callable[[Session, Sequence[str]], None]) -> None:
    """Ask for as many shares as are needed and do something with them; say what is wrong with which."""
    with session_scope(engine) as session:
        key: RecoveryKey = recovery_key(session, member.organisation_id)
    if key.generation == 0:
        raise MayNotState
    typed = [
        _ask(f"Share of trustee {place} of {key.trustees.needed}: ", hidden=True)
        for place in range(1, key.trustees.needed + 1)
    ]
    try:
        with session_scope(engine) as session:
            act(session, typed)
    except RefusedShares as error:
        with session_scope(engine) as session:
            note_refused_shares(session, member, now)
        for place, found in sorted(error.problems.items()):
            words, at = share_problem(found)
            _say(f"{f'Share {place}: ' if place else ''}{words.replace('%(at)s', at)}")
        stop("Nothing was opened.")
    except RefusedPerson as error:
        stop(" ".join(PROBLEMS[why] for why in error.problems.values()))
    except StillHeld:
        stop(PROBLEMS["still_held"])


def _labels() -> list[str]:
    """The trustees, one in a line, to an empty line."""
    _say("The trustees as they are to stand on the sheets, one in a line, then an empty line:")
    labels = []
    while line := " ".join(_read_line().split()):
        labels.append(line)
    return labels


def _print_sheets(member: Member, labels: Sequence[str], ceremony: Ceremony, day: date) -> None:
    for number, (label, words) in enumerate(zip(labels, ceremony.words, strict=True), 1):
        listed = words.split()
        lines = [
            "   ".join(f"{at + 1:2}. {listed[at]:<10}" for at in range(begun, len(listed[: begun + LINE_WORDS])))
            for begun in range(0, len(listed), LINE_WORDS)
        ]
        typer.echo(f"{label}\n{member.organisation}, {day.isoformat()}: share {number} of {len(labels)}")
        typer.echo(f"{ceremony.needed} such sheets together give the recovery key. Fewer give nothing.\n")
        typer.echo("\n".join(lines))
        typer.echo(f"\nThe six words of the recovery key, for leads who ask: {ceremony.fingerprint}\f")


def _ask(question: str, *, hidden: bool = False) -> str:
    """What is typed in answer; on a terminal nothing that is secret is shown."""
    if hidden and sys.stdin.isatty():
        return getpass(question, stream=sys.stderr).strip()
    _say(question)
    return _read_line().strip()


def _read_line() -> str:
    return sys.stdin.readline()


def _say(text: str) -> None:
    typer.echo(text, err=True)

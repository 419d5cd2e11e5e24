"""``rodyna recovery``: the ceremony of the recovery key, its test and its use, on the machine itself.

Who acts is an administrator, who logs in here as at the desk.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import typer

from app.accounts.covering import RecoveryKey, recovery_key
from app.accounts.errors import (
    MayNotState,
    NotVouched,
    RefusedPerson,
    RefusedShares,
    StatedMeanwhile,
    StillHeld,
)
from app.accounts.members import Member
from app.accounts.recovery import (
    Ceremony,
    can_be_split,
    cover_names,
    make_recovery,
    note_refused_shares,
    recover_names,
    try_recovery,
    use_recovery,
)
from app.accounts.rings import RECORD, STATISTICS, queue_ring
from app.cli.administering import Administered, administered, ask, read_line, say
from app.cli.surroundings import TAKES_AN_ID, commands, stop
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
    with _recovering() as here:
        labels = _labels()
        if not can_be_split(needed, len(labels)):
            stop(f"{PROBLEMS['numbers']} Nothing was made.")
        with session_scope(here.engine) as session:
            before = recovery_key(session, here.member.organisation_id).generation
            ceremony = make_recovery(session, here.member, needed, len(labels), before, here.now)
        _print_sheets(here.member, labels, ceremony, here.now.date())
        say("Check each sheet now: they are shown this once. Then test them with `rodyna recovery test`.")


@recovery.command()
def test() -> None:
    """Say whether the shares that trustees type give the key; nothing is opened with it."""
    with _recovering() as here:
        _with_shares(here, lambda session, typed: try_recovery(session, here.member, typed, here.now))
        typer.echo("These shares give the key. Nothing was opened with them.")


@recovery.command(context_settings=TAKES_AN_ID)
def use(
    key: Annotated[str, typer.Argument(help="which key is lost: a queue's id, record, or statistics")],
    account: Annotated[str, typer.Argument(help="who carries it on: the random id that `rodyna staff list` shows")],
) -> None:
    """Give a key that nobody holds any more to somebody of the organisation, who takes it up in their own session."""
    ring = key if key in {RECORD, STATISTICS} else queue_ring(key)
    with _recovering() as here:
        _with_shares(here, lambda session, typed: use_recovery(session, here.member, typed, ring, account, here.now))
        typer.echo("The key waits for that person at /desk/recovery. Everybody at the desk is told for two weeks.")
        typer.echo("Hold a new ceremony soon: the words were typed on this machine.")


@recovery.command()
def names() -> None:
    """Give the names of staff back to everybody of the organisation, when nobody reads them, and so nobody comes in."""
    with _recovering(without_names=True) as here:
        _with_shares(here, lambda session, typed: recover_names(session, here.member, typed, here.now))
        typer.echo("The names are under a new key, and everybody of the organisation comes in again.")
        typer.echo("Hold a new ceremony soon: the words were typed on this machine.")


@recovery.command()
def seal_names() -> None:
    """Seal the key to the names of staff to the recovery key, where that does not hold it any more."""
    with _recovering() as here:
        with session_scope(here.engine) as session:
            cover_names(session, here.member, here.now)
        typer.echo("Recovery holds the names of staff.")


@contextmanager
def _recovering(*, without_names: bool = False) -> Generator[Administered]:
    """An administrator who logged in; what they may not do, or somebody did meanwhile, is said."""
    with administered(without_names=without_names) as here:
        try:
            yield here
        except (MayNotState, StatedMeanwhile):
            stop("There is no recovery key yet, it is not yours to sign, or somebody else just changed it.")
        except NotVouched:
            stop(NOT_SIGNED)


def _with_shares(here: Administered, act: Callable[[Session, Sequence[str]], None]) -> None:
    """Ask for as many shares as are needed and do something with them; say what is wrong with which."""
    with session_scope(here.engine) as session:
        key: RecoveryKey = recovery_key(session, here.member.organisation_id)
    if key.generation == 0:
        raise MayNotState
    typed = [
        ask(f"Share of trustee {place} of {key.trustees.needed}: ", hidden=True)
        for place in range(1, key.trustees.needed + 1)
    ]
    try:
        with session_scope(here.engine) as session:
            act(session, typed)
    except RefusedShares as error:
        with session_scope(here.engine) as session:
            note_refused_shares(session, here.member, here.now)
        for place, found in sorted(error.problems.items()):
            words, at = share_problem(found)
            say(f"{f'Share {place}: ' if place else ''}{words.replace('%(at)s', at)}")
        stop("Nothing was opened.")
    except RefusedPerson as error:
        stop(" ".join(PROBLEMS[why] for why in error.problems.values()))
    except StillHeld:
        stop(PROBLEMS["still_held"])


def _labels() -> list[str]:
    """The trustees, one in a line, to an empty line."""
    say("The trustees as they are to stand on the sheets, one in a line, then an empty line:")
    labels = []
    while line := " ".join(read_line().split()):
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

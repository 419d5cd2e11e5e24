"""``rodyna organisation``: adding an organisation and ending one, on the machine itself, as on the pages."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer

from app.accounts import partners
from app.accounts.errors import MayNotState, NoSuchPerson, NotVouched, RefusedPerson, StatedMeanwhile
from app.accounts.leaving import begin_to_leave, organisation_that_may_leave
from app.accounts.members import Member
from app.accounts.partners import NewOrganisation
from app.casework.errors import CasesStandThere
from app.casework.leaving import end_with_its_cases, stands_there
from app.cli.administering import Administered, administered, ask, say
from app.cli.surroundings import TAKES_AN_ID, commands, stop
from app.storage.sessions import Session, session_scope
from app.vault.unlock import fold_words
from app.web.admin.words import PROBLEMS

organisation = typer.Typer(no_args_is_help=True, help="Organisations, which the root signs in from paper.")
commands.add_typer(organisation, name="organisation")


@organisation.command()
def add() -> None:
    """Sign an organisation in with the root's key from paper, and print the link of its first administrator, once."""
    with _signing_in() as here:
        say("The root signs the organisation in, for good: its name stays, and what it is sent cannot be unread.")
        new = NewOrganisation(
            ask("Name of the organisation, as families read it: "),
            ask("Why it is added (it stands on the record): "),
            ask("Name of its first administrator: "),
        )
        root = _root_key()
        with session_scope(here.engine) as session:
            token = partners.add_organisation(session, here.member, new, root, here.now)
    # Only now: a link is worth nothing before what it stands for is kept.
    typer.echo(f"{here.settings.origin.split()[0]}/desk/join/{token}")
    say("The link is shown this once. It works once and for a week; you can take it back on the page of people.")
    say("When it is finished, call them at a number that you know: /admin/organisations asks for the six words.")


Which = Annotated[str, typer.Argument(help="the random id of the organisation that `rodyna staff list` shows")]


@organisation.command(context_settings=TAKES_AN_ID)
def leave(which: Which) -> None:
    """Close an organisation to what is new with the root's key from paper; its people work on and pass cases on."""
    _sign(which, begin_to_leave)
    say("Closed to what is new. When its open cases have been passed on or closed: `rodyna organisation end`.")


@organisation.command(context_settings=TAKES_AN_ID)
def end(which: Which) -> None:
    """End an organisation for good with the root's key from paper, when no open case stands there alone any more."""
    _sign(which, end_with_its_cases)
    say("Ended. Its people are out, and nothing that was sealed to its queues alone opens any more.")


def _sign(which: str, what: Callable[[Session, Member, str, str, datetime], object]) -> None:
    """Have the root sign something of an organisation, once its name was typed."""
    with _signing_in() as here:
        _meant(here, which)
        root = _root_key()
        with session_scope(here.engine) as session:
            what(session, here.member, which, root, here.now)


def _root_key() -> str:
    return ask("The root's key, 64 characters from paper: ", hidden=True)


def _meant(here: Administered, which: str) -> None:
    """Say what stands there, and let the name be typed: an id is easily another's."""
    with session_scope(here.engine) as session:
        state = organisation_that_may_leave(session, here.member, which)
        stands = stands_there(session, here.member, which)
    say(f"Cases that stand there alone: {stands.open} open, {stands.closed} closed; shared with it: {stands.shared}.")
    say("The root does not take this back. With the end its closed cases are deleted, and its people's names.")
    if fold_words(ask("The name of the organisation, to say that it is meant: ")) != fold_words(state.name):
        stop("That is not its name. Nothing was changed.")


@contextmanager
def _signing_in() -> Generator[Administered]:
    with administered() as here:
        try:
            yield here
        except RefusedPerson as refused:
            for why in refused.problems.values():
                say(PROBLEMS[why])
            stop("Nothing was changed.")
        except CasesStandThere as refused:
            stop(f"Open cases that stand there alone: {refused.count}. Nothing was changed.")
        except NoSuchPerson:
            stop("There is no such organisation, it has ended, or it is the one that receives. Nothing was changed.")
        except MayNotState:
            stop("Only administrators of the receiving organisation do this. Nothing was changed.")
        except StatedMeanwhile:
            stop("Somebody signed something meanwhile, or it is too early. Nothing was changed: look, and begin again.")
        except NotVouched:
            stop("What the database says is not what was signed. Nothing was changed: `rodyna verify`.")

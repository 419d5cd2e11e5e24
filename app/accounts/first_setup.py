"""The first set-up by page: what was drawn and typed, in the memory of one process until all is founded at once.

Nothing is written before the end, so an interrupted set-up leaves nothing behind: as long as the process lives it goes
on where it stood, after that it begins again with other keys. Keys that belong on paper are typed back in part, and the
founder's own words and digits whole, before anything rests on them.
"""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock

from sqlmodel import Session

from app.accounts import joining, members, sessions
from app.accounts.errors import InstalledAlready, NotInstalled, RefusedPerson
from app.accounts.installation import about
from app.accounts.invitations import LONGEST_NAME, Wish, invite
from app.accounts.joining import Joining
from app.accounts.login import full_content, open_bundle
from app.accounts.members import Member
from app.accounts.partners import LONGEST_ORGANISATION
from app.accounts.people import Own
from app.accounts.permissions import Role
from app.accounts.sessions import SessionKind
from app.accounts.setup import Founded, OrganisationPlan, Paper, PersonPlan, QueuePlan, found
from app.accounts.spare_codes import draw_spare_codes, spare_code_rows
from app.accounts.vouching_anchor import root_fingerprint
from app.vault.hybrid import new_private_key
from app.vault.signing import new_signing_key, verify_key
from app.vault.tokens import new_token
from app.vault.totp import totp_step

LASTS = timedelta(hours=1)
TRIAGE = "triage"
GROUPS, ASKED = 16, 3


class Step(StrEnum):
    """How far it has come."""

    NAMES = "names"
    PAPER = "paper"
    PROVE = "prove"
    WORDS = "words"


class Key(StrEnum):
    """A key that belongs on paper."""

    ROOT = "root"
    BACKUP = "backup"


@dataclass(frozen=True)
class Names:
    """What is typed first; the last three get links, and may be left out."""

    organisation: str = ""
    shown: str = ""
    log_in: str = ""
    second: str = ""
    lead: str = ""
    member: str = ""

    @property
    def invited(self) -> Sequence[tuple[str, Wish]]:
        """Who gets a link, and as what."""
        caseworker = (Role.CASEWORKER,), (TRIAGE,)
        wishes = {
            "second": Wish(self.second, (Role.ADMINISTRATOR,)),
            "lead": Wish(self.lead, *caseworker),
            "member": Wish(self.member, *caseworker),
        }
        return [(field_name, wish) for field_name, wish in wishes.items() if wish.shown]


@dataclass(frozen=True)
class Done:
    """What is shown once at the end: links by whose they are, and the founder's spare codes."""

    founded: Founded = field(repr=False)
    tokens: tuple[tuple[str, str], ...] = field(repr=False)
    spare_codes: tuple[str, ...] = field(repr=False)


def groups(key: bytes) -> tuple[str, ...]:
    """A key of 32 bytes as it stands on paper: sixteen groups of four characters."""
    text = key.hex()
    return tuple(text[at : at + 4] for at in range(0, len(text), 4))


def is_founded(session: Session) -> bool:
    """Whether there is an installation already."""
    try:
        about(session)
    except NotInstalled:
        return False
    return True


@dataclass
class FirstSetup:
    """One set-up in one process. Its token opens it from the machine's own console, for an hour."""

    ends: datetime
    token: str = field(default_factory=new_token, repr=False)
    step: Step = Step.NAMES
    names: Names = Names()
    paper: Paper | None = field(default=None, repr=False)
    asked: tuple[int, ...] = ()
    founder: Joining | None = field(default=None, repr=False)
    lock: Lock = field(default_factory=Lock, repr=False)

    def opens(self, typed: str, now: datetime) -> bool:
        """Whether this is the token, and still good."""
        same = hmac.compare_digest(typed.encode("utf-8", "surrogatepass"), self.token.encode())
        return same and now < self.ends

    @property
    def fingerprint(self) -> str:
        """The root's fingerprint, which goes into the configuration."""
        return root_fingerprint(verify_key(self._paper.root)).hex()

    @property
    def on_paper(self) -> dict[Key, tuple[str, ...]]:
        """The keys to be written down."""
        return {Key.ROOT: groups(self._paper.root), Key.BACKUP: groups(self._paper.backup)}

    def name(self, names: Names) -> None:
        """Take the names, and draw the keys for paper.

        Raises: :class:`RefusedPerson`.
        """
        typed = Names(**{each: " ".join(value.split()) for each, value in vars(names).items()})
        self.names = typed
        longest = {"organisation": LONGEST_ORGANISATION}
        problems = {
            each: "organisation_name" if each == "organisation" else "name"
            for each, value in vars(typed).items()
            if len(value) > longest.get(each, LONGEST_NAME) or (not value and each in {"organisation", "shown"})
        }
        try:
            founder = joining.begin(typed.log_in)
        except RefusedPerson:
            problems["log_in"] = "log_in_name"
        if problems:
            raise RefusedPerson(problems)
        self.founder = founder
        self.draw_paper()

    def draw_paper(self) -> None:
        """Draw root and backup key; those of before, if any, were never used."""
        self.paper = Paper(new_signing_key(), new_private_key())
        self.step = Step.PAPER

    def written(self) -> None:
        """The keys are said to be on paper: three groups of each are asked for."""
        self.asked = tuple(sorted(secrets.SystemRandom().sample(range(GROUPS), ASKED)))
        self.step = Step.PROVE

    def prove(self, typed: Mapping[Key, Sequence[str]]) -> None:
        """Compare what was typed from paper.

        Raises: :class:`RefusedPerson` naming the paper that does not fit.
        """
        problems = {}
        for key, text in self.on_paper.items():
            expected = [text[at] for at in self.asked]
            if [each.strip().lower() for each in typed.get(key, ())] != expected:
                problems[f"{key}_key"] = "other_paper"
        if problems:
            raise RefusedPerson(problems)
        self.step = Step.WORDS

    def found(
        self, session: Session, words: str, digits: str, now: datetime, in_force: Mapping[str, bytes] | None = None
    ) -> Founded:
        """Found everything in the caller's transaction, with the founder as administrator and auditor.

        The caller writes what belongs outside the database, then asks for :meth:`invite`.

        Raises: :class:`RefusedPerson`, :class:`InstalledAlready`.
        """
        assert self.founder is not None
        if is_founded(session):
            raise InstalledAlready
        founder = joining.confirm(self.founder, words)
        if totp_step(founder.totp_secret, digits, now) is None:
            raise RefusedPerson({"totp": "digits"})
        person = PersonPlan(founder.name, self.names.shown, (Role.ADMINISTRATOR, Role.AUDITOR))
        plan = OrganisationPlan(self.names.organisation, (QueuePlan(TRIAGE, TRIAGE),), (person,))
        own = Own(founder.name, founder.passphrase, founder.totp_secret)
        return found(session, [plan], paper=self._paper, own=own, in_force=in_force)

    def invite(self, session: Session, founded: Founded, now: datetime) -> Done:
        """Make the links and the founder's spare codes, once the root is trusted here."""
        session.flush()
        account, codes = founded.people[0].person.account_id, draw_spare_codes()
        session.add_all(spare_code_rows(account, codes, about(session).salt))
        member = self._member(session, now)
        tokens = tuple((wish.shown, invite(session, member, wish, now)) for _, wish in self.names.invited)
        return Done(founded, tokens, codes)

    def _member(self, session: Session, now: datetime) -> Member:
        """The founder as they will be when they have logged in."""
        assert self.founder is not None
        account, bundle = open_bundle(session, self.founder.name, self.founder.passphrase)
        content = full_content(session, {"account_id": account.id, **bundle})
        token = sessions.open_new(session, SessionKind.STAFF, content, now, account.id, account.public_key)
        session.flush()
        member = members.resume(session, token, now)
        sessions.end(session, SessionKind.STAFF, token)
        return member

    @property
    def _paper(self) -> Paper:
        assert self.paper is not None
        return self.paper

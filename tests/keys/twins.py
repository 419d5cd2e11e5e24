"""Two installations of one shape, filled at the same times with different people and different words."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import delete

from app import duties
from app.accounts import invitations, joining, login
from app.accounts.address_cards import keep_card
from app.accounts.covering import cover_ring
from app.accounts.errors import LogInRefused
from app.accounts.invitations import Wish
from app.accounts.lockdown import LockdownWish, wish
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.recovery import make_recovery
from app.accounts.recovery_copies import hand_over
from app.accounts.setup import Founded, OrganisationPlan, PersonPlan, QueuePlan, found
from app.accounts.tables import SessionRow
from app.accounts.vouching_anchor import anchor_to
from app.casework import watch
from app.casework.actions import acknowledge, add_note, answer_family, take
from app.casework.closing import propose_closing
from app.casework.diary import add_task
from app.casework.junk import set_aside
from app.casework.known import record_known
from app.casework.listing import queue_page
from app.casework.opening import open_case, open_keys
from app.casework.planning import note_absence
from app.casework.privileged import add_privileged_note
from app.casework.queues import QueueFilter
from app.failures.counting import Failures, Part
from app.intake import changing, draft, renewing, returning, sending
from app.intake.practice import begin_practice, stories
from app.statistics import making
from app.statistics.periods import Period, ReleaseKind
from app.storage.sessions import session_scope
from app.vault.code import new_code
from app.vault.tokens import new_token
from app.vault.totp import totp_at
from tests.cast import NOW, Cast

LATER = NOW + timedelta(hours=2)
QUEUES = ("triage", "legal", "tracing", "psychosocial")


@dataclass(frozen=True)
class Words:
    """Everything that is said in one installation and differently in the other, about equally long."""

    names: tuple[str, ...]
    shown: tuple[str, ...]
    person: dict[str, Any]
    tried: dict[str, Any]
    lost: dict[str, Any]
    consents: dict[str, str]
    message: str
    reply: str
    note: str
    update: dict[str, Any]
    mistyped: str
    invited: tuple[str, str]
    outcome: str


ONE = Words(
    names=("daria", "bohdan", "oksana", "mykola", "tomas", "petro", "roman", "lena"),
    shown=("Дарія", "Богдан", "Оксана", "Микола", "Томас", "Петро", "Роман", "Лена"),
    person={"surname": "Ковалишин", "given_name": "Остап", "birth_date": "1991-03-04", "sex": "male"},
    tried={"situation": "on_trial_ua", "oblast": "UA46", "reply_safe": "only_here", "story": "Забрали з дому."},
    lost={"situation": "killed", "oblast": "UA14", "reply_safe": "yes", "body": "held", "story": "Загинув."},
    consents={"ngo": "full"},
    message="Дякую. Суд у четвер.",
    reply="Ми прочитали ваше звернення.",
    note="Подзвонити слідчому.",
    update={"next_hearing": "2026-12-24"},
    mistyped="darya",
    invited=("Марта", "Павло"),
    outcome="convicted",
)
OTHER = Words(
    names=("olena", "vasyl", "iryna", "serhii", "andrii", "hanna", "taras", "zoia"),
    shown=("Олена", "Василь", "Ірина", "Сергій", "Андрій", "Ганна", "Тарас", "Зоя"),
    person={"surname": "Яремчук-Довга", "former_names": "Дика", "age_band": "35_44", "sex": "female"},
    tried={"situation": "pow_ua", "oblast": "abroad", "reply_safe": "yes", "most_needed": "Побачити його живим."},
    lost={"situation": "dk", "oblast": "UA44", "reply_safe": "only_here", "need": ["body"], "relation": "parent"},
    consents={"ngo": "full", "stats": "full", "icc_otp": "facts_only", "partner_ngo": "pseudonymised"},
    message="Напишіть, коли можна.",
    reply="Чекайте. Адвокат буде завтра.",
    note="Передати колегам.",
    update={"need": ["documents", "benefits"]},
    mistyped="olenna",
    invited=("Лілія", "Зенон"),
    outcome="contact_lost",
)


def plan(words: Words) -> list[OrganisationPlan]:
    """Two caseworkers for two queues and one for triage, an administrator, an auditor and a coordinator."""
    places = ("legal", "legal", "tracing", "tracing", "triage", "", "", "")
    roles = (*[Role.CASEWORKER] * 5, Role.ADMINISTRATOR, Role.AUDITOR, Role.COORDINATOR)
    people = [
        PersonPlan(name, shown, (role,), (place,) if place else (), (place,) if place else ())
        for name, shown, role, place in zip(words.names, words.shown, roles, places, strict=True)
    ]
    queues = tuple(QueuePlan(kind, kind) for kind in QUEUES)
    return [OrganisationPlan("Родинний захист", queues, tuple(people))]


def found_for(engine: Engine, words: Words) -> Founded:
    """Found an installation for the people of these words."""
    with session_scope(engine) as session:
        return found(session, plan(words))


def live(engine: Engine, url: str, words: Words, founded: Founded) -> tuple[Cast, list[str]]:
    """Let everything happen in an installation that can; the numbers of its cases in their order."""
    anchor_to(engine, founded.fingerprint)
    cast = Cast(engine, url, founded)
    tried = cast.report(words.tried | words.person, words.consents)
    gone = cast.report(words.lost, words.consents)
    lost = cast.report(words.lost | words.person, words.consents)
    document = replace(draft.begin("uk", NOW), answers=words.tried, consents=words.consents)
    with cast.session() as session:
        sent = sending.send_document(session, new_token(), document, NOW)
    cases = [cast.case_of(code, NOW + timedelta(minutes=5)) for code in (tried, gone, lost, sent)]
    with cast.session() as session:
        # These visits only found out the numbers of the cases.
        session.execute(delete(SessionRow))
    _write_again(cast, words, tried, gone)
    administrator = cast.member(words.names[5], LATER)
    _work(cast, words, cases, administrator)
    _invite(cast, words, administrator)
    _fail(cast, words)
    _count(cast, words)
    # An administrator wishes for lockdown, and nobody confirms it.
    with cast.session() as session:
        wish(session, administrator, LockdownWish.ASK, LATER)
    with cast.session() as session:
        duties.note_family_events(session, founded.service_private, NOW.date())
    return cast, cases


def _write_again(cast: Cast, words: Words, tried: str, gone: str) -> None:
    with cast.session() as session:
        _, opened = returning.open_return(session, tried, NOW)
        returning.write_message(session, opened, words.message, NOW)
    with cast.session() as session:
        changing.send_update(session, opened, words.update, LATER)
        changing.change_consents(session, opened, {"stats": "" if "stats" in words.consents else "full"}, LATER)
    with cast.session() as session:
        renewing.renew_code(session, opened, LATER)
    with cast.session() as session:
        _, opened = returning.open_return(session, gone, LATER)
        returning.withdraw(session, opened, gone, LATER)


def _work(cast: Cast, words: Words, cases: list[str], administrator: Member) -> None:
    lawyer, tracer = cast.member(words.names[0], LATER), cast.member(words.names[2], LATER)
    with cast.session() as session:
        queue_page(session, lawyer, "legal", QueueFilter(), None, LATER)
    with cast.session() as session:
        open_case(session, lawyer, cases[0], LATER)
    with cast.session() as session:
        take(session, lawyer, cases[0], 1, LATER)
    with cast.session() as session:
        answer_family(session, lawyer, cases[0], words.reply, LATER)
    with cast.session() as session:
        add_note(session, lawyer, cases[0], words.note, LATER)
    _go_on(cast, words, lawyer, cases)
    _watch(cast, lawyer, words, cases[0])
    with cast.session() as session:
        acknowledge(session, tracer, cases[2], 1, LATER)
    _recover(cast, lawyer, administrator)


def _recover(cast: Cast, lawyer: Member, administrator: Member) -> None:
    """The lawyers' key is renewed and goes to a recovery key too; and one waits for a lawyer to take it up."""
    with cast.session() as session:
        ceremony = make_recovery(session, administrator, 2, 3, 0, LATER)
    with cast.session() as session:
        cover_ring(session, lawyer, "queue:legal", ceremony.fingerprint, LATER)
        session.add(hand_over("queue:legal", 2, bytes(32), lawyer.account_id, lawyer.pair.public))


def _count(cast: Cast, words: Words) -> None:
    """A release is made and waits, another one has been begun."""
    coordinator = cast.member(words.names[7], LATER)
    for kind, steps in ((ReleaseKind.INTAKE, 2), (ReleaseKind.OUTCOME, 1)):
        with cast.session() as session:
            making.begin(session, coordinator, kind, Period(2026, 3), LATER)
        for _ in range(steps):
            with cast.session() as session:
                making.take_step(session, coordinator, kind, Period(2026, 3), LATER)


def _invite(cast: Cast, words: Words, administrator: Member) -> None:
    with cast.session() as session:
        invitations.invite(session, administrator, Wish(words.invited[0], (Role.COORDINATOR,)), LATER)
    with cast.session() as session:
        token = invitations.invite(session, administrator, Wish(words.invited[1], (Role.AUDITOR,)), LATER)
    chosen = joining.begin(words.invited[1])
    with cast.session() as session:
        typed = joining.confirm(chosen, chosen.passphrase)
        joining.join(session, token, typed, totp_at(chosen.totp_secret, LATER), LATER)


def _go_on(cast: Cast, words: Words, lawyer: Member, cases: list[str]) -> None:
    with cast.session() as session:
        add_task(session, lawyer, cases[0], {"text": words.note, "service": "legal", "day": "2026-12-01"}, "", LATER)
    with cast.session() as session:
        add_privileged_note(session, lawyer, cases[0], words.note, LATER)
    with cast.session() as session:
        version = open_keys(session, lawyer, cases[0]).row.version
        propose_closing(session, lawyer, cases[0], version, words.outcome, words.note, LATER)
    with cast.session() as session:
        keep_card(session, lawyer, {"name": words.person["surname"], "kind": "lawyer"}, NOW)
    with cast.session() as session:
        set_aside(session, lawyer, cases[3], 1, LATER)
    with cast.session() as session:
        cases.append(begin_practice(session, lawyer, "legal", stories()[0], LATER).case_id)
    gone = {"since": "2026-12-01", "until": "2026-12-05", "stands_in": cast.founded_account(words.names[1])}
    with cast.session() as session:
        note_absence(session, lawyer, "legal", lawyer.account_id, gone, LATER)


def _watch(cast: Cast, lawyer: Member, words: Words, case_id: str) -> None:
    """Nobody acknowledged one case in time, and of another more is known."""
    with cast.session() as session:
        watch.escalate(session, LATER + timedelta(days=30))
    with cast.session() as session:
        record_known(session, lawyer, case_id, dict(words.update), "document", "", LATER)


def _fail(cast: Cast, words: Words) -> None:
    with cast.session() as session:
        try:
            login.log_in(session, words.mistyped, new_code(), LATER)
        except LogInRefused:
            login.note_refusal(session, words.mistyped, LATER)
        returning.note_unknown_code(session, LATER)
    failures = Failures()
    failures.note(Part.FAMILY)
    failures.write_down(cast.engine, LATER)

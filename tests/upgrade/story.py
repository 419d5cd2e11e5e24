"""A small installation in which everything was done once, and what must still be read in it by every later release."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app import duties
from app.accounts.covering import cover_ring, recovery_key
from app.accounts.recovery import make_recovery
from app.casework import closing, junk
from app.casework.actions import add_note, answer_family, take
from app.casework.known import record_known
from app.intake import changing, renewing, returning
from tests.cast import Cast

MOMENT = datetime(2026, 11, 20, 11, 7, 31, tzinfo=UTC)
STORY = "Його забрали з дому о п'ятій ранку; сказали, що на бесіду."
ANSWER = "Ми прочитали. Адвокатка візьме справу.\nЧекайте на відповідь у четвер."
MESSAGE = "Дякую. Суд перенесли на п'ятницю — не знаю, чому."
KNOWN: dict[str, Any] = {"situation": "convicted_ua"}
AT_THE_DESK = ("untouched", "closed", "aside")
NOTE = "Запитати слідчого про дату."


def live(cast: Cast) -> dict[str, Any]:
    """Report, read, answer, note, write, change, renew, withdraw; give what was written and every secret."""
    answers = {
        "situation": "on_trial_ua",
        "oblast": "UA14",
        "reply_safe": "only_here",
        "relation": "spouse",
        "surname": "Вигаданенко",
        "story": STORY,
    }
    codes = {"answered": cast.report(answers, {"ngo": "full", "stats": "full"}, MOMENT)}
    codes |= {name: cast.report(now=MOMENT) for name in ("untouched", "withdrawn")}
    daria, case_id = cast.member("daria", MOMENT), cast.case_of(codes["answered"], MOMENT)
    with cast.session() as session:
        take(session, daria, case_id, 1, MOMENT)
    with cast.session() as session:
        answer_family(session, daria, case_id, ANSWER, MOMENT)
    with cast.session() as session:
        add_note(session, daria, case_id, NOTE, MOMENT)
    _come_back(cast, codes)
    _work(cast, case_id, codes)
    with cast.session() as session:
        duties.note_family_events(session, cast.founded.service_private, MOMENT.date())
    return {
        "now": MOMENT.isoformat(),
        "codes": codes,
        "cases": {"answered": case_id, **{name: cast.case_of(codes[name], MOMENT) for name in AT_THE_DESK}},
        "known": KNOWN,
        "trustees": _hold_ceremony(cast),
        "answers": answers,
        "texts": {"answer": ANSWER, "message": MESSAGE, "note": NOTE},
        "people": {
            each.plan.name: {"passphrase": each.person.passphrase, "totp_secret": each.person.totp_secret.hex()}
            for each in cast.founded.people
        },
        "keys": {
            "root": cast.founded.root_private.hex(),
            "backup": cast.founded.backup_private.hex(),
            "service": cast.founded.service_private.hex(),
        },
    }


def _work(cast: Cast, case_id: str, codes: dict[str, str]) -> None:
    """What is found out, what two people close, and what one sets aside."""
    codes |= {name: cast.report(now=MOMENT) for name in ("closed", "aside")}
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    closed, aside = (cast.case_of(codes[name], MOMENT) for name in ("closed", "aside"))
    with cast.session() as session:
        record_known(session, daria, case_id, KNOWN, "document", "", MOMENT)
    with cast.session() as session:
        proposal = closing.propose_closing(session, daria, closed, 1, "charges_dropped", "Суд закрив справу.", MOMENT)
    with cast.session() as session:
        closing.agree_to(session, bohdan, closed, proposal, MOMENT)
    with cast.session() as session:
        junk.set_aside(session, bohdan, aside, 1, MOMENT)


def _hold_ceremony(cast: Cast) -> list[str]:
    """Two of three trustees can give the key of the queue back; the words of their sheets."""
    petro, daria = cast.member("petro"), cast.member("daria")
    with cast.session() as session:
        before = recovery_key(session, petro.organisation_id).generation
        ceremony = make_recovery(session, petro, 2, 3, before, MOMENT)
    with cast.session() as session:
        cover_ring(session, daria, "queue:triage", ceremony.fingerprint, MOMENT)
    return list(ceremony.words)


def _come_back(cast: Cast, codes: dict[str, str]) -> None:
    with cast.session() as session:
        _, opened = returning.open_return(session, codes["answered"], MOMENT)
        returning.write_message(session, opened, MESSAGE, MOMENT + timedelta(minutes=1))
    with cast.session() as session:
        changing.change_consents(session, opened, {"stats": ""}, MOMENT + timedelta(minutes=2))
    with cast.session() as session:
        renewal = renewing.renew_code(session, opened, MOMENT)
        assert renewing.confirm_renewal(session, opened, renewal, renewal.code)
    codes["ended"], codes["answered"] = codes["answered"], renewal.code
    with cast.session() as session:
        _, gone = returning.open_return(session, codes["withdrawn"], MOMENT)
        returning.withdraw(session, gone, codes["withdrawn"], MOMENT)

"""Coming back: the code opens staff's replies, adds to the inbox, and takes everything back; nothing else."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from sqlmodel import col, delete, select, update

from app.accounts import attempts
from app.accounts.errors import SessionEnded, TooManyAttempts
from app.accounts.tables import Account
from app.casefile.errors import TextRefused
from app.casefile.items import Kind, new_item_id, seal_item
from app.casefile.keys import CaseKeys, Compartment
from app.casefile.signed import StaffText, sign_text
from app.casefile.tables import Case, Item
from app.casework.actions import answer_family, set_status, take
from app.casework.opening import open_case
from app.intake import returning
from app.intake.errors import MistypedCode, UnknownCode
from app.intake.returning import Opened, Thread
from app.intake.tables import Locker
from app.vault.code import new_code
from app.vault.context import Purpose
from app.vault.errors import VaultError
from app.vault.signing import verify_key
from tests.cast import NOW, Cast, answers
from tests.keys.dump import dump

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def opened_by(cast: Cast, code: str) -> Opened:
    with cast.session() as session:
        return returning.open_return(session, code, NOW)[1]


def thread_of(cast: Cast, opened: Opened) -> Thread:
    with cast.session() as session:
        return returning.read_thread(session, opened)


def write(cast: Cast, opened: Opened, text: str = "Дякую.", later: timedelta = timedelta()) -> None:
    with cast.session() as session:
        returning.write_message(session, opened, text, NOW + later)


def add_reply(cast: Cast, opened: Opened, author: str, signing_key: bytes, text: str = "Подано.") -> None:
    """A reply that somebody with the replies' key wrote straight into the database."""
    item_id = new_item_id()
    written = StaffText(author, "Родинний захист", NOW.isoformat(), text)
    content = sign_text(Purpose.STAFF_MESSAGE, opened.case_id, item_id, written, signing_key)
    keys = CaseKeys(opened.case_id, {Compartment.REPLIES: opened.replies_key})
    item = seal_item(keys, Compartment.REPLIES, Kind.MESSAGE, content, NOW.date(), item_id)
    with cast.session() as session:
        session.add(Item(**{each.name: getattr(item, each.name) for each in fields(item)}))


def test_a_code_is_taken_however_it_was_noted(cast: Cast) -> None:
    code = cast.report()
    grouped = "-".join(code[at : at + 6] for at in range(0, 24, 6))
    arabic = code.translate({ord("0") + digit: 0x660 + digit for digit in range(10)})

    assert {opened_by(cast, typed).case_id for typed in (code, grouped, f"  {code}. ", arabic)} == {cast.case_of(code)}


@pytest.mark.parametrize(
    ("typed", "reason"), [("", "length"), ("12 34", "length"), ("code", "digits"), ("1" * 24, "check")]
)
def test_what_is_no_code_is_told_apart_from_an_unknown_one(cast: Cast, typed: str, reason: str) -> None:
    with cast.session() as session, pytest.raises(MistypedCode) as slip:
        returning.open_return(session, typed, NOW)
    with cast.session() as session, pytest.raises(UnknownCode):
        returning.open_return(session, new_code(), NOW)

    assert slip.value.reason == reason


def test_guessing_is_slowed_down_and_keeps_no_family_out(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "CODE_ATTEMPTS", 3)
    code = cast.report()
    for _ in range(3):
        with cast.session() as session:
            with pytest.raises(UnknownCode):
                returning.open_return(session, new_code(), NOW)
            returning.note_unknown_code(session, NOW)
    with cast.session() as session, pytest.raises(TooManyAttempts) as refusal:
        returning.open_return(session, new_code(), NOW)

    assert 0 < refusal.value.retry_after_seconds <= 1800
    assert opened_by(cast, code).case_id
    with cast.session() as session, pytest.raises(UnknownCode):
        returning.open_return(session, new_code(), NOW + HOUR)


def test_a_visit_goes_on_with_its_token_until_it_is_ended(cast: Cast) -> None:
    code = cast.report()
    with cast.session() as session:
        token, opened = returning.open_return(session, code, NOW)
    with cast.session() as session:
        assert returning.resume_return(session, token, NOW + timedelta(minutes=20)) == opened
    with cast.session() as session:
        returning.end_return(session, token)
    for gone in (token, "nobody's"):
        with cast.session() as session, pytest.raises(SessionEnded):
            returning.resume_return(session, gone, NOW)


def test_the_family_reads_replies_in_the_order_they_were_written(cast: Cast) -> None:
    opened = opened_by(cast, cast.report())
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    for number, (member, later) in enumerate([(daria, HOUR), (bohdan, 2 * HOUR), (daria, DAY), (bohdan, 3 * DAY)]):
        with cast.session() as session:
            answer_family(session, member, opened.case_id, f"Відповідь {number}", NOW + later)
    thread = thread_of(cast, opened)

    assert [message.text for message in thread.messages] == [f"Відповідь {number}" for number in range(4)]
    assert {message.author_organisation for message in thread.messages} == {"Родинний захист"}
    assert [message.day for message in thread.messages][::3] == [NOW.date(), (NOW + 3 * DAY).date()]
    assert (thread.status, thread.received) == ("in_progress", NOW.date())


def test_the_family_sees_how_much_it_wrote_and_on_which_day_alone(cast: Cast) -> None:
    opened = opened_by(cast, cast.report())
    for later in (DAY, timedelta(), HOUR):
        write(cast, opened, later=later)
    written = thread_of(cast, opened).written

    assert [(each.day, each.count) for each in written] == [(NOW.date(), 2), ((NOW + DAY).date(), 1)]


def test_writing_makes_the_case_unread_and_ends_the_waiting_for_the_family(cast: Cast) -> None:
    opened = opened_by(cast, cast.report())
    daria = cast.member("daria")
    with cast.session() as session:
        take(session, daria, opened.case_id, 1, NOW)
    write(cast, opened)
    assert thread_of(cast, opened).status == "acknowledged"
    for version, status in ((2, "in_progress"), (3, "awaiting_family")):
        with cast.session() as session:
            set_status(session, daria, opened.case_id, version, status, NOW)
    write(cast, opened)

    assert thread_of(cast, opened).status == "in_progress"
    assert dump(cast.engine)["case"][0]["unread"]


@pytest.mark.parametrize(("text", "reason"), [("  ", "empty"), ("ї" * 10_001, "too_long")])
def test_a_message_that_cannot_be_taken_changes_nothing(cast: Cast, text: str, reason: str) -> None:
    opened = opened_by(cast, cast.report())
    before = dump(cast.engine)
    with pytest.raises(TextRefused) as refusal:
        write(cast, opened, text)

    assert refusal.value.reason == reason
    assert dump(cast.engine) == before


def test_a_reply_that_its_author_did_not_sign_is_shown_to_nobody(cast: Cast) -> None:
    opened = opened_by(cast, cast.report())
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    add_reply(cast, opened, daria.account_id, daria.signing_key, "Справжнє.")
    add_reply(cast, opened, daria.account_id, bohdan.signing_key, "Чуже.")
    add_reply(cast, opened, "nobody", daria.signing_key, "Нічиє.")
    shown = [message.text for message in thread_of(cast, opened).messages]
    with cast.session() as session:
        # Whose key this row has is what somebody with the database says; whom it was vouched for stays as it was.
        mine = update(Account).where(col(Account.id) == daria.account_id)
        session.execute(mine.values(verify_key=verify_key(bohdan.signing_key)))

    assert shown == ["Справжнє."]
    assert [message.text for message in thread_of(cast, opened).messages] == ["Справжнє."]


def test_a_reply_that_was_moved_from_another_case_is_refused(cast: Cast) -> None:
    mine, other = opened_by(cast, cast.report()), opened_by(cast, cast.report())
    daria = cast.member("daria")
    for case in (mine, other):
        with cast.session() as session:
            answer_family(session, daria, case.case_id, f"Для {case.case_id}", NOW)
    with cast.session() as session:
        moved = session.exec(
            select(Item).where(col(Item.case_id) == other.case_id, col(Item.compartment) == "replies")
        ).one()
        session.execute(
            update(Item)
            .where(col(Item.case_id) == mine.case_id, col(Item.compartment) == "replies")
            .values(sealed=moved.sealed)
        )
    with pytest.raises(VaultError):
        thread_of(cast, mine)


def test_lockers_that_were_exchanged_open_for_neither_code(cast: Cast) -> None:
    first, second = cast.report(), cast.report()
    with cast.session() as session:
        one, two = session.exec(select(Locker)).all()
        sealed = one.sealed, two.sealed
        two.sealed, one.sealed = sealed
        session.add_all([one, two])
    for code in (first, second):
        with pytest.raises(VaultError):
            opened_by(cast, code)


def test_a_locker_that_names_another_case_does_not_open(cast: Cast) -> None:
    code = cast.report()
    with cast.session() as session:
        session.execute(update(Locker).values(case_id="CASE2345"))
    with pytest.raises(VaultError):
        opened_by(cast, code)


def test_taking_everything_back_needs_this_cases_own_code(cast: Cast) -> None:
    code, foreign = cast.report(), cast.report()
    opened = opened_by(cast, code)
    before = dump(cast.engine)
    for typed in (foreign, new_code()):
        with cast.session() as session, pytest.raises(UnknownCode):
            returning.withdraw(session, opened, typed, NOW)
    with cast.session() as session, pytest.raises(MistypedCode):
        returning.withdraw(session, opened, "1234", NOW)

    assert dump(cast.engine) == before


def test_whatever_was_taken_back_ends_every_visit_and_leaves_no_sealing(cast: Cast) -> None:
    code = cast.report()
    with cast.session() as session:
        token, opened = returning.open_return(session, code, NOW)
        returning.open_return(session, code, NOW)
    write(cast, opened)
    with cast.session() as session:
        returning.withdraw(session, opened, code, NOW)

    with cast.session() as session, pytest.raises(SessionEnded):
        returning.resume_return(session, token, NOW)
    with pytest.raises(SessionEnded):
        thread_of(cast, opened)
    with pytest.raises(SessionEnded):
        write(cast, opened)
    with cast.session() as session, pytest.raises(UnknownCode):
        returning.withdraw(session, opened, code, NOW)
    left = dump(cast.engine)
    assert [left[name] for name in ("case", "grant", "item", "told")] == [[], [], [], []]
    assert [row["sealed"] for row in left["locker"]] == [None]


def test_a_code_that_leads_to_no_case_any_more_shows_nothing(cast: Cast) -> None:
    opened = opened_by(cast, cast.report())
    with cast.session() as session:
        session.execute(delete(Item))
        session.execute(delete(Case))
    with pytest.raises(SessionEnded):
        thread_of(cast, opened)


def test_what_a_code_opened_is_not_shown_in_words(cast: Cast) -> None:
    opened = opened_by(cast, cast.report(answers(surname="Ковалишин")))

    assert repr(opened) == f"Opened(case_id='{opened.case_id}', language='uk')"


def test_a_message_says_in_which_language_it_was_written(cast: Cast) -> None:
    opened = replace(opened_by(cast, cast.report()), language="crh")
    write(cast, opened, "Sağ oluñız.")
    daria = cast.member("daria")
    with cast.session() as session:
        conversation = open_case(session, daria, opened.case_id, NOW).conversation

    assert [(line.text, line.language) for line in conversation] == [("Sağ oluñız.", "crh")]

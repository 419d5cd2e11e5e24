"""A person's own sessions, and a new passphrase over the same keys."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.accounts import login, members
from app.accounts.errors import CarriedGone, LogInRefused, MistypedPassphrase, PassphraseChanged, SessionEnded
from app.accounts.members import Member
from app.accounts.new_passphrase import Proof, change_passphrase, offer_passphrase, offered_words
from app.accounts.own_sessions import OwnSession, end_own, own_sessions
from app.accounts.sessions import about_place
from app.accounts.tables import Account, SessionRow
from app.vault.errors import WrongKey
from app.vault.hybrid import open_with
from app.vault.totp import totp_at
from tests.cast import NOW, OMAR, Cast

LATER = NOW + timedelta(minutes=40)


def seen(cast: Cast, member: Member, token: str) -> list[OwnSession]:
    with cast.session() as session:
        return list(own_sessions(session, member, token, LATER))


def resume(cast: Cast, token: str) -> Member:
    with cast.session() as session:
        return members.resume(session, token, LATER)


def test_a_person_sees_when_their_sessions_began_and_end(cast: Cast) -> None:
    old, new = cast.log_in("daria", NOW), cast.log_in("daria", LATER)
    cast.log_in("bohdan", NOW)
    daria = resume(cast, new)
    first, second = seen(cast, daria, new)
    assert (first.this, second.this) == (True, False)
    assert (first.begun, second.begun) == (LATER, NOW)
    assert second.until == NOW + timedelta(hours=12)
    assert NOW + timedelta(hours=1) <= second.ends < NOW + timedelta(hours=1, minutes=15)
    assert [each.this for each in seen(cast, daria, old)] == [True, False]


def test_when_a_session_began_opens_for_its_owner_alone(cast: Cast) -> None:
    cast.log_in("daria", NOW)
    bohdan = cast.member("bohdan")
    with cast.session() as session:
        rows = session.exec(select(SessionRow).where(SessionRow.account_id != bohdan.account_id)).all()
    ((owner, about, locator),) = [
        (row.account_id, row.about, row.locator) for row in rows if row.account_id is not None
    ]
    assert about is not None
    assert owner is not None
    for claimed in (owner, bohdan.account_id):
        with pytest.raises(WrongKey):
            open_with(bohdan.pair, about, about_place(claimed, locator))


def test_no_session_is_made_to_say_of_itself_what_another_says(cast: Cast) -> None:
    """Somebody with the database's password swaps what two of a person's sessions tell, or takes it away."""
    old, new = cast.log_in("daria", NOW), cast.log_in("daria", LATER)
    daria = resume(cast, new)
    with cast.session() as session:
        first, second = session.exec(select(SessionRow).where(SessionRow.account_id == daria.account_id)).all()
        first.about, second.about = second.about, first.about
        session.add_all([first, second])
    assert [(each.this, each.begun, each.until) for each in seen(cast, daria, new)] == [
        (True, None, None),
        (False, None, None),
    ]
    with cast.session() as session:
        for row in session.exec(select(SessionRow).where(SessionRow.account_id == daria.account_id)).all():
            row.about = None
            session.add(row)
    assert len(seen(cast, daria, old)) == 2, "no session is hidden from its owner"


def test_a_log_in_that_stopped_before_its_six_digits_is_seen_by_its_owner(cast: Cast) -> None:
    token = cast.log_in("daria", NOW)
    with cast.session() as session:
        login.log_in(session, "daria", cast.secrets("daria")[0], LATER)
    assert [each.begun for each in seen(cast, resume(cast, token), token)] == [NOW, None]


def test_one_other_session_or_all_of_them_are_ended_and_never_anybody_elses(cast: Cast) -> None:
    tokens = [cast.log_in("daria", NOW + timedelta(minutes=number)) for number in range(3)]
    others = cast.log_in("bohdan", NOW)
    daria = resume(cast, tokens[2])
    oldest = seen(cast, daria, tokens[2])[-1]
    with cast.session() as session:
        assert end_own(session, daria, tokens[2], oldest.tag, LATER) == 1
        assert end_own(session, daria, tokens[2], "nonsense", LATER) == 0
    # Omar copied the mark of another of hers from her screen, and has a session of his own.
    omar, marked = cast.log_in(OMAR, NOW), seen(cast, daria, tokens[2])[-1].tag
    for mark in (marked, None):
        stranger = resume(cast, omar)
        with cast.session() as session:
            assert end_own(session, stranger, omar, mark, LATER) == 0
    assert resume(cast, tokens[1]).account_id == daria.account_id
    with pytest.raises(SessionEnded):
        resume(cast, tokens[0])
    with cast.session() as session:
        login.log_in(session, "daria", cast.secrets("daria")[0], LATER)
    with cast.session() as session:
        assert end_own(session, daria, tokens[2], None, LATER) == 2
    with pytest.raises(SessionEnded):
        resume(cast, tokens[1])
    assert resume(cast, tokens[2]).account_id == daria.account_id
    assert resume(cast, others).account_id != daria.account_id


def offered(cast: Cast, member: Member) -> str:
    with cast.session() as session:
        offer = offer_passphrase(session, member, LATER)
        assert offered_words(session, member, offer.carried, LATER) == offer.words
        return offer.words


def change(cast: Cast, member: Member, token: str, words: str, typed: str, proof: Proof) -> None:
    with cast.session() as session:
        change_passphrase(session, member, token, words, typed, proof, LATER)


def test_a_new_passphrase_opens_the_same_keys_and_ends_the_other_sessions(cast: Cast) -> None:
    old, here = cast.log_in("daria", NOW), cast.log_in("daria", NOW + timedelta(minutes=1))
    before = resume(cast, here)
    passphrase, secret = cast.secrets("daria")
    words = offered(cast, before)
    proof = Proof("Daria ", passphrase, totp_at(secret, LATER))
    change(cast, before, here, words, words.upper(), proof)

    assert resume(cast, here).signing_key == before.signing_key
    with pytest.raises(SessionEnded):
        resume(cast, old)
    with cast.session() as session, pytest.raises(LogInRefused):
        login.log_in(session, "daria", passphrase, LATER)
    after = LATER + timedelta(minutes=2)
    with cast.session() as session:
        half = login.log_in(session, "daria", words, after)
    with cast.session() as session:
        again = login.second_factor(session, half, totp_at(secret, after), after)
    assert resume(cast, again).pair.public == before.pair.public


def test_a_passphrase_is_changed_only_by_who_has_the_old_one_and_the_second_factor(cast: Cast) -> None:
    here = cast.log_in("daria", NOW)
    daria = resume(cast, here)
    passphrase, secret = cast.secrets("daria")
    words = offered(cast, daria)
    right = totp_at(secret, LATER)
    with pytest.raises(MistypedPassphrase):
        change(cast, daria, here, words, words + " more", Proof("daria", passphrase, right))
    for proof in (
        Proof("daria", "other words", right),
        Proof("bohdan", passphrase, right),
        Proof("daria", passphrase, "000000"),
        Proof("bohdan", cast.secrets("bohdan")[0], totp_at(cast.secrets("bohdan")[1], LATER)),
        Proof(OMAR, cast.secrets(OMAR)[0], totp_at(cast.secrets(OMAR)[1], LATER)),
    ):
        with pytest.raises(LogInRefused):
            change(cast, daria, here, words, words, proof)
    change(cast, daria, here, words, words, Proof("daria", passphrase, right))
    # Six digits work once.
    other = offered(cast, daria)
    with pytest.raises(LogInRefused):
        change(cast, daria, here, other, other, Proof("daria", words, right))


def test_words_offered_to_one_person_are_not_taken_from_another(cast: Cast) -> None:
    daria, bohdan, omar = (cast.member(name) for name in ("daria", "bohdan", OMAR))
    with cast.session() as session:
        offer = offer_passphrase(session, daria, LATER)
        for stranger in (bohdan, omar):
            with pytest.raises(LogInRefused):
                offered_words(session, stranger, offer.carried, LATER)
        with pytest.raises(CarriedGone):
            offered_words(session, daria, "words of my own", LATER)


def test_two_changes_at_once_do_not_overwrite_one_another(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    here = cast.log_in("daria", NOW)
    daria = resume(cast, here)
    passphrase, secret = cast.secrets("daria")
    words = offered(cast, daria)
    proof = Proof("daria", passphrase, totp_at(secret, LATER))
    with cast.session() as session:
        account = session.get_one(Account, daria.account_id)
        # What the first one read is what the second has written over by now.
        session.expunge(account)
        account.locator = bytes(32)
        monkeypatch.setattr("app.accounts.new_passphrase.open_bundle", lambda *_: (account, {"totp_secret": secret}))
        with pytest.raises(PassphraseChanged):
            change_passphrase(session, daria, here, words, words, proof, LATER)
        session.rollback()
    with cast.session() as session:
        assert login.log_in(session, "daria", passphrase, LATER)

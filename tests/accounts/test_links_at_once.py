"""Links to new keys that are finished at one moment, or while somebody is let in: the keys that stand are vouched."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlmodel import Session, select

from app.accounts import joining, login
from app.accounts.admission import admit
from app.accounts.errors import InvitationGone, LogInRefused, StatedMeanwhile
from app.accounts.invitations import Invited, invite_again, open_invitation
from app.accounts.joining import Joining
from app.accounts.tables import Account, Invitation
from app.accounts.vouching import vouched
from app.vault.totp import totp_at
from tests.accounts.attacks import id_of
from tests.casework.desk import while_reading
from tests.cast import NOW, Cast


def links(cast: Cast, name: str, count: int) -> list[str]:
    petro = cast.member("petro")
    with cast.session() as session:
        return [invite_again(session, petro, id_of(cast, name), NOW) for _ in range(count)]


def begun(name: str) -> Joining:
    drawn = joining.begin(name)
    return joining.confirm(drawn, drawn.passphrase)


def finish(cast: Cast, token: str, own: Joining) -> str:
    """Finish a link; the words of the keys that came of it."""
    with cast.session() as session:
        return joining.join(session, token, own, totp_at(own.totp_secret, NOW), NOW).fingerprint


def opens(cast: Cast, own: Joining) -> bool:
    with cast.session() as session:
        try:
            login.log_in(session, own.name, own.passphrase, NOW)
        except LogInRefused:
            return False
    return True


def test_of_two_links_to_new_keys_that_are_finished_at_once_the_second_is_told_and_the_first_stands(cast: Cast) -> None:
    first, second = links(cast, "ivan", 2)
    mine, faster = begun("перший"), begun("другий")
    words: list[str] = []
    # The link was looked at and is good; then another one is finished.
    while_reading(cast, "installation", lambda: words.append(finish(cast, second, faster)))
    with pytest.raises(InvitationGone):
        finish(cast, first, mine)
    assert (opens(cast, mine), opens(cast, faster)) == (False, True)
    with cast.session() as session:
        admit(session, cast.member("petro"), id_of(cast, "ivan"), words[0], NOW)
    assert opens(cast, faster)
    with cast.session() as session:
        # What was refused used nothing up, and opens nothing.
        assert len(session.exec(select(Invitation)).all()) == 1
    with pytest.raises(InvitationGone):
        finish(cast, first, mine)


def test_who_finishes_another_link_while_they_are_let_in_is_let_in_once_those_words_were_heard(cast: Cast) -> None:
    petro, ivan = cast.member("petro"), id_of(cast, "ivan")
    (first,) = links(cast, "ivan", 1)
    words = finish(cast, first, begun("перший"))
    (second,) = links(cast, "ivan", 1)
    own, heard = begun("другий"), list[str]()
    while_reading(cast, "statement", lambda: heard.append(finish(cast, second, own)))
    with cast.session() as session:
        with pytest.raises(StatedMeanwhile):
            admit(session, petro, ivan, words, NOW)
        session.rollback()
    with cast.session() as session:
        admit(session, petro, ivan, heard[0], NOW)
    with cast.session() as session:
        account, keys = session.get_one(Account, ivan), vouched(session).appointed(ivan)
        assert keys is not None
        assert (keys.verify, opens(cast, own)) == (account.verify_key, True)


def test_a_link_of_an_older_release_which_does_not_say_whose_keys_it_replaces_still_gives_new_ones(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = begun("іван")
    (token,) = links(cast, "ivan", 1)

    def of_before(session: Session, token: str, now: datetime) -> Invited:
        return replace(open_invitation(session, token, now), replaces=b"")

    monkeypatch.setattr(joining, "open_invitation", of_before)
    finish(cast, token, own)
    assert opens(cast, own)

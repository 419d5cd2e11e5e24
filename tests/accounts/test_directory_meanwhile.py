"""What is kept while the names go under a new key is refused or seen: nothing stands under a key that is gone."""

from collections.abc import Callable
from dataclasses import replace
from threading import Thread

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from app.accounts import joining
from app.accounts.address_cards import cards, keep_card, remove_card
from app.accounts.admission import mean_for_queues, newcomers
from app.accounts.errors import StatedMeanwhile
from app.accounts.invitations import Wish, invite, pending, revoke
from app.accounts.members import Member
from app.accounts.names_copy import names_covered
from app.accounts.permissions import Role
from app.accounts.recovery import cover_names
from app.accounts.removal import new_directory, write_directory
from app.accounts.tables import Account, DirectoryShare
from app.accounts.vouching import vouched
from app.storage.sessions import Session
from app.vault.totp import totp_at
from tests.accounts.trustees import hold_ceremony, remove
from tests.casework.desk import while_reading
from tests.cast import NOW, Cast

Keeps = Callable[[Session, Member], object]
NEW = Wish("Нова Людина", (Role.CASEWORKER,))


def a_card(session: Session, member: Member) -> None:
    keep_card(session, member, {"name": "Адвокатка Вигадана", "kind": "lawyer"}, NOW)


def a_link(session: Session, member: Member) -> None:
    invite(session, member, NEW, NOW)


def a_wish(session: Session, member: Member) -> None:
    who = min(vouched(session).rings["queue:triage"].holders)
    mean_for_queues(session, member, who, ["legal"], NOW)


def a_copy(session: Session, member: Member) -> None:
    cover_names(session, member, NOW)


def kept(cast: Cast) -> tuple[int, int, int, bool]:
    """How many cards, links and wishes Petro reads, and whether trustees have the key to the names."""
    petro = cast.member("petro")
    with cast.session() as session:
        book, links, wishes = cards(session, petro), pending(session, petro, NOW), newcomers(session, petro)
        copied = names_covered(session, petro.organisation_id, petro.directory_key)
        return len(book), len(links), len(wishes), copied


@pytest.mark.parametrize("moment", ["before", "at that very moment"])
@pytest.mark.parametrize("keep", [a_card, a_link, a_wish, a_copy])
def test_nothing_is_kept_under_a_key_that_is_gone(cast: Cast, keep: Keeps, moment: str) -> None:
    hold_ceremony(cast)
    petro = cast.member("petro")
    if moment == "before":
        remove(cast, "bohdan")
    else:
        while_reading(cast, "directory_share", lambda: remove(cast, "bohdan"))
    with cast.session() as session:
        with pytest.raises(StatedMeanwhile):
            keep(session, petro)
        session.rollback()
    assert kept(cast) == (0, 0, 0, True)
    with cast.session() as session:
        keep(session, cast.member("petro"))
    assert sum(kept(cast)) == (1 if keep is a_copy else 2)


def renew_while(cast: Cast, petro: Member, keep: Callable[[Session], object]) -> list[str]:
    """Put the names under a new key, all read before something is kept and written before that is committed."""
    told = list[str]()
    with cast.session() as session:
        directory = new_directory(session, petro, vouched(session).organisations[petro.organisation_id])

    def write() -> None:
        with cast.session() as session:
            try:
                write_directory(session, directory)
            except StatedMeanwhile:
                told.append("meanwhile")
                session.rollback()

    slower = Thread(target=write)
    with cast.session() as session:
        keep(session)
        session.flush()
        slower.start()
        # Long enough for it to stand before its own write.
        slower.join(1)
    slower.join()
    return told


@pytest.mark.parametrize("keep", [a_card, a_link, a_wish])
def test_who_puts_the_names_under_a_new_key_loses_nothing_that_was_kept_meanwhile(cast: Cast, keep: Keeps) -> None:
    petro = cast.member("petro")
    assert renew_while(cast, petro, lambda session: keep(session, petro)) == ["meanwhile"]
    assert sum(kept(cast)) == 1
    assert renew_while(cast, petro, lambda _: None) == []
    # A link ends with the key that it was made under; all else goes on.
    assert sum(kept(cast)) == (0 if keep is a_link else 1)


def test_who_joins_while_the_names_go_under_a_new_key_is_seen_and_can_be_let_in(cast: Cast) -> None:
    petro, drawn = cast.member("petro"), joining.begin("новенька")
    own, digits = replace(drawn, typed=True), totp_at(drawn.totp_secret, NOW)
    with cast.session() as session:
        token = invite(session, petro, NEW, NOW)
    assert renew_while(cast, petro, lambda session: joining.join(session, token, own, digits, NOW)) == ["meanwhile"]
    assert kept(cast) == (0, 0, 1, False)


def test_a_wish_that_was_taken_back_meanwhile_is_not_written_again(cast: Cast) -> None:
    petro = cast.member("petro")
    with cast.session() as session:
        a_wish(session, petro)

    def take_back(session: Session) -> None:
        (who,) = newcomers(session, petro)
        mean_for_queues(session, petro, who, [], NOW)

    assert renew_while(cast, petro, take_back) == ["meanwhile"]
    assert kept(cast) == (0, 0, 0, False)


def of_a_card(session: Session, petro: Member) -> None:
    (card,) = cards(session, petro)
    remove_card(session, petro, card.id)


def of_a_link(session: Session, petro: Member) -> None:
    (link,) = pending(session, petro, NOW)
    revoke(session, petro, link.id, NOW)


def of_a_name(session: Session, petro: Member) -> None:
    session.execute(update(Account).where(col(Account.id) == petro.account_id).values(name_sealed=b"another"))


@pytest.mark.parametrize("change", [of_a_card, of_a_link, of_a_name])
def test_whatever_changed_after_it_was_read_is_not_written_over(cast: Cast, change: Keeps) -> None:
    petro = cast.member("petro")
    with cast.session() as session:
        a_card(session, petro)
        a_link(session, petro)
    assert renew_while(cast, petro, lambda session: change(session, petro)) == ["meanwhile"]


def test_nothing_is_kept_by_whose_share_of_the_key_is_not_theirs(cast: Cast) -> None:
    petro, iryna = cast.member("petro"), cast.member("iryna")
    with cast.session() as session:
        others = session.scalars(
            select(DirectoryShare.sealed).where(col(DirectoryShare.account_id) == iryna.account_id)
        )
        mine = update(DirectoryShare).where(col(DirectoryShare.account_id) == petro.account_id)
        session.execute(mine.values(sealed=others.one()))
    with cast.session() as session, pytest.raises(StatedMeanwhile):
        a_card(session, petro)

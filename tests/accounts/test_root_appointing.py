"""The root appoints an administrator where none is left: heard first, told to everybody, and by no other key."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from app.accounts import joining, login, sessions
from app.accounts.administration import staff
from app.accounts.alarms import Alarm, alarms_for
from app.accounts.errors import (
    MayNotState,
    NoSuchPerson,
    NotVouched,
    RefusedPerson,
    RefusedShares,
    StillHeld,
    WrongFingerprint,
)
from app.accounts.invitations import open_invitation
from app.accounts.meant import Meant, seal_newcomer
from app.accounts.members import Member, resume
from app.accounts.people import Own, draw_account
from app.accounts.permissions import Role
from app.accounts.removal import remove_person
from app.accounts.root_appointing import (
    ROLES,
    Reading,
    admit_by_root,
    invite_by_root,
    left_without,
    read_by_member,
    read_by_trustees,
    waiting_for_root,
)
from app.accounts.sessions import SessionKind
from app.accounts.tables import Account, DirectoryShare, Newcomer, StatementRow
from app.accounts.vouching import vouched
from app.accounts.vouching_following import Fault
from app.accounts.vouching_statements import ROOT, make_statement
from app.accounts.vouching_states import INSTALLATION, InstallationState, organisation_chain
from app.vault.signing import new_signing_key, verify_key
from app.vault.symmetric import new_key
from app.vault.totp import totp_at
from tests.accounts.attacks import store
from tests.accounts.trustees import hold_ceremony, lose_the_names
from tests.cast import NOW, OMAR, Cast
from tests.keys.dump import dump

ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
LATER = NOW + timedelta(hours=13)  # Whoever was logged in is not any more.


def root_of(cast: Cast) -> str:
    return cast.founded.root_private.hex()


def reading(cast: Cast, name: str = "daria") -> Reading:
    """Daria, who leads the lawyers and reads the names, sits at the machine."""
    member = cast.member(name)
    with cast.session() as session:
        return read_by_member(session, member, receiving(cast), cast.founded.service_private)


def receiving(cast: Cast) -> str:
    with cast.session() as session:
        return vouched(session).receiving


def invited(cast: Cast, by: Reading) -> str:
    with cast.session() as session:
        return invite_by_root(session, by, " Віра Нова ", root_of(cast), LATER)


def joined(cast: Cast, token: str) -> tuple[str, str, dict[str, Any]]:
    """The account, the words of its keys, and what its session holds, of whoever finished the link."""
    begun = joining.begin("віра")
    with cast.session() as session:
        account_id = open_invitation(session, token, LATER).account_id
        digits = totp_at(begun.totp_secret, LATER)
        words = joining.join(session, token, joining.confirm(begun, begun.passphrase), digits, LATER).fingerprint
    return account_id, words, vars(begun)


def come_in(cast: Cast, begun: Mapping[str, Any], now: datetime = LATER) -> Member:
    with cast.session() as session:
        account, bundle = login.open_bundle(session, begun["name"], begun["passphrase"])
        content = login.full_content(session, {"account_id": account.id, **bundle})
        token = sessions.open_new(session, SessionKind.STAFF, content, now, account.id)
        session.flush()
        return resume(session, token, now)


def admit(cast: Cast, by: Reading, account_id: str, words: str, root: str = "") -> None:
    with cast.session() as session:
        admit_by_root(session, by, account_id, words, root or root_of(cast), LATER)


def told(cast: Cast, days: int, organisation_id: str = "") -> list[tuple[Alarm, str]]:
    with cast.session() as session:
        raised = alarms_for(session, organisation_id or receiving(cast), LATER + timedelta(days=days))
        return [(each.alarm, each.subject) for each in raised]


def test_whom_the_root_appoints_administers_once_their_words_were_heard(cast: Cast) -> None:
    by = reading(cast)
    account_id, words, begun = joined(cast, invited(cast, by))
    assert come_in(cast, begun).roles == frozenset()
    with cast.session() as session:
        assert waiting_for_root(session, by) == {account_id: "Віра Нова"}
    entries = len(dump(cast.engine)["trail_entry"])
    admit(cast, by, account_id, words)
    member = come_in(cast, begun)
    assert (member.roles, member.name) == (frozenset({Role.ADMINISTRATOR}), "Віра Нова")
    with cast.session() as session:
        assert {"Петро Горовий", "Віра Нова"} <= {person.name for person in staff(session, member)}
        assert vouched(session).faults == {}
        assert waiting_for_root(session, by) == {}
    assert len(dump(cast.engine)["trail_entry"]) == entries + 1
    # Everybody is told, in other organisations too, from when this machine first met it.
    partner = cast.member("ayshe").organisation_id
    assert told(cast, 0) == told(cast, 14) == told(cast, 3, partner) == [(Alarm.ROOT_USED, account_id)]
    assert told(cast, 15) == []


@ON_SQLITE
def test_trustees_read_the_names_where_nobody_of_the_organisation_does(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    with cast.session() as session, pytest.raises(RefusedShares):
        read_by_trustees(session, receiving(cast), ceremony.words[:1], cast.founded.service_private)
    lose_the_names(cast)
    with cast.session() as session:
        by = read_by_trustees(session, receiving(cast), ceremony.words[:2], cast.founded.service_private)
    account_id, words, begun = joined(cast, invited(cast, by))
    admit(cast, by, account_id, words)
    assert come_in(cast, begun).name == "Віра Нова"


@ON_SQLITE
def test_who_reads_no_names_of_it_reads_none_for_it(cast: Cast) -> None:
    organisation, private = receiving(cast), cast.founded.service_private
    for name in ("ayshe", OMAR):
        member = cast.member(name)
        with cast.session() as session, pytest.raises(MayNotState):
            read_by_member(session, member, organisation, private)
    petro = cast.member("petro")
    with cast.session() as session, pytest.raises(StillHeld):
        read_by_member(session, petro, organisation, private)
    with cast.session() as session, pytest.raises(MayNotState):
        read_by_trustees(session, organisation, ["x", "y"], private)


@ON_SQLITE
def test_while_an_administrator_is_logged_in_the_root_appoints_nobody(cast: Cast) -> None:
    by = reading(cast)
    cast.begun_session("petro")
    with cast.session() as session, pytest.raises(StillHeld):
        left_without(session, by.organisation_id, NOW)
    with cast.session() as session, pytest.raises(StillHeld):
        invite_by_root(session, by, "Віра Нова", root_of(cast), NOW)
    with cast.session() as session:
        state, standing = left_without(session, by.organisation_id, LATER)
    assert standing == tuple(sorted(cast.founded_account(name) for name in ("petro", "iryna")))
    assert state.name == cast.member("daria").organisation
    for nowhere in ("", "nosuch"):
        with cast.session() as session, pytest.raises(NoSuchPerson):
            left_without(session, nowhere, LATER)


@pytest.mark.parametrize("root", ["0" * 64, "", "я", "ab" * 31])
@ON_SQLITE
def test_no_other_key_invites_or_appoints_anybody(cast: Cast, root: str) -> None:
    by = reading(cast)
    with cast.session() as session, pytest.raises(RefusedPerson) as refused:
        invite_by_root(session, by, " ", root, LATER)
    assert refused.value.problems == {"administrator": "name", "root_key": "root_key"}
    account_id, words, begun = joined(cast, invited(cast, by))
    before = dump(cast.engine)
    with cast.session() as session, pytest.raises(RefusedPerson):
        admit_by_root(session, by, account_id, words, root, LATER)
    after = dump(cast.engine)
    assert after == before
    assert come_in(cast, begun).roles == frozenset()


@ON_SQLITE
def test_other_words_let_nobody_in_nor_does_an_invitation_for_something_else(cast: Cast) -> None:
    by = reading(cast)
    account_id, words, _begun = joined(cast, invited(cast, by))
    for typed in ("", "шість чужих слів", " ".join(reversed(words.split()))):
        with cast.session() as session, pytest.raises(WrongFingerprint):
            admit_by_root(session, by, account_id, typed, root_of(cast), LATER)
    with cast.session() as session:
        meant = seal_newcomer(by.directory_key, account_id, Meant((Role.CASEWORKER,), ()), None)
        session.execute(update(Newcomer).values(sealed=meant))
    with cast.session() as session, pytest.raises(NoSuchPerson):
        admit_by_root(session, by, account_id, words, root_of(cast), LATER)
    for name in ("daria", "ayshe"):
        with cast.session() as session, pytest.raises(NoSuchPerson):
            admit_by_root(session, by, cast.founded_account(name), words, root_of(cast), LATER)


def test_somebody_with_the_database_gets_nothing_of_it(cast: Cast) -> None:
    by = reading(cast)
    account_id, words, _begun = joined(cast, invited(cast, by))
    own = Own("злий", "six words", bytes(20))
    row, _keys = draw_account(bytes(16), account_id, by.organisation_id, b"", ROLES, own)
    with cast.session() as session:
        # The keys of whoever joined are swapped for others after they said their words.
        session.execute(
            update(Account)
            .where(col(Account.id) == account_id)
            .values(verify_key=row.verify_key, public_key=row.public_key)
        )
    with cast.session() as session, pytest.raises(WrongFingerprint):
        admit_by_root(session, by, account_id, words, root_of(cast), LATER)
    with cast.session() as session:
        # A newcomer whom nobody invited: the names' key did not seal what they are meant for.
        session.execute(delete(Newcomer))
        forged = seal_newcomer(new_key(), account_id, Meant(ROLES, ()), None)
        session.add(Newcomer(account_id=account_id, sealed=forged))
    with cast.session() as session:
        assert waiting_for_root(session, by) == {}
    with cast.session() as session:
        known = vouched(session)
        state, chain = known.organisations[by.organisation_id], organisation_chain(by.organisation_id)
        number, digest = known.numbers[chain], known.digests[chain]
        store(session, make_statement(chain, number + 1, digest, state, ROOT, new_signing_key()))
    with cast.session() as session:
        assert vouched(session).faults == {chain: Fault.NOT_SIGNED}


def test_whoever_stole_the_paper_and_has_the_database_is_told_of_all_the_same(cast: Cast) -> None:
    """They leave the command out, sign what they like, and date nothing."""
    organisation, thief = receiving(cast), cast.founded_account("daria")
    with cast.session() as session:
        known, chain = vouched(session), organisation_chain(organisation)
        state = known.organisations[organisation]
        raised = replace(state.people[thief], roles=frozenset(Role))
        following = replace(state, people={**state.people, thief: raised})
        number, digest = known.numbers[chain], known.digests[chain]
        store(session, make_statement(chain, number + 1, digest, following, ROOT, cast.founded.root_private))
    # The row has other roles than were signed, which is an alarm of its own, and can be made to fit.
    assert (Alarm.ROOT_USED, thief) in told(cast, 0)
    assert (Alarm.ROOT_USED, thief) in told(cast, 14, cast.member("ayshe").organisation_id)
    with cast.session() as session:
        row = col(StatementRow.chain) == chain, col(StatementRow.number) == number + 1
        session.execute(delete(StatementRow).where(*row))
    with cast.session() as session:
        assert vouched(session).faults == {chain: Fault.PUT_BACK}


@ON_SQLITE
def test_names_that_open_nobody_are_refused(cast: Cast) -> None:
    ceremony = hold_ceremony(cast)
    with cast.session() as session:
        session.execute(update(Account).values(name_sealed=b"noise"))
    with cast.session() as session, pytest.raises(NotVouched):
        read_by_trustees(session, receiving(cast), ceremony.words[:2], cast.founded.service_private)


@ON_SQLITE
def test_who_was_let_in_or_removed_is_not_let_in_again_by_rows_that_are_put_back(cast: Cast) -> None:
    by = reading(cast)
    account_id, words, _begun = joined(cast, invited(cast, by))
    with cast.session() as session:
        newcomer, account = (session.get_one(kind, account_id).model_dump() for kind in (Newcomer, Account))
    admit(cast, by, account_id, words)
    with cast.session() as session:
        session.add(Newcomer(**newcomer))
    with pytest.raises(NoSuchPerson):
        admit(cast, by, account_id, words)
    with cast.session() as session:
        # Their share of the names is deleted too, as if they had never been let in.
        session.delete(share := session.get_one(DirectoryShare, (by.organisation_id, account_id)))
    with pytest.raises(MayNotState):
        admit(cast, by, account_id, words)
    with cast.session() as session:
        session.add(DirectoryShare(**share.model_dump()))
        remove_person(session, cast.member("iryna"), account_id, LATER)
    with cast.session() as session:
        session.execute(delete(Newcomer))
        session.execute(delete(Account).where(col(Account.id) == account_id))
        session.add_all((Account(**account), Newcomer(**newcomer)))
    with pytest.raises(NoSuchPerson):
        admit(cast, reading(cast), account_id, words)


@ON_SQLITE
def test_what_the_root_changes_of_the_installation_is_told_too(cast: Cast) -> None:
    with cast.session() as session:
        known, root = vouched(session), cast.founded.root_private
        changed = InstallationState(known.receiving, verify_key(new_signing_key()), bytes(32))
        store(session, make_statement(INSTALLATION, 2, known.digests[INSTALLATION], changed, ROOT, root))
    assert (Alarm.ROOT_USED, INSTALLATION) in told(cast, 0)
    assert told(cast, 15) == []

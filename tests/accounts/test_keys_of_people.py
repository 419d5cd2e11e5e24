"""Rings and directories: a key reaches those it was sealed to, and no share works in another place."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select

from app.accounts import directory, rings
from app.accounts.errors import KeyNotHeld
from app.accounts.tables import Account, DirectoryShare, Organisation, RingKey, RingLink, RingShare
from app.storage.sessions import session_scope
from app.vault.errors import VaultError
from app.vault.hybrid import new_private_key, open_with, public_key, seal_to
from app.vault.symmetric import new_key

DARIA, BOHDAN = new_private_key(), new_private_key()


def add_people(session: Session) -> None:
    session.add(Organisation(id="ours", name="Ours"))
    session.flush()
    for name, private in (("daria", DARIA), ("bohdan", BOHDAN)):
        session.add(
            Account(
                id=name,
                organisation_id="ours",
                locator=new_key(),
                bundle=b"x",
                public_key=public_key(private),
                verify_key=new_key(),
                name_sealed=b"x",
                roles="caseworker",
            )
        )
    session.flush()


def share(session: Session, ring: str, generation: int, private: bytes, name: str, holder: bytes) -> None:
    rings.share_ring(session, ring, generation, private, name, public_key(holder))


@pytest.fixture
def ring(engine: Engine) -> bytes:
    """The private key of the ring of one queue, which Daria holds and Bohdan does not."""
    with session_scope(engine) as session:
        add_people(session)
        private = rings.create_ring(session, rings.queue_ring("legal"))
        share(session, "queue:legal", 1, private, "daria", DARIA)
    return private


def test_a_holder_opens_the_ring_and_what_is_sealed_to_it(engine: Engine, ring: bytes) -> None:
    with session_scope(engine) as session:
        newest = session.exec(select(RingKey)).one()
        private = rings.open_ring(session, "queue:legal", 1, "daria", DARIA)

    assert private == ring
    assert open_with(private, seal_to(newest.public_key, b"case", b""), b"") == b"case"


def test_who_has_no_share_holds_no_key(engine: Engine, ring: bytes) -> None:
    with session_scope(engine) as session, pytest.raises(KeyNotHeld):
        rings.open_ring(session, "queue:legal", 1, "bohdan", BOHDAN)
    with session_scope(engine) as session, pytest.raises(KeyNotHeld):
        rings.open_ring(session, "queue:legal", 2, "daria", DARIA)


def test_an_older_key_is_reached_through_the_newer_ones_and_by_nobody_else(engine: Engine, ring: bytes) -> None:
    newer = [new_private_key(), new_private_key()]
    with session_scope(engine) as session:
        session.execute(delete(RingShare))
        session.add(rings.sealed_link("queue:legal", 1, ring, public_key(newer[0])))
        session.add(rings.sealed_link("queue:legal", 2, newer[0], public_key(newer[1])))
        share(session, "queue:legal", 3, newer[1], "daria", DARIA)
        share(session, "queue:legal", 1, ring, "bohdan", BOHDAN)
    with session_scope(engine) as session:
        opened = [rings.open_ring(session, "queue:legal", generation, "daria", DARIA) for generation in (1, 2, 3)]
        assert opened == [ring, *newer]
        with pytest.raises(KeyNotHeld):
            rings.open_ring(session, "queue:legal", 2, "bohdan", BOHDAN)
        session.execute(delete(RingLink).where(col(RingLink.generation) == 1))
        with pytest.raises(KeyNotHeld):
            rings.open_ring(session, "queue:legal", 1, "daria", DARIA)


def test_a_link_that_was_moved_opens_nothing(engine: Engine, ring: bytes) -> None:
    newer = new_private_key()
    with session_scope(engine) as session:
        session.execute(delete(RingShare))
        link = rings.sealed_link("queue:legal", 1, ring, public_key(newer))
        session.add(RingLink(ring="queue:legal", generation=2, sealed=link.sealed))
        share(session, "queue:legal", 3, newer, "daria", DARIA)
    with session_scope(engine) as session, pytest.raises(VaultError):
        rings.open_ring(session, "queue:legal", 2, "daria", DARIA)


@pytest.mark.parametrize(
    ("moved", "private"),
    [
        ({"account_id": "bohdan"}, BOHDAN),
        ({"account_id": "bohdan"}, DARIA),
        ({"generation": 2}, DARIA),
        ({"ring": "record"}, DARIA),
    ],
    ids=["to another person", "to another key", "to another generation", "to another ring"],
)
def test_a_share_that_was_moved_opens_for_nobody(
    engine: Engine, ring: bytes, moved: dict[str, object], private: bytes
) -> None:
    with session_scope(engine) as session:
        row = session.exec(select(RingShare)).one()
        session.add(RingShare(**(row.model_dump() | moved)))
    place = {"ring": "queue:legal", "generation": 1, "account_id": "daria", **moved}
    with session_scope(engine) as session, pytest.raises(VaultError):
        rings.open_ring(session, place["ring"], place["generation"], place["account_id"], private)  # type: ignore[arg-type]


def test_names_are_read_by_those_who_hold_the_directory_of_their_organisation(engine: Engine) -> None:
    key = new_key()
    with session_scope(engine) as session:
        add_people(session)
        directory.share_directory(session, "ours", key, "daria", public_key(DARIA))
        daria = session.get_one(Account, "daria")
        daria.name_sealed = directory.seal_name(key, "ours", "daria", "Дарія Лановенко")
        session.add(daria)
    with session_scope(engine) as session:
        opened = directory.open_directory(session, "ours", "daria", DARIA)
        assert directory.names(session, "ours", opened, ["daria", "nobody"]) == {"daria": "Дарія Лановенко"}
        assert directory.names(session, "theirs", opened, ["daria"]) == {}
        with pytest.raises(KeyNotHeld):
            directory.open_directory(session, "ours", "bohdan", BOHDAN)


def test_a_name_or_a_directory_that_was_moved_is_refused(engine: Engine) -> None:
    key = new_key()
    sealed = directory.seal_name(key, "ours", "daria", "Дарія Лановенко")
    with session_scope(engine) as session:
        add_people(session)
        directory.share_directory(session, "ours", key, "daria", public_key(DARIA))
    with session_scope(engine) as session:
        row = session.exec(select(DirectoryShare)).one()
        session.add(DirectoryShare(organisation_id="ours", account_id="bohdan", sealed=row.sealed))
    with session_scope(engine) as session, pytest.raises(VaultError):
        directory.open_directory(session, "ours", "bohdan", DARIA)
    for organisation, account in (("ours", "bohdan"), ("theirs", "daria")):
        with pytest.raises(VaultError):
            directory.open_name(key, organisation, account, sealed)

"""What earlier releases stored is migrated by this one and opened: every word, with the same codes and passphrases."""

import json
import lzma
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import MetaData, create_engine, insert, select
from sqlmodel import Session

from app.accounts import login, members
from app.accounts.members import Member
from app.accounts.record import SERVICE
from app.accounts.recovery import try_recovery
from app.accounts.vouching import vouched
from app.accounts.vouching_anchor import anchor_to, root_fingerprint
from app.casefile.cases import Status
from app.casefile.errors import NotFound
from app.casework import junk
from app.casework.book import read_book
from app.casework.opening import open_case, open_keys
from app.casework.proposed import State, Takes, read_proposals
from app.casework.view import CaseView
from app.intake import draft, returning, sending
from app.intake.errors import UnknownCode
from app.storage.engine import make_engine
from app.storage.migrate import upgrade
from app.storage.sessions import session_scope
from app.trail.chain import check
from app.vault.hybrid import key_pair, open_with, seal_to
from app.vault.signing import verify_key
from app.vault.totp import totp_at
from tests.cast import CONSENTS, answers
from tests.cluster import Cluster
from tests.upgrade.make import STORED, make

RELEASES = sorted(path.name for path in STORED.iterdir() if path.is_dir())


@dataclass
class Old:
    """An installation that an earlier release left, on the database of this test."""

    url: str
    secrets: dict[str, Any]

    @property
    def now(self) -> datetime:
        """An hour after everything in it happened."""
        return datetime.fromisoformat(self.secrets["now"]) + timedelta(hours=1)

    def in_session(self, work: Callable[[Session], Any]) -> Any:
        """One transaction."""
        engine = make_engine(self.url)
        anchor_to(engine, root_fingerprint(verify_key(bytes.fromhex(self.secrets["keys"]["root"]))))
        try:
            with session_scope(engine) as session:
                return work(session)
        finally:
            engine.dispose()

    def member(self, name: str) -> Member:
        """The person, logged in with what they were told then."""
        person = self.secrets["people"][name]
        secret = bytes.fromhex(person["totp_secret"])
        half = self.in_session(lambda session: login.log_in(session, name, person["passphrase"], self.now))
        token = self.in_session(lambda session: login.second_factor(session, half, totp_at(secret, self.now), self.now))
        found = self.in_session(lambda session: members.resume(session, token, self.now))
        assert isinstance(found, Member)
        return found


@pytest.fixture(params=RELEASES)
def old(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[Old]:
    """A stored installation as this release finds it when it is started for the first time."""
    place = STORED / request.param
    path = tmp_path / "rodyna.db"
    path.write_bytes(lzma.decompress((place / "rodyna.db.xz").read_bytes()))
    found = Old(f"sqlite:///{path}", json.loads((place / "secrets.json").read_text()))
    if database_kind == "sqlite":
        upgrade(found.url)
        yield found
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE stored")
    try:
        upgrade(cluster.url("stored"), request.param)
        move(found.url, cluster.url("stored"))
        upgrade(cluster.url("stored"))
        yield replace(found, url=cluster.url("stored"))
    finally:
        with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
            connection.execute("DROP DATABASE stored WITH (FORCE)")


def move(source: str, target: str) -> None:
    """Copy every row between two databases of one shape, whatever that shape is."""
    reading, writing, shape = create_engine(source), create_engine(target), MetaData()
    shape.reflect(writing)
    with reading.connect() as rows, writing.begin() as connection:
        there = MetaData()
        there.reflect(rows)
        for table in shape.sorted_tables:
            found = [dict(row) for row in rows.execute(select(there.tables[table.name])).mappings()]
            if found and table.name != "alembic_version":
                connection.execute(insert(table), found)
    reading.dispose()
    writing.dispose()


def test_the_desk_reads_what_was_written_then(old: Old) -> None:
    daria, texts = old.member("daria"), old.secrets["texts"]
    view = old.in_session(lambda session: open_case(session, daria, old.secrets["cases"]["answered"], old.now))

    assert view.answers == old.secrets["answers"]
    said = [(line.text, line.author is None, line.verified) for line in view.conversation if line.text]
    assert said == [(texts["answer"], False, True), (texts["message"], True, True)]
    assert [note.text for note in view.notes] == [texts["note"]]
    assert [consent.recipient for consent in view.consents] == ["ngo"]
    untouched = old.in_session(lambda session: open_case(session, daria, old.secrets["cases"]["untouched"], old.now))
    assert untouched.answers["situation"] == "on_trial_ua"
    petro = old.member("petro")
    with pytest.raises(NotFound):
        old.in_session(lambda session: open_case(session, petro, old.secrets["cases"]["answered"], old.now))


def two_people(session: Session, member: Member, case_id: str, now: datetime) -> list[tuple[Takes, State]]:
    """What two people were asked for in a case, and how far it came, by the signatures that are checked now."""
    book = read_book(session, member, open_keys(session, member, case_id))
    return [(each.kind, each.state) for each in read_proposals(session, book, case_id, now)]


def test_what_was_found_out_closed_and_set_aside_is_as_it_was(old: Old) -> None:
    if "known" not in old.secrets:
        pytest.skip("this release was stored before there were such things")
    daria, cases = old.member("daria"), old.secrets["cases"]

    def view(name: str) -> CaseView:
        found = old.in_session(lambda session: open_case(session, daria, cases[name], old.now))
        assert isinstance(found, CaseView)
        return found

    assert view("answered").now == old.secrets["answers"] | old.secrets["known"]
    assert view("answered").known[0].verified
    assert old.in_session(lambda session: two_people(session, daria, cases["closed"], old.now)) == [
        (Takes.CLOSE, State.AGREED)
    ]
    old.in_session(lambda session: junk.give_back(session, daria, cases["aside"], old.now))
    assert view("aside").listed.status == Status.NEW


def test_trustees_give_back_the_key_that_was_sealed_then(old: Old) -> None:
    if "trustees" not in old.secrets:
        pytest.skip("this release was stored before there was a recovery by trustees")
    petro = old.member("petro")

    old.in_session(lambda session: try_recovery(session, petro, old.secrets["trustees"][1:], old.now))


def test_the_code_opens_the_answer_and_what_was_over_stays_over(old: Old) -> None:
    codes = old.secrets["codes"]
    _, opened = old.in_session(lambda session: returning.open_return(session, codes["answered"], old.now))
    thread = old.in_session(lambda session: returning.read_thread(session, opened))

    assert [message.text for message in thread.messages] == [old.secrets["texts"]["answer"]]
    for over in (codes["ended"], codes["withdrawn"]):
        with pytest.raises(UnknownCode):
            old.in_session(partial(returning.open_return, typed=over, now=old.now))


def test_the_record_holds_and_the_paper_keys_are_still_the_ones(old: Old) -> None:
    keys = {name: bytes.fromhex(key) for name, key in old.secrets["keys"].items()}

    def verify_keys(session: Session, actor: str) -> tuple[bytes, ...]:
        known = vouched(session)
        assert known.installation is not None
        return (known.installation.service,) if actor == SERVICE else known.signing_keys(actor)

    verdict = old.in_session(lambda session: check(session, lambda actor, _at: verify_keys(session, actor)))
    assert verdict.reason is None
    assert verdict.entries > 5
    sealed = seal_to(key_pair(keys["backup"]).public, b"content", b"place")
    assert open_with(keys["backup"], sealed, b"place") == b"content"


def test_a_report_can_be_sent_to_it(old: Old) -> None:
    begun = replace(draft.begin("uk", old.now), answers=answers(), consents=CONSENTS)
    code = old.in_session(lambda session: sending.send(session, begun, old.now).code)

    assert old.in_session(lambda session: returning.open_return(session, code, old.now))[1].language == "uk"


def test_an_installation_of_todays_shape_can_be_stored(tmp_path: Path) -> None:
    name = make(tmp_path)

    assert (tmp_path / name / "rodyna.db.xz").stat().st_size < 300_000
    codes = json.loads((tmp_path / name / "secrets.json").read_text())["codes"]
    assert codes.keys() == {"answered", "untouched", "withdrawn", "ended", "closed", "aside"}

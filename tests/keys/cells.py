"""Every sealed cell of a filled installation, with the key that is meant to open it and the place it is bound to.

The keys come from people's passphrases, families' codes and clients' tokens, and from nowhere else, by the vault's
functions alone: this is what a log-in leads to, written down once more beside the program.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import Any

from app.accounts import invitations, login
from app.accounts.address_cards import keep_card
from app.accounts.invitations import Wish
from app.accounts.meant import Meant, seal_newcomer
from app.accounts.names_copy import open_names_copy
from app.accounts.permissions import Role
from app.accounts.recovery_copies import hand_over
from app.accounts.rings import NAMES, open_ring
from app.accounts.sessions import SessionKind
from app.accounts.tables import Newcomer
from app.casefile.keys import Compartment
from app.casework import planning
from app.casework.actions import add_note, answer_family
from app.casework.privileged import add_privileged_note
from app.intake import draft, returning, sending
from app.statistics import making
from app.statistics.periods import Period, ReleaseKind
from app.storage.packing import unpack
from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.hybrid import KeyPair, key_pair, open_with
from app.vault.shares import join_key, read_share
from app.vault.symmetric import derive_key, open_sealed
from app.vault.tokens import new_token, open_token
from app.vault.unlock import Unlocked, unlock_code, unlock_passphrase
from tests.accounts.trustees import LEGAL, cover, hold_ceremony
from tests.casework.desk import share
from tests.cast import CONSENTS, NOW, Cast, answers
from tests.keys.dump import Dump

RowValues = dict[str, Any]

PEOPLE = ("daria", "tomas", "roman", "ayshe", "lena")


@dataclass(frozen=True)
class Cell:
    """A sealed value in its row, and the key of 32 bytes that is meant to open it."""

    table: str
    column: str
    row: RowValues = field(repr=False)
    key: bytes = field(repr=False)

    @cached_property
    def places(self) -> list[bytes]:
        """The contexts that it can have been bound to."""
        return places_of(self.table, self.column, self.row)

    @property
    def sealed(self) -> bytes:
        """The sealed bytes as they stand in the row."""
        return bytes(self.row[self.column])

    def open(self) -> bytes:
        """What is inside; ``VaultError`` where the row is not as it was written."""
        for place in self.places[:-1]:
            with suppress(VaultError):
                return opened(self.table, self.row, self.key, self.sealed, place)
        return opened(self.table, self.row, self.key, self.sealed, self.places[-1])

    def changed(self, **values: Any) -> "Cell":
        """The same cell in a row of which something else was written."""
        return replace(self, row=self.row | values)


def opened(table: str, row: RowValues, key: bytes, sealed: bytes, place: bytes) -> bytes:
    """Open a sealing as its table has it: to a holder, under a key, or under one derived for the item.

    Raises: ``VaultError``.
    """
    if table == "recovery_copy" and row["ring"].startswith(NAMES):
        return open_names_copy(expanded(key), sealed, place)
    if table in TO_A_HOLDER or row.get("compartment") == Compartment.INBOX or sealed is row.get("about"):
        return open_with(expanded(key), sealed, place)
    return open_sealed(derive_key(key, place) if table == "item" else key, sealed, place)


@lru_cache(maxsize=16_384)
def expanded(key: bytes) -> KeyPair:
    """A private key, expanded once for all tries."""
    return key_pair(key)


_TO_A_HOLDER = (
    "counted directory_share facet grant recovered_key recovery_copy release ring_link ring_share roster trail_entry"
)
TO_A_HOLDER = frozenset(_TO_A_HOLDER.split())
OF_STATISTICS = ("facet", "release", "counted")
# What each sealed column is bound to: the purpose, and the columns of its row in their order.
BOUND: dict[tuple[str, str], tuple[tuple[Purpose, ...], tuple[str, ...]]] = {
    ("address_card", "sealed"): ((Purpose.ADDRESS_CARD,), ("organisation_id", "id")),
    ("account", "bundle"): ((Purpose.BUNDLE,), ("id",)),
    ("account", "name_sealed"): ((Purpose.NAME,), ("organisation_id", "id")),
    ("counted", "sealed"): ((Purpose.COUNTED,), ("kind", "period", "step")),
    ("directory_share", "sealed"): ((Purpose.DIRECTORY_SHARE,), ("organisation_id", "account_id")),
    ("facet", "sealed"): ((Purpose.FACET,), ("id", "generation")),
    ("grant", "sealed"): ((Purpose.GRANT,), ("case_id", "queue_id", "generation", "consent")),
    ("item", "sealed"): ((Purpose.ITEM,), ("case_id", "compartment", "kind", "id")),
    ("invitation", "noted"): ((Purpose.INVITATION_NOTE,), ("locator",)),
    ("invitation", "sealed"): ((Purpose.INVITATION,), ("kind",)),
    # Found and opened by what is in no row: the key is the place.
    ("kept_answer", "sealed"): ((Purpose.IDEMPOTENCY,), ()),
    ("locker", "sealed"): ((Purpose.LOCKER,), ("case_id",)),
    ("recovered_key", "sealed"): ((Purpose.RECOVERED_KEY,), ("ring", "generation", "account_id")),
    ("recovery_copy", "sealed"): ((Purpose.RECOVERY_COPY,), ("organisation_id", "ring", "generation", "recovery")),
    ("release", "sealed"): ((Purpose.RELEASE_WORK,), ("kind", "period", "step")),
    ("ring_link", "sealed"): ((Purpose.RING_LINK,), ("ring", "generation")),
    ("newcomer", "sealed"): ((Purpose.NEWCOMER,), ("account_id",)),
    ("ring_share", "sealed"): ((Purpose.RING_SHARE,), ("ring", "generation", "account_id")),
    ("roster", "sealed"): ((Purpose.ROSTER,), ("queue_id", "generation")),
    ("session", "about"): ((Purpose.SESSION_ABOUT,), ("account_id", "locator")),
    ("session", "sealed"): ((Purpose.SESSION, Purpose.SECOND_FACTOR, Purpose.RETURN_SESSION), ()),
    ("trail_entry", "sealed"): ((Purpose.RECORD_ENTRY,), ("actor",)),
}


def places_of(table: str, column: str, row: RowValues) -> list[bytes]:
    """The contexts that a sealing in this row can have been bound to."""
    purposes, columns = BOUND[table, column]
    parts = [value if isinstance(value := row[name], bytes) else str(value) for name in columns]
    return [context(purpose, *parts) for purpose in purposes]


@dataclass
class Secrets:
    """What people, families and clients know, and no disk does."""

    codes: list[str]
    staff_token: str
    half_token: str
    visit_token: str
    client_key: str
    invitation: str
    recovery: bytes


@lru_cache(maxsize=64)
def unlocked_by(name: str, passphrase: str, salt: bytes) -> Unlocked:
    """What a person's passphrase gives, stretched once for all tests."""
    return unlock_passphrase(name, passphrase, salt)


def fill(cast: Cast) -> Secrets:
    """Something sealed in every column that holds sealings; a partner holds a part of one case."""
    codes = [cast.report(answers(story=f"Слово {number}")) for number in range(2)]
    client_key = new_token()
    daria = cast.member("daria")
    with cast.session() as session:
        visit_token, opened = returning.open_return(session, codes[0], NOW)
        document = replace(draft.begin("uk", NOW), answers=answers(situation="dk"), consents=CONSENTS)
        codes.append(sending.send_document(session, client_key, document, NOW))
        returning.write_message(session, opened, "Навздогін.", NOW)
    with cast.session() as session:
        answer_family(session, daria, opened.case_id, "Ми прочитали.", NOW)
    with cast.session() as session:
        add_note(session, daria, opened.case_id, "Подзвонити.", NOW)
    with cast.session() as session:
        add_privileged_note(session, daria, opened.case_id, "Лише для правників.", NOW)
        keep_card(session, daria, {"name": "Адвокатка", "kind": "lawyer"}, NOW)
        gone = {"since": str(NOW.date()), "until": str(NOW.date()), "stands_in": ""}
        planning.note_absence(session, daria, "legal", daria.account_id, gone, NOW)
    share(cast, daria, opened.case_id, "partner-legal", Compartment.FACTS)
    _begin_release(cast)
    with cast.session() as session:
        half_token = login.log_in(session, "bohdan", cast.secrets("bohdan")[0], NOW)
    recovery = _recovered(cast)
    petro = cast.member("petro")
    with cast.session() as session:
        invitation = invitations.invite(session, petro, Wish("Марта", (Role.AUDITOR,)), NOW)
        meant = seal_newcomer(petro.directory_key, petro.account_id, Meant((Role.AUDITOR,), ()), None)
        session.add(Newcomer(account_id=petro.account_id, sealed=meant))
    # Later, because a one-time password works once.
    staff_token = cast.log_in("daria", NOW + timedelta(minutes=2))
    return Secrets(codes, staff_token, half_token, visit_token, client_key, invitation, recovery)


def _recovered(cast: Cast) -> bytes:
    """A key that trustees have and that holds the legal queue's; and one that waits for Daria to take it up."""
    ceremony = hold_ceremony(cast)
    cover(cast, ceremony)
    daria = cast.member("daria")
    with cast.session() as session:
        private = open_ring(session, LEGAL, 2, daria.account_id, daria.pair)
        session.add(hand_over(LEGAL, 2, private, daria.account_id, daria.pair.public))
    return join_key([read_share(words) for words in ceremony.words[1:]])


def _begin_release(cast: Cast) -> None:
    """A making that was left after its first step."""
    lena, kind, period = cast.member("lena"), ReleaseKind.INTAKE, Period(2026, 3)
    with cast.session() as session:
        making.begin(session, lena, kind, period, NOW)
    with cast.session() as session:
        making.take_step(session, lena, kind, period, NOW)


def cells_of(cast: Cast, secrets: Secrets, rows: Dump) -> list[Cell]:
    """Every sealed cell that the secrets of five people, of families and of clients lead to."""
    copies = [Cell("recovery_copy", "sealed", row, secrets.recovery) for row in rows["recovery_copy"]]
    return [*_of_tokens(secrets, rows), *_of_lockers(secrets, rows), *_of_people(cast, rows), *copies]


def _of_tokens(secrets: Secrets, rows: Dump) -> Iterator[Cell]:
    kinds = {
        SessionKind.STAFF: secrets.staff_token,
        SessionKind.SECOND_FACTOR: secrets.half_token,
        SessionKind.FAMILY: secrets.visit_token,
    }
    for kind, token in kinds.items():
        keys = kind.keys(token)
        yield Cell("session", "sealed", _only(rows["session"], locator=keys.locator), keys.key)
    client = open_token(secrets.client_key, Purpose.IDEMPOTENCY)
    yield Cell("kept_answer", "sealed", _only(rows["kept_answer"], locator=client.locator), client.key)
    link = open_token(secrets.invitation, Purpose.INVITATION)
    yield Cell("invitation", "sealed", _only(rows["invitation"], locator=link.locator), link.key)


def _of_lockers(secrets: Secrets, rows: Dump) -> Iterator[Cell]:
    for code in secrets.codes:
        unlocked = unlock_code(code, rows["installation"][0]["salt"])
        yield Cell("locker", "sealed", _only(rows["locker"], locator=unlocked.locator), unlocked.wrapping_key)


def _of_people(cast: Cast, rows: Dump) -> Iterator[Cell]:
    for name in PEOPLE:
        unlocked = unlocked_by(name, cast.secrets(name)[0], rows["installation"][0]["salt"])
        account = _only(rows["account"], locator=unlocked.locator)
        bundle = Cell("account", "bundle", account, unlocked.wrapping_key)
        yield bundle
        private = unpack(bundle.open())["private_key"]
        directory = Cell("directory_share", "sealed", _only(rows["directory_share"], account_id=account["id"]), private)
        yield directory
        yield Cell("account", "name_sealed", account, directory.open())
        for row in rows["session"]:
            if row["account_id"] == account["id"] and row["about"] is not None:
                yield Cell("session", "about", row, private)
        # Whoever reads the names of the organisation reads who is awaited there.
        if name == "daria":
            yield from (Cell("invitation", "noted", row, directory.open()) for row in rows["invitation"])
            yield from (Cell("newcomer", "sealed", row, directory.open()) for row in rows["newcomer"])
        for row in rows["address_card"]:
            if row["organisation_id"] == account["organisation_id"]:
                yield Cell("address_card", "sealed", row, directory.open())
        yield from (
            Cell("recovered_key", "sealed", row, private)
            for row in rows["recovered_key"]
            if row["account_id"] == account["id"]
        )
        for row in rows["ring_share"]:
            if row["account_id"] == account["id"]:
                ring = Cell("ring_share", "sealed", row, private)
                yield ring
                yield from _of_generation(row["ring"], row["generation"], ring.open(), rows)


def _of_generation(ring: str, generation: int, private: bytes, rows: Dump) -> Iterator[Cell]:
    for row in rows["ring_link"]:
        if (row["ring"], row["generation"]) == (ring, generation - 1):
            link = Cell("ring_link", "sealed", row, private)
            yield link
            yield from _of_generation(ring, generation - 1, link.open(), rows)
    if ring == "record":
        yield from (Cell("trail_entry", "sealed", row, private) for row in rows["trail_entry"])
        return
    if ring == "statistics":
        yield from (Cell(table, "sealed", row, private) for table in OF_STATISTICS for row in rows[table])
        return
    for row in rows["roster"]:
        if (f"queue:{row['queue_id']}", row["generation"]) == (ring, generation):
            yield Cell("roster", "sealed", row, private)
    for row in rows["grant"]:
        if (f"queue:{row['queue_id']}", row["generation"]) == (ring, generation):
            grant = Cell("grant", "sealed", row, private)
            yield grant
            keys = unpack(grant.open())
            yield from (
                Cell("item", "sealed", item, keys[item["compartment"]])
                for item in rows["item"]
                if item["case_id"] == row["case_id"] and item["compartment"] in keys
            )


def _only(rows: list[RowValues], **values: Any) -> RowValues:
    (found,) = [row for row in rows if values.items() <= row.items()]
    return found

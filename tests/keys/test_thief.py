"""A thief with the dump, the service's key and our own code, but no person's secret."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from sqlalchemy import LargeBinary

from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.hybrid import open_with
from app.vault.symmetric import derive_key, open_sealed
from app.vault.tokens import open_token
from tests.cast import Cast, answers
from tests.keys.dump import Dump, dump, tables
from tests.keys.test_closure import populate

# Every column that can be read without a key, and what it tells; README says the same in fewer words.
CLEAR = {
    "account": {"id", "organisation_id", "roles"},
    "attempts": {"failed", "ends"},
    "case": {
        *("id", "queue_id", "status", "priority", "received", "acknowledge_by", "act_by", "due", "assignee"),
        *("unread", "version"),
    },
    "directory_share": {"organisation_id", "account_id"},
    "epoch": {"day"},
    "grant": {"case_id", "queue_id", "generation", "consent"},
    "installation": {"id", "receiving_id", "practice"},
    "item": {"id", "case_id", "compartment", "kind", "day"},
    "job": {"kind", "key", "due", "leased_until", "claims", "tries", "asked"},
    "kept_answer": {"ends"},
    "locker": {"case_id", "typed", "day"},
    "membership": {"queue_id", "account_id", "lead"},
    "organisation": {"id", "name"},
    "queue": {"id", "organisation_id", "kind"},
    "ring_key": {"ring", "generation"},
    "ring_share": {"ring", "generation", "account_id"},
    "sent_draft": {"ends"},
    "session": {"account_id", "ends"},
    "spent_totp": {"ends"},
    "told": {"case_id", "queue_id"},
    "trail_entry": {"seq", "actor", "after_seq"},
    "trail_head": {"id", "seq"},
    "withdrawal": {"case_id", "queue_id", "day"},
}
# Bytes that are no sealing: public keys, hashes, tags, the salt.
OPEN_BYTES = {
    "account": {"locator", "public_key", "verify_key"},
    "attempts": {"tag"},
    "epoch": {"key"},
    "installation": {"salt", "root_public", "service_public", "backup_public"},
    "kept_answer": {"locator"},
    "locker": {"locator"},
    "ring_key": {"public_key"},
    "sent_draft": {"locator"},
    "session": {"locator"},
    "spent_totp": {"tag"},
    "trail_entry": {"after_hash", "signature", "hash"},
    "trail_head": {"hash"},
}


def sealings(rows: Dump) -> Iterator[tuple[str, str, dict[str, Any], bytes]]:
    """Every sealed value: its table, its column, its row."""
    for table in tables():
        for column in table.columns:
            if isinstance(column.type, LargeBinary) and column.name not in OPEN_BYTES.get(table.name, set()):
                for row in rows[table.name]:
                    if row[column.name] is not None:
                        yield table.name, column.name, row, row[column.name]


def reachable_keys(cast: Cast, rows: Dump) -> set[bytes]:
    """Every 32 bytes that the thief can lay hands on, and what our own code derives from them."""
    found = {cast.founded.service_private}
    for table, columns in OPEN_BYTES.items():
        found |= {bytes(row[column])[:32] for row in rows[table] for column in columns if row[column] is not None}
    tokens = [open_token(key.hex(), purpose) for key in found for purpose in (Purpose.SESSION, Purpose.IDEMPOTENCY)]
    found |= {keys.key for keys in tokens}
    return {key for key in found if len(key) == 32}


def places(row: dict[str, Any]) -> Iterator[bytes]:
    """Contexts that a sealing of this row may have been bound to, in every purpose."""
    ids = [str(value) for value in row.values() if isinstance(value, (str, int)) and not isinstance(value, bool)]
    for purpose in Purpose:
        yield context(purpose)
        yield context(purpose, *ids)
        for one, other in product(ids, repeat=2):
            yield context(purpose, one)
            yield context(purpose, one, other)


def opens(key: bytes, sealed: bytes, place: bytes) -> bool:
    """Whether a key opens a sealing in a place, directly or derived for it."""
    for tried in (key, derive_key(key, place)):
        try:
            open_sealed(tried, sealed, place)
        except VaultError:
            continue
        return True
    return False


def fill(cast: Cast) -> Dump:
    """An installation with everything in it."""
    populate(cast)
    cast.log_in("daria")
    return dump(cast.engine)


def test_no_key_that_lies_about_opens_any_sealing(cast: Cast) -> None:
    rows = fill(cast)
    keys = reachable_keys(cast, rows)
    assert len(keys) > 20
    seen = set()
    for table, column, row, sealed in sealings(rows):
        if (table, column) in seen:
            continue
        seen.add((table, column))
        own = list(dict.fromkeys(places(row)))[:60]
        assert not any(opens(key, sealed, place) for key in keys for place in own[:12]), (table, column)
        for key in list(keys)[:40]:
            try:
                open_with(key, sealed, own[-1])
            except VaultError:
                continue
            raise AssertionError((table, column))
    assert len(seen) >= 9


def test_every_clear_column_stands_in_the_list() -> None:
    found = {
        table.name: {column.name for column in table.columns if not isinstance(column.type, LargeBinary)}
        for table in tables()
    }
    assert found == CLEAR


def test_sealings_look_random_and_say_nothing(cast: Cast) -> None:
    rows = fill(cast)
    for table, column, _row, sealed in sealings(rows):
        body = bytes(sealed[1:])
        assert sealed[0] == 1, (table, column)
        if len(body) >= 256:
            assert len(set(body)) > 120, (table, column)
    together = b"".join(sealed for *_, sealed in sealings(rows))
    for word in ("Слово", "Вигаданий", "Відповідь", "Нотатка", "Лановенко"):
        assert word.encode() not in together


def test_other_words_of_the_same_length_leave_the_same_traces(cast: Cast) -> None:
    for story, surname in (("Перша історія про людину", "Вигаданий"), ("Друга оповідь про іншого", "Придумана")):
        cast.report(answers(story=story, surname=surname))
        cast.report(
            answers(situation="missing", need=["tracing", "legal_defence"], story=story, surname=surname),
            {"ngo": "full", "stats": "full", "icc_otp": "facts_only", "partner_ngo": "pseudonymised"},
        )
    rows = dump(cast.engine)
    per_case: dict[str, list[Any]] = {}
    for item in sorted(rows["item"], key=lambda row: (row["compartment"], row["kind"])):
        trace = item["compartment"], item["kind"], item["day"], len(item["sealed"])
        per_case.setdefault(item["case_id"], []).append(trace)
    assert len(per_case) == 4
    assert len({str(trace) for trace in per_case.values()}) == 1
    clear = [{key: row[key] for key in ("status", "received", "acknowledge_by", "unread")} for row in rows["case"]]
    assert all(row == clear[0] for row in clear)
    assert {len(row["sealed"]) for row in rows["locker"]} == {len(rows["locker"][0]["sealed"])}
    assert {len(row["sealed"]) for row in rows["grant"]} == {len(rows["grant"][0]["sealed"])}

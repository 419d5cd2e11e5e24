"""How long it takes to verify the record of staff actions."""

import os
from collections.abc import Iterator
from itertools import islice
from time import perf_counter
from typing import Any

from sqlalchemy import insert, update

from app.storage.sessions import session_scope
from app.trail.chain import GENESIS, Head, Prepared, Verdict, _link, _place, check
from app.trail.tables import TrailEntry, TrailHead
from app.vault.signing import new_signing_key, sign, verify_key
from tests.cast import Cast

# What an entry of "listed", with the numbers of a page of cases, is sealed into.
SEALED_BYTES = 1649
ACTOR = "somebody"
_BATCH = 5000


def fill_record(cast: Cast, entries: int) -> bytes:
    """Fill an empty record with signed and chained entries, their sealings noise; give the key that verifies them."""
    signing_key = new_signing_key()
    rows = _entries(signing_key, entries)
    while batch := list(islice(rows, _BATCH)):
        with session_scope(cast.engine) as session:
            session.execute(insert(TrailEntry), batch)
            session.execute(update(TrailHead).values(seq=batch[-1]["seq"], hash=batch[-1]["hash"]))
    return verify_key(signing_key)


def time_check(cast: Cast, key: bytes) -> tuple[Verdict, float]:
    """Verify the whole record; give the verdict and the seconds that it took."""
    begun = perf_counter()
    with session_scope(cast.engine) as session:
        verdict = check(session, lambda actor, _at: [key] if actor == ACTOR else [])
    return verdict, perf_counter() - begun


def _entries(signing_key: bytes, count: int) -> Iterator[dict[str, Any]]:
    last = GENESIS
    for seq in range(1, count + 1):
        after, sealed = Head(seq - 1, last), os.urandom(SEALED_BYTES)
        signature = sign(signing_key, sealed, _place(ACTOR, after))
        link = _link(seq, last, Prepared(ACTOR, after, sealed, signature))
        yield {
            "seq": seq,
            "actor": ACTOR,
            "after_seq": after.seq,
            "after_hash": after.hash,
            "sealed": sealed,
            "signature": signature,
            "hash": link,
        }
        last = link

"""Laying the facets anew, so that where a row lies tells nothing of when it came, nor beside which case.

PostgreSQL keeps rows in the order in which they were written, and in each the number of the transaction that wrote it:
a facet's is that of its case. SQLite keeps this table in the order of its random ids and has no such number; but most
of a facet lies on a page of its own, which was taken from the file in the same moment as those of its case.
"""

from sqlalchemy import text
from sqlmodel import Session

# Whoever sends a report waits behind this lock, so it is not waited for behind anybody's long reading.
_WAIT_AT_MOST = "SET LOCAL lock_timeout = '2s'"
# Emptying gives the table, and what is stored beside it, new files; the old ones go with the commit. Neither deleting
# nor CLUSTER would do: the one leaves the old rows in their pages, the other the old transaction numbers.
_STEPS = (
    "LOCK TABLE facet IN ACCESS EXCLUSIVE MODE",
    "CREATE TEMPORARY TABLE facet_aside ON COMMIT DROP AS SELECT id, generation, sealed FROM facet",
    "TRUNCATE TABLE facet",
    "INSERT INTO facet (id, generation, sealed) SELECT id, generation, sealed FROM facet_aside ORDER BY id",
)


def lay_anew(session: Session) -> bool:
    """Write all facets anew in the order of their ids, by one transaction; needs no key, and the table's owner.

    Nothing is lost whenever it is interrupted. Where somebody reads the facets for long it fails, to be tried again.
    False on SQLite, of which only the whole file can be written anew, and not within a transaction.
    """
    if session.get_bind().dialect.name != "postgresql":
        return False
    for statement in (_WAIT_AT_MOST, *_STEPS):
        session.execute(text(statement))
    return True

"""The installation: keys, vouching, the database and what it writes down about its work."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from app.accounts.installation import about, service_verify_key, stray_keys
from app.accounts.queues import queue_states
from app.accounts.readiness import Lacking, recovery_lacks
from app.accounts.standing import standing
from app.casefile.tables import Case
from app.health.findings import Finding
from app.in_force.watch import in_force
from app.storage.migrate import is_newer
from app.storage.rewriting import may_give_up_journal
from app.vault.signing import verify_key
from app.web.origin import LOOPBACK

# What PostgreSQL must be set to: the first group so that nothing is lost, the second so that it writes nothing down.
NOTHING_LOST = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
NOTHING_WRITTEN = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
NOTHING_REMAINS = {"wal_recycle": "off"}
SQLITE = {"journal_mode": "wal", "synchronous": "2", "secure_delete": "1"}


def service_key_fits(session: Session, private: bytes | None) -> Iterator[Finding]:
    """The key beside the database is the one that the root signed for this installation."""
    if private is None:
        yield Finding("service.key cannot be read", "put it back from a backup: `rodyna restore` writes it")
    elif (signed := service_verify_key(session)) is not None and verify_key(private) != signed:
        yield Finding("service.key belongs to another installation", "put back the one of this installation")


def vouching(session: Session, trusted: bytes | None) -> Iterator[Finding]:
    """What was signed up to the root holds, and some queue can receive."""
    if trusted is None:
        yield Finding(
            "no root is trusted, so no key counts and no report is taken",
            "put the root's fingerprint from paper into RODYNA_ROOT_FINGERPRINT",
        )
    else:
        for name in stray_keys(session):
            yield Finding(
                f"the {name} key in the database is not the one that the root signed: somebody put it there",
                "make no backup, copy the database, and look for who else has its password",
            )
    now = standing(session)
    troubles = {**now.troubles, **{name: ring.trouble for name, ring in now.rings.items()}}
    for name, trouble in sorted(troubles.items()):
        if trouble is not None:
            yield Finding(f"{name}: {trouble.value}", "an administrator sees at /admin/ what waits for whom")
    queues = queue_states(session)
    if not any(queue.ready and queue.receiving for queue in queues):
        yield Finding("no queue can receive, and no report is taken", "a queue needs two members who hold its key")
    for queue in queues:
        if not queue.ready and queue.receiving:
            yield Finding(f"queue {queue.id} cannot receive; triage gets its reports", "add a second member", bad=False)


def recovery(session: Session) -> Iterator[Finding]:
    """What is lost with the people who hold it can be given back by trustees."""
    words = {
        Lacking.RECOVERY: (
            "there is no recovery by trustees: what all its holders lose, nobody can ever open again",
            "hold a ceremony: /admin/recovery, or `rodyna recovery make`",
        ),
        Lacking.RECOVERY_TEST: ("the recovery key was never tested", "let trustees type their words once"),
        Lacking.RECOVERY_COPY: ("recovery does not hold the key of", "its lead seals it at /desk/recovery"),
    }
    for lack in recovery_lacks(session, about(session).receiving_id):
        what, remedy = words[lack.what]
        yield Finding(f"{what} {lack.where}".strip(), remedy, bad=False)


def signed_contents(session: Session) -> Iterator[Finding]:
    """Questions, texts of consent and rules are those that were signed."""
    stands = in_force(session)
    for name, how in sorted(stands.differing.items()):
        yield Finding(f"{name} is signed, and this machine has {how}", "put back the program as it was released")
    for kind in stands.unsigned:
        yield Finding(
            f"{kind.rstrip(':')}: not signed yet, the program's own count",
            "an administrator signs them at /admin/in-force, or with `rodyna sign`",
            bad=False,
        )
    if stands.waiting and not stands.unsigned:
        yield Finding(
            "this release brought what nobody signed yet; until then the older stays in force",
            "an administrator looks at /admin/in-force",
            bad=False,
        )


def database(session: Session) -> Iterator[Finding]:
    """The database is whole, of this release's shape, and keeps what it was given."""
    if is_newer(session.connection()):
        yield Finding(
            "the database has the shape of a later release than this program",
            "bring this machine to that release: `git pull`, `deploy/install`, then restart what runs",
        )
    if session.get_bind().dialect.name == "postgresql":
        yield from _differing(_postgresql(session, NOTHING_LOST), NOTHING_LOST, "reports can be lost in a power cut")
        remains = "what families took back stays in its journal"
        yield from _differing(_postgresql(session, NOTHING_REMAINS), NOTHING_REMAINS, remains)
        if not may_give_up_journal(session.connection()):
            what = "what families took back stays in PostgreSQL's journal for some minutes or, on a quiet day, for long"
            yield Finding(what, "make the two grants at the head of deploy/postgresql/roles.sql", bad=False)
        return
    said = session.execute(text("PRAGMA quick_check(1)")).scalar_one()
    if said != "ok":
        yield Finding("the database's file is damaged", "stop everything, copy the folder, and restore a backup")
    found = {name: str(session.execute(text(f"PRAGMA {name}")).scalar_one()) for name in SQLITE}
    yield from _differing(found, SQLITE, "the file is not opened as it must be")


def line(session: Session) -> Iterator[Finding]:
    """What goes to a database on another machine is read by nobody on the way."""
    bind = session.get_bind()
    url = bind.engine.url
    if bind.dialect.name != "postgresql" or not url.host or url.host.startswith("/") or url.host in LOOPBACK:
        return
    encrypted = session.execute(text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).scalar_one()
    if not encrypted:
        yield Finding(
            f"the line to PostgreSQL at {url.host} is in clear: whoever reads it can open drafts and sessions",
            "nothing, if it stays on this machine; else WireGuard or ?sslmode=verify-full&sslrootcert=… in its address",
            bad=False,
        )
    elif url.query.get("sslmode") != "verify-full":
        yield Finding(
            f"PostgreSQL at {url.host} could be anybody: its certificate is not looked at",
            "put ?sslmode=verify-full&sslrootcert=… behind its address",
            bad=False,
        )


def what_postgresql_writes_down(session: Session) -> Iterator[Finding]:
    """PostgreSQL's log repeats no statement, and no value of one."""
    if session.get_bind().dialect.name == "postgresql":
        found = _postgresql(session, NOTHING_WRITTEN)
        yield from _differing(found, NOTHING_WRITTEN, "its log may repeat what stands in rows")


def newest_day(session: Session) -> datetime | None:
    """The latest day on which a report came, as the rows say."""
    newest: date | None = session.exec(select(func.max(col(Case.received)))).one()
    return None if newest is None else datetime.combine(newest, time(), UTC)


def _postgresql(session: Session, wanted: Mapping[str, str]) -> dict[str, str]:
    query = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)")
    return {row[0]: row[1] for row in session.execute(query, {"names": list(wanted)})}


def _differing(found: Mapping[str, str], wanted: Mapping[str, str], danger: str) -> Iterator[Finding]:
    for name, value in wanted.items():
        if found.get(name) != value:
            yield Finding(
                f"{name} is {found.get(name)}: {danger}", f"set {name} = {value} (deploy/postgresql/rodyna.conf)"
            )

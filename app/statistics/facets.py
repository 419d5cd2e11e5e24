"""Facets: coded from a report, sealed to the statistics ring, replaced under the same id, gone with the case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from app.accounts.errors import KeyNotHeld, NotVouched
from app.accounts.queues import key_in
from app.accounts.rings import STATISTICS, RingPublic
from app.accounts.standing import Standing, standing
from app.questionnaire import Answers, read_date
from app.statistics.tables import Facet
from app.storage.conflicts import changed_rows, insert_if_absent
from app.storage.packing import pack
from app.vault.context import Purpose, context
from app.vault.hybrid import seal_to
from app.vault.symmetric import derive_key

CONSENT = "stats"
# A person's weight is bounded: of several answers no more than these count, in the questionnaire's order.
MOST_ANSWERS = 3
# Every facet is filled up to one size, an empty one too.
FACET_BYTES = 900
FILLING = "filling"

_BANDS = ((18, "under_18"), (25, "18_24"), (35, "25_34"), (45, "35_44"), (60, "45_59"), (200, "60_plus"))
_WAITED = (
    (timedelta(days=1), "within_day"),
    (timedelta(days=3), "within_3_days"),
    (timedelta(days=7), "within_week"),
)


@dataclass(frozen=True)
class Progress:
    """What became of a case, as far as tables count it: the first answer, and the closing that counts."""

    answered: datetime | None = None
    closed: date | None = None
    outcome: str = ""


NO_PROGRESS = Progress()


@dataclass(frozen=True)
class SealedFacet:
    """A facet that needs only to be stored."""

    id: bytes = field(repr=False)
    generation: int
    sealed: bytes = field(repr=False)


def code_report(answers: Answers, received: datetime, progress: Progress = NO_PROGRESS) -> dict[str, Any]:
    """The facet of a report: codes and months, nothing that was written freely and no day."""
    taken = read_date(answers.get("taken_on"))
    return {
        "received": f"{received:%Y-%m}",
        "taken": str(taken)[:7] if taken else "",
        **{code: _one(answers, code) for code in ("oblast", "raion", "situation", "method", "sex", "passport_period")},
        **{code: _some(answers, code) for code in ("need", "threat")},
        "age": _age(answers, received.date()),
        "closed": f"{progress.closed:%Y-%m}" if progress.closed else "",
        "outcome": progress.outcome,
        "first_answer": _waited(received, progress.answered),
    }


def seal_facet(ring: RingPublic, replies_key: bytes, content: Mapping[str, Any] | None) -> SealedFacet:
    """Seal a facet, or with None one that adds nothing; all are of one size. Needs only the public key.

    ``replies_key`` (32 bytes) gives the id (HKDF-SHA256), which is never the same for two cases.
    """
    place = _id(replies_key, adds=content is not None)
    filled = {**(content or {}), FILLING: ""}
    filled[FILLING] = "." * (FACET_BYTES - len(pack(filled)))
    return SealedFacet(
        place, ring.generation, seal_to(ring.public_key, pack(filled), facet_place(place, ring.generation))
    )


def statistics_key(session: Session) -> RingPublic | None:
    """The public key that facets are sealed to; None where no coordinator has founded it."""
    return statistics_key_in(standing(session))


def statistics_key_in(now: Standing) -> RingPublic | None:
    """The same of what was found before in this transaction."""
    try:
        return key_in(now, STATISTICS)
    except (KeyNotHeld, NotVouched):
        # A report is never kept waiting by the figures; what is not vouched for gets none.
        return None


def store_facet(session: Session, replies_key: bytes, facet: SealedFacet) -> None:
    """Let the facet stand in the place of what the case had before, if anything."""
    drop_facet(session, replies_key)
    add_facet(session, facet)


def empty_facet(session: Session, replies_key: bytes, nothing: SealedFacet | None) -> None:
    """Let what adds nothing stand in the place of what the case had; of one that was set aside nothing stands.

    With None nothing stands there any more: where there is no key to seal to, what was taken back goes all the same.
    """
    if drop_facet(session, replies_key) and nothing is not None:
        add_facet(session, nothing)


def add_facet(session: Session, facet: SealedFacet) -> None:
    """Store the facet of a case that has none."""
    insert_if_absent(session, Facet, id=facet.id, generation=facet.generation, sealed=facet.sealed)


def nothing_to_add(session: Session, replies_key: bytes) -> SealedFacet | None:
    """The facet of a case that adds nothing: stored in the place of the old one, so that absence tells nothing."""
    ring = statistics_key(session)
    return None if ring is None else seal_facet(ring, replies_key, None)


def drop_facet(session: Session, replies_key: bytes) -> bool:
    """Delete the facet of a case that is no more, or was set aside; say whether there was one."""
    both = [_id(replies_key, adds=adds) for adds in (True, False)]
    return bool(changed_rows(session.execute(delete(Facet).where(col(Facet.id).in_(both)))))


def facet_place(facet_id: bytes, generation: int) -> bytes:
    """The context that a facet is sealed in."""
    return context(Purpose.FACET, facet_id, str(generation))


def _id(replies_key: bytes, *, adds: bool) -> bytes:
    # One that adds nothing has an id of its own: what was taken back is then a row that is gone, which no restored
    # backup brings back (see app.backups.standing), and not one that was overwritten.
    return derive_key(replies_key, context(Purpose.FACET_ID, "adds" if adds else "adds-nothing"))


def _one(answers: Answers, code: str) -> str:
    answer = answers.get(code)
    return answer if isinstance(answer, str) else ""


def _some(answers: Answers, code: str) -> list[str]:
    answer = answers.get(code)
    return answer[:MOST_ANSWERS] if isinstance(answer, list) else []


def _age(answers: Answers, received: date) -> str:
    born = read_date(answers.get("birth_date"))
    if born is None:
        return _one(answers, "age_band")
    # Of a month or a year the middle is as good a guess as any, and the band is coarse.
    day = born.first_day + (born.last_day - born.first_day) / 2
    years = received.year - day.year - ((received.month, received.day) < (day.month, day.day))
    return next((band for below, band in _BANDS if years < below), "")


def _waited(received: datetime, answered: datetime | None) -> str:
    if answered is None:
        return "none"
    return next((code for most, code in _WAITED if answered - received <= most), "later")

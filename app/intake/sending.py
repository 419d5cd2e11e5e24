"""Sending: checked, routed and sealed first, then stored in one short transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.accounts.queues import queue_states, queues_in
from app.accounts.standing import Standing, standing
from app.casefile.cases import Arrival, Holder, Sealed, is_free, seal_case, store_case
from app.casefile.keys import new_case_number
from app.catalogues import DEFAULT
from app.in_force.reading import questions_hold, questions_in, rules_in
from app.intake import codes
from app.intake.codes import Contents, same_code
from app.intake.draft import Draft
from app.intake.errors import AnswersRefused, KeyReused, NotReady
from app.intake.tables import KeptAnswer, SentDraft
from app.questionnaire import check, split
from app.routing import LEGAL, Decision, NoQueueReady, Placement, decide, place, place_for_practice
from app.statistics.facets import CONSENT, SealedFacet, add_facet, code_report, seal_facet, statistics_key_in
from app.storage.columns import day_of, quarter_up
from app.storage.conflicts import changed_rows, insert_if_absent
from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.digest import sha256
from app.vault.symmetric import open_sealed, seal
from app.vault.tokens import open_token
from app.vault.unlock import Unlocked

KEPT_ANSWER = timedelta(hours=24)
# The pages of a draft can be opened for 48 hours.
SENT_DRAFT_KEPT = timedelta(hours=49)


@dataclass(frozen=True)
class Sent:
    """What a family sees after sending.

    ``code`` is there until it was typed once; ``changed`` says that the answers now differ
    from those that were received first, which stand.
    """

    code: str | None = field(repr=False)
    received_before: bool
    changed: bool


@dataclass(frozen=True)
class _Ready:
    """A report that is sealed and needs only to be stored."""

    mark: str
    unlocked: Unlocked
    case: Sealed
    locker: bytes
    facet: SealedFacet | None


def ready(session: Session) -> bool:
    """Whether a report could be received now."""
    received = any(queue.ready and queue.receiving for queue in queue_states(session))
    return received and questions_hold(session, DEFAULT)


def send(session: Session, draft: Draft, now: datetime, *, marked: bool = False) -> Sent:
    """Receive a draft as a case, once; ``marked`` tells the desk that a program may have sent it.

    Raises: :class:`AnswersRefused`, :class:`NotReady`, :class:`~app.in_force.errors.NotInForce`.
    """
    unlocked = codes.unlock(session, draft.code)
    digest = _digest(draft)
    before = _sent_before(session, draft, unlocked, digest)
    if before is not None:
        return before
    prepared = _prepare(session, draft, unlocked, digest, now, marked=marked)
    if _store(session, prepared, now):
        return Sent(draft.code, received_before=False, changed=False)
    before = _sent_before(session, draft, unlocked, digest)
    assert before is not None
    return before


def send_practice(session: Session, draft: Draft, queue_id: str, now: datetime) -> str:
    """Receive a made-up draft as a case for practice in the queue that was chosen; return its number.

    It goes the way of every report, but no rule places it, no other queue is told, and it adds nothing to figures.

    Raises: :class:`AnswersRefused`; :class:`NotReady` where that queue cannot receive.
    """
    return _send_anew(session, draft, now, practice_in=queue_id)


def send_made_up(session: Session, draft: Draft, now: datetime) -> str:
    """Receive a draft of a demonstration exactly as :func:`send` does; return the number of its case.

    Raises: as :func:`send`.
    """
    return _send_anew(session, draft, now)


def _send_anew(session: Session, draft: Draft, now: datetime, practice_in: str = "") -> str:
    """Receive a draft that was begun a moment ago and cannot have been sent before."""
    unlocked = codes.unlock(session, draft.code)
    prepared = _prepare(session, draft, unlocked, _digest(draft), now, practice_in=practice_in)
    if not _store(session, prepared, now):
        raise NotReady
    return prepared.case.case_id


def was_sent(session: Session, draft: Draft) -> bool:
    """Whether this draft was sent: from then on none of its pages shows what was written in it."""
    sent = select(col(SentDraft.ends)).where(col(SentDraft.locator) == _locator(draft.mark))
    return session.execute(sent).first() is not None


def confirm_code(session: Session, draft: Draft, typed: str) -> bool:
    """Whether ``typed`` is the draft's code; if it is, no page shows the code again.

    Raises: :class:`~app.intake.errors.MistypedCode`.
    """
    if not same_code(codes.read_code(typed), draft.code):
        return False
    codes.mark_typed(session, codes.unlock(session, draft.code), None)
    return True


def send_document(session: Session, key: str, draft: Draft, now: datetime) -> str:
    """Receive a report over the interface; the same ``key`` and body give the same code for 24 hours.

    ``draft`` comes fresh from :func:`app.intake.draft.begin`, with the body's content put in.

    Raises: :class:`AnswersRefused`, :class:`NotReady`, :class:`KeyReused`, :class:`~app.in_force.errors.NotInForce`.
    """
    keys = open_token(key, Purpose.IDEMPOTENCY)
    # A language or a version more makes another body, though the answers are the same.
    content: dict[str, Any] = {"answers": _digest(draft), "language": draft.language, "version": draft.version}
    body = sha256(pack(content | ({"read_out": True} if draft.read_out else {})))
    kept = _kept_answer(session, keys.locator, keys.key, now)
    if kept is None:
        unlocked = codes.unlock(session, draft.code)
        prepared = _prepare(session, draft, unlocked, _digest(draft), now)
        answer = seal(keys.key, pack({"code": draft.code, "body": body}), context(Purpose.IDEMPOTENCY))
        ends = quarter_up(now + KEPT_ANSWER)
        session.execute(delete(KeptAnswer).where(col(KeptAnswer.locator) == keys.locator, col(KeptAnswer.ends) <= now))
        if insert_if_absent(session, KeptAnswer, locator=keys.locator, sealed=answer, ends=ends):
            _store(session, prepared, now)
            return draft.code
        kept = _kept_answer(session, keys.locator, keys.key, now)
        assert kept is not None
    if kept["body"] != body:
        raise KeyReused
    code: str = kept["code"]
    return code


def forget_kept_answers(session: Session, now: datetime) -> int:
    """Delete answers that nobody may ask for again, and marks of drafts that no key opens; say how many."""
    answers = changed_rows(session.execute(delete(KeptAnswer).where(col(KeptAnswer.ends) <= now)))
    return answers + changed_rows(session.execute(delete(SentDraft).where(col(SentDraft.ends) <= now)))


def _locator(mark: str) -> bytes:
    return open_token(mark, Purpose.SENT_DRAFT).locator


def _prepare(
    session: Session,
    draft: Draft,
    unlocked: Unlocked,
    digest: bytes,
    now: datetime,
    *,
    marked: bool = False,
    practice_in: str = "",
) -> _Ready:
    # Asked once for the queue and for the figures: eight queries, each of which PostgreSQL answers over the network.
    stands = standing(session)
    arrival = _arrival(session, draft, now, stands, marked=marked, practice_in=practice_in)
    case = seal_case(arrival, now)
    contents = Contents(
        case.case_id, draft.language, case.replies_key, case.inbox_public, digest, read_out=draft.read_out
    )
    facet = None if arrival.practice else _facet(stands, arrival, case.replies_key, now)
    return _Ready(draft.mark, unlocked, case, codes.seal_locker(unlocked, contents), facet)


def _facet(stands: Standing, arrival: Arrival, replies_key: bytes, now: datetime) -> SealedFacet | None:
    """What the report adds to the tables; without the consent a facet that adds nothing, so that none tells of it."""
    ring = statistics_key_in(stands)
    if ring is None:
        return None
    answers = {code: answer for part in arrival.parts.values() for code, answer in part.items()}
    return seal_facet(ring, replies_key, code_report(answers, now) if CONSENT in arrival.consents else None)


def _store(session: Session, prepared: _Ready, now: datetime) -> bool:
    case_id = prepared.case.case_id
    if not codes.store_locker(session, prepared.unlocked, case_id, prepared.locker, now):
        return False
    store_case(session, prepared.case)
    if prepared.facet is not None:
        add_facet(session, prepared.facet)
    ends = quarter_up(now + SENT_DRAFT_KEPT)
    insert_if_absent(session, SentDraft, locator=_locator(prepared.mark), ends=ends)
    return True


def _arrival(
    session: Session, draft: Draft, now: datetime, stands: Standing, *, marked: bool, practice_in: str = ""
) -> Arrival:
    questionnaire = questions_in(stands.vouched, draft.version, draft.language)
    checked = check(questionnaire, draft.answers, draft.consents, today=day_of(now))
    if checked.problems:
        raise AnswersRefused(checked.problems)
    routed_by = rules_in(stands.vouched)
    decision = decide(checked.answers, checked.consents, now, routed_by)
    queues = queues_in(stands)
    try:
        if practice_in:
            placement = place_for_practice(practice_in, checked.consents, queues)
        else:
            placement = place(decision, checked.consents, queues)
    except NoQueueReady:
        raise NotReady from None
    # Vouched up to the root a moment ago, or no report would be placed there.
    ring = next(queue.key for queue in queues if queue.id == placement.queue_id)
    assert ring is not None
    return Arrival(
        case_id=_free_number(session),
        parts=split(questionnaire, checked.answers),
        consents=_consents(draft, checked.consents, now),
        routing={**_reasons(decision, placement), "rules": routed_by.version, "marked": marked},
        version=draft.version,
        language=draft.language,
        holder=Holder(placement.queue_id, ring.generation, ring.public_key),
        consent=placement.consent,
        # The queue's own lead is told as another queue would be.
        told=(*placement.told, *((placement.queue_id,) if placement.tell_lead else ())),
        priority=decision.priority,
        acknowledge_within=decision.acknowledge_within,
        act_within=decision.act_within,
        lawyers=any(queue.id == placement.queue_id and queue.kind == LEGAL for queue in queues),
        practice=bool(practice_in),
    )


def _sent_before(session: Session, draft: Draft, unlocked: Unlocked, digest: bytes) -> Sent | None:
    if draft.read_out:
        # Sent by the desk, which has no right to what a locker holds.
        typed = codes.was_typed(session, unlocked)
        return None if typed is None else Sent(None if typed else draft.code, received_before=True, changed=False)
    found = codes.find_locker(session, unlocked)
    if found is None:
        return None
    changed = found.contents is not None and found.contents.digest != digest
    return Sent(None if found.typed else draft.code, received_before=True, changed=changed)


def _free_number(session: Session) -> str:
    while not is_free(session, number := new_case_number()):
        pass
    return number


def _consents(draft: Draft, consents: Mapping[str, str], now: datetime) -> dict[str, Any]:
    shown = f"{draft.version}/{draft.language}"
    return {
        recipient: {"scope": scope, "text": draft.texts.get(recipient, shown), "day": day_of(now).isoformat()}
        for recipient, scope in consents.items()
    }


def _reasons(decision: Decision, placement: Placement) -> dict[str, Any]:
    return {
        "reasons": list(decision.reasons),
        "others": list(decision.others),
        "asks": list(placement.asks),
        "fallback": placement.fallback,
    }


def _digest(draft: Draft) -> bytes:
    return sha256(pack({"answers": dict(draft.answers), "consents": dict(draft.consents)}))


def _kept_answer(session: Session, locator: bytes, key: bytes, now: datetime) -> dict[str, Any] | None:
    row = session.get(KeptAnswer, locator, populate_existing=True)
    if row is None or row.ends <= now:
        return None
    return unpack(open_sealed(key, row.sealed, context(Purpose.IDEMPOTENCY)))

"""How each deed is done: by the very functions that the pages call."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.accounts.members import Member
from app.casefile.cases import Status
from app.casework import (
    actions,
    answering,
    assessment,
    closing,
    diary,
    junk,
    known,
    layers,
    links,
    moving,
    privileged,
)
from app.casework.book import read_book
from app.casework.opening import Standing, open_keys
from app.casework.proposed import State, Takes, read_proposals

ASSESSED = {
    "under_threat": ["yes"],
    "under_threat_source": ["family"],
    "under_threat_basis": ["told_by_other"],
    "result": ["likely_forced"],
    "confidence": ["medium"],
    "verification": ["corroborated"],
    "defence": ["CCU-40"],
    "reasons": ["Людину забрали під погрозою; це підтверджують двоє свідків."],
}
COURT = "Районний суд"
LINE = "Лінія захисту: крайня необхідність і примус."


@dataclass(frozen=True)
class Doing:
    """A deed that is being done: by whom, with which case as it stands, at which moment, what else belongs to it.

    ``asked`` are the closings that were proposed by the same hand, by case.
    """

    session: Session
    member: Member
    case_id: str
    version: int
    unread: bool
    at: datetime
    what: Mapping[str, Any] = field(repr=False)
    asked: MutableMapping[str, str] = field(repr=False)

    def said(self, name: str, otherwise: str = "") -> str:
        """A text that belongs to the deed."""
        return str(self.what.get(name, otherwise))


def _acknowledge(do: Doing) -> None:
    actions.acknowledge(do.session, do.member, do.case_id, do.version, do.at)


def _take(do: Doing) -> None:
    actions.take(do.session, do.member, do.case_id, do.version, do.at)


def _begin(do: Doing) -> None:
    actions.set_status(do.session, do.member, do.case_id, do.version, Status.IN_PROGRESS, do.at)


def _wait(do: Doing) -> None:
    actions.set_status(do.session, do.member, do.case_id, do.version, Status.AWAITING_FAMILY, do.at)


def _answer(do: Doing) -> None:
    actions.answer_family(do.session, do.member, do.case_id, do.said("text"), do.at)


def _task(do: Doing) -> None:
    typed = {name: do.said(name) for name in ("text", "service", "day")}
    diary.add_task(do.session, do.member, do.case_id, typed, do.member.account_id, do.at)


def _hearing(do: Doing) -> None:
    typed = {"day": do.said("day"), "time": do.said("time"), "court": COURT, "text": do.said("text")}
    diary.add_hearing(do.session, do.member, do.case_id, typed, do.at)


def _trial(do: Doing) -> None:
    typed = {"court": COURT, "number": "000/0000/00", "custody_until": do.said("day"), "text": ""}
    diary.keep_trial(do.session, do.member, do.case_id, "", typed, ["CCU-258"], do.at)


def _contact(do: Doing) -> None:
    typed = {"way": do.said("way", "through_others"), "day": do.at.date().isoformat(), "text": do.said("text")}
    diary.record_contact(do.session, do.member, do.case_id, typed, do.at)


def _assess(do: Doing) -> None:
    body = assessment.read_assessment(ASSESSED)
    assessment.keep_assessment(do.session, do.member, do.case_id, "", body, do.at)


def _lawyers(do: Doing) -> None:
    if any(queue.kind == privileged.LEGAL for queue in do.member.queues):
        privileged.add_privileged_note(do.session, do.member, do.case_id, LINE, do.at)


def _known(do: Doing) -> None:
    known.record_known(do.session, do.member, do.case_id, {"situation": do.said("situation")}, "document", "", do.at)


def _translate(do: Doing) -> None:
    place = f"{layers.OF_ANSWER}story"
    layers.add_translation(do.session, do.member, do.case_id, place, "uk", do.said("text"), do.at)


def _offer(do: Doing) -> None:
    names = ("to", "scope", "reason", "redacted")
    wish = moving.Wish(way=Standing(do.said("way")), **{name: do.said(name) for name in names})
    moving.offer(do.session, do.member, do.case_id, wish, do.at)


def _accept(do: Doing) -> None:
    answering.accept(do.session, do.member, do.case_id, do.at)


def _refuse(do: Doing) -> None:
    answering.refuse(do.session, do.member, do.case_id, do.said("reason"), do.at)


def _link(do: Doing) -> None:
    links.propose_link(do.session, do.member, do.case_id, do.said("other"), do.said("reason"), do.at)


def _close(do: Doing) -> None:
    if do.unread:
        # Whoever closes a case has read what its family wrote.
        actions.mark_read(do.session, do.member, do.case_id, do.at)
    outcome, reason = do.said("outcome"), do.said("reason")
    asked = closing.propose_closing(do.session, do.member, do.case_id, do.version, outcome, reason, do.at)
    do.asked[do.case_id] = asked


def _disclose(do: Doing) -> None:
    version, recipient = do.version, do.said("recipient")
    closing.propose_disclosure(do.session, do.member, do.case_id, version, recipient, do.said("reason"), do.at)


def _agree(do: Doing) -> None:
    takes = Takes(do.said("takes"))
    asked = do.asked.pop(do.case_id, "") if takes is Takes.CLOSE else ""
    closing.agree_to(do.session, do.member, do.case_id, asked or _waiting(do, takes), do.at)


def _waiting(do: Doing, takes: Takes) -> str:
    book = read_book(do.session, do.member, open_keys(do.session, do.member, do.case_id))
    found = read_proposals(do.session, book, do.case_id, do.at)
    return next((each.id for each in found if each.state is State.OPEN and each.kind is takes), "")


def _junk(do: Doing) -> None:
    junk.set_aside(do.session, do.member, do.case_id, do.version, do.at)


DEEDS: Mapping[str, Callable[[Doing], None]] = {
    "acknowledge": _acknowledge,
    "take": _take,
    "begin": _begin,
    "wait": _wait,
    "answer": _answer,
    "task": _task,
    "hearing": _hearing,
    "trial": _trial,
    "contact": _contact,
    "assess": _assess,
    "lawyers": _lawyers,
    "known": _known,
    "translate": _translate,
    "offer": _offer,
    "accept": _accept,
    "refuse": _refuse,
    "link": _link,
    "close": _close,
    "disclose": _disclose,
    "agree": _agree,
    "junk": _junk,
}

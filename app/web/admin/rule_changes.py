"""Changing the rules: a draft compared with what is in force, a proposal, and the second administrator's say."""

from collections.abc import Mapping
from datetime import timedelta

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.directory import names
from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.in_force import changing_rules
from app.in_force.reading import rules as rules_in_force
from app.in_force.signing import may_sign
from app.questionnaire import current
from app.routing import Rules
from app.routing.editing import RefusedRules, Wish, differences
from app.routing.samples import compare
from app.storage.sessions import Session
from app.web.desk.access import Administrator
from app.web.desk.pages import desk_page
from app.web.forms import Form, Posted
from app.web.languages import mark as _
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/admin/rules")

MOST_SHOWN = 40
PROBLEMS: Mapping[str, str] = {
    "unknown": _("This rule is not one of those that were released. Please load the page again."),
    "last": _("What no other rule takes always goes to the first look."),
    "queue": _("Please choose a queue."),
    "priority": _("Please choose an urgency."),
    "clocks": _("Whole hours, from 1 to 720; to act is not sooner than to acknowledge."),
    "closed_queue": _("No queue of this kind can receive now."),
    "nothing_changed": _("These are the rules that are in force: nothing would change."),
}


@router.get("/change")
def draft(request: Request, session: Db, now: Now, member: Administrator) -> Response:
    """The rules as they are, to be changed."""
    put_on_record(session, member, "rules_opened", now)
    return _draft_page(request, session, member, changing_rules.wishes(session))


@router.post("/change")
def change(request: Request, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Compare a draft with what is in force, or propose it; a refused one comes back as it was typed."""
    wanted = _read(form, changing_rules.wishes(session))
    try:
        if form.get("go") == "propose":
            changing_rules.propose(session, member, wanted, now)
            return RedirectResponse("/admin/rules/proposed", 303)
        found = _compared(session, changing_rules.drafted(session, wanted), now)
    except RefusedRules as error:
        return _draft_page(request, session, member, wanted, form, problems=error.problems)
    return _draft_page(request, session, member, wanted, form, compared=found)


@router.get("/proposed")
def proposed(request: Request, session: Db, now: Now, member: Administrator) -> Response:
    """What waits for a second administrator, beside what is in force."""
    put_on_record(session, member, "rules_opened", now)
    return _proposed_page(request, session, now, member)


@router.post("/proposed")
def decide(request: Request, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Sign a colleague's proposal, or let one come to nothing."""
    version = form.get("version")
    if form.get("go") == "take_back":
        changing_rules.take_back(session, member, version, now)
        return RedirectResponse("/admin/rules", 303)
    try:
        changing_rules.agree(session, member, version, now)
    except RefusedRules as error:
        return _proposed_page(request, session, now, member, error.problems)
    return RedirectResponse("/admin/rules", 303)


@router.post("/again")
def again(session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Propose rules that were in force before, under a new number."""
    changing_rules.propose_again(session, member, form.get("version"), now)
    return RedirectResponse("/admin/rules/proposed", 303)


def _read(form: Form, wishes: tuple[Wish, ...]) -> tuple[Wish, ...]:
    """The draft as it was typed; what is no number becomes one that no rule may have."""
    return tuple(
        Wish(
            rule_id=wish.rule_id,
            queue_kind=form.get(f"queue_{wish.rule_id}") or wish.queue_kind,
            priority=_number(form.get(f"priority_{wish.rule_id}")),
            acknowledge_hours=_number(form.get(f"acknowledge_{wish.rule_id}")),
            act_hours=_number(form.get(f"act_{wish.rule_id}")),
            place=_number(form.get(f"place_{wish.rule_id}")),
            off=form.get(f"off_{wish.rule_id}") == "yes",
        )
        for wish in wishes
    )


def _number(typed: str) -> int:
    clean = typed.strip()
    return int(clean) if clean.isascii() and clean.isdecimal() and len(clean) < 6 else -1


def _compared(session: Session, wanted: Rules, now: Now) -> dict[str, object]:
    before = rules_in_force(session)
    found = compare(current(), before, wanted, now)
    return {
        "differences": differences(before, wanted),
        "tried": found.tried,
        "others": found.telling[:MOST_SHOWN],
        "count": found.count,
    }


def _draft_page(
    request: Request,
    session: Session,
    member: Member,
    wanted: tuple[Wish, ...],
    form: Form | None = None,
    problems: Mapping[str, str] | None = None,
    compared: Mapping[str, object] | None = None,
) -> Response:
    as_they_are = set(changing_rules.wishes(session))
    refused = problems or {}
    return desk_page(
        request,
        member,
        "admin/rules_change.html",
        422 if refused else 200,
        wishes=wanted,
        reasons=changing_rules.reasons(session),
        # What was touched stays open, so that it is seen without looking for it.
        opened={wish.rule_id for wish in wanted if wish not in as_they_are} | refused.keys(),
        last=wanted[-1].rule_id,
        typed=form or Form({}),
        problems={rule_id: PROBLEMS[why] for rule_id, why in refused.items()},
        compared=compared,
        hours=_hours,
        waits=changing_rules.proposal(session) is not None,
        may_sign=may_sign(session, member),
    )


def _proposed_page(
    request: Request, session: Session, now: Now, member: Member, problems: Mapping[str, str] | None = None
) -> Response:
    waits = changing_rules.proposal(session)
    by = "" if waits is None else waits.by
    called = names(session, member.organisation_id, member.directory_key, [by]) if by else {}
    return desk_page(
        request,
        member,
        "admin/rules_proposed.html",
        409 if problems else 200,
        waits=waits,
        by=called.get(by, by),
        mine=by == member.account_id,
        may_sign=may_sign(session, member),
        compared=None if waits is None else _compared(session, waits.rules, now),
        problems=[PROBLEMS[why] for why in dict.fromkeys((problems or {}).values())],
        hours=_hours,
    )


def _hours(span: timedelta) -> int:
    return span // timedelta(hours=1)

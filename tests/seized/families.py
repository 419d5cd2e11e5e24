"""Families who fill in every field that takes words, come back, write, change, and take back."""

import secrets
from typing import Any

from app.questionnaire import current
from app.questionnaire.answers import Kind
from tests.seized.marked import Marked
from tests.seized.planted import Planted
from tests.web.reading import PageForm

# Between them these meet every question that takes words.
SITUATIONS = ("missing", "killed", "on_trial_ua")
_CHOSEN = {"oblast": "UA14", "reply_safe": "yes", "channel": "email", "relation": "spouse", "consent_ngo": "yes"}
_OPEN_KINDS = (Kind.LINE, Kind.TEXT)


def open_questions() -> set[str]:
    """The codes of all questions that take words."""
    return {code for code, question in current().questions.items() if question.kind in _OPEN_KINDS}


def report_by_form(family: Marked, situation: str) -> str:
    """Answer every question that takes words, page by page; press everything that can be pressed; give the code."""
    family.get("/uk/report/safety")
    for _ in range(12):
        form = family.page.form_with("draft")
        family.planted.remember(f"{family.who}: a draft", form.get("draft") or "")
        if form.action.endswith("/check"):
            break
        _slip_first(family, form)
        family.press(form, "next", **_answers(family, form, situation))
        assert family.answer.status == 200, family.page.all("h1")
    family.press(
        family.page.form_with("draft"), "send", website=family.planted.latin(f"{family.who}: a field nobody sees")
    )
    code = family.page.by_id("code").text
    family.planted.remember(f"{family.who}: the code", code)
    _type_the_code(family, code)
    return code


def report_by_interface(family: Marked, planted: Planted) -> str:
    """The same through the interface; give the code."""
    answers: dict[str, Any] = {"situation": "missing", "oblast": "UA14", "reply_safe": "yes", "channel": "email"}
    answers |= {code: planted.text(f"interface: {code}") for code in sorted(open_questions())}
    key = secrets.token_urlsafe(32)
    planted.remember("interface: the key of a call", key)
    report = {
        "version": current().version,
        "lang": "uk",
        "answers": answers,
        "consents": {"ngo": "full", "stats": "full"},
    }
    for _ in range(2):
        sent = family.post_json("/api/v1/reports", report, {"Idempotency-Key": key})
        assert sent.status == 201, sent.text
    code = sent.json()["code"]
    assert isinstance(code, str)
    planted.remember("interface: the code", code)
    return code


def return_by_form(family: Marked, code: str) -> None:
    """Come back with the code, write, tell what is new, change a consent, renew the code."""
    family.follow(
        family.post_form("/uk/return", {"code": code, "message": family.planted.text(f"{family.who}: on coming back")})
    )
    family.post_form("/uk/case", {"message": family.planted.text(f"{family.who}: a message")})
    family.post_form("/uk/case", {"message": family.planted.long_text(f"{family.who}: too long a message", 10_001)})
    assert family.answer.status == 422
    family.post_form("/uk/case/update", {"situation": "returned", "need": "legal_defence"})
    family.post_form(
        "/uk/case/consents", {"consent_stats": "allow", "scope_stats": family.planted.latin(f"{family.who}: scope")}
    )
    family.post_form("/uk/case/withdraw", {"code": family.planted.code(f"{family.who}: not the code to withdraw with")})
    family.post_form("/uk/case/code", {})
    renewed = family.page.by_id("code").text
    family.planted.remember(f"{family.who}: the new code", renewed)
    family.press(family.page.form_with("code"), None, code=family.planted.code(f"{family.who}: not the new code"))
    family.press(family.page.form_with("code"), None, code=renewed)
    assert family.answer.status == 200


def return_by_interface(family: Marked, code: str) -> None:
    """Come back through the interface and write."""
    token = family.post_json("/api/v1/return", {"code": code}).json()["token"]
    family.planted.remember(f"{family.who}: the token of the interface", token)
    bearer = {"Authorization": f"Bearer {token}"}
    sent = family.post_json(
        "/api/v1/thread", {"text": family.planted.text(f"{family.who}: a message by interface")}, bearer
    )
    assert sent.status == 201
    assert family.get("/api/v1/thread", bearer).status == 200


def take_everything_back(family: Marked, code: str) -> None:
    """Withdraw, with the code typed again."""
    family.post_form("/uk/return", {"code": code})
    assert family.post_form("/uk/case/withdraw", {"code": code}).status == 200
    assert family.post_form("/uk/return", {"code": code}).status == 401


def _answers(family: Marked, form: PageForm, situation: str) -> dict[str, str | list[str]]:
    step = form.action.rpartition("/")[2]
    planted = {name: family.planted.text(f"{family.who}: {name}") for name in sorted(form.names & open_questions())}
    chosen = {name: value for name, value in {**_CHOSEN, "situation": situation}.items() if name in form.names}
    assert planted or chosen or step in {"taking", "needs"}
    return {**planted, **chosen}


def _slip_first(family: Marked, form: PageForm) -> None:
    """Send the page once with something in it that is refused, and that must be shown again."""
    years = [name for name in form.names if name.endswith("_year")]
    if not years:
        return
    family.press(form, "next", **{years[0]: family.planted.text(f"{family.who}: {years[0]}")})
    assert family.answer.status == 422


def _type_the_code(family: Marked, code: str) -> None:
    for typed in (
        family.planted.text(f"{family.who}: no code at all"),
        family.planted.code(f"{family.who}: another code"),
    ):
        family.press(family.page.form_with("code"), None, code=typed)
        assert family.answer.status == 422
    family.press(family.page.form_with("code"), None, code=code)
    assert family.answer.status == 200

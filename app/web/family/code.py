"""The answer to sending: the code until it was typed once, and from then on only that the report has arrived."""

from dataclasses import replace
from datetime import datetime

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.intake.draft import Draft, open_draft, seal_draft
from app.intake.errors import DraftGone, MistypedCode
from app.intake.sending import Sent, confirm_code, send
from app.storage.sessions import Session
from app.web.family.language import router_in_language
from app.web.family.turns import language_wished
from app.web.family.words import CODE_SLIPS, OTHER_CODE
from app.web.forms import Posted
from app.web.pages import language_names, render
from app.web.site import Now
from app.web.transactions import Db

router = router_in_language()


@router.get("/report/code")
async def without_draft(request: Request) -> Response:
    """Nothing is here without a report that was just sent."""
    return RedirectResponse(f"/{request.state.language}/", 303)


@router.post("/report/code")
def type_code(request: Request, form: Posted, session: Db, now: Now) -> Response:
    """Compare the typed code with the one on the page; once it is right, no page shows it again."""
    try:
        draft = open_draft(session, form.get("draft"), now)
    except DraftGone:
        # Whoever noted the code comes in with it; whoever did not was shown it two days ago.
        return RedirectResponse(f"/{request.state.language}/return", 303)
    if language := language_wished(form.get("go")):
        draft = replace(draft, language=language)
        request.state.language = language
        return sent_page(request, draft, send(session, draft, now), session, now)
    try:
        if confirm_code(session, draft, form.get("code")):
            return render(request, "family/arrived.html", silent=draft.answers.get("reply_safe") == "no")
        slip = OTHER_CODE
    except MistypedCode as mistyped:
        slip = CODE_SLIPS[mistyped.reason]
    return sent_page(request, draft, send(session, draft, now), session, now, typed=form.get("code"), slip=slip)


def sent_page(
    request: Request, draft: Draft, sent: Sent, session: Session, now: datetime, *, typed: str = "", slip: str = ""
) -> Response:
    """The code, or "already received" once it was typed; changed answers are pointed to a message."""
    if sent.code is None:
        return render(request, "family/received.html", changed=sent.changed)
    return render(
        request,
        "family/code.html",
        422 if slip else 200,
        code=in_fours(sent.code),
        changed=sent.changed,
        careful=draft.answers.get("device") != "own" or draft.answers.get("in_occupied") == "yes",
        draft=seal_draft(session, draft, now),
        languages=language_names(),
        typed=typed,
        slip=slip,
    )


def in_fours(code: str) -> str:
    """The code as people read it: in groups of four digits."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))

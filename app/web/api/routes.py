"""The calls of the interface, version 1."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Header, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.accounts.errors import SessionEnded
from app.accounts.installation import about
from app.in_force.reading import questions, questions_of
from app.intake.draft import begin
from app.intake.errors import CodeWasReadOut, UnknownCode
from app.intake.returning import (
    Opened,
    Thread,
    note_unknown_code,
    open_return,
    read_thread,
    resume_return,
    write_message,
)
from app.intake.sending import send_document
from app.questionnaire import questionnaire_document
from app.web.api.documents import Code, Message, Problem, Report, ReportCode, Return, Sent, Text, ThreadDocument
from app.web.api.errors import refused_field
from app.web.errors import problem
from app.web.languages import offered
from app.web.pages import translate_into
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db


async def _json_only(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and kind != "application/json":
        raise HTTPException(415)


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {status: {"description": "A problem document", "content": content} for status in (*statuses, 503)}


router = Part(prefix="/api/v1", dependencies=[Depends(_json_only)])
_bearer = HTTPBearer(auto_error=False, description="The token that a return gave")


def _visit(session: Db, now: Now, carried: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Opened:
    if carried is None:
        raise SessionEnded
    return _own_code(resume_return(session, carried.credentials, now))


def _own_code(visit: Opened) -> Opened:
    """A code that somebody else heard opens nothing here: the family first takes one of its own, on its pages."""
    if visit.read_out:
        raise CodeWasReadOut
    return visit


Visit = Annotated[Opened, Depends(_visit)]
Key = Annotated[
    str,
    Header(alias="Idempotency-Key", min_length=32, max_length=200, description="Drawn at random, one for each report"),
]


@router.get("/questionnaire", responses=_problems(422))
def questionnaire(session: Db, lang: Annotated[str, Query(max_length=10)] = "uk") -> Response:
    """Everything that is asked: steps, questions, kinds, codes, labels, recipients, and the version to send back."""
    if lang not in offered():
        return refused_field("lang", "not_offered")
    document = questionnaire_document(questions(session, lang), translate_into(lang))
    organisation = about(session).receiving
    for recipient in document["recipients"]:
        recipient["text"] %= {"organisation": organisation}
    return JSONResponse({"lang": lang, "languages": list(offered()), **document})


@router.post("/reports", status_code=201, response_model=ReportCode, responses=_problems(409, 413, 415, 422))
def send_report(report: Report, key: Key, session: Db, now: Now) -> ReportCode:
    """Send a report; the same key and body within 24 hours give the same answer and one case."""
    asked = questions_of(session, report.version, report.lang)
    shown = {recipient.code: f"{recipient.text_version}/{report.lang}" for recipient in asked.recipients}
    texts = {recipient: text for recipient, text in shown.items() if recipient in report.consents}
    draft = replace(
        begin(report.lang, now),
        version=report.version,
        answers=report.answers,
        consents=report.consents,
        texts=texts,
        read_out=report.read_out,
    )
    return ReportCode(code=send_document(session, key, draft, now))


@router.post("/return", response_model=Return, responses=_problems(401, 403, 413, 415, 422, 429))
def return_with_code(body: Code, session: Db, now: Now) -> Return | Response:
    """Open a visit with a code."""
    try:
        token, opened = open_return(session, body.code, now)
    except UnknownCode:
        # Answered here and not by the map, so that the count of wrong codes is committed.
        note_unknown_code(session, now)
        return problem(401, "Nothing opens with this code")
    return Return(token=token, status=read_thread(session, _own_code(opened)).status)


@router.get("/thread", response_model=ThreadDocument, responses=_problems(401, 403))
def thread(session: Db, visit: Visit) -> ThreadDocument:
    """Where the case stands, staff's messages, how much was sent."""
    return _document(read_thread(session, visit))


@router.post("/thread", status_code=201, response_model=ThreadDocument, responses=_problems(401, 403, 413, 415, 422))
def write(body: Text, session: Db, visit: Visit, now: Now) -> ThreadDocument:
    """Write a message to the case."""
    write_message(session, visit, body.text, now)
    return _document(read_thread(session, visit))


def _document(found: Thread) -> ThreadDocument:
    return ThreadDocument(
        status=found.status,
        received=found.received,
        messages=[
            Message(id=message.id, day=message.day, organisation=message.author_organisation, text=message.text)
            for message in found.messages
        ],
        sent=[Sent(day=written.day, count=written.count) for written in found.written],
    )

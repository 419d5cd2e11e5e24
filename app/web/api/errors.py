"""What goes wrong for programs; each becomes a problem document."""

from fastapi import Request
from fastapi.responses import Response

from app.accounts.errors import NotInstalled, SessionEnded, TooManyAttempts
from app.casefile.errors import TextRefused
from app.in_force.errors import NotInForce
from app.intake.errors import AnswersRefused, CodeWasReadOut, KeyReused, MistypedCode, NotReady
from app.questionnaire import UnknownVersion
from app.web.errors import UNAVAILABLE, Answer, ErrorMap, problem


def _answers_refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, AnswersRefused)
    found = [{"field": entry.field, "reason": entry.reason} for entry in error.problems]
    return problem(422, "Some answers cannot be taken", errors=found)


def _mistyped(_request: Request, error: Exception) -> Response:
    assert isinstance(error, MistypedCode)
    return refused_field("code", error.reason)


def _text_refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, TextRefused)
    return refused_field("text", error.reason)


def _unknown_version(_request: Request, _error: Exception) -> Response:
    return refused_field("version", "unknown")


def _session_ended(_request: Request, _error: Exception) -> Response:
    response = problem(401, "The token is not valid, or no longer")
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def refused_field(field: str, reason: str) -> Response:
    """The answer to one value that cannot be taken."""
    return problem(422, "A value cannot be taken", errors=[{"field": field, "reason": reason}])


ERRORS: ErrorMap = {
    AnswersRefused: _answers_refused,
    CodeWasReadOut: Answer(
        403, "Somebody else heard this code: on the page for coming back it is changed for another", ""
    ),
    KeyReused: Answer(409, "This key came before with another body", ""),
    MistypedCode: _mistyped,
    NotInForce: UNAVAILABLE,
    NotInstalled: UNAVAILABLE,
    NotReady: UNAVAILABLE,
    SessionEnded: _session_ended,
    TextRefused: _text_refused,
    TooManyAttempts: Answer(429, "Too many attempts", ""),
    UnknownVersion: _unknown_version,
}

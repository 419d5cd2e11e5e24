"""The shapes of what programs send and receive; OpenAPI is made from them."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.casefile.cases import Status


class _Strict(BaseModel):
    # Nothing that a program sends is dropped without a word.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Report(_Strict):
    """A report. Dates are `2022-02-24`, `2022-02` or `2022`; not answered on purpose: `{"missing": "dk"}`."""

    version: Annotated[str, Field(max_length=20, description="The version of the questionnaire that was asked")]
    lang: Annotated[Literal["uk", "ru", "crh", "en"], Field(description="The language that was spoken")]
    answers: Annotated[dict[str, Any], Field(description="Codes of questions with their answers")]
    consents: Annotated[dict[str, Any], Field(description="Recipients with the scope they were allowed")]
    read_out: Annotated[
        bool,
        Field(description="Whether the code is read out to the reporter, who then takes another at the first return"),
    ] = False


class ReportCode(BaseModel):
    """The code to come back with: 24 digits, to be given to the reporter and kept nowhere."""

    code: str


class Code(_Strict):
    """A code, with or without spaces."""

    code: Annotated[str, Field(max_length=200)]


class Return(BaseModel):
    """The token of a visit, good for a while, and where the case stands."""

    token: str
    status: Status


class Message(BaseModel):
    """A message of staff."""

    id: str
    day: date
    organisation: str
    text: str


class Sent(BaseModel):
    """How many messages were sent on a day; never what they said."""

    day: date
    count: int


class ThreadDocument(BaseModel):
    """Where the case stands, what staff wrote (oldest first), how much was sent since the report."""

    status: Status
    received: date
    messages: list[Message]
    sent: list[Sent]


class Text(_Strict):
    """A message to write."""

    text: Annotated[str, Field(max_length=50_000)]


class FieldProblem(BaseModel):
    """One field that was refused, and why; never what stood in it."""

    field: str
    reason: str


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    errors: list[FieldProblem] = []

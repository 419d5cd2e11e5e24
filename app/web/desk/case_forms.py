"""What every form of a case's page carries, and the way back to the page."""

from fastapi.responses import RedirectResponse, Response

from app.web.forms import Form


def version(form: Form) -> int:
    """The version of the case that the page showed; a form without one is as good as one of an old page."""
    return number(form.get("version"), -1)


def seen(form: Form) -> int:
    """How many messages of the family the page showed; a form that does not say so has shown none."""
    return number(form.get("seen"), 0)


def said(form: Form) -> int | None:
    """How many answers of staff the page showed; None for a program that sends the message alone."""
    return number(form.get("said"), 0) if "said" in form.items else None


def number(text: str, otherwise: int) -> int:
    """The whole number that was typed, or `otherwise`."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise


def to_case(case_id: str, place: str = "") -> Response:
    """Back to the case's page, at `place` (``#conversation``) if one is given."""
    return RedirectResponse(f"/desk/cases/{case_id}{place}", 303)


def to_queue(queue_id: str) -> Response:
    """To the queue's page, where the case no longer opens."""
    return RedirectResponse(f"/desk/queues/{queue_id}", 303)

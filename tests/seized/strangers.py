"""Requests that fail: what they carry must be forgotten like everything else."""

import json
import socket
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from tests.seized.marked import Marked
from tests.service.client import BOUNDARY, FORM_TYPE, Broken, multipart
from tests.service.machine import HOST
from tests.web.knocking import NAMES

# What a field may be called, on any page.
FIELDS = (
    "name",
    "password",
    "totp",
    "code",
    "message",
    "note",
    "draft",
    "go",
    "version",
    "status",
    "language",
    "to",
    "unsent",
    "writer",
    "situation",
    "story",
    "surname",
    "consent_ngo",
    "scope_legal_ngo",
    "text",
)


def posted_routes(application: FastAPI) -> list[str]:
    """The address of every route that takes something, as its pattern."""
    found = sorted({route.path for route in _routes(application.routes) if "POST" in (route.methods or ())})
    assert len(found) > 15
    return found


def send_everywhere(stranger: Marked, routes: list[str]) -> None:
    """Send a form with a planted text in every field, and one as a program would, to every route."""
    planted, who = stranger.planted, stranger.who
    for route in routes:
        path = route.format(
            **{**NAMES, "step": "situation", "queue_id": "legal", "case_id": planted.latin(f"{who}: path {route}")}
        )
        fields = dict.fromkeys(FIELDS, planted.text(f"{who}: every field of {route}"))
        stranger.post_form(path, {**fields, planted.latin(f"{who}: name of a field of {route}"): "yes"})
        stranger.post_json(path, {**fields, "answers": {"story": planted.text(f"{who}: JSON to {route}")}})


def ask_for_what_is_not_there(stranger: Marked) -> None:
    """Addresses, queries and headers with planted texts."""
    planted = stranger.planted
    for path in (
        "/{}",
        "/uk/{}",
        "/uk/?q={}",
        "/uk/help/{}",
        "/desk/{}",
        "/desk/login?to=/{}",
        "/desk/queues/{}",
        "/api/v1/{}",
    ):
        stranger.get(path.format(planted.latin(f"path {path}")))
    for name, status in (("Host", 421), ("Authorization", 401), ("Accept-Language", 200), ("Content-Type", 415)):
        value = planted.latin(f"header {name}")
        path = "/api/v1/thread" if name == "Authorization" else "/uk/"
        method = "POST" if name == "Content-Type" else "GET"
        path = "/uk/return" if method == "POST" else path
        stranger.send(
            method, path, b"x" if method == "POST" else b"", {name: f"Bearer {value}" if status == 401 else value}
        )
        assert stranger.answer.status == status, name
    stranger.post_form("/uk/return", {"code": ""}, {"Origin": f"http://{planted.latin('origin')}.example"})
    assert stranger.answer.status == 403
    for cookie in ("visit", "desk"):
        stranger.cookies[cookie] = planted.latin(f"a made-up cookie {cookie}")
    assert stranger.get("/uk/case").status == 401
    assert stranger.get("/desk/").status == 303


def send_what_cannot_be_read(stranger: Marked) -> None:
    """Bodies that are broken, too long, or of another kind."""
    planted = stranger.planted
    whole = multipart({"code": planted.text("a part without an end")})
    stranger.send("POST", "/uk/return", whole[: -len(BOUNDARY)], {"Content-Type": FORM_TYPE})
    assert stranger.answer.status == 400
    named = f'Content-Disposition: form-data; name="f"; filename="{planted.latin("name of a file")}"'
    upload = f"--{BOUNDARY}\r\n{named}\r\n\r\n"
    for label, size in (("a file", 1), ("a file that is too large", 2_000_000)):
        body = f"{upload}{planted.long_text(label, size)}\r\n--{BOUNDARY}--\r\n".encode()
        try:
            assert stranger.send("POST", "/uk/return", body, {"Content-Type": FORM_TYPE}).status in {413, 415}
        except Broken:
            # The answer came before the whole body was sent, and the connection was closed on it.
            assert size > 1_000_000
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json", FORM_TYPE):
        content = f"message={planted.latin(f'a body of {kind}')}".encode()
        stranger.send("POST", "/uk/report/safety", content, {"Content-Type": kind})
    broken = json.dumps({"lang": planted.latin("a language"), planted.latin("a member"): 1})[:-1].encode()
    stranger.send("POST", "/api/v1/reports", broken, {"Content-Type": "application/json"})
    assert stranger.answer.status == 422


def try_codes(stranger: Marked) -> None:
    """Codes that open nothing, and what is no code."""
    for typed in (stranger.planted.code("an unknown code"), stranger.planted.text("letters instead of a code")):
        assert stranger.post_form("/uk/return", {"code": typed}).status in {401, 422}
        assert stranger.post_json("/api/v1/return", {"code": typed}).status in {401, 422}


def leave_in_the_middle(stranger: Marked) -> None:
    """Half a form and then silence; and bytes that are no request at all."""
    for head in (
        "POST /uk/return HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 400000\r\n\r\n{}",
        "{} is no request\r\n\r\n",
    ):
        with socket.create_connection((HOST, stranger.port)) as connection:
            text = stranger.planted.long_text(f"half of {head[:4]}", 100_000)
            connection.sendall(head.format(text).encode())


def _routes(routes: list[BaseRoute]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from _routes(route.original_router.routes)

"""The head of the record leaves the machine."""

import socketserver
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.trail.leaving import (
    HEADS_FILE,
    Mailbox,
    PasswordInClear,
    _is_this_machine,
    keep_head,
    kept_heads,
    mail_head,
)

DAY, NEXT = date(2026, 11, 20), date(2026, 11, 21)
HEAD = "12-0123456789abcdef"


class MailServer(socketserver.ThreadingTCPServer):
    """A server that speaks as much of SMTP (RFC 5321) as a message needs, and keeps what it was sent."""

    def __init__(self, refuses: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Dialogue)
        self.refuses, self.received = refuses, list[str]()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Dialogue(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                self._say("354 go on")
                lines = iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
                self.server.received.append("\n".join(lines))
                self._say("250 kept")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("550 not here" if self.server.refuses and word == "RCPT" else "250 well")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture(params=[False, True], ids=["takes it", "refuses it"])
def server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    """A running mail server."""
    with MailServer(request.param) as server:
        running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        running.start()
        yield server
        server.shutdown()
        running.join()


def test_each_day_has_one_line_in_the_file_of_heads(tmp_path: Path) -> None:
    assert kept_heads(tmp_path) == []
    keep_head(tmp_path, DAY, HEAD)
    keep_head(tmp_path, DAY, "13-ffffffffffffffff")
    keep_head(tmp_path, NEXT, "13-ffffffffffffffff")
    assert kept_heads(tmp_path) == [f"2026-11-20 {HEAD}", "2026-11-21 13-ffffffffffffffff"]
    assert (tmp_path / HEADS_FILE).stat().st_mode & 0o777 == 0o600


def test_the_head_goes_to_the_address_and_nothing_else_does(server: MailServer) -> None:
    box = Mailbox(server.url, "auditor@example.org")
    if server.refuses:
        with pytest.raises(OSError, match="not here"):
            mail_head(box, DAY, HEAD)
        assert server.received == []
        return
    mail_head(box, DAY, HEAD)
    (message,) = server.received
    headers, _, body = message.partition("\n\n")
    assert body.strip() == HEAD
    assert f"Subject: 2026-11-20 {HEAD}" in headers
    assert {line.partition(":")[0] for line in headers.splitlines()} == {
        "Subject", "From", "To", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip


def test_a_server_that_is_away_is_an_error_that_is_tried_again() -> None:
    with MailServer() as server:
        url = server.url
    with pytest.raises(ConnectionError):
        mail_head(Mailbox(url, "auditor@example.org"), DAY, HEAD)


@pytest.mark.parametrize("server", [False], indirect=True)
def test_a_password_goes_over_no_line_that_others_read(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox(server.url.replace("//", "//rodyna:secret@"), "auditor@example.org")
    with pytest.raises(OSError, match="AUTH") as to_itself:
        mail_head(box, DAY, HEAD)
    # To this very machine it would have been sent, had the server asked for one.
    assert not isinstance(to_itself.value, PasswordInClear)
    monkeypatch.setattr("app.trail.leaving._is_this_machine", lambda _host: False)
    with pytest.raises(PasswordInClear):
        mail_head(box, DAY, HEAD)
    mail_head(Mailbox(server.url, "auditor@example.org"), DAY, HEAD)
    assert len(server.received) == 1


def test_only_the_machine_itself_is_this_machine() -> None:
    assert [_is_this_machine(host) for host in ("localhost", "127.0.0.1", "127.9.9.9", "::1")] == [True] * 4
    assert [_is_this_machine(host) for host in ("mail.example.org", "10.0.0.1", "127.evil.example")] == [False] * 3

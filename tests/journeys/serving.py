"""The application in front of a real browser: served in a thread of this process, with a neutral page beside it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Playwright

CHROMIUM = Path("/usr/bin/chromium")
# The same engine without windows around it takes a third of the processor; where it is not installed nothing is lost.
WINDOWLESS = Path("/usr/bin/chromium-headless-shell")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# People's browsers keep sites and drawing in processes of their own; a page does the same in fewer.
SPARING = ["--renderer-process-limit=1", "--disable-site-isolation-trials", "--in-process-gpu"]


class _Neutral(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = b"<!DOCTYPE html><html lang=en><title>An ordinary page</title><h1>An ordinary page</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the library's own name.
        """Say nothing."""


@contextmanager
def neutral_site() -> Iterator[str]:
    """An ordinary page at another host, where whoever leaves arrives; its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Neutral) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        # Cookies know no ports: only another name makes it another site.
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


@contextmanager
def served(application: FastAPI) -> Iterator[str]:
    """Serve `application` on a free port of this machine; the address, without a slash at its end."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        # From here on whoever calls waits, though the server is still waking up in its thread.
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(application, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def launch(playwright: Playwright, *, whole: bool = False) -> Browser:
    """Debian's own chromium, as plain as it can be; ``whole`` with everything that a person's browser has."""
    if whole:
        return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    program = WINDOWLESS if WINDOWLESS.exists() else CHROMIUM
    return playwright.chromium.launch(executable_path=program, args=[*FLAGS, *SPARING])


@contextmanager
def new_profile(playwright: Playwright, folder: str) -> Iterator[BrowserContext]:
    """A window whose profile is kept in `folder`, as it is on everybody's own device."""
    context = playwright.chromium.launch_persistent_context(folder, executable_path=CHROMIUM, args=FLAGS)
    yield context
    context.close()

"""From a machine with nothing on it to people who join, in a real browser without a script, with the real command."""

import base64
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.accounts.vouching import vouched
from app.accounts.vouching_anchor import anchor_to
from app.settings import Settings
from app.storage.engine import make_engine
from app.storage.sessions import session_scope
from app.vault.totp import totp_at
from tests.journeys.looking import too_wide
from tests.journeys.window import Window

pytestmark = pytest.mark.browser
NAMES = {"organisation": "Родинний захист", "shown": "Петро Перший", "log_in": "petro", "lead": "Томас Черговий"}


@contextmanager
def setting_up(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The command as an operator starts it; the process and the link that it printed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    surroundings = {
        **os.environ,
        "RODYNA_DATA_DIR": str(folder),
        "RODYNA_ORIGIN": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
    }
    program = Path(sys.executable).with_name("rodyna")
    process = subprocess.Popen(
        [program, "setup", "--port", str(port)], env=surroundings, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        process.stdout.readline()
        yield process, process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def wait_for(window: Window, path: str) -> None:
    """Open the link as soon as somebody listens."""
    window.page.goto("about:blank")
    for _ in range(100):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", int(window.address.rpartition(":")[2]))) == 0:
                break
        window.page.wait_for_timeout(100)
    assert window.open(path) == 200


def test_an_installation_is_set_up_from_nothing_on_a_phone(chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 700}, java_script_enabled=False)
    with setting_up(tmp_path) as (process, link):
        address, _, path = link.partition("/setup/")
        founder = Window(context.new_page(), address)
        wait_for(founder, f"/setup/{path}?language=uk")
        founder.fill(NAMES)
        founder.press("main form .on")
        keys = {key: founder.page.inner_text(f"#{key}").split() for key in ("root", "backup")}
        assert too_wide(founder.page) == []
        founder.press("main form .on")
        asked = re.findall(r'name="((?:root|backup)_\d+)"', founder.page.content())
        founder.fill({name: keys[name.partition("_")[0]][int(name.partition("_")[2])] for name in asked})
        founder.press("main form .on")
        words = " ".join(founder.page.inner_text("#passphrase").split())
        secret = base64.b32decode("".join(founder.page.inner_text("#totp-secret").split()))
        assert too_wide(founder.page) == []
        founder.fill({"password": words, "totp": totp_at(secret, datetime.now(UTC)), "meant": "yes"})
        assert founder.press("main form .grave") == 200
        assert too_wide(founder.page) == []
        assert founder.page.locator("main .link").count() == 2
        # The command sees it, and ends by itself.
        assert process.wait(30) == 0
    context.close()
    settings = Settings(data_dir=tmp_path)
    engine = make_engine(settings.database)
    anchor_to(engine, settings.trusted_root)
    with session_scope(engine) as session:
        known = vouched(session)
        assert known.faults == {}
        assert [state.name for state in known.organisations.values()] == [NAMES["organisation"]]
    engine.dispose()


def test_what_is_interrupted_leaves_nothing_and_can_be_begun_again(chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    links = []
    for _ in range(2):
        with setting_up(tmp_path) as (_process, link):
            address, _, path = link.partition("/setup/")
            founder = Window(context.new_page(), address)
            wait_for(founder, f"/setup/{path}")
            founder.fill(NAMES)
            founder.press("main form .on")
            links.append(path)
            assert founder.open("/setup/nosuch") == 404
    assert links[0] != links[1]
    assert not (tmp_path / "root.fingerprint").exists()
    context.close()

"""Several processes that do the same at once: one Python loads what they need, which takes longest, and is forked."""

import subprocess
import sys

from tests.house.files import CHECKOUT

SECONDS = 120
PROGRAM = """
import contextlib, io, os, sys
load, act, count = sys.argv[1:4]
del sys.argv[1:4]
exec(load)
for _ in range(int(count)):
    if os.fork() == 0:
        with contextlib.redirect_stdout(io.StringIO()) as said:
            exec(act)
        # In one piece, or two of them would write into each other's lines.
        os.write(1, said.getvalue().encode())
        os._exit(0)
sys.exit(any([os.wait()[1] for _ in range(int(count))]))
"""


def at_once(load: str, act: str, *arguments: str, count: int = 3) -> list[str]:
    """Run `load` in one process and then `act` in `count` forks of it; give the lines that they print.

    Both are Python; `arguments` are their ``sys.argv[1:]``. What is open when it is forked is shared, so connections
    are made in `act`.

    Raises: ``AssertionError`` with their last words where one of them fails.
    """
    words = [sys.executable, "-c", PROGRAM, load, act, str(count), *arguments]
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()

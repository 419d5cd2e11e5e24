"""Which lines and branches of some rooms the tests walked: a plugin, there before the program is loaded.

``-p tests.measured --walked=app/vault --all-walked``: those of this room, and the run fails where one was left out. The
lines are marked in what Python compiled, and each mark goes when its line is walked, so that all tests can be followed,
in all their threads, for next to nothing; what watches each step of a program takes half as long again. Processes that
a test starts are not followed.
"""

import json
from io import StringIO
from typing import Any

import pytest
import slipcover

# What runs for the sake of types alone.
LEFT_OUT = ["assert_never\\(", "@overload"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say which rooms, and whether all of them must be walked."""
    parser.addoption("--walked", action="append", default=[], metavar="ROOM", help="tell which lines of it are walked")
    parser.addoption("--all-walked", action="store_true", help="fail where a line or branch of the rooms is left out")


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begin, if rooms are named: whatever of them is loaded from here on is followed."""
    asked = early_config.known_args_namespace
    if asked.walked:
        early_config.pluginmanager.register(Walked(asked.walked, whole=asked.all_walked), "walked")


class Walked:
    """What was walked in this process, and in those that tell it."""

    def __init__(self, rooms: list[str], *, whole: bool) -> None:
        """Follow what is loaded of `rooms`; `whole`: all of it must be walked."""
        self.whole = whole
        self.told: list[dict[str, Any]] = []
        self.follower = slipcover.Slipcover(branch=True, immediate=True, source=rooms, exclude_also=LEFT_OUT)
        # Never left: it is there as long as the process.
        slipcover.ImportManager(self.follower, slipcover.FileMatcher(sources=rooms)).__enter__()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear what one of several processes has to tell; one that was killed tells nothing."""
        output = getattr(node, "workeroutput", None)
        if output is not None:
            self.told.append(json.loads(output["walked"]))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Tell it to the process that began this one; there, let the run fail where something was left out."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["walked"] = json.dumps(self.follower.get_coverage())
            return
        if self.whole and self._something_is_left_out() and not session.exitstatus:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show what was left out."""
        table = StringIO()
        slipcover.print_coverage(self.together(), outfile=table, skip_covered=True)
        terminalreporter.section("lines and branches walked")
        terminalreporter.write(table.getvalue().lstrip("\n") + "\n")
        if self.whole and self._something_is_left_out():
            terminalreporter.write_line("Lines or branches were left out: that alone makes this run fail.", red=True)

    def _something_is_left_out(self) -> bool:
        summary = self.together()["summary"]
        return bool(summary["missing_lines"] or summary["missing_branches"])

    def together(self) -> dict[str, Any]:
        """What all processes walked, with what none of them did."""
        found: dict[str, Any] = self.follower.get_coverage()
        for one in self.told:
            slipcover.merge_coverage(found, one)
        return found

"""Small files, small functions, and rooms that say what they are."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.files import CHECKOUT, tracked

FILE_LINES = 300
FUNCTION_LINES = 40
_TOP = (
    ".ci .dockerignore .gitignore Makefile README.md app deploy migrations pyproject.toml requirements-dev.txt"
    " requirements.txt templates tests"
)
TOP = set(_TOP.split())


def modules() -> list[Path]:
    found = tracked("app/*.py", "tests/*.py")
    assert len(found) > 10
    return found


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's name and its lines from `def` to the end, its docstring not counted."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node, clean=False) is not None:
                lines -= (node.body[0].end_lineno or 0) - node.body[0].lineno + 1
            yield node.name, lines


def test_nothing_stands_at_the_top_but_what_is_meant_to() -> None:
    """What tools leave behind there tells of the machine that they ran on."""
    assert {path.relative_to(CHECKOUT).parts[0] for path in tracked()} == TOP


def test_the_length_of_a_function_is_counted_without_its_docstring(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        'def outer():\n    """One.\n\n    Two.\n    """\n    def inner():\n        return 1\n\n    return inner\n'
    )

    assert list(functions(module)) == [("outer", 5), ("inner", 2)]


def test_no_file_is_asking_to_be_two() -> None:
    long = {
        str(path.relative_to(CHECKOUT)): lines
        for path in [*modules(), *tracked("templates/*.html", "app/*.css")]
        if (lines := len(path.read_text().splitlines())) > FILE_LINES
    }

    assert long == {}


def test_no_function_is_asking_to_be_two() -> None:
    long = [
        f"{path.relative_to(CHECKOUT)}: {name}, {lines} lines"
        for path in modules()
        for name, lines in functions(path)
        if lines > FUNCTION_LINES
    ]

    assert long == []


def test_every_room_says_what_it_holds_and_may_not_touch() -> None:
    silent = []
    rooms = tracked("app/**/__init__.py")
    assert rooms
    for path in rooms:
        docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
        # A room inside a room may be short; the rooms themselves say more than their name.
        lines = 1 if path.parents[1] != CHECKOUT / "app" else 2
        if len(docstring.splitlines()) < lines:
            silent.append(str(path.relative_to(CHECKOUT)))

    assert silent == []


def test_every_folder_with_modules_is_a_package_that_says_so() -> None:
    folders = {path.parent for path in tracked("app/*.py")}

    assert [str(folder.relative_to(CHECKOUT)) for folder in folders if not (folder / "__init__.py").exists()] == []

"""No file tells where it was made or where packages came from."""

import re

import pytest

from tests.house.files import CHECKOUT, tracked

# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
        ("crates", "io"),
        ("golang", "org"),
        ("docker", "io"),
    )
]
FOLDERS = ["/".join(("", *parts, "")) for parts in (("work",), ("root",), ("opt", "pypi"), ("opt", "wheels"))]
HOMES = "(?:" + "|".join("/" + name + "/" for name in ("home", "Users")) + r")\w+"
FORBIDDEN = re.compile(
    "|".join([*map(re.escape, REGISTRIES), *(rf"(?<![\w.}}]){folder}" for folder in FOLDERS), HOMES])
)


@pytest.mark.parametrize(
    "trace",
    [f"see https://{REGISTRIES[0]}/x", f"open('{FOLDERS[0]}main')", f'"{FOLDERS[1]}x"', "/" + "home/amina/rodyna"],
)
def test_a_trace_of_a_machine_or_registry_is_recognised(trace: str) -> None:
    assert FORBIDDEN.search(trace)


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    files = tracked()
    assert len(files) > 10

    found = [
        f"{path.relative_to(CHECKOUT)}:{number}: {match[0]}"
        for path in files
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        for match in FORBIDDEN.finditer(line)
    ]

    assert found == []

"""Reads the vectors. They stand for ever: cases are added to the files, none is ever changed."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "vectors"


def known(name: str, group: str) -> list[dict[str, Any]]:
    """Return the cases of one group in one file."""
    cases: list[dict[str, Any]] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))[group]
    assert cases
    return cases


def raw(case: dict[str, Any], field: str) -> bytes:
    """Return a field that is written in hexadecimal."""
    return bytes.fromhex(case[field])

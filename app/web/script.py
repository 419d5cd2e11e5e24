"""The one script of the families' side: a key pressed three times leaves the page.

It is written into the page like the stylesheet, and the security policy names its digest, so
that no other script runs. Nothing needs it; what it adds is said on the page only where it runs.
"""

import base64
import hashlib
import re
from pathlib import Path

from markupsafe import Markup

_SOURCE = Path(__file__).resolve().parent / "static" / "leave.js"


def _tightened(script: str) -> str:
    lines = (line.strip() for line in script.splitlines() if not line.startswith("//"))
    return re.sub(r"\n+", "\n", "\n".join(lines)).strip()


_TEXT = _tightened(_SOURCE.read_text(encoding="utf-8"))
SCRIPT = Markup(_TEXT)  # noqa: S704 — it is our own file, and holds no value from anywhere else.
SCRIPT_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(_TEXT.encode()).digest()).decode()}'"

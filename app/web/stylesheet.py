"""The one stylesheet, written into every page.

A sheet of its own would cost a slow line another round trip with every page, because nothing is kept on the device. The
security policy names its digest, so that no other style runs.
"""

import base64
import hashlib
import re
from pathlib import Path

from markupsafe import Markup

_SOURCE = Path(__file__).resolve().parent / "static" / "page.css"


def _tightened(sheet: str) -> str:
    without_comments = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", without_comments).strip()


_TEXT = _tightened(_SOURCE.read_text(encoding="utf-8"))
STYLE = Markup(_TEXT)  # noqa: S704 — it is our own file, and holds no value from anywhere else.
STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(_TEXT.encode()).digest()).decode()}'"

"""The stylesheets, written into every page.

A sheet of its own would cost a slow line another round trip with every page, because nothing is kept on the device. The
security policy names their digests, so that no other style runs. Families' pages carry the first sheet alone.
"""

import base64
import hashlib
import re
from pathlib import Path

from markupsafe import Markup

_STATIC = Path(__file__).resolve().parent / "static"


def _tightened(*names: str) -> str:
    sheet = "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in names)
    without_comments = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", without_comments).strip()


def _source(sheet: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()}'"


# By the name under which a template writes it into its page.
SHEETS = {
    "stylesheet": Markup(_tightened("page.css")),  # noqa: S704 — our own files hold no value from anywhere else.
    "desk_stylesheet": Markup(_tightened("page.css", "desk.css")),  # noqa: S704 — likewise.
    "figures_stylesheet": Markup(_tightened("page.css", "figures.css")),  # noqa: S704 — likewise.
    "coordination_stylesheet": Markup(_tightened("page.css", "desk.css", "figures.css")),  # noqa: S704 — likewise.
}
STYLE_SOURCES = " ".join(_source(str(sheet)) for sheet in SHEETS.values())

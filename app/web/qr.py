"""Pictures that a telephone reads, drawn here: no other machine learns what stands in them."""

import segno
from markupsafe import Markup


def qr_picture(text: str) -> Markup:
    """``text`` as an SVG element for the page itself, dark on white in every colour scheme."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(scale=4, dark="#000", light="#fff", omitsize=False))  # noqa: S704 — numbers alone.

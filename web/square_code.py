"""Draws a square code (二维码) into a page."""

from io import BytesIO

import segno
from markupsafe import Markup


def square(words: str) -> Markup:
    """The square code of these words as an inline drawing without styles of its own."""
    drawn = BytesIO()
    segno.make(words, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=False, border=2, svgclass="square", lineclass=None, omitsize=True
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - a drawing of squares

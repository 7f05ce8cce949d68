"""Gives what was vendored: icons as inline drawings in the colour of the words beside them, scripts by address."""

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

_VENDOR = Path(__file__).resolve().parent / "static" / "vendor"


@cache
def vendored(stem: str, file: str) -> str:
    """The address of a vendored file; its version stands in it, so that a new one is asked for anew."""
    (found,) = _VENDOR.glob(f"{stem}-[0-9]*/{file}")
    return f"/static/vendor/{found.parent.name}/{found.name}"


@cache
def icon(name: str, size: int = 18) -> Markup:
    """The icon of this name, ``size`` pixels square, hidden from screen readers: words stand beside it."""
    (file,) = _VENDOR.glob(f"lucide-*/{name}.svg")
    inner = re.sub(
        r"\s+", " ", re.sub(r"^.*?<svg.*?>|</svg>\s*$", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    )
    return Markup(  # noqa: S704 - a file of our own and a number
        f'<svg class="icon" width="{size:d}" height="{size:d}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{inner.strip()}</svg>'
    )

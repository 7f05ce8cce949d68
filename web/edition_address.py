"""Takes ``/e/KEY`` off the front of an address, and notes which edition it names."""

import re
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send

from office.editions import PREFIX

_PREFIXED = re.compile(rf"{re.escape(PREFIX)}([^/]+)(/.*)?")
_NAMED = "linxuan.edition"


class EditionAddress:
    """Every page has an address of each edition; what is behind the prefix is the page's own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under the page's own path; the envelope around us reads the same scope."""
        found = _PREFIXED.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found:
            path = found[2] or "/"
            scope["path"], scope["raw_path"], scope[_NAMED] = path, quote(path).encode(), found[1]
        await self._app(scope, receive, send)


def named_edition(scope: Scope) -> str:
    """The key of the edition that the address named, or nothing."""
    return str(scope.get(_NAMED, ""))

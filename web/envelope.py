"""Wraps every answer in the same strict headers, and lets no form in that comes from elsewhere or is too large."""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.refusal import Refusal

LARGEST_FORM = 64 * 1024  # bytes
TOO_LARGE = 413
_LET_RUN_OUT = 256 << 20  # bytes of a refused body that are still taken in, so that the browser hears the answer
_LIMIT = "linxuan.largest"  # in the scope of a request: how many bytes its body may have
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'none'"
)
# A letter as its reader sees it: mail programs know inline styles alone, so it stands in a frame that can do nothing.
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'; sandbox"
_FRAMED = "linxuan.framed"  # in the scope of a request: its answer stands in a frame of ours
_POLICY = "content-security-policy"
_HEADERS = {
    _POLICY: CONTENT_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_IN_A_FRAME = {_POLICY: LETTER_POLICY, "x-frame-options": "SAMEORIGIN"}
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


def strict_headers(*, secure: bool) -> dict[str, str]:
    """The headers of every answer; ``secure`` where people come by https alone."""
    return _HEADERS | ({"strict-transport-security": "max-age=31536000"} if secure else {})


class ForeignOrigin(Refusal):
    """A form that another site sent."""


class TooLarge(Refusal):
    """A form of more bytes than its address takes, or one that does not say how many."""

    def __init__(self) -> None:
        super().__init__("提交的内容过长，或没有说明长度。", next_step="请缩短后重新提交。")


def lift(request: Request, largest: int) -> None:
    """Let the body of this request be so many bytes, if nobody has read it yet."""
    request.scope[_LIMIT] = largest


def put_in_frame(request: Request) -> None:
    """Answer this request with a letter for a frame of ours: styled as it is sent, without script, form or address."""
    request.scope[_FRAMED] = True


class Body:
    """What comes in with a request, taken as it is asked for, and never more than the request may bring.

    A framework reads a form before anybody is asked who may send one: this stands before the framework.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope, self._receive = scope, receive
        self._came, self._is_whole = 0, False

    async def __call__(self) -> Message:
        """The next piece; raises `HTTPException` 413 once there is too much of it."""
        message = await self._take()
        if self._came > self._scope.get(_LIMIT, LARGEST_FORM):
            raise HTTPException(TOO_LARGE)
        return message

    async def let_run_out(self) -> None:
        """Take in what is left and keep none: who is answered in the middle of sending sees a broken line."""
        while not self._is_whole and self._came < _LET_RUN_OUT:
            await self._take()

    async def _take(self) -> Message:
        message = await self._receive()
        self._came += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        return message


class Envelope:
    """A layer around the application that bounds what comes in, and puts the headers on whatever goes out."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = strict_headers(secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; only HTTP has headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = Body(scope, receive)

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                if scope["method"] in CHANGING:
                    await body.let_run_out()
                headers = MutableHeaders(scope=message)
                stricter = headers.getlist(_POLICY)
                headers.update(self._headers | (_IN_A_FRAME if scope.get(_FRAMED) else {}))
                for policy in stricter:  # of several policies each holds
                    headers.append(_POLICY, policy)
                headers["cache-control"] = "no-cache" if scope["path"].startswith("/static/") else "no-store"
            await send(message)

        await self._app(scope, body, sealed)


def require_own_form(request: Request, *, public_url: str, largest: int = LARGEST_FORM) -> None:
    """Refuse a changing request that another site caused, or that is larger than ``largest`` bytes.

    Under our referrer policy browsers send ``Origin: null`` with our own forms; then ``Sec-Fetch-Site`` tells. An old
    browser tells neither: the secret in the form, or in the address, is what stands between it and a stranger.
    """
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > largest:
        raise TooLarge
    if not _is_own(request, public_url):
        raise ForeignOrigin("这次提交不是从本系统的页面发出的。", next_step="请从信中的链接打开页面，再提交一次。")


def _is_own(request: Request, public_url: str) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin in (None, "null") or _place(origin) in {_place(public_url), _place(str(request.base_url))}


def _place(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc

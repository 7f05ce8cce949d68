"""Builds the web application: the pages, their envelope, and the one place where a refusal becomes a page."""

from collections.abc import Callable
from datetime import datetime

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from config.refusal import Refusal
from office.desk import Desk
from web import endorse, health, notice_page, overview
from web.envelope import Envelope, require_own_form, strict_headers
from web.pages import HERE, NoSuchPage, Pages
from web.refusal_codes import status_of

_FOUND_NOTHING, _WRONG_VERB = 404, 405


def make_app(desk: Desk, *, clock: Callable[[], datetime]) -> FastAPI:
    """The application for one desk; ``clock`` gives the aware instant, and is asked once a request."""
    pages = Pages(desk, clock)

    def own_form(request: Request) -> None:
        require_own_form(request, public_url=desk.settings.public_url)

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, dependencies=[Depends(own_form)])
    app.add_middleware(Envelope, secure=_is_secure(desk))
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for part in (overview, endorse, notice_page, health):
        app.include_router(part.routes(pages))
    _answer_refusals(app, pages)
    return app


def _answer_refusals(app: FastAPI, pages: Pages) -> None:
    """Every refusal, foreign or ours, becomes a page that says what is wrong and what to do."""

    @app.exception_handler(Refusal)
    def refused(_request: Request, refusal: Refusal) -> HTMLResponse:
        return pages.refuse(refusal, now=pages.clock(), status=status_of(refusal))

    @app.exception_handler(HTTPException)
    def not_served(_request: Request, fault: HTTPException) -> HTMLResponse:
        return pages.refuse(_in_our_words(fault.status_code), now=pages.clock(), status=fault.status_code)

    @app.exception_handler(RequestValidationError)
    def misshapen(_request: Request, _fault: RequestValidationError) -> HTMLResponse:
        refusal = Refusal("提交的内容读不懂。", next_step="请从页面上的表单提交。")
        return pages.refuse(refusal, now=pages.clock(), status=status_of(refusal))

    @app.exception_handler(Exception)
    def broken(_request: Request, _fault: Exception) -> HTMLResponse:
        """Sent from outside the envelope, so it brings the headers itself; the server logs the fault."""
        refusal = Refusal("系统出了错，您的操作没有完成。", next_step="请稍后再试；仍不行请联系遴选办公室。")
        page = pages.refuse(refusal, now=pages.clock(), status=500)
        page.headers.update(strict_headers(secure=_is_secure(pages.desk)) | {"cache-control": "no-store"})
        return page


def _in_our_words(status: int) -> Refusal:
    if status == _FOUND_NOTHING:
        return NoSuchPage("没有这个页面。", next_step="请核对网址，或回到首页。")
    if status == _WRONG_VERB:
        return Refusal("这个页面不能这样使用。", next_step="请从页面上的按钮操作。")
    return Refusal("这个请求没有办成。", next_step="请回到首页重试。")


def _is_secure(desk: Desk) -> bool:
    return desk.settings.public_url.startswith("https:")

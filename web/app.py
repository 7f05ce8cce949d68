"""Builds the web application: the pages, their envelope, and the one place where a refusal becomes a page."""

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from config.refusal import Refusal
from documents.child import Readers
from documents.review_copy import Copies
from office.adopted import OtherEdition
from office.desk import Desk
from office.editions import Editions
from web import (
    calendar_page,
    components,
    defender,
    desk_acting,
    desk_archive,
    desk_case,
    desk_case_acts,
    desk_case_files,
    desk_case_share,
    desk_cases,
    desk_cases_bulk,
    desk_check,
    desk_check_sheet,
    desk_deadlines,
    desk_deadlines_move,
    desk_decisions,
    desk_editions,
    desk_flows,
    desk_forum,
    desk_holidays,
    desk_import,
    desk_ledger,
    desk_letters,
    desk_letters_one,
    desk_letters_templates,
    desk_notice,
    desk_notice_release,
    desk_objections,
    desk_objections_case,
    desk_objections_drawer,
    desk_overview,
    desk_papers,
    desk_people,
    desk_people_acts,
    desk_people_share,
    desk_reminders,
    desk_retention,
    desk_rounds,
    desk_rounds_assignment,
    desk_rounds_conflicts,
    desk_rounds_panel,
    desk_rounds_ranking,
    desk_rounds_sheets,
    desk_settings,
    desk_settings_change,
    desk_statistics,
    desk_units,
    endorse,
    endorser,
    endorser_society,
    expert,
    files,
    hall_copy,
    handing_in,
    health,
    live,
    mine,
    mine_files,
    mine_form,
    mine_objections,
    mine_papers,
    mine_people,
    mine_preview,
    mine_versions,
    my_data,
    new_application,
    notice_page,
    objection_page,
    overview,
    past_import,
    past_page,
    preferences,
    public_home,
    public_results,
    signin_pages,
    stage_console,
    stage_desk,
    stage_phone,
    stage_screens,
    stage_sheets,
)
from web.edition_address import EditionAddress
from web.envelope import TOO_LARGE, Envelope, TooLarge, strict_headers
from web.pages import HERE, NoSuchPage, Pages
from web.refusal_codes import status_of
from web.visit import Visit

_FOUND_NOTHING, _WRONG_VERB = 404, 405
_SWITCHES = {"yes", "zh", "en", "light", "dark"}  # values of buttons: nobody typed them
PARTS = (
    overview,
    endorse,
    endorser,
    endorser_society,
    expert,
    files,
    notice_page,
    health,
    signin_pages,
    preferences,
    new_application,
    mine,
    defender,
    mine_files,
    mine_form,
    mine_papers,
    mine_people,
    mine_preview,
    mine_versions,
    handing_in,
    desk_cases,
    desk_cases_bulk,
    desk_overview,
    live,
    desk_case,
    desk_case_files,
    past_import,
    past_page,
    desk_editions,
    desk_settings,
    desk_settings_change,
    desk_statistics,
    desk_case_acts,
    objection_page,
    desk_objections,
    desk_objections_drawer,
    desk_objections_case,
    mine_objections,
    desk_notice,
    desk_notice_release,
    desk_forum,
    public_results,
    desk_decisions,
    desk_check,
    desk_check_sheet,
    public_home,
    desk_people_share,
    desk_people_acts,
    desk_people,
    desk_case_share,
    desk_import,
    desk_letters,
    desk_letters_templates,
    desk_letters_one,
    desk_ledger,
    desk_papers,
    desk_archive,
    my_data,
    desk_deadlines,
    desk_deadlines_move,
    desk_flows,
    desk_holidays,
    desk_reminders,
    desk_retention,
    calendar_page,
    desk_acting,
    stage_console,
    stage_desk,
    stage_phone,
    stage_screens,
    stage_sheets,
    desk_units,
    desk_rounds,
    desk_rounds_panel,
    desk_rounds_conflicts,
    desk_rounds_assignment,
    desk_rounds_sheets,
    desk_rounds_ranking,
    hall_copy,
)


def make_app(
    desk: Desk,
    *,
    clock: Callable[[], datetime],
    readers: Readers | None = None,
    copies: Copies | None = None,
    with_components: bool = False,
) -> FastAPI:
    """The application for one desk; ``clock`` gives the aware instant, and is asked once a request.

    ``readers`` check the files that come in, ``copies`` makes those that go out to experts and endorsers; whoever
    gives them closes them. ``with_components`` adds the page that shows what pages are put together from, for those
    who build them.
    """
    pages = Pages(Editions(desk), clock, readers or Readers(), copies or Copies())
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.pages = pages
    app.add_middleware(EditionAddress)
    app.add_middleware(Envelope, secure=_is_secure(desk))
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for part in (*PARTS, components) if with_components else PARTS:
        app.include_router(part.routes(pages))
    _answer_refusals(app, pages)
    return app


def _answer_refusals(app: FastAPI, pages: Pages) -> None:
    """Every refusal, foreign or ours, becomes a page that says what is wrong and what to do, with what was typed."""

    @app.exception_handler(Refusal)
    def refused(request: Request, refusal: Refusal) -> Response:
        if isinstance(refusal, OtherEdition) and pages.visit(request).asked:
            return pages.go_over(pages.visit(request), refusal.key)
        return pages.refuse(pages.visit(request), refusal, status=status_of(refusal), typed=_typed(request))

    @app.exception_handler(HTTPException)
    def not_served(request: Request, fault: HTTPException) -> Response:
        return pages.refuse(pages.visit(request), _in_our_words(fault.status_code), status=fault.status_code)

    @app.exception_handler(RequestValidationError)
    def misshapen(request: Request, _fault: RequestValidationError) -> Response:
        refusal = Refusal("提交的内容读不懂。", next_step="请从页面上的表单提交。")
        return pages.refuse(pages.visit(request), refusal, status=status_of(refusal), typed=_typed(request))

    @app.exception_handler(Exception)
    def broken(request: Request, _fault: Exception) -> Response:
        """Sent from outside the envelope, so it brings the headers itself; the server logs the fault."""
        refusal = Refusal("系统出了错，您的操作没有完成。", next_step="请稍后再试；仍不行请联系遴选办公室。")
        came = getattr(request.state, "visit", None) or Visit(pages.desk, pages.clock(), request.url.path)
        page = pages.refuse(came, refusal, status=500, typed=_typed(request))
        page.headers.update(strict_headers(secure=_is_secure(pages.desk)) | {"cache-control": "no-store"})
        return page


def _typed(request: Request) -> str:
    """The words of the form that was refused, without its secrets and switches."""
    came: Visit | None = getattr(request.state, "visit", None)
    words = came.typed if came else {}
    return "\n".join(value for value in words.values() if value.strip() and value not in _SWITCHES)


def _in_our_words(status: int) -> Refusal:
    if status == _FOUND_NOTHING:
        return NoSuchPage("没有这个页面。", next_step="请核对网址，或回到首页。")
    if status == _WRONG_VERB:
        return Refusal("这个页面不能这样使用。", next_step="请从页面上的按钮操作。")
    if status == TOO_LARGE:
        return TooLarge()
    return Refusal("这个请求没有办成。", next_step="请回到首页重试。")


def _is_secure(desk: Desk) -> bool:
    return desk.settings.public_url.startswith("https:")

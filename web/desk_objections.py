"""Lists the cases of objection to the office, and takes those that came by post (R27, R114)."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from config.refusal import Refusal
from office import authority, objection_desk, objection_online
from office.objection_desk import Line
from office.objection_steps import Step
from office.visitors import Part
from paperwork.sheets import Column
from web import list_sheet, notice_facts, objection_page
from web.admission import may
from web.instants import typed_instant
from web.objection_page import Typed
from web.pages import NoSuchPage, Pages
from web.refusal_codes import status_of
from web.visit import Visit

SHOWN = {"open": "未办结", "late": "逾期", "all": "全部"}
_LARGEST_FORM = 3 * objection_page.LARGEST_PROOF + (256 << 10)
_COLUMNS = (
    Column("异议编号", 14), Column("项目编号", 12), Column("项目名称", 40), Column("申报单位", 30), Column("方面", 12),
    Column("名义", 10), Column("收到时刻", 20, "instant"), Column("情况", 10), Column("步骤", 18), Column("经办人", 12),
    Column("本步期限", 20, "instant"), Column("办结时刻", 20, "instant"), Column("答复时刻", 20, "instant"),
)  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/objections``, its Excel list, and ``/objections/new``."""
    router = APIRouter()

    @router.get("/objections")
    def listed(show: str = "open", case: int = 0, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        if case:
            return pages.go(visit, f"/objections/{case}")
        with pages.desk.database.read() as session:
            found = objection_desk.lines(session, pages.desk, now=visit.now)
            posted = notice_facts.newest(session, pages.desk, now=visit.now)
            session.expunge_all()
        return pages.show(
            visit, "desk/objections", fragment="results", rows=_chosen(found, show), shown=_show_of(show), kinds=SHOWN,
            totals={kind: len(_chosen(found, kind)) for kind in SHOWN}, notice=posted,
            may_act=Part.OFFICE in visit.visitor.parts,
        )  # fmt: skip

    @router.get("/objections/list.xlsx")
    def take_away(show: str = "open", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            found = objection_desk.lines(session, pages.desk, now=visit.now)
            return _sheet(pages, visit, _chosen(found, show))

    _by_post(router, pages)
    return router


def _by_post(router: APIRouter, pages: Pages) -> None:
    @router.get("/objections/new")
    def form(item: str = "", visit: Visit = may(Part.OFFICE)) -> Response:
        return _form(pages, visit, Typed(item=item))

    @router.post("/objections/new")
    async def enter(request: Request, visit: Visit = may(Part.OFFICE, largest=_LARGEST_FORM)) -> Response:
        async with request.form() as brought_form:
            return await run_in_threadpool(_take, pages, visit, brought_form)


def _show_of(told: str) -> str:
    return told if told in SHOWN else "open"


def _chosen(lines: Sequence[Line], told: str) -> list[Line]:
    kind = _show_of(told)
    if kind == "late":
        return [line for line in lines if line.is_late]
    return [line for line in lines if kind == "all" or line.step is not Step.CLOSED]


def _take(pages: Pages, visit: Visit, form: FormData) -> Response:
    """An objection that came on paper, received when it came; after a refusal the form with all that was told."""
    desk, typed = pages.desk, objection_page.typed_of(form)
    try:
        received = typed_instant(typed.received, pages.desk, what="收到的时刻")
        typed = objection_page.with_files(desk, typed, form)
        objection_page.refuse_missing(typed)
        told = objection_page.told_of(desk, typed, objection_page.names_of(form))
        objection_online.refuse_incomplete(told)
        with desk.database.write() as session:
            authority.acting(session, visit.visitor.officer_id or 0)
            case = objection_online.take(session, desk, told, received_at=received, now=visit.now)
    except Refusal as refusal:
        return _form(pages, visit, typed, refusal)
    return pages.go(visit, f"/objections/{case.id}")


def _form(pages: Pages, visit: Visit, typed: Typed, refusal: Refusal | None = None) -> Response:
    desk = pages.desk
    with desk.database.read() as session:
        posted = notice_facts.newest(session, desk, now=visit.now)
        items = notice_facts.items(session, desk, posted) if posted else []
    if posted is None:
        raise NoSuchPage("现在没有公示，不受理异议。", next_step="公示发布后再登记。")
    return pages.show(
        visit, "desk/objection_new", status=status_of(refusal) if refusal else 200, notice=posted,
        **objection_page.form_facts(desk, typed, items, refusal),
    )  # fmt: skip


def _sheet(pages: Pages, visit: Visit, lines: Sequence[Line]) -> Response:
    """The list as shown; nothing of who objects is in it."""
    zone = pages.desk.zone
    rows = []
    for line in lines:
        case = line.case
        received, due, decided, replied = (
            at.astimezone(zone) if at else None
            for at in (case.received_at, case.due_at, case.decided_at, case.replied_at)
        )
        rows.append(
            (case.number, line.item.number, line.item.title, line.item.unit, case.ground,
             "单位盖章" if case.by_unit else "个人实名", received, line.status, line.step.label, line.handler, due,
             decided, replied)
        )  # fmt: skip
    return visit.sealed(list_sheet.answer(pages, visit, "异议", [("异议", _COLUMNS, rows)]))

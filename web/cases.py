"""Lists all applications to the office and finds one by any scrap; the desk's other pages hang on it."""

import hashlib
from collections.abc import Iterator
from urllib.parse import quote

from fastapi import APIRouter
from sqlmodel import Session, col, func, select
from starlette.responses import Response

from office import case_list
from office.case_list import Line
from office.visitors import Part
from paperwork.sheets import Column, List, workbook
from paperwork.word_package import Properties
from records.tables.application import Application
from states.facts import State
from web.admission import may
from web.pages import Pages
from web.visit import Visit

_ROWS_AT_ONCE = 500
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMNS = (
    Column("编号", 12), Column("项目名称", 40), Column("申报单位", 30), Column("推荐方", 24), Column("状态", 16),
    Column("期限", 20, "instant"),
)  # fmt: skip
TONES = {
    State.RETURNED: "warn", State.REJECTED: "bad", State.LAPSED: "bad", State.DISQUALIFIED: "bad",
    State.TOP_TEN: "gold", State.PUBLICIZED: "gold", State.ANNOUNCED: "gold", State.DRAFT: "rest",
    State.WITHDRAWN: "rest", State.NOT_SHORTLISTED: "rest", State.NOT_SELECTED: "rest",
}  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/cases`` and ``/cases.xlsx``."""
    router = APIRouter()

    @router.get("/cases")
    def cases(
        q: str = "", after: str = "", before: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)
    ) -> Response:
        with pages.desk.database.read() as session:
            found = case_list.page(session, pages.desk, case_list.Wanted(words=q.strip()), after=after, before=before)
            total = _total(session, pages)
        rows = [(line, line.state.named(pages.desk.words), _tone(line)) for line in found.lines]
        return pages.show(visit, "cases", fragment="results", rows=rows, found=found, asked=q, total=total)

    @router.get("/cases.xlsx")
    def take_away(q: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            lines = list(_every(session, pages, q.strip()))
        return _download(
            _sheet(pages, visit, lines), f"申报项目-{visit.now.astimezone(pages.desk.zone):%Y%m%d-%H%M}.xlsx"
        )

    return router


def _every(session: Session, pages: Pages, words: str) -> Iterator[Line]:
    """Everything that the list shows, page after page, in its order."""
    after: str | None = ""
    while after is not None:
        page = case_list.page(session, pages.desk, case_list.Wanted(words=words), after=after, size=_ROWS_AT_ONCE)
        yield from page.lines
        after = page.after


def _sheet(pages: Pages, visit: Visit, lines: list[Line]) -> bytes:
    """The list as it is on the screen, in the same columns and order (R124)."""
    zone, award = pages.desk.zone, pages.desk.edition.award
    rows = [
        (line.number, line.title, line.unit, line.endorser, line.state.named(pages.desk.words),
         line.due.astimezone(zone) if line.due else None)
        for line in lines
    ]  # fmt: skip
    title = f"{award.entry_name} 申报项目"
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    properties = Properties(
        title=title, author=award.office, subject=award.entry_name, made_at=visit.now.astimezone(zone)
    )
    return workbook([List("申报项目", title, _COLUMNS, rows)], properties, digest=digest)


def _download(content: bytes, name: str) -> Response:
    shown = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=_EXCEL, headers={"content-disposition": shown})


def _total(session: Session, pages: Pages) -> int:
    return session.exec(select(func.count()).where(col(Application.edition) == pages.desk.key)).one()


def _tone(line: Line) -> str:
    return TONES.get(line.state, "info")

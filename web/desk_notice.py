"""Shows the office its notice: how the window was reckoned, each version with its difference, what holds an item."""

import hashlib
from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import Response

from office import notice, notice_view
from office.notice_view import Item, Version
from office.visitors import Part
from paperwork.sheets import Column, List, workbook
from paperwork.word_package import Properties
from states.refusals import NotAllowed
from web.admission import may
from web.downloads import download
from web.pages import Pages
from web.visit import Visit

_COLUMNS = (
    Column("序号", 6, "whole"), Column("编号", 12), Column("项目名称", 44), Column("申报单位", 34),
    Column("推荐方", 26), Column("现状", 12), Column("异议（件）", 10, "whole"), Column("公布被什么挡住", 40),
)  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/notices`` and its Excel list."""
    router = APIRouter()

    @router.get("/notices")
    def notices(version: int = 0, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        desk = pages.desk
        with desk.database.read() as session:
            found = notice_view.versions(session, desk)
            chosen = _chosen(found, version)
            rows = notice_view.items_of(session, desk, chosen.notice) if chosen else []
            waiting = notice_view.waiting(session, desk)
            session.expunge_all()
        posted = chosen.notice.posted_at if chosen else max(visit.now, desk.edition.notice.posted)
        both = notice_view.ways(desk, posted)
        return pages.show(
            visit, "desk/notices", versions=found, chosen=chosen, rows=rows, waiting=waiting, ways=both, posted=posted,
            warning=notice_view.warning(desk, both[0]), sentence=notice.reckoning(desk, posted),
            link=notice_view.link(desk), over=bool(chosen and chosen.notice.closes_at <= visit.now), words=desk.words,
            held=[row for row in rows if row.held_by],
        )  # fmt: skip

    @router.get("/notices/list.xlsx")
    def take_away(version: int = 0, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            chosen = _chosen(notice_view.versions(session, pages.desk), version)
            if chosen is None:
                raise NotAllowed("还没有公示。", next_step="公示发布之后再导出。")
            return _sheet(pages, visit, chosen, notice_view.items_of(session, pages.desk, chosen.notice))

    return router


def _chosen(versions: Sequence[Version], wanted: int) -> Version | None:
    """The version that was asked for, else the newest that stands, else the newest."""
    asked = [each for each in versions if each.notice.version == wanted]
    standing = [each for each in versions if not each.undone]
    return next(iter([*asked, *standing, *versions]), None)


def _sheet(pages: Pages, visit: Visit, version: Version, items: Sequence[Item]) -> Response:
    award, local = pages.desk.edition.award, visit.now.astimezone(pages.desk.zone)
    rows = [
        (place, row.item.number, row.item.title, row.item.unit, row.endorser, row.state.named(pages.desk.words),
         row.objections, row.held_by)
        for place, row in enumerate(items, start=1)
    ]  # fmt: skip
    title = f"{award.title} 公示名单 第 {version.notice.version} 版（{version.notice.number}）"
    told = Properties(title=title, author=award.office, subject=award.title, made_at=local)
    data = workbook(
        [List("公示名单", title, _COLUMNS, rows)], told, digest=hashlib.sha256(repr(rows).encode()).hexdigest()
    )  # fmt: skip
    return visit.sealed(download(data, f"公示名单-第{version.notice.version}版-{local:%Y%m%d-%H%M}.xlsx"))

"""Shows the office what is kept for how long and what is due; the lead proposes a clearing, another confirms it."""

import hashlib

from fastapi import APIRouter
from starlette.responses import Response

from config.refusal import Refusal
from office import people, retention, retention_files
from office.visitors import Part
from paperwork.sheets import Column, List, workbook
from paperwork.word_package import Properties
from web.admission import may
from web.downloads import download
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_COLUMNS = (Column("类别", 50), Column("姓名、项目或案件", 24), Column("涉及项目或文件", 30))
_SHOWN = 200  # entries on the page; the rest stands in the sheet


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/retention``."""
    router = APIRouter()

    @router.get("/retention")
    def shown(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit)

    @router.get("/retention/list.xlsx")
    def take_away(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _sheet(pages, visit)

    @router.post("/retention/propose")
    def propose(visit: Visit = may(Part.LEAD)) -> Response:
        desk, seen = pages.desk, visit.typed.get("seen", "")
        try:
            with desk.database.write() as session:
                retention.propose(session, desk, seen=seen, officer_id=visit.visitor.officer_id or 0, now=visit.now)
        except Refusal as refusal:
            return _page(pages, visit, refusal=refusal)
        return pages.go(visit, "/retention")

    @router.post("/retention/{run_id}/settle")
    def settle(run_id: int, visit: Visit = may(Part.OFFICE)) -> Response:
        desk, officer_id = pages.desk, visit.visitor.officer_id or 0
        settled = retention.confirm if visit.typed.get("step") == "confirm" else retention.drop
        try:
            with desk.database.write() as session:
                settled(session, desk, run_id, officer_id=officer_id, now=visit.now)
        except Refusal as refusal:
            return _page(pages, visit, refusal=refusal)
        retention_files.sweep(desk, now=visit.now)
        return pages.go(visit, "/retention")

    return router


def _page(pages: Pages, visit: Visit, *, refusal: Refusal | None = None) -> Response:
    """The table, the dry run, what waits for its second person, what was done."""
    desk = pages.desk
    with desk.database.read() as session:
        lines = retention.lines(session, desk, now=visit.now)
        entries = retention.dry_run(session, desk, now=visit.now)
        seen = retention.digest_of(retention.due(session, desk, now=visit.now))
        waiting, done = retention.waiting(session, desk), retention.done(session, desk)
        names = {officer.id: person.name for officer, person, _ in people.officers(session)}
    return pages.show(
        visit, "desk/retention", status=status_of(refusal) if refusal else 200, refusal=refusal, lines=lines,
        entries=entries[:_SHOWN], total=len(entries), seen=seen, waiting=waiting, done=done, names=names,
        is_lead=Part.LEAD in visit.visitor.parts, may_act=Part.OFFICE in visit.visitor.parts,
        officer_id=visit.visitor.officer_id,
    )  # fmt: skip


def _sheet(pages: Pages, visit: Visit) -> Response:
    desk, local = pages.desk, visit.now.astimezone(pages.desk.zone)
    with desk.database.read() as session:
        rows = [(entry.rule, entry.who, entry.about) for entry in retention.dry_run(session, desk, now=visit.now)]
    award, title = desk.edition.award, f"{desk.edition.award.entry_name} 到期的内容"
    told = Properties(title=title, author=award.office, subject=award.entry_name, made_at=local)
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    book = workbook([List("到期", title, _COLUMNS, rows)], told, digest=digest)
    return download(book, f"到期的内容-{local:%Y%m%d}.xlsx")

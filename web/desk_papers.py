"""Hands the office every paper of the edition and of its rounds, one button each, or many at once (R120–R137)."""

from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from config.refusal import Refusal
from office import archive, document_numbers, paper_bundle, paper_standing, papers
from office.paper_kinds import Phase
from office.visitors import Part
from web.admission import may
from web.downloads import download, unnamed_file
from web.pages import Pages
from web.paper_work import Works
from web.refusal_codes import status_of
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/papers``, ``/papers/all…``, ``/papers/work`` and ``/papers/{name}…``."""
    router, works = APIRouter(), Works()
    _of_all(router, pages, works)
    _of_many(router, pages, works)

    @router.get("/papers")
    def every(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _show(pages, visit, works)

    @router.get("/papers/{name}")
    def one(name: str, of: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        officer = visit.visitor.officer_id
        try:
            with pages.desk.database.write() as session:  # who looks at what is sealed is written down
                made = papers.make(session, pages.desk, name, of=of, officer_id=officer, now=visit.now)
        except Refusal as refusal:
            return _show(pages, visit, works, refusal)
        return download(made.data, made.file_name)

    return router


def _of_all(router: APIRouter, pages: Pages, works: Works) -> None:
    """What makes all papers at once, and tells how far it is."""

    @router.post("/papers/all")
    def begin(visit: Visit = may(Part.OFFICE)) -> Response:
        works.begin(pages.desk, officer_id=visit.visitor.officer_id or 0, now=visit.now)
        return pages.go(visit, "/papers")

    @router.get("/papers/work")
    def progress(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        if not visit.is_fragment:
            return pages.go(visit, "/papers")
        return pages.show(visit, "desk/papers", fragment="work", work=works.of(pages.desk), may_act=_acts(visit))

    @router.get("/papers/all.zip")
    def take(visit: Visit = may(Part.OFFICE)) -> Response:
        work = works.of(pages.desk)
        if work is None or work.file is None:
            return _show(pages, visit, works, Refusal("全部文书还没有生成。", next_step="请先点“生成全部文书”。"))
        name = f"{pages.desk.edition.award.entry_name} 全部文书 {work.begun_at.astimezone(pages.desk.zone):%Y%m%d-%H%M}"
        disposition = f"attachment; filename*=UTF-8''{quote(f'{name}.zip', safe='')}"
        return StreamingResponse(
            work.pieces(), media_type="application/zip", headers={"content-disposition": disposition}
        )


def _of_many(router: APIRouter, pages: Pages, works: Works) -> None:
    """What makes all papers of one kind, in one file or as many, and gives a kind its number."""

    @router.get("/papers/{name}/together")
    def together(name: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        try:
            with pages.desk.database.read() as session:
                made = papers.together(session, pages.desk, name, now=visit.now)
        except Refusal as refusal:
            return _show(pages, visit, works, refusal)
        return download(made.data, made.file_name)

    @router.get("/papers/{name}/each.zip")
    def each(name: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        target = archive.unnamed(pages.desk)
        try:
            paper_bundle.write_kind(pages.desk, name, target, now=visit.now)
        except Refusal as refusal:
            target.close()
            return _show(pages, visit, works, refusal)
        except BaseException:
            target.close()
            raise
        return unnamed_file(target, f"{pages.desk.edition.award.entry_name} {papers.find(name).title}.zip")

    @router.post("/papers/number")
    def number(visit: Visit = may(Part.OFFICE)) -> Response:
        officer, told = visit.visitor.officer_id or 0, visit.typed
        try:
            with pages.desk.database.write() as session:
                paper = papers.find(told.get("paper", ""))
                document_numbers.give(
                    session, pages.desk, paper.name, told.get("number", ""), officer_id=officer, now=visit.now
                )
        except Refusal as refusal:
            return _show(pages, visit, works, refusal)
        return pages.go(visit, "/papers")


def _acts(visit: Visit) -> bool:
    return Part.OFFICE in visit.visitor.parts


def _show(pages: Pages, visit: Visit, works: Works, refusal: Refusal | None = None) -> Response:
    """What there is, part by part of the year; of what cannot be made yet what is missing."""
    desk = pages.desk
    names: dict[str, str] = {round_.key: round_.name for round_ in desk.edition.rounds}
    with desk.database.read() as session:
        found = paper_standing.standings(session, desk, now=visit.now)
        suggested = document_numbers.suggested(session, desk)
    parts = [
        (phase, names.get(phase.value, phase.label), [each for each in found if each.phase is phase]) for phase in Phase
    ]
    return pages.show(
        visit, "desk/papers", status=status_of(refusal) if refusal else 200, refusal=refusal,
        parts=[part for part in parts if part[2]], suggested=suggested, typed=visit.typed, work=works.of(desk),
        numbered=[(each.paper.name, each.paper.title) for each in found if each.paper.numbered],
        may_act=_acts(visit), ready=sum(each.ready for each in found), total=len(found),
    )  # fmt: skip

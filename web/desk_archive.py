"""Lets the office take archives away: of a case at once, of the edition once the engine has made it (R136)."""

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from config.refusal import Refusal
from office import archive, archive_edition, archive_jobs
from office.visitors import Part
from web.admission import may
from web.downloads import unnamed_file
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/archives``, and ``/cases/{number}/archive.zip``."""
    router = APIRouter()
    _of_the_edition(router, pages)

    @router.get("/cases/{number}/archive.zip")
    def of_case(number: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        """Made whole before its first byte leaves: a fault is a page that says so, not half a file."""
        target = archive.unnamed(pages.desk)
        try:
            officer = visit.visitor.officer_id or 0
            made = archive.write_case(pages.desk, number, target, officer_id=officer, now=visit.now)
        except BaseException:
            target.close()
            raise
        return unnamed_file(target, made.name)

    return router


def _of_the_edition(router: APIRouter, pages: Pages) -> None:
    @router.get("/archives")
    def every(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit)

    @router.post("/archives/make")
    def make(visit: Visit = may(Part.LEAD)) -> Response:
        try:
            with pages.desk.database.write() as session:
                archive_jobs.ask(session, pages.desk, officer_id=visit.visitor.officer_id or 0, now=visit.now)
        except Refusal as refusal:
            return _page(pages, visit, refusal)
        return pages.go(visit, "/archives")

    @router.get("/archives/{job_id}")
    def take(job_id: int, request: Request, visit: Visit = may(Part.LEAD, Part.SUPERVISOR)) -> Response:
        desk, officer = pages.desk, visit.visitor.officer_id or 0
        try:
            with desk.database.read() as session:
                job, path = archive_jobs.found(session, desk, job_id, officer_id=officer)
        except Refusal as refusal:
            return _page(pages, visit, refusal)
        if request.headers.get("range", "bytes=0-").startswith("bytes=0-"):  # going on after a break is the same taking
            with desk.database.write() as session:
                archive_jobs.note_taken(session, desk, job, officer_id=officer, now=visit.now)
        return FileResponse(path, media_type="application/zip", filename=job.file)

    @router.post("/archives/{job_id}/delete")
    def delete(job_id: int, visit: Visit = may(Part.LEAD)) -> Response:
        try:
            with pages.desk.database.write() as session:
                officer = visit.visitor.officer_id or 0
                archive_jobs.delete(session, pages.desk, job_id, officer_id=officer, now=visit.now)
        except Refusal as refusal:
            return _page(pages, visit, refusal)
        return pages.go(visit, "/archives")


def _page(pages: Pages, visit: Visit, refusal: Refusal | None = None) -> Response:
    desk = pages.desk
    with desk.database.read() as session:
        standing = archive_jobs.standing(session, desk)
        cases = len(archive_edition.handed_in(session, desk))
        size = archive_edition.bytes_of(session, desk)
        lines = archive_jobs.lines(session, desk)
        session.expunge_all()
    return pages.show(
        visit, "desk/archives", fragment="work", status=status_of(refusal) if refusal else 200, refusal=refusal,
        standing=standing, lines=[line for line in lines if line.job.ended_at], cases=cases, size=size,
        room=max(archive.room(desk), 0), leads=Part.LEAD in visit.visitor.parts,
        may_take=not visit.visitor.parts.isdisjoint({Part.LEAD, Part.SUPERVISOR}),
    )  # fmt: skip

"""Hands the office every paper of the edition and of its rounds, one button each (R120–R137)."""

from fastapi import APIRouter
from starlette.responses import Response

from config.refusal import Refusal
from office import papers, tally
from office.paper_kinds import Subject
from office.visitors import Part
from web.admission import may
from web.downloads import download
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/papers`` and ``/papers/{name}?of=``."""
    router = APIRouter()

    @router.get("/papers")
    def every(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _show(pages, visit)

    @router.get("/papers/{name}")
    def one(name: str, of: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        officer = visit.visitor.officer_id
        try:
            with pages.desk.database.write() as session:  # who looks at what is sealed is written down
                made = papers.make(session, pages.desk, name, of=of, officer_id=officer, now=visit.now)
        except Refusal as refusal:
            return _show(pages, visit, refusal)
        return download(made.data, made.file_name)

    return router


def _show(pages: Pages, visit: Visit, refusal: Refusal | None = None) -> Response:
    """What there is; of a round before its lock it is said when its papers come."""
    desk = pages.desk
    with desk.database.read() as session:
        panels = {round_.key: tally.panel_of(session, desk, round_.key) for round_ in desk.edition.rounds}
    of = {subject.value: [each for each in papers.PAPERS if each.subject is subject] for subject in Subject}
    return pages.show(
        visit, "desk/papers", status=status_of(refusal) if refusal else 200, refusal=refusal,
        rounds=desk.edition.rounds, panels=panels, of=of,
    )  # fmt: skip

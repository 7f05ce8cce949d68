"""Shows whoever is signed in what is held of them, and hands it out; to the lead, that of somebody who asked."""

from fastapi import APIRouter
from starlette.responses import Response

from office import personal_data, personal_export
from office.visitors import Part, Visitor
from states.facts import Actor
from web.admission import may
from web.downloads import download
from web.pages import Pages
from web.visit import Visit

_SIGNED_IN = (Part.APPLICANT, Part.ENDORSER, Part.EXPERT, Part.OFFICE, Part.SUPERVISOR)
_ACTORS = (
    (Part.LEAD, Actor.LEAD.value), (Part.OFFICE, Actor.OFFICE.value), (Part.SUPERVISOR, Actor.OFFICE.value),
    (Part.EXPERT, "expert"), (Part.ENDORSER, Actor.ENDORSER.value),
)  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/me/data``, ``/me/data.zip`` and ``/people/{person_id}/data.zip``."""
    router = APIRouter()

    @router.get("/me/data")
    def mine(visit: Visit = may(*_SIGNED_IN)) -> Response:
        with pages.desk.database.read() as session:
            held = personal_data.gather(session, pages.desk, visit.visitor.people, now=visit.now)
        return pages.show(visit, "my_data", held=held, not_here=personal_data.NOT_HERE)

    @router.get("/me/data.zip")
    def take_mine(visit: Visit = may(*_SIGNED_IN)) -> Response:
        return _packed(pages, visit, visit.visitor.person_id or 0, visit.visitor.people)

    @router.get("/people/{person_id}/data.zip")
    def take(person_id: int, visit: Visit = may(Part.LEAD)) -> Response:
        officer = visit.visitor.officer_id or 0
        with pages.desk.database.read() as session:
            persons = personal_data.persons_of(session, person_id, officer_id=officer)
        return _packed(pages, visit, person_id, persons)

    return router


def _packed(pages: Pages, visit: Visit, person_id: int, persons: tuple[int, ...]) -> Response:
    desk = pages.desk
    with desk.database.read() as session:
        held = personal_data.gather(session, desk, persons, now=visit.now)
    data = personal_export.packed(held, desk, now=visit.now)
    with desk.database.write() as session:
        personal_data.tell(
            session, desk, person_id, actor=_actor(visit.visitor), officer_id=visit.visitor.officer_id, now=visit.now
        )
    return download(data, personal_export.file_name(held, desk, visit.now))


def _actor(visitor: Visitor) -> str:
    return next((actor for part, actor in _ACTORS if part in visitor.parts), Actor.APPLICANT.value)

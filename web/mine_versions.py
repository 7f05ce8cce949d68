"""Shows an applicant the former version of a file beside the new one (row 14, R45)."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from documents.form_text import FormTexts
from office import reading, versions, visitors
from office.visitors import Part
from states.refusals import NotAllowed
from web import shown
from web.admission import may
from web.pages import Pages
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The address ``/mine/{number}/files/{upload_id}/versions``."""
    router = APIRouter()

    @router.get("/mine/{number}/files/{upload_id}/versions")
    def compare(number: str, upload_id: int, other: int = 0, visit: Visit = may(Part.APPLICANT)) -> Response:
        desk = pages.desk
        with desk.database.read() as session, FormTexts() as texts:
            item = visitors.own_application(session, desk, visit.visitor, number)
            upload = reading.readable(session, desk, visit.visitor, upload_id)
            every = versions.versions(session, item, upload.slot, ordinal=upload.ordinal)
            before = [each.upload_id for each in every if each.revision < upload.revision]
            if upload.application_id != item.id or not before:
                raise NotAllowed("这份文件没有更早的版本。", next_step="换过文件之后才有可以对照的版本。")
            chosen = other if other in before else before[-1]
            compared = versions.compare(session, desk, chosen, upload_id, texts=texts)
        return pages.show(
            visit, "mine_versions", item=item, upload=upload, chosen=chosen,
            every=[each for each in every if each.upload_id in before],
            compared=compared, shown_at=partial(shown.instant, desk=visit.desk, language=visit.language),
        )  # fmt: skip

    return router

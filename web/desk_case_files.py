"""Shows the files of one case to the office as they are read: a form's text, and version beside version."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from documents.form_text import FormTexts
from office import case_file, cleared, versions
from office.visitors import Part
from records.tables.application import Application, Upload
from states.refusals import NotAllowed
from web import shown
from web.admission import may
from web.pages import Pages
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/cases/{number}/files``."""
    router = APIRouter()

    @router.get("/cases/{number}/files/{upload_id}/text")
    def text(number: str, upload_id: int, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        item, upload = _found(pages, number, upload_id)
        if pages.desk.edition.slot(upload.slot).reader != "form":
            raise NotAllowed("只有推荐表可以按文字阅读。", next_step="请直接打开文件。")
        cleared.refuse(pages.desk, upload)
        with FormTexts() as texts:
            paragraphs = texts(pages.desk.vault.path(upload.sha256))
        return pages.show(visit, "desk/case_text", item=item, upload=upload, paragraphs=paragraphs)

    @router.get("/cases/{number}/files/{upload_id}/versions")
    def compare(
        number: str, upload_id: int, other: int = 0, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)
    ) -> Response:
        item, upload = _found(pages, number, upload_id)
        with pages.desk.database.read() as session, FormTexts() as texts:
            every = versions.versions(session, item, upload.slot, ordinal=upload.ordinal)
            before = [each.upload_id for each in every if each.revision < upload.revision]
            chosen = other or (before[-1] if before else 0)
            if not chosen:
                raise NotAllowed("这份文件只有一个版本。", next_step="换过文件之后才有可以对照的版本。")
            compared = versions.compare(session, pages.desk, chosen, upload_id, texts=texts)
        return pages.show(
            visit, "desk/case_versions", item=item, upload=upload, every=every, chosen=chosen,
            compared=compared, shown_at=partial(shown.instant, desk=visit.desk, language=visit.language),
        )  # fmt: skip

    return router


def _found(pages: Pages, number: str, upload_id: int) -> tuple[Application, Upload]:
    with pages.desk.database.read() as session:
        item = case_file.by_number(session, pages.desk, number)
        return item, case_file.file_of(session, item, upload_id)

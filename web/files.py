"""Serves the bytes of a file, or a picture of its report, to whoever may see them, and never as anything that runs."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from documents.findings import shown
from documents.form_text import FormTexts
from office import endorsement, reading
from office.desk import Desk
from office.reading import NoSuchFile
from office.visitors import Part
from records.tables.application import Upload
from states.refusals import NotAllowed
from web.admission import may
from web.pages import Pages
from web.visit import Visit

_READERS = (Part.APPLICANT, Part.ENDORSER, Part.EXPERT, Part.OFFICE, Part.SUPERVISOR)
_WRITTEN_DOWN = {Part.EXPERT, Part.OFFICE, Part.SUPERVISOR}
_SANDBOX = "sandbox"  # beside the policy of every answer: no script, no form, no window, an origin of its own


@dataclass(frozen=True, slots=True)
class Served:
    """How the files of one kind go out. ``policy``: browsers show no PDF in a sandbox, so that one has none."""

    media_type: str
    inline: bool
    policy: str = _SANDBOX


# By what the slot's reader takes, never by the name that a stranger gave.
_KINDS = {
    "form": Served("application/vnd.openxmlformats-officedocument.wordprocessingml.document", inline=False),
    "video": Served("video/mp4", inline=True),
    "letter": Served("application/pdf", inline=True, policy=""),
    "evidence": Served("application/pdf", inline=True, policy=""),
}
_OTHER = Served("application/octet-stream", inline=False)


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/files/{upload_id}``, ``/pictures/{upload_id}/{key}`` and the first under an endorser's link."""
    router = APIRouter()

    @router.get("/files/{upload_id}")
    def file(upload_id: int, request: Request, download: str = "", visit: Visit = may(*_READERS)) -> Response:
        desk = pages.desk
        with desk.database.read() as session:
            upload = reading.readable(session, desk, visit.visitor, upload_id)
        answer = _bytes_of(desk, upload, as_download=bool(download))
        if _begins(request) and visit.visitor.parts & _WRITTEN_DOWN:
            with desk.database.write() as session:
                reading.note(session, desk, visit.visitor, upload, now=visit.now)
        return answer

    @router.get("/files/{upload_id}/text")
    def words(upload_id: int, visit: Visit = may(*_READERS)) -> Response:
        desk = pages.desk
        with desk.database.read() as session:
            upload = reading.readable(session, desk, visit.visitor, upload_id)
        if visit.visitor.parts & _WRITTEN_DOWN:
            with desk.database.write() as session:
                reading.note(session, desk, visit.visitor, upload, now=visit.now)
        return _text(pages, visit, upload)

    @router.get("/pictures/{upload_id}/{key}")
    def picture(upload_id: int, key: str, visit: Visit = may(*_READERS)) -> Response:
        with pages.desk.database.read() as session:
            upload = reading.readable(session, pages.desk, visit.visitor, upload_id)
        return _picture(pages.desk, upload, key)

    _by_request(router, pages)
    return router


def _by_request(router: APIRouter, pages: Pages) -> None:
    @router.get("/endorse/{token}/files/{upload_id}")
    def asked(
        token: str, upload_id: int, download: str = "", visit: Visit = may(Part.PUBLIC, by_address=True)
    ) -> Response:
        with pages.desk.database.read() as session:
            request = endorsement.open_by_token(session, token, now=visit.now)
            upload = reading.readable_by_request(session, pages.desk, request, upload_id)
        return _bytes_of(pages.desk, upload, as_download=bool(download))

    @router.get("/endorse/{token}/files/{upload_id}/text")
    def asked_words(token: str, upload_id: int, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        with pages.desk.database.read() as session:
            request = endorsement.open_by_token(session, token, now=visit.now)
            upload = reading.readable_by_request(session, pages.desk, request, upload_id)
        return _text(pages, visit, upload)


def _begins(request: Request) -> bool:
    """Whether the first byte is asked for: what a player fetches after it belongs to the same reading."""
    return request.headers.get("range", "bytes=0-").startswith("bytes=0-")


def _bytes_of(desk: Desk, upload: Upload, *, as_download: bool) -> Response:
    """The whole file, or the piece of it that was asked for (206)."""
    slot = next((each for each in desk.edition.slots if each.key == upload.slot), None)
    kind = _KINDS.get(slot.reader, _OTHER) if slot else _OTHER
    if not desk.vault.holds(upload.sha256):
        raise NoSuchFile("文件库中没有找到这个文件。", next_step="请告知遴选办公室。")
    return FileResponse(
        desk.vault.path(upload.sha256),
        media_type=kind.media_type,
        filename=shown(upload.name),
        content_disposition_type="inline" if kind.inline and not as_download else "attachment",
        headers={"content-security-policy": kind.policy} if kind.policy else None,
    )


def _text(pages: Pages, visit: Visit, upload: Upload) -> Response:
    """The words of a form as a page, or as a piece of one: each paragraph, and whether it heads a part (R53–R58)."""
    if pages.desk.edition.slot(upload.slot).reader != "form":
        raise NotAllowed("只有推荐表可以按文字阅读。", next_step="请直接打开文件。")
    with FormTexts() as texts:
        found = texts(pages.desk.vault.path(upload.sha256))
    heads = {part.get("paragraph") for part in upload.report.get("facts", {}).get("parts", ())}
    told = None if found is None else [(words, at in heads) for at, words in enumerate(found) if words.strip()]
    return pages.show(visit, "file_text", fragment="text", upload=upload, paragraphs=told)


def _picture(desk: Desk, upload: Upload, key: str) -> Response:
    """One picture of the report, by its key; only what the report itself names is served."""
    told = next((each for each in upload.report.get("pictures", ()) if each["key"] == key), None)
    if told is None or not desk.vault.holds(told["sha256"]):
        raise NoSuchFile("检查报告中没有这张图。", next_step="请从检查报告中打开。")
    return FileResponse(
        desk.vault.path(told["sha256"]), media_type="image/jpeg", headers={"content-security-policy": _SANDBOX}
    )

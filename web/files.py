"""Serves the bytes of a file, or a picture of its report, to whoever may see them, and never as anything that runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from os import SEEK_END
from typing import IO
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response, StreamingResponse

from documents.findings import shown
from documents.form_text import KeptTexts
from office import endorsement, reading, review_copies
from office.desk import Desk
from office.reading import NoSuchFile
from office.review_copies import Reader
from office.visitors import Part
from records.tables.application import Upload
from states.refusals import NotAllowed
from web.admission import may
from web.holed import holed
from web.pages import Pages
from web.visit import Visit

_READERS = (Part.APPLICANT, Part.ENDORSER, Part.EXPERT, Part.OFFICE, Part.SUPERVISOR)
_WRITTEN_DOWN = {Part.EXPERT, Part.OFFICE, Part.SUPERVISOR}
_PIECE = 1 << 18  # bytes
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
_TEXTS = KeptTexts()


@dataclass(frozen=True, slots=True)
class _Sending:
    """A file on its way out: to be kept or shown in place, whole or the bytes that were asked for."""

    upload: Upload
    as_download: bool
    asked: str | None

    def kind(self, desk: Desk) -> Served:
        slot = next((each for each in desk.edition.slots if each.key == self.upload.slot), None)
        return _KINDS.get(slot.reader, _OTHER) if slot else _OTHER

    def disposition(self, desk: Desk) -> str:
        return "inline" if self.kind(desk).inline and not self.as_download else "attachment"


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/files/{upload_id}``, ``/pictures/{upload_id}/{key}`` and the first under an endorser's link."""
    router = APIRouter()

    @router.get("/files/{upload_id}")
    def file(upload_id: int, request: Request, download: str = "", visit: Visit = may(*_READERS)) -> Response:
        desk = pages.desk
        with desk.database.read() as session:
            upload = reading.readable(session, desk, visit.visitor, upload_id)
            is_theirs = reading.gets_original(session, desk, visit.visitor, upload)
            for_whom = None if is_theirs else review_copies.reader(session, visit.visitor, upload)
        sending = _Sending(upload, as_download=bool(download), asked=request.headers.get("range"))
        answer = _bytes_of(desk, sending) if for_whom is None else _copy_of(pages, sending, for_whom, visit.now)
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
        token: str, upload_id: int, request: Request, download: str = "",
        visit: Visit = may(Part.PUBLIC, by_address=True),
    ) -> Response:  # fmt: skip
        with pages.desk.database.read() as session:
            answer_to = endorsement.open_by_token(session, token, now=visit.now)
            upload = reading.readable_by_request(session, pages.desk, answer_to, upload_id)
            for_whom = review_copies.reader_by_request(session, answer_to)
        sending = _Sending(upload, as_download=bool(download), asked=request.headers.get("range"))
        return _copy_of(pages, sending, for_whom, visit.now)

    @router.get("/endorse/{token}/files/{upload_id}/text")
    def asked_words(token: str, upload_id: int, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        with pages.desk.database.read() as session:
            request = endorsement.open_by_token(session, token, now=visit.now)
            upload = reading.readable_by_request(session, pages.desk, request, upload_id)
        return _text(pages, visit, upload)


def _begins(request: Request) -> bool:
    """Whether the first byte is asked for: what a player fetches after it belongs to the same reading."""
    return request.headers.get("range", "bytes=0-").startswith("bytes=0-")


def _bytes_of(desk: Desk, sending: _Sending) -> Response:
    """The whole file, or the piece of it that was asked for (206)."""
    upload, kind = sending.upload, sending.kind(desk)
    if not desk.vault.holds(upload.sha256):
        raise NoSuchFile("文件库中没有找到这个文件。", next_step="请告知遴选办公室。")
    return FileResponse(
        desk.vault.path(upload.sha256),
        media_type=kind.media_type,
        filename=shown(upload.name),
        content_disposition_type=sending.disposition(desk),
        headers={"content-security-policy": kind.policy} if kind.policy else None,
    )


def _copy_of(pages: Pages, sending: _Sending, for_whom: Reader, now: datetime) -> Response:
    """A copy for an expert or endorser: a film with its tags blanked, anything else marked for whom it is."""
    desk, kind, name = pages.desk, sending.kind(pages.desk), quote(shown(sending.upload.name), safe="")
    headers = {"content-disposition": f"{sending.disposition(desk)}; filename*=utf-8''{name}"}
    headers |= {"content-security-policy": kind.policy} if kind.policy else {}
    if review_copies.kind_of(desk, sending.upload) == "mp4":
        untold = review_copies.holes(desk, pages.copies, sending.upload)
        return holed(desk.vault.path(sending.upload.sha256), untold, sending.asked, headers)
    made = review_copies.copied(desk, pages.copies, sending.upload, for_whom, now=now)
    headers["content-length"] = str(made.seek(0, SEEK_END))
    made.seek(0)
    return StreamingResponse(_read_out(made), headers=headers, media_type=kind.media_type)


def _read_out(made: IO[bytes]) -> Iterator[bytes]:
    with made:
        while piece := made.read(_PIECE):
            yield piece


def _text(pages: Pages, visit: Visit, upload: Upload) -> Response:
    """The words of a form as a page, or as a piece of one: each paragraph, and whether it heads a part (R53–R58)."""
    if pages.desk.edition.slot(upload.slot).reader != "form":
        raise NotAllowed("只有推荐表可以按文字阅读。", next_step="请直接打开文件。")
    found = _TEXTS(upload.sha256, pages.desk.vault.path(upload.sha256))
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

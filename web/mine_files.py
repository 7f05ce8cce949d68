"""Takes an applicant's files slice by slice from the script that sends them, and lets them be dropped (R41–R43)."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from config.refusal import Refusal
from documents.arrivals import OutOfStep
from office import case_history, colleagues, drafts, slices, still_missing, uploads, visitors
from office.slices import Progress
from office.uploads import Incoming
from office.visitors import Part
from records.tables.application import Application, Upload
from web import file_checks, mine, mine_slots
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

SLICE = 8 << 20  # bytes; less than `documents.arrivals.LARGEST_SLICE`
_LONGEST_NAME = 200
_RAW = "application/octet-stream"
Answer = dict[str, Any]


class Announced(BaseModel):
    """A file as the browser announces it; ``ordinal`` names the one that it replaces in a slot of many."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    slot: str
    name: str
    size: int
    kind: str = ""
    ordinal: int | None = None

    def incoming(self, visit: Visit) -> Incoming:
        """The same for the office, the name without any folder."""
        name = self.name.replace("\\", "/").rpartition("/")[2][-_LONGEST_NAME:]
        return Incoming(self.slot, name, visit.now, ordinal=self.ordinal, kind=self.kind)


async def _raw(request: Request) -> bytes:
    if request.headers.get("content-type") != _RAW:
        raise Refusal("这不是文件的一段。", next_step="请从项目页面选择文件上传。")
    return await request.body()


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/mine/{number}/files`` and ``/mine/{number}/slots``."""
    router = APIRouter()
    _arrive(router, pages)
    _end(router, pages)
    return router


def _arrive(router: APIRouter, pages: Pages) -> None:
    @router.post("/mine/{number}/files")
    def begin(number: str, told: Annotated[Announced, Form()], visit: Visit = may(Part.APPLICANT)) -> Response:
        def deed() -> Answer:
            if told.size < 1:
                raise Refusal("这个文件是空的，没有上传。", next_step="请重新选择文件。")
            with pages.desk.database.write() as session:
                id_ = _own(session, pages, visit, number).id or 0
                return _shown(slices.begin(session, pages.desk, id_, told.incoming(visit), size=told.size))

        return _answered(visit, deed)

    @router.get("/mine/{number}/files/{upload_id}")
    def arrived(number: str, upload_id: int, visit: Visit = may(Part.APPLICANT)) -> Response:
        def deed() -> Answer:
            with pages.desk.database.read() as session:
                item = _own(session, pages, visit, number)
                return _shown(slices.progress(session, pages.desk, item.id or 0, upload_id))

        return _answered(visit, deed)

    @router.post("/mine/{number}/files/{upload_id}")
    def append(
        number: str, upload_id: int, offset: int,
        visit: Visit = may(Part.APPLICANT, largest=SLICE), piece: bytes = Depends(_raw),  # noqa: FAST002 - only after `visit`
    ) -> Response:  # fmt: skip
        """The next bytes, as they are: no form around them."""

        def deed() -> Answer:
            with pages.desk.database.read() as session:
                id_ = _own(session, pages, visit, number).id or 0
                return _shown(slices.append(session, pages.desk, id_, upload_id, offset=offset, piece=piece))

        return _answered(visit, deed)


def _end(router: APIRouter, pages: Pages) -> None:
    @router.post("/mine/{number}/files/{upload_id}/finish")
    def finish(
        number: str, upload_id: int, size: Annotated[int, Form()], visit: Visit = may(Part.APPLICANT)
    ) -> Response:
        def deed() -> Answer:
            with pages.desk.database.read() as session:
                item = _own(session, pages, visit, number)
                known = session.get(Upload, upload_id)
                hand = colleagues.hand_of(visit.visitor, item)
                by = Incoming(known.slot if known else "", known.name if known else "", visit.now, by_id=hand)
            check = file_checks.check_named(pages, by.name)
            upload = slices.finish(pages.desk, item.id or 0, upload_id, size=size, by=by, check=check, now=visit.now)
            return {"upload_id": upload.id, "verdict": upload.verdict}

        return _answered(visit, deed)

    @router.post("/mine/{number}/files/{upload_id}/drop")
    def drop(number: str, upload_id: int, visit: Visit = may(Part.APPLICANT)) -> Response:
        try:
            with pages.desk.database.write() as session:
                item = _own(session, pages, visit, number)
                upload = _standing(session, item, upload_id)
                by = Incoming(upload.slot, upload.name, visit.now, by_id=colleagues.hand_of(visit.visitor, item))
                uploads.drop_file(session, pages.desk, upload, by=by, now=visit.now)
                slot = upload.slot
        except visitors.NoSuchCase:
            raise
        except Refusal as refusal:
            return mine.case_page(pages, visit, number, refusal=refusal)
        return pages.go(visit, f"/mine/{number}#slot-{slot}")

    @router.get("/mine/{number}/slots/{slot}")
    def one(number: str, slot: str, visit: Visit = may(Part.APPLICANT)) -> Response:
        """One slot and what is still missing, as pieces of the page; the script puts them in their places."""
        desk = pages.desk
        with desk.database.read() as session:
            item = _own(session, pages, visit, number)
            told = case_history.told(session, desk, item, now=visit.now)
            places = [each for each in mine_slots.places(session, desk, item, told) if each.slot.key == slot]
            missing, seen = still_missing.still_missing(session, desk, item), drafts.seen(session, item)
        return pages.show(visit, "mine_slot", number=number, places=places, missing=missing, seen=seen)


def _own(session: Session, pages: Pages, visit: Visit, number: str) -> Application:
    return visitors.own_application(session, pages.desk, visit.visitor, number)


def _standing(session: Session, item: Application, upload_id: int) -> Upload:
    upload = session.get(Upload, upload_id)
    if upload is None or upload.application_id != item.id or upload.superseded_at is not None:
        raise Refusal("这份文件已经移除，或被另一个版本取代。", next_step="请刷新页面后查看。")
    return upload


def _shown(progress: Progress) -> Answer:
    return {"upload_id": progress.upload_id, "arrived": progress.arrived, "slice": SLICE}


def _answered(visit: Visit, deed: Callable[[], Answer]) -> Response:
    """What the script reads; of a refusal its sentence and next step, and where to go on when a slice did not fit."""
    try:
        return visit.sealed(JSONResponse(deed()))
    except Refusal as refusal:
        told: Answer = {"sentence": refusal.sentence, "next_step": refusal.next_step}
        if isinstance(refusal, OutOfStep):
            told["arrived"] = refusal.expected
        return visit.sealed(JSONResponse(told, status_code=status_of(refusal)))

"""Shows signed-in endorsers what waits for them, and takes their answers (R13–R15, R38–R40, A6)."""

from datetime import datetime
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import endorser_desk
from office.desk import Desk
from office.endorsement_facts import fingerprint
from office.endorser_desk import Asked
from office.visitors import NoSuchCase, Part
from paperwork.sheets import Column, List, workbook
from paperwork.word_package import Properties
from states.refusals import NotAllowed
from web import endorser_files, endorser_society
from web.admission import may
from web.downloads import download
from web.endorse import LONGEST_OPINION
from web.endorser_society import TONES
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

Told = Annotated[str, Form()]
_COLUMNS = (
    Column("编号", 12), Column("项目名称", 40), Column("申报单位", 30), Column("办理", 12),
    Column("截止", 20, "instant"), Column("答复时间", 20, "instant"), Column("意见", 40),
)  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/endorser``."""
    router = APIRouter()
    _looks(router, pages)

    @router.post("/endorser/{number}")
    def take(
        number: str, verb: Told = "", seen: Told = "", opinion: Told = "", visit: Visit = may(Part.ENDORSER)
    ) -> Response:
        try:
            if len(opinion) > LONGEST_OPINION:
                raise NotAllowed(f"意见超过 {LONGEST_OPINION} 字。", next_step="请删减后再提交；所填文字仍在下面。")
            with pages.desk.database.write() as session:
                endorser_desk.answer(
                    session, pages.desk, visit.visitor, number, verb, seen=seen, opinion=opinion.strip(), now=visit.now
                )  # fmt: skip
        except NoSuchCase:
            raise
        except Refusal as refusal:
            return _one(pages, visit, number, refusal=refusal)
        return pages.go(visit, f"/endorser?done={number}")

    return router


def _looks(router: APIRouter, pages: Pages) -> None:
    @router.get("/endorser")
    def every(done: str = "", visit: Visit = may(Part.ENDORSER)) -> Response:
        return endorser_society.every(pages, visit, done=done)

    @router.get("/endorser.xlsx")
    def take_away(visit: Visit = may(Part.ENDORSER)) -> Response:
        with pages.desk.database.read() as session:
            rows = endorser_desk.asked(session, pages.desk, visit.visitor)
        name = f"推荐项目-{visit.now.astimezone(pages.desk.zone):%Y%m%d-%H%M}.xlsx"
        return download(_sheet(pages.desk, rows, now=visit.now), name)

    @router.get("/endorser/{number}")
    def one(number: str, visit: Visit = may(Part.ENDORSER)) -> Response:
        return _one(pages, visit, number)


def _one(pages: Pages, visit: Visit, number: str, *, refusal: Refusal | None = None) -> Response:
    """One application with its files and both answers; after a refusal with its words and with what was typed."""
    with pages.desk.database.read() as session:
        row = endorser_desk.one(session, pages.desk, visit.visitor, number)
        files, seen = _files(session, pages.desk, row)
    names = {each.key: each.name for each in pages.desk.edition.categories}
    return pages.show(
        visit, "endorser_one", status=status_of(refusal) if refusal else 200, refusal=refusal, row=row, files=files,
        seen=seen, category=names.get(row.item.category, row.item.category), longest=LONGEST_OPINION,
        opinion=visit.typed.get("opinion", "") if refusal else "", verb=visit.typed.get("verb", ""), tones=TONES,
    )  # fmt: skip


def _files(session: Session, desk: Desk, row: Asked) -> tuple[list[endorser_files.File], str]:
    return endorser_files.of(session, desk, row.item.id or 0, at="/files"), fingerprint(session, row.item)


def _sheet(desk: Desk, rows: list[Asked], *, now: datetime) -> bytes:
    """The list as it is on the screen."""
    award = desk.edition.award
    lines = [
        (row.item.number, row.item.title, row.item.unit, row.standing, _local(desk, row.until),
         _local(desk, row.answered_at), row.opinion)
        for row in rows
    ]  # fmt: skip
    properties = Properties(
        title=f"{award.entry_name} 推荐项目", author=award.office, subject=award.entry_name,
        made_at=now.astimezone(desk.zone),
    )  # fmt: skip
    digest = sha256(repr(lines).encode()).hexdigest()
    return workbook([List("推荐项目", properties.title, _COLUMNS, lines)], properties, digest=digest)


def _local(desk: Desk, instant: datetime | None) -> datetime | None:
    return instant.astimezone(desk.zone) if instant else None

"""Takes paper score sheets in the browser: one officer types with a picture, another types again without seeing it."""

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from config.refusal import Refusal
from office import conflicts_desk, paper_sheets, sheet_codes, tally
from office.scores import Entry
from office.visitors import NoSuchCase, Part
from paperwork.sheets import Column
from states.refusals import NotAllowed
from web import brought, expert_pad, list_sheet
from web.admission import may
from web.desk_rounds_frame import code, framed
from web.pages import Pages
from web.typed_numbers import whole
from web.visit import Visit

LARGEST_PHOTO = 10 << 20  # bytes
_PHOTO = "photo"
_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}
_TONES = {"second": "warn", "differs": "bad", "counted": "ok", "dropped": "rest"}


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/rounds/{round_key}/sheets``."""
    router = APIRouter()

    @router.get("/rounds/{round_key}/sheets")
    def listed(round_key: str, sheet: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _of_code(pages, visit, round_key, sheet) if sheet else _list(pages, visit, round_key)

    @router.get("/rounds/{round_key}/sheets.xlsx")
    def take_away(round_key: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _sheet(pages, visit, round_key)

    @router.post("/rounds/{round_key}/sheets/new")
    async def begin(
        request: Request, round_key: str, visit: Visit = may(Part.OFFICE, largest=LARGEST_PHOTO + (64 << 10))
    ) -> Response:
        async with request.form() as form:
            return await run_in_threadpool(_begin, pages, visit, round_key, form)

    @router.get("/rounds/{round_key}/sheets/{sheet_id}")
    def one(round_key: str, sheet_id: int, visit: Visit = may(Part.OFFICE)) -> Response:
        return _one(pages, visit, round_key, sheet_id)

    @router.get("/rounds/{round_key}/sheets/{sheet_id}/photo")
    def photo(round_key: str, sheet_id: int, visit: Visit = may(Part.OFFICE)) -> Response:
        with pages.desk.database.write() as session:
            framed(pages, visit, session, round_key, "sheets")
            digest = paper_sheets.open_photo(
                session, pages.desk, sheet_id, officer_id=visit.visitor.officer_id or 0, now=visit.now
            )
        data = pages.desk.vault.path(digest).read_bytes()
        return Response(data, media_type=_kind_of(data) or "application/octet-stream")

    @router.post("/rounds/{round_key}/sheets/{sheet_id}/{deed}")
    def act(round_key: str, sheet_id: int, deed: str, visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            with pages.desk.database.write() as session:
                _do(session, pages, visit, sheet_id, deed)
        except Refusal as refusal:
            return _one(pages, visit, round_key, sheet_id, refusal)
        return pages.go(visit, f"/rounds/{round_key}/sheets")

    return router


def _do(session: Session, pages: Pages, visit: Visit, sheet_id: int, deed: str) -> None:
    desk, officer, now = pages.desk, visit.visitor.officer_id or 0, visit.now
    if deed == "confirm":
        paper_sheets.confirm(session, desk, sheet_id, entry_of(visit), officer_id=officer, now=now)
    elif deed == "retype":
        paper_sheets.retype(session, desk, sheet_id, entry_of(visit), officer_id=officer, now=now)
    elif deed == "drop":
        reason = visit.typed.get("why", "")
        paper_sheets.drop(session, desk, sheet_id, reason=reason, officer_id=officer, now=now)
    else:
        raise NotAllowed("没有这一步。", next_step="请从页面上的按钮操作。")


def entry_of(visit: Visit) -> Entry:
    """What was typed from a sheet: aspects where one is filled in, else the total; an absence leaves both out."""
    said = visit.typed
    aspects = {key.removeprefix("aspect-"): word for key, word in said.items() if key.startswith("aspect-")}
    by_aspects = any(word.strip() for word in aspects.values())
    total = said.get("total", "").strip()
    return Entry(
        total=None if by_aspects and not total else total,
        aspects=aspects if by_aspects else {},
        reason=said.get("reason", ""),
        absent=said.get("absent", ""),
    )


def _begin(pages: Pages, visit: Visit, round_key: str, form: FormData) -> Response:
    said = visit.typed
    try:
        photo = _kept(pages, form)
        with pages.desk.database.write() as session:
            item = conflicts_desk.item_of(session, pages.desk, round_key, said.get("number", ""))
            paper_sheets.begin(
                session, pages.desk, round_key, whole(said.get("expert", "")) or 0, item.id or 0, entry_of(visit),
                photo=photo, officer_id=visit.visitor.officer_id or 0, now=visit.now,
            )  # fmt: skip
    except Refusal as refusal:
        return _list(pages, visit, round_key, refusal)
    return pages.go(visit, f"/rounds/{round_key}/sheets")


def _kept(pages: Pages, form: FormData) -> str:
    """The digest of the picture that was sent; `NothingBrought` without one, `NotAllowed` for what is no picture."""
    found = brought.files_of(form, _PHOTO)
    if not found:
        raise brought.NothingBrought("没有附上评分表的照片。", next_step="请拍照或扫描签字的评分表，与分数一并提交。")
    file = found[0].file
    head = file.read(8)
    file.seek(0)
    if not _kind_of(head):
        raise NotAllowed("照片不是 JPG 或 PNG 图片。", next_step="请用手机拍照，或把扫描件另存为 JPG 后再传。")
    return pages.desk.vault.keep(file, most_bytes=LARGEST_PHOTO).sha256


def _kind_of(head: bytes) -> str:
    return next((kind for magic, kind in _KINDS.items() if head.startswith(magic)), "")


def _of_code(pages: Pages, visit: Visit, round_key: str, sheet: str) -> Response:
    """The list with the expert chosen whose printed sheet was scanned."""
    try:
        with pages.desk.database.read() as session:
            expert = sheet_codes.expert_of(session, pages.desk, round_key, sheet)
    except Refusal as refusal:
        return _list(pages, visit, round_key, refusal)
    visit.typed["expert"] = str(expert)
    return _list(pages, visit, round_key)


def _list(pages: Pages, visit: Visit, round_key: str, refusal: Refusal | None = None) -> Response:
    desk = pages.desk
    with desk.database.read() as session:
        frame = framed(pages, visit, session, round_key, "sheets")
        found = paper_sheets.lines(session, desk, round_key)
        experts = conflicts_desk.experts_of(session, desk, frame["standing"].panel)
        rules = tally.rules_of(desk, frame["standing"].panel)
        session.expunge_all()
    return pages.show(
        visit, "desk/rounds_sheets", status=code(refusal), refusal=refusal, **frame, sheets=found, tones=_TONES,
        experts=experts, rules=rules, absences=expert_pad.ABSENCES, me=visit.visitor.officer_id,
    )  # fmt: skip


def _one(
    pages: Pages, visit: Visit, round_key: str, sheet_id: int, refusal: Refusal | None = None
) -> Response:  # fmt: skip
    desk = pages.desk
    with desk.database.read() as session:
        frame = framed(pages, visit, session, round_key, "sheets")
        line = next((one for one in paper_sheets.lines(session, desk, round_key) if one.sheet.id == sheet_id), None)
        if line is None:
            raise NoSuchCase("没有这份评分表。", next_step="请从评分表的名单中选择。")
        rules = tally.rules_of(desk, frame["standing"].panel)
        session.expunge_all()
    aspects = {aspect.key: aspect.name for criterion in rules.criteria for aspect in criterion.aspects}
    return pages.show(
        visit, "desk/rounds_sheet", status=code(refusal), refusal=refusal, **frame, line=line, rules=rules,
        tones=_TONES, absences=expert_pad.ABSENCES, is_mine=line.sheet.first_by == visit.visitor.officer_id,
        differs=paper_sheets.differences(line.sheet, aspects),
    )  # fmt: skip


def _sheet(pages: Pages, visit: Visit, round_key: str) -> Response:
    """Which sheets there are and where each is; never what is on one."""
    with pages.desk.database.read() as session:
        name = framed(pages, visit, session, round_key, "sheets")["standing"].round.name
        found = paper_sheets.lines(session, pages.desk, round_key)
        session.expunge_all()
    zone = pages.desk.zone
    columns = [
        Column("编号", 12), Column("项目名称", 36), Column("专家", 12), Column("状态", 12), Column("第一次录入", 12),
        Column("第一次时间", 20, "instant"), Column("复核录入", 12), Column("复核时间", 20, "instant"),
        Column("作废原因", 30),
    ]  # fmt: skip
    rows = [
        (line.number, line.title, line.expert, line.label, line.first, line.sheet.first_at.astimezone(zone),
         line.second, line.sheet.second_at.astimezone(zone) if line.sheet.second_at else None, line.sheet.dropped_why)
        for line in found
    ]  # fmt: skip
    return list_sheet.answer(pages, visit, f"{name}纸质评分表", [(f"{name}纸质评分表", columns, rows)])

"""Lets the office bring in a season that runs: its summary and files, looked at row by row, then taken whole."""

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from config.refusal import Refusal
from documents import zip_list
from documents.child import Readers, task_of
from documents.findings import Declared, Report
from office import season_files, season_import, season_sheet, season_undo, uploads
from office.desk import Desk
from office.season_files import BroughtFile
from office.season_import import Preview
from office.season_sheet import FIELDS, Sheet
from office.visitors import Part
from web import brought
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

LARGEST = 8 << 30  # bytes of a form
_LARGEST_FILE = 4 << 30  # bytes


@dataclass(frozen=True, slots=True)
class Parcel:
    """What was brought: the summary and the files, all in the vault; ``sha256`` is the list of them, kept there too."""

    sheet: str
    files: tuple[BroughtFile, ...]
    sha256: str


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/import``."""
    router = APIRouter()

    @router.get("/import")
    def begin(visit: Visit = may(Part.OFFICE)) -> Response:
        return _page(pages, visit)

    @router.post("/import/look")
    async def look(request: Request, visit: Visit = may(Part.OFFICE, largest=LARGEST)) -> Response:
        async with request.form() as form:
            return await run_in_threadpool(_look, pages, visit, form)

    @router.post("/import/take")
    async def take(request: Request, visit: Visit = may(Part.OFFICE)) -> Response:
        async with request.form() as form:
            return await run_in_threadpool(_take, pages, visit, form)

    @router.post("/import/undo")
    def undo(visit: Visit = may(Part.LEAD)) -> Response:
        head = visit.typed.get("head", "")
        try:
            with pages.desk.database.write() as session:
                season_undo.take_back(
                    session, pages.desk, int(head) if head.isascii() and head.isdigit() else 0,
                    reason=visit.typed.get("reason", ""), officer_id=visit.visitor.officer_id or 0, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, refusal=refusal)
        return pages.go(visit, "/import")

    return router


def _look(pages: Pages, visit: Visit, form: FormData) -> Response:
    """What the import would do; what was brought stays in the vault, so that other columns can be tried."""
    desk = pages.desk
    parcel: Parcel | None = None
    try:
        parcel = _kept(desk, str(form["parcel"])) if form.get("parcel") else _brought(desk, form)
        sheet = _sheet(desk, parcel, form)
        if sheet.missing:
            return _page(pages, visit, parcel=parcel, sheet=sheet)
        with desk.database.read() as session:
            found = season_import.preview(session, desk, sheet, parcel.files, now=visit.now)
    except Refusal as refusal:
        return _page(pages, visit, parcel=parcel, refusal=refusal)
    return _page(pages, visit, parcel=parcel, sheet=sheet, found=found)


def _take(pages: Pages, visit: Visit, form: FormData) -> Response:
    """Read every file in the confined child first, then write all cases in one transaction."""
    desk = pages.desk
    try:
        parcel = _kept(desk, str(form.get("parcel", "")))
        sheet = _sheet(desk, parcel, form)
        with desk.database.read() as session:
            reports = _reports(desk, season_import.preview(session, desk, sheet, parcel.files, now=visit.now))
        with desk.database.write() as session:
            found = season_import.preview(session, desk, sheet, parcel.files, now=visit.now)
            season_import.carry_out(
                session, desk, found, reports, expected=str(form.get("digest", "")),
                officer_id=visit.visitor.officer_id or 0, now=visit.now,
            )  # fmt: skip
    except Refusal as refusal:
        return _page(pages, visit, refusal=refusal)
    return pages.go(visit, "/cases")


def _reports(desk: Desk, found: Preview) -> dict[tuple[str, str], Report]:
    """The report on each file, its pictures kept; nothing is read while a row is wrong."""
    if found.faults:
        return {}
    slots = {slot.key: slot for slot in desk.edition.slots}
    reports: dict[tuple[str, str], Report] = {}
    with Readers(task=task_of(ocr=desk.settings.ocr)) as readers:
        for line in found.lines:
            declared = Declared(title=line.title, unit=line.unit, endorser=line.words["endorser"])
            for slot, file in line.files:
                path = desk.vault.path(file.sha256)
                told = readers.check(
                    path, slot=slots[slot], edition=desk.edition, declared=declared, sha256=file.sha256
                )
                uploads.keep_pictures(desk, told)
                reports[file.sha256, slot] = told
    return reports


def _sheet(desk: Desk, parcel: Parcel, form: FormData) -> Sheet:
    """The summary by the columns that were chosen, else by those of the last import, else as guessed."""
    table = brought.table_of(desk, parcel.sheet)
    chosen = {name: str(form[f"column_{name}"]) for name in FIELDS if form.get(f"column_{name}")}
    if chosen:
        return season_sheet.read(table, chosen=chosen)
    with desk.database.read() as session:
        remembered = season_import.remembered(session, desk)
    by_memory = season_sheet.read(table, chosen=remembered)
    return season_sheet.read(table) if by_memory.missing else by_memory


def _brought(desk: Desk, form: FormData) -> Parcel:
    sheet = brought.keep_table(desk, form, "sheet").sha256
    files = [each for name in ("files", "zip") for each in _kept_files(desk, form, name)]
    told = {"sheet": sheet, "files": [[file.name, file.sha256, file.size] for file in files]}
    listed = desk.vault.keep(io.BytesIO(json.dumps(told, ensure_ascii=False).encode()))
    return Parcel(sheet, tuple(files), listed.sha256)


def _kept_files(desk: Desk, form: FormData, name: str) -> Iterator[BroughtFile]:
    """Every file of a field, those of a zip one by one, without what systems leave in folders."""
    for each in brought.files_of(form, name):
        told = each.filename or ""
        if told.lower().endswith(".zip"):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "brought.zip"
                with path.open("wb") as target:
                    while piece := each.file.read(1 << 20):
                        target.write(piece)
                yield from _unpacked(desk, path)
        elif season_files.meant([told]):
            kept = desk.vault.keep(each.file, most_bytes=_LARGEST_FILE)
            yield BroughtFile(told, kept.sha256, kept.size)


def _unpacked(desk: Desk, path: Path) -> Iterator[BroughtFile]:
    """What the child vouched for, and no byte more than it counted."""
    packed = zip_list.look(path)
    meant = set(season_files.meant(each.name for each in packed))
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        for each in packed:
            if each.name in meant:
                with archive.open(entries[each.place]) as stream:
                    kept = desk.vault.keep(cast("BinaryIO", stream), most_bytes=each.size)
                yield BroughtFile(each.name, kept.sha256, kept.size)


def _kept(desk: Desk, sha256: str) -> Parcel:
    """What was brought before, by the digest of its list."""
    try:
        told = json.loads(desk.vault.path(sha256).read_bytes())
        return Parcel(told["sheet"], tuple(BroughtFile(*each) for each in told["files"]), sha256)
    except (KeyError, ValueError, TypeError) as error:
        raise brought.NothingBrought("没有找到上传的材料。", next_step="请重新上传汇总表和文件。") from error


def _page(
    pages: Pages, visit: Visit, *, parcel: Parcel | None = None, sheet: Sheet | None = None,
    found: Preview | None = None, refusal: Refusal | None = None,
) -> Response:  # fmt: skip
    desk = pages.desk
    with desk.database.read() as session:
        last = season_undo.last_import(session, desk)
    return pages.show(
        visit, "desk/import", status=status_of(refusal) if refusal else 200, refusal=refusal, parcel=parcel,
        sheet=sheet, found=found, last=last if Part.LEAD in visit.visitor.parts else None,
        fields=[(name, words[0], name in season_sheet.NEEDED) for name, words in FIELDS.items()],
        slots={slot.key: slot.label for slot in desk.edition.slots}, words=desk.words,
        importable=[state.named(desk.words) for state in season_sheet.IMPORTABLE],
    )  # fmt: skip

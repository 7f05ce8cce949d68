"""Takes objections from the public during the notice, and shows the receipt (R27, R112, R114, A16, A17)."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from config.refusal import Refusal
from documents.proof import Proofs
from office import objection_link, objection_online
from office.desk import Desk
from office.objection_online import MOST_FILES
from office.visitors import Part
from web import brought, notice_facts
from web.admission import may
from web.notice_page import refuse_stranger
from web.pages import NoSuchPage, Pages
from web.refusal_codes import status_of
from web.visit import Visit

LARGEST_PROOF = 20 << 20  # bytes of one file
_LARGEST_FORM = 3 * LARGEST_PROOF + (256 << 10)
NEEDED = {
    "item": "请选择项目。",
    "name": "请填写真实姓名。",
    "ground": "请选择一个方面。",
    "statement": "请写明事实和理由。",
}


class Typed(BaseModel):
    """What stands in the form, as it was typed; ``kept`` marks the files that were taken already."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    item: str = ""
    body: str = "person"
    name: str = ""
    unit: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    ground: str = ""
    statement: str = ""
    own: str = ""
    received: str = ""
    kept: tuple[str, ...] = ()


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/objection``, the same under the members' link, and those of a receipt."""
    router = APIRouter()
    _public(router, pages)
    _members(router, pages)
    _receipts(router, pages)
    return router


def _receipts(router: APIRouter, pages: Pages) -> None:
    @router.get("/objection/receipt/{token}")
    def receipt(token: str, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        return _receipt(pages, visit, token)

    @router.post("/objection/receipt/{token}/disown")
    def disown(token: str, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        """Whose mailbox the receipt came to never objected."""
        with pages.desk.database.write() as session:
            try:
                case = objection_link.find(session, pages.desk, token)
            except Refusal as refusal:
                raise NoSuchPage(refusal.sentence, next_step=refusal.next_step) from refusal
            objection_online.disown(session, pages.desk, case, now=visit.now)
        return pages.go(visit, f"/objection/receipt/{token}")


def _receipt(pages: Pages, visit: Visit, token: str) -> Response:
    with pages.desk.database.read() as session:
        try:
            found = objection_online.receipt(session, pages.desk, token)
        except Refusal as refusal:
            raise NoSuchPage(refusal.sentence, next_step=refusal.next_step) from refusal
    return pages.show(visit, "objection_receipt", receipt=found, token=token)


def _public(router: APIRouter, pages: Pages) -> None:
    @router.get("/objection")
    def form(item: str = "", visit: Visit = may(Part.PUBLIC)) -> Response:
        _refuse_inside(pages)
        return _form(pages, visit, "/objection", Typed(item=item))

    @router.post("/objection")
    async def lodge(request: Request, visit: Visit = may(Part.PUBLIC, largest=_LARGEST_FORM)) -> Response:
        _refuse_inside(pages)
        async with request.form() as brought_form:
            return await run_in_threadpool(_take, pages, visit, "/objection", brought_form)


def _members(router: APIRouter, pages: Pages) -> None:
    @router.get("/notice/{token}/objection")
    def form(token: str, item: str = "", visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        refuse_stranger(pages, token)
        return _form(pages, visit, f"/notice/{token}/objection", Typed(item=item))

    @router.post("/notice/{token}/objection")
    async def lodge(
        token: str, request: Request, visit: Visit = may(Part.PUBLIC, by_address=True, largest=_LARGEST_FORM)
    ) -> Response:
        refuse_stranger(pages, token)
        async with request.form() as brought_form:
            return await run_in_threadpool(_take, pages, visit, f"/notice/{token}/objection", brought_form)


def _refuse_inside(pages: Pages) -> None:
    """Where the notice is for members alone, so is the form."""
    if not pages.desk.edition.notice.public_page:
        raise NoSuchPage("这里不受理异议。", next_step="请使用公示通知信中的链接，或联系遴选办公室。")


def _take(pages: Pages, visit: Visit, address: str, form: FormData) -> Response:
    """Seal the files that open, then take the objection; after a refusal the form again, with all that was told."""
    typed = typed_of(form)
    try:
        typed = with_files(pages.desk, typed, form)
        refuse_missing(typed)
        with pages.desk.database.write() as session:
            told = told_of(pages.desk, typed, names_of(form))
            case = objection_online.lodge(session, pages.desk, told, host=visit.host, now=visit.now)
            token = objection_link.token(pages.desk, case)
    except Refusal as refusal:
        return _form(pages, visit, address, typed, refusal=refusal)
    return pages.go(visit, f"/objection/receipt/{token}")


def typed_of(form: FormData) -> Typed:
    """The words of a form, and the marks of files that it brought before."""
    words = {name: form.get(name) for name in Typed.model_fields if isinstance(form.get(name), str)}
    marks = tuple(mark for mark in form.getlist("kept") if isinstance(mark, str))
    return Typed.model_validate(words | {"kept": marks})


def refuse_missing(typed: Typed) -> None:
    """Refuse a form whose fields are not filled in, and say how many."""
    missing = sum(not getattr(typed, name) for name in NEEDED)
    if missing:
        raise Refusal(f"还有 {missing} 项没有填写。", next_step="请补全标出的各项，再提交。")


def with_files(desk: Desk, typed: Typed, form: FormData) -> Typed:
    """The form with the marks of its files, each opened by a confined child and sealed into the vault."""
    kept = tuple(mark for mark in typed.kept if objection_online.file_of(desk, mark))
    opinion, proofs = brought.files_of(form, "proof"), brought.files_of(form, "evidence")
    if len(opinion) + len(proofs) + len(kept) > MOST_FILES:
        raise Refusal(f"文件超过 {MOST_FILES} 份。", next_step="请把证据合成较少的 PDF 后再上传。")
    with opened([*opinion, *proofs]) as found:
        sealed = [objection_online.keep_sealed(desk, path.read_bytes(), kind) for kind, path in found]
    fresh = [objection_online.mark_of(desk, file) for file in sealed]
    # a new signed opinion takes the place of the one that was kept, proofs are added
    return typed.model_copy(update={"kept": (*fresh, *kept[1:]) if opinion else (*kept, *fresh)})


@contextmanager
def opened(files: Sequence[UploadFile]) -> Iterator[list[tuple[str, Path]]]:
    """Strangers' files as kind and path, each once a confined child has read it; `BadProof` says what is wrong."""
    found: list[tuple[str, Path]] = []
    with tempfile.TemporaryDirectory() as folder, Proofs() as proofs:
        for place, file in enumerate(files):
            path = Path(folder) / str(place)
            path.write_bytes(file.file.read(LARGEST_PROOF + 1))
            if path.stat().st_size > LARGEST_PROOF:
                raise Refusal("证据文件过大。", next_step=f"每份请压缩到 {LARGEST_PROOF >> 20} MB 以内。")
            found.append((proofs.read(path).kind, path))
        yield found


def names_of(form: FormData) -> tuple[str, ...]:
    """What the files were called: their names may name who brought them."""
    files = (*brought.files_of(form, "proof"), *brought.files_of(form, "evidence"))
    return tuple(file.filename or "" for file in files)


def told_of(desk: Desk, typed: Typed, names: tuple[str, ...]) -> objection_online.Told:
    """The form as the office takes it."""
    item = int(typed.item) if typed.item.isascii() and typed.item.isdigit() else 0
    return objection_online.Told(
        item, typed.body == "unit", typed.name, typed.unit, typed.phone, typed.email, typed.ground, typed.statement,
        objection_online.files_of(desk, typed.kept), names, typed.address, bool(typed.own),
    )  # fmt: skip


def _form(pages: Pages, visit: Visit, address: str, typed: Typed, *, refusal: Refusal | None = None) -> Response:
    """The form while the window is open; what came too late is still shown with all that was typed."""
    desk = pages.desk
    with desk.database.read() as session:
        posted = notice_facts.newest(session, desk, now=visit.now)
        items = notice_facts.items(session, desk, posted) if posted else []
    if posted is None:
        raise NoSuchPage("现在没有公示。", next_step="公示发布后请再来；时间见首页的时限表。")
    return pages.show(
        visit, "objection", status=status_of(refusal) if refusal else 200, notice=posted,
        address=address, back=address.removesuffix("/objection") or "/notice",
        over=visit.now >= posted.closes_at, **form_facts(desk, typed, items, refusal),
    )  # fmt: skip


def form_facts(desk: Desk, typed: Typed, items: Sequence[notice_facts.Item], refusal: Refusal | None) -> dict[str, Any]:
    """What the fields of an objection need, on whichever page they stand."""
    return {
        "typed": typed, "refusal": refusal,
        "faults": {name: words for name, words in NEEDED.items() if refusal and not getattr(typed, name)},
        "items": [(str(each.id), f"{each.number}　{each.title}　{each.unit}") for each in items],
        "grounds": [(each, each) for each in desk.edition.notice.objection_grounds],
        "longest": objection_online.LONGEST_STATEMENT, "megabytes": LARGEST_PROOF >> 20, "most": MOST_FILES - 1,
    }  # fmt: skip

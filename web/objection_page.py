"""Takes objections from the public during the notice, and shows the receipt (R27, R112, R114, A16, A17)."""

import tempfile
from pathlib import Path

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from config.refusal import Refusal
from documents.proof import Proofs
from office import objection_online
from office.visitors import Part
from web import brought, notice_facts
from web.admission import may
from web.notice_page import refuse_stranger
from web.pages import NoSuchPage, Pages
from web.refusal_codes import status_of
from web.visit import Visit

LARGEST_PROOF = 20 << 20  # bytes
_LARGEST_FORM = LARGEST_PROOF + (256 << 10)
_NEEDED = {
    "item": "请选择项目。",
    "name": "请填写真实姓名。",
    "ground": "请选择一个方面。",
    "statement": "请写明事实和理由。",
}


class Typed(BaseModel):
    """What stands in the form, as it was typed; ``kept`` marks a proof that was taken already."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    item: str = ""
    body: str = "person"
    name: str = ""
    unit: str = ""
    phone: str = ""
    email: str = ""
    ground: str = ""
    statement: str = ""
    kept: str = ""


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/objection``, the same under the members' link, and ``/objection/receipt/{token}``."""
    router = APIRouter()
    _public(router, pages)
    _members(router, pages)

    @router.get("/objection/receipt/{token}")
    def receipt(token: str, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        with pages.desk.database.read() as session:
            try:
                found = objection_online.receipt(session, pages.desk, token)
            except Refusal as refusal:
                raise NoSuchPage(refusal.sentence, next_step=refusal.next_step) from refusal
        return pages.show(visit, "objection_receipt", receipt=found)

    return router


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
    """Keep the proof if it opens, then the objection; after a refusal the form again, with all that was told."""
    typed = Typed.model_validate(
        {name: form.get(name) for name in Typed.model_fields if isinstance(form.get(name), str)}
    )
    try:
        typed = _with_proof(pages, typed, form)
        _refuse_missing(typed)
        with pages.desk.database.write() as session:
            case = objection_online.lodge(session, pages.desk, _told(pages, typed), host=visit.host, now=visit.now)
            token = objection_online.receipt_token(pages.desk, case)
    except Refusal as refusal:
        return _form(pages, visit, address, typed, refusal=refusal)
    return pages.go(visit, f"/objection/receipt/{token}")


def _refuse_missing(typed: Typed) -> None:
    missing = sum(not getattr(typed, name) for name in _NEEDED)
    if missing:
        raise Refusal(f"还有 {missing} 项没有填写。", next_step="请补全标出的各项，再提交。")


def _with_proof(pages: Pages, typed: Typed, form: FormData) -> Typed:
    """The form with the mark of the file that it brought, once a confined child has opened it."""
    found = brought.files_of(form, "proof")
    if not found:
        return typed if objection_online.proof_of(pages.desk, typed.kept) else typed.model_copy(update={"kept": ""})
    with tempfile.TemporaryDirectory() as folder, Proofs() as proofs:
        path = Path(folder) / "proof"
        path.write_bytes(found[0].file.read(LARGEST_PROOF + 1))
        if path.stat().st_size > LARGEST_PROOF:
            raise Refusal("证据文件过大。", next_step=f"请压缩到 {LARGEST_PROOF >> 20} MB 以内。")
        proofs.read(path)
        kept = pages.desk.vault.keep(path)
    return typed.model_copy(update={"kept": objection_online.proof_mark(pages.desk, kept.sha256)})


def _told(pages: Pages, typed: Typed) -> objection_online.Told:
    item = int(typed.item) if typed.item.isascii() and typed.item.isdigit() else 0
    return objection_online.Told(
        item, typed.body == "unit", typed.name, typed.unit, typed.phone, typed.email, typed.ground, typed.statement,
        objection_online.proof_of(pages.desk, typed.kept),
    )  # fmt: skip


def _form(pages: Pages, visit: Visit, address: str, typed: Typed, *, refusal: Refusal | None = None) -> Response:
    """The form while the window is open; what came too late is still shown with all that was typed."""
    desk = pages.desk
    with desk.database.read() as session:
        posted = notice_facts.newest(session, desk, now=visit.now)
        items = notice_facts.items(session, desk, posted) if posted else []
    if posted is None:
        raise NoSuchPage("现在没有公示。", next_step="公示发布后请再来；时间见首页的时限表。")
    faults = {name: words for name, words in _NEEDED.items() if refusal and not getattr(typed, name)}
    return pages.show(
        visit, "objection", status=status_of(refusal) if refusal else 200, notice=posted, typed=typed, faults=faults,
        items=[(str(each.id), f"{each.number}　{each.title}　{each.unit}") for each in items],
        grounds=[(each, each) for each in desk.edition.notice.objection_grounds], refusal=refusal, address=address,
        back=address.removesuffix("/objection") or "/notice", over=visit.now >= posted.closes_at,
        longest=objection_online.LONGEST_STATEMENT, megabytes=LARGEST_PROOF >> 20,
    )  # fmt: skip

"""Lets the office change a person, invite an expert, erase whom it must, bring a list, and keep its own accounts."""

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from config.refusal import Refusal
from office import authority, people, person_desk, roster, roster_import, signin_links
from office.person_desk import KINDS
from office.roster_import import Preview
from office.visitors import Part
from records.tables.person import Role
from states.refusals import NotAllowed
from web import brought
from web.admission import may
from web.desk_people import kind_of, list_page, person_page, told_in
from web.instants import typed_instant
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_FIELD = "list"


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/people`` that change something."""
    router = APIRouter()
    _imports(router, pages)

    @router.post("/people/officers")
    def add_officer(visit: Visit = may(Part.LEAD)) -> Response:
        try:
            with pages.desk.database.write() as session:
                _add_officer(session, pages, visit)
        except Refusal as refusal:
            return list_page(pages, visit, "officers", "", refusal)
        return pages.go(visit, "/people?kind=officers")

    @router.post("/people/{person_id}/{deed}")
    def act(person_id: int, deed: str, visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            with pages.desk.database.write() as session:
                _do(session, pages, visit, person_id, deed)
        except Refusal as refusal:
            return person_page(pages, visit, person_id, refusal)
        return pages.go(visit, "/people" if deed == "erase" else f"/people/{person_id}")

    return router


def _do(session: Session, pages: Pages, visit: Visit, person_id: int, deed: str) -> None:
    desk, said, officer, now = pages.desk, visit.typed, visit.visitor.officer_id or 0, visit.now
    if deed == "change":
        seen = said.get("seen", "")
        person_desk.change(session, desk, person_id, told_in(visit), seen=seen, officer_id=officer, now=now)
    elif deed == "invite":
        until = typed_instant(said.get("until", ""), desk, what="有效期")
        person_desk.invite(session, desk, person_id, until=until, officer_id=officer, now=now)
    elif deed == "revoke":
        person_desk.revoke(session, desk, person_id, officer_id=officer, now=now)
    elif deed == "role":
        person_desk.change_role(
            session, desk, person_id, said.get("role", ""), seen=said.get("seen", ""), reason=said.get("reason", ""),
            officer_id=officer, now=now,
        )  # fmt: skip
    elif deed == "disable":
        authority.leading(session, officer)
        line = person_desk.line(session, desk, person_id)
        people.disable_officer(session, desk.key, line.emails[0], by=officer, now=now)
    elif deed == "set-up":
        person_desk.send_set_up(session, desk, person_id, officer_id=officer, now=now)
    elif deed == "erase":
        typed = said.get("confirmation", "")
        person_desk.erase(session, desk, person_id, typed=typed, officer_id=officer, now=now)
    else:
        raise NotAllowed("没有这一步。", next_step="请从页面上的按钮操作。")


def _add_officer(session: Session, pages: Pages, visit: Visit) -> None:
    by = visit.visitor.officer_id or 0
    authority.leading(session, by)
    name, email, role = (visit.typed.get(field, "").strip() for field in ("name", "email", "role"))
    if not name or not people.is_address(email) or role not in set(Role):
        raise NotAllowed("姓名、邮箱和身份都要填写，邮箱须完整。", next_step="请补全后再添加。")
    added = people.add_officer(session, pages.desk.key, people.Known(name, [email]), Role(role), by=by, now=visit.now)
    signin_links.send_set_up(session, pages.desk, added, now=visit.now)


def _imports(router: APIRouter, pages: Pages) -> None:
    @router.get("/people/import")
    def begin(kind: str = "experts", visit: Visit = may(Part.OFFICE)) -> Response:
        return _page(pages, visit, _list_kind(kind))

    @router.post("/people/import")
    async def look(request: Request, visit: Visit = may(Part.OFFICE, largest=brought.LARGEST_TABLE_FORM)) -> Response:
        async with request.form() as form:
            return await run_in_threadpool(_look, pages, visit, form)

    @router.post("/people/import/take")
    def take(visit: Visit = may(Part.OFFICE)) -> Response:
        kind = _list_kind(visit.typed.get("kind", ""))
        try:
            entries = roster.read(brought.table_of(pages.desk, visit.typed.get("sha256", "")), kind)
            with pages.desk.database.write() as session:
                roster_import.carry_out(
                    session, pages.desk, kind, entries, expected=visit.typed.get("digest", ""),
                    officer_id=visit.visitor.officer_id or 0, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, kind, refusal=refusal)
        return pages.go(visit, f"/people?kind={kind}")


def _look(pages: Pages, visit: Visit, form: FormData) -> Response:
    """What the list would do, row by row; nothing is taken yet."""
    kind = _list_kind(str(form.get("kind", "")))
    try:
        kept = brought.keep_table(pages.desk, form, _FIELD)
        entries = roster.read(brought.table_of(pages.desk, kept.sha256), kind)
    except Refusal as refusal:
        return _page(pages, visit, kind, refusal=refusal)
    with pages.desk.database.read() as session:
        found = roster_import.preview(session, pages.desk, kind, entries)
    return _page(pages, visit, kind, found=found, sha256=kept.sha256)


def _list_kind(told: str) -> roster.Kind:
    return "societies" if kind_of(told) == "societies" else "experts"


def _page(
    pages: Pages, visit: Visit, kind: roster.Kind, *, found: Preview | None = None, sha256: str = "",
    refusal: Refusal | None = None,
) -> Response:  # fmt: skip
    actions = [each.action for each in found.changes] if found else []
    counts = {action: actions.count(action) for action in ("add", "change", "same", "fault")}
    return pages.show(
        visit, "desk/people_import", status=status_of(refusal) if refusal else 200, refusal=refusal, kind=kind,
        label=KINDS[kind], found=found, counts=counts, sha256=sha256,
        headings=[names[0] for names in roster.HEADINGS[kind].values()],
    )  # fmt: skip

"""Shows one case of objection to the office, and takes it from step to step (R113, R114)."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from config.refusal import Refusal
from office import disqualification, drawer, objection_desk, objection_papers, objection_view, objections
from office.objection_steps import Step
from office.visitors import Part
from states.refusals import NotAllowed, StateMoved
from web import objection_page
from web.admission import may
from web.brought import required
from web.downloads import evidence
from web.pages import NoSuchPage, Pages
from web.refusal_codes import status_of
from web.visit import Visit

_LARGEST_FORM = objection_page.LARGEST_PROOF + (256 << 10)
_VERDICTS = [(key, objections.LABELS[key]) for key in (objections.SUSTAINED, objections.DISMISSED, objections.REFUSED)]


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/objections/{case_id}`` but those of the drawer."""
    router = APIRouter()

    @router.get("/objections/{case_id}")
    def one(case_id: int, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return case_page(pages, visit, case_id)

    @router.get("/objections/{case_id}/files/{file_id}")
    def file(case_id: int, file_id: int, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            case = objections.find(session, pages.desk, case_id)
            found = drawer.file_of(session, case, file_id)
            if found.secret:
                raise NoSuchPage("异议人的原件不在这里打开。", next_step="原件在身份抽屉里，由办公室负责人打开。")
            data = drawer.file_bytes(session, pages.desk, case, found)
        return visit.sealed(evidence(data, f"{case.number} {found.label}", found.kind))

    @router.post("/objections/{case_id}/copy")
    async def copy(case_id: int, request: Request, visit: Visit = may(Part.OFFICE, largest=_LARGEST_FORM)) -> Response:
        async with request.form() as form:
            return await run_in_threadpool(_copy, pages, visit, case_id, form)

    @router.post("/objections/{case_id}/acts/{deed}")
    def act(case_id: int, deed: str, visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            with pages.desk.database.write() as session:
                where = _do(session, pages, visit, case_id, deed)
        except Refusal as refusal:
            return case_page(pages, visit, case_id, refusal)
        return pages.go(visit, where or f"/objections/{case_id}")

    return router


def _do(session: Session, pages: Pages, visit: Visit, case_id: int, deed: str) -> str:
    """One step of a case that still is where it was shown; returns where to go on, empty for the case itself."""
    desk, typed = pages.desk, visit.typed
    line = objection_desk.line(session, desk, case_id, now=visit.now)
    if typed.get("seen") != line.step.value:
        raise StateMoved(
            f"{line.case.number} 在您打开之后有了进展：{line.step.label}。", next_step="请核对下面的情况后再办理。"
        )
    by: dict[str, Any] = {"officer_id": visit.visitor.officer_id or 0, "now": visit.now}
    words = {name: typed.get(name, "") for name in ("question", "text", "outcome", "verdict", "reason", "how")}
    chosen = {name: int(typed[name]) if typed.get(name, "").isdigit() else 0 for name in ("handler", "expert")}
    verbs: dict[str, Callable[[], object]] = {
        "assign": lambda: objection_desk.assign(session, desk, case_id, handler_id=chosen["handler"], **by),
        "ask": lambda: objection_desk.ask(session, desk, case_id, question=words["question"], **by),
        "answer": lambda: objection_desk.answer(session, desk, case_id, text=words["text"], **by),
        "expert": lambda: objection_desk.ask_expert(session, desk, case_id, expert_id=chosen["expert"], **by),
        "opinion": lambda: objection_desk.give_opinion(session, desk, case_id, text=words["text"], **by),
        "propose": lambda: objections.propose(session, desk, case_id, words["verdict"], outcome=words["outcome"], **by),
        "confirm": lambda: objections.confirm(session, desk, case_id, **by),
        "return": lambda: objections.return_proposal(session, desk, case_id, reason=words["reason"], **by),
        "reply": lambda: objection_desk.note_reply(session, desk, case_id, how=words["how"], **by),
    }
    if deed == "enforce":
        item_id = line.case.application_id
        made = disqualification.draft_disqualification(session, desk, item_id, case_id=case_id, **by)
        return f"/decisions/{made.id}"
    if deed not in verbs:
        raise NotAllowed("没有这一步。", next_step="请从页面上的按钮操作。")
    verbs[deed]()
    return ""


def _copy(pages: Pages, visit: Visit, case_id: int, form: FormData) -> Response:
    """A copy of the evidence on which the office covered who objects; handlers, expert and applicant may read it."""
    desk = pages.desk
    try:
        with objection_page.opened(required(form, "copy")) as found:
            kept = [(kind, desk.vault.keep(path)) for kind, path in found]
        with desk.database.write() as session:
            for kind, each in kept:
                objection_desk.add_file(
                    session, desk, case_id, brought_by="office", kind=kind, sha256=each.sha256, size=each.size,
                    officer_id=visit.visitor.officer_id, now=visit.now,
                )  # fmt: skip
    except Refusal as refusal:
        return case_page(pages, visit, case_id, refusal)
    return pages.go(visit, f"/objections/{case_id}")


def case_page(pages: Pages, visit: Visit, case_id: int, refusal: Refusal | None = None, **more: object) -> Response:
    """One case with what can be done now; after a refusal with its words and what was typed."""
    desk, parts = pages.desk, visit.visitor.parts
    with desk.database.read() as session:
        line = objection_desk.line(session, desk, case_id, now=visit.now)
        case = line.case
        facts: dict[str, Any] = {
            "history": objection_view.history(session, desk, case), "files": list(drawer.files_of(session, case)),
            "received": objection_view.to_the_second(desk, case.received_at),
            "record": drawer.record_of(session, case), "handlers": _options(objection_view.handlers(session)),
            "experts": _options(objection_view.free_experts(session, desk, case.application_id)),
            "papers": [(paper, objection_papers.goes_to_objector(paper)) for paper in objection_papers.possible(case)],
            "openings": drawer.openings(session, desk, case) if parts & {Part.LEAD, Part.SUPERVISOR} else [],
        }  # fmt: skip
        session.expunge_all()
    mine = case.handler_id == visit.visitor.officer_id or Part.LEAD in parts
    return pages.show(
        visit, "desk/objection", status=status_of(refusal) if refusal else 200, refusal=refusal, line=line, case=case,
        steps=Step, verdicts=_VERDICTS, labels=objections.LABELS, typed=visit.typed, mine=mine,
        may_act=Part.OFFICE in parts, leads=Part.LEAD in parts, watches=bool(parts & {Part.LEAD, Part.SUPERVISOR}),
        **({"identity": None} | facts | more),
    )  # fmt: skip


def _options(found: list[tuple[int, str]]) -> list[tuple[str, str]]:
    """What a choice of a form shows."""
    return [(str(id_), name) for id_, name in found]

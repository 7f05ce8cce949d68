"""Shows the office what the engine does by itself: does it live, what comes next, every run; retries what failed."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import backups, board, flow_desk
from office.flow_desk import Run
from office.visitors import Part
from paperwork.sheets import Column, List, workbook
from paperwork.word_package import Properties
from records.tables.letter import LetterState
from web.admission import may
from web.desk_cases_asked import id_of
from web.downloads import download
from web.overview_facts import LETTERS, span, words_of
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_COLUMNS = (
    Column("开始", 22, "instant"), Column("事项", 28), Column("应于", 22, "instant"), Column("用时（秒）", 12),
    Column("结果", 10), Column("说明", 60), Column("晚", 14), Column("Prefect", 10),
)  # fmt: skip
_SECONDS_SHOWN = 60
_SAYS_WHY = {"first_round_opens", "final_opens", "notice_posts", "announcement"}


@dataclass(frozen=True, slots=True)
class Row:
    """One run as the page shows it."""

    found: Run
    result: str
    tone: str
    told: str
    took: str
    late: str
    table: tuple[tuple[str, object], ...]


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/flows``."""
    router = APIRouter()

    @router.get("/flows")
    def listed(
        kind: str = "", only: str = "", page: int = 1, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)
    ) -> Response:
        return _page(pages, visit, kind, only, page)

    @router.get("/flows/list.xlsx")
    def take_away(kind: str = "", only: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            return _sheet(pages, visit, list(_every(session, pages, kind, only)))

    @router.get("/flows/watcher")
    def watcher(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        """Whether Prefect answers; asked apart, so that the page never waits for it."""
        settings = pages.desk.settings
        answers = bool(settings.prefect_password) and flow_desk.prefect_answers(settings.prefect_api_url)
        return pages.show(visit, "desk/flows_watcher", fragment="watcher", answers=answers)

    @router.post("/flows/{deadline_id}/retry")
    def retry(deadline_id: str, visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            with pages.desk.database.write() as session:
                flow_desk.retry(
                    session,
                    pages.desk,
                    id_of(deadline_id) or 0,
                    officer_id=visit.visitor.officer_id or 0,
                    now=visit.now,
                )
        except Refusal as refusal:
            return _page(pages, visit, "", "", 1, refusal)
        return pages.go(visit, "/flows")

    return router


def _page(
    pages: Pages, visit: Visit, kind: str, only: str, number: int, refusal: Refusal | None = None
) -> Response:  # fmt: skip
    desk = pages.desk
    with desk.database.read() as session:
        found = flow_desk.page(session, desk, kind=kind, only=only, number=number)
        missed, ahead = flow_desk.coming(session, desk, now=visit.now)
        backed_up = flow_desk.last_backup(session), backups.is_late(session, now=visit.now)
        post, kinds = flow_desk.post(session, desk), flow_desk.kinds(session, desk)
        seen = board.revision(session)
        session.expunge_all()
    return pages.show(
        visit, "desk/flows", fragment="live", status=status_of(refusal) if refusal else 200, refusal=refusal,
        beat=flow_desk.beat(desk.settings.home, now=visit.now), found=found, rows=[_row(run) for run in found.runs],
        missed=missed, ahead=ahead, post=post, letters=_letters(post.counts), kinds=kinds, kind=kind, only=only,
        backed_up=backed_up, seen=seen,
        may_act=Part.OFFICE in visit.visitor.parts,
    )  # fmt: skip


def _row(found: Run) -> Row:
    run = found.run
    rows = found.outcome.get("rows", ())
    table = tuple(
        (row["状态"], row["项数"])
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, Mapping) and {"状态", "项数"} <= row.keys()
    )
    if run.failed:
        result, tone, told = "失败", "bad", _reason(run.failed)
    elif run.ended_at is None:
        result, tone, told = "进行中", "info", ""
    else:
        told = _blocked(found) or words_of(found.outcome or run.counts)
        result, tone = ("未能自动办理", "warn") if found.outcome.get("blocked") else ("完成", "ok")
    return Row(
        found, result, tone, told or "没有要动的项目", _took(found), span(found.late) if found.late else "", table
    )


def _blocked(found: Run) -> str:
    """Why a stage did not open or nothing was published; of a tally nothing is told that a score could be told from."""
    return str(found.outcome.get("blocked", "")) if found.run.kind in _SAYS_WHY else ""


def _reason(words: str) -> str:
    """Why a run failed, without the program's own name of the fault where a sentence follows it."""
    name, colon, sentence = words.partition(": ")
    return sentence if colon and name.isidentifier() and sentence.strip() else words


def _took(found: Run) -> str:
    seconds = found.seconds
    if seconds is None:
        return ""
    return f"{seconds:.1f} 秒" if seconds < _SECONDS_SHOWN else f"{int(seconds) // 60} 分 {int(seconds) % 60} 秒"


def _letters(counts: Mapping[str, int]) -> list[tuple[str, str, str, int]]:
    return [
        (state.value, label, tone, counts.get(state.value, 0))
        for state, (label, tone) in LETTERS.items()
        if state is not LetterState.CANCELLED
    ]


def _every(session: Session, pages: Pages, kind: str, only: str) -> Iterator[Row]:
    number = 1
    while True:
        found = flow_desk.page(session, pages.desk, kind=kind, only=only, number=number)
        yield from (_row(run) for run in found.runs)
        if number >= found.pages:
            return
        number += 1


def _sheet(pages: Pages, visit: Visit, rows: list[Row]) -> Response:
    zone, award = pages.desk.zone, pages.desk.edition.award
    listed = [
        (row.found.run.started_at.astimezone(zone), row.found.label,
         row.found.run.due_at.astimezone(zone) if row.found.run.due_at else None, row.took, row.result, row.told,
         row.late, "已记录" if row.found.run.prefect_run else "未应答")
        for row in rows
    ]  # fmt: skip
    local, title = visit.now.astimezone(zone), f"{award.entry_name} 流程"
    told = Properties(title=title, author=award.office, subject=award.entry_name, made_at=local)
    digest = hashlib.sha256(repr(listed).encode()).hexdigest()
    return download(
        workbook([List("流程", title, _COLUMNS, listed)], told, digest=digest), f"流程-{local:%Y%m%d-%H%M}.xlsx"
    )

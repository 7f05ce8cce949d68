"""Shows the outbox to the office, and lets it hold, release, send again, put off or make void what it ticked."""

from collections.abc import Iterator

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from notifications import outbox
from notifications.letters import Rendered, Unbuildable
from office import bounces, letter_desk
from office.letter_desk import Line
from office.visitors import Part
from paperwork.sheets import Column
from records.tables.letter import LetterState
from states.refusals import NotAllowed
from web import list_sheet
from web.admission import may
from web.instants import BadInstant, typed_instant
from web.overview_facts import LETTERS
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_MARK = "letter-"  # a ticked letter is sent as letter-17=yes
_LARGEST = 256 << 10  # bytes: every letter of a page may be ticked
_COLUMNS = (
    Column("编号", 10), Column("信件", 20), Column("收信人", 16), Column("邮箱", 32), Column("项目", 12),
    Column("状态", 10), Column("写成", 20, "instant"), Column("发出", 20, "instant"), Column("次数", 8, "whole"),
    Column("对方答复", 40),
)  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/letters``."""
    router = APIRouter()

    @router.get("/letters")
    def listed(
        state: str = "", q: str = "", page: int = 1, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)
    ) -> Response:
        return _list(pages, visit, state, q.strip(), page)

    @router.get("/letters/list.xlsx")
    def take_away(state: str = "", q: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            return _sheet(pages, visit, list(_every(session, pages, _state(state), q.strip())))

    @router.post("/letters/selected")
    def act(visit: Visit = may(Part.OFFICE, largest=_LARGEST)) -> Response:
        verb = visit.typed.get("verb", "")
        ids = [int(name.removeprefix(_MARK)) for name in visit.typed if name.removeprefix(_MARK).isdecimal()]
        try:
            if verb not in letter_desk.VERBS or not ids:
                raise NotAllowed("没有选中信件。", next_step="请先勾选，再选择要做什么。")
            if visit.typed.get("sure") != "yes":
                return _walk(pages, visit, verb, ids)
            _do(pages, visit, verb, ids)
        except BadInstant as refusal:
            return _walk(pages, visit, verb, ids, refusal)
        except Refusal as refusal:
            return _list(pages, visit, "", "", 1, refusal)
        return pages.go(visit, "/letters")

    return router


def _list(
    pages: Pages, visit: Visit, state: str, words: str, number: int, refusal: Refusal | None = None
) -> Response:  # fmt: skip
    with pages.desk.database.read() as session:
        found = letter_desk.page(session, pages.desk, state=_state(state), words=words, number=number)
        counts = outbox.counts(session, edition_key=pages.desk.key)
        watching = bounces.watching(session, pages.desk)
    return pages.show(
        visit, "desk/letters", fragment="results", status=status_of(refusal) if refusal else 200, refusal=refusal,
        found=found, counts=counts, watching=watching, states=LETTERS, state=_state(state), asked=words, mark=_MARK,
        verbs=letter_desk.VERBS, may_act=Part.OFFICE in visit.visitor.parts, typed=visit.typed,
    )  # fmt: skip


def _do(pages: Pages, visit: Visit, verb: str, ids: list[int]) -> None:
    officer_id = visit.visitor.officer_id or 0
    with pages.desk.database.write() as session:
        if verb == "schedule":
            at = typed_instant(visit.typed.get("when", ""), pages.desk, what="发送时刻")
            letter_desk.schedule(session, pages.desk, ids, at, officer_id=officer_id, now=visit.now)
        else:
            letter_desk.act(session, pages.desk, verb, ids, officer_id=officer_id, now=visit.now)


def _walk(
    pages: Pages, visit: Visit, verb: str, ids: list[int], refusal: Refusal | None = None
) -> Response:  # fmt: skip
    """How many letters it is, which are left out and why, and each of them in its words, before anything is done."""
    with pages.desk.database.read() as session:
        found = letter_desk.looked_at(
            session, pages.desk, verb, ids, officer_id=visit.visitor.officer_id or 0
        )  # fmt: skip
    told = visit.typed.get("at", "0")
    at = min(int(told) if told.isdecimal() else 0, max(len(found.taken) - 1, 0))
    words, fault = letter_words(pages, found.taken[at]) if found.taken else (None, "")
    return pages.show(
        visit, "desk/letters_walk", status=status_of(refusal) if refusal else 200, refusal=refusal, found=found.taken,
        left_out=found.left_out, at=at, words=words, fault=fault, verb=verb, label=letter_desk.VERBS[verb],
        mark=_MARK, states=LETTERS, when=visit.typed.get("when", ""),
    )  # fmt: skip


def letter_words(pages: Pages, line: Line) -> tuple[Rendered | None, str]:
    """A letter in its words without the link in it, or why it cannot be built."""
    try:
        return letter_desk.rendered(pages.desk, line.letter), ""
    except Unbuildable as refusal:
        return None, f"{refusal.sentence}{refusal.next_step}"


def _state(told: str) -> str:
    return told if told in set(LetterState) else ""


def _every(session: Session, pages: Pages, state: str, words: str) -> Iterator[Line]:
    number = 1
    while True:
        found = letter_desk.page(session, pages.desk, state=state, words=words, number=number)
        yield from found.lines
        if number >= found.pages:
            return
        number += 1


def _sheet(pages: Pages, visit: Visit, lines: list[Line]) -> Response:
    zone = pages.desk.zone
    rows = [
        (f"L-{line.letter.id or 0:06d}", line.label, line.name, line.letter.email, line.number,
         LETTERS[LetterState(line.letter.state)][0], line.letter.written_at.astimezone(zone),
         line.letter.sent_at.astimezone(zone) if line.letter.sent_at else None, line.letter.attempts,
         line.letter.answer)
        for line in lines
    ]  # fmt: skip
    return list_sheet.answer(pages, visit, "信件", [("信件", _COLUMNS, rows)])

"""Takes a decision from its draft over its check and signature to what outsiders see, and back (签发)."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from notifications import letters
from office import decision_desk, decisions, succession, undo
from office.decision_desk import Effect, Overtaken
from office.visitors import Part
from paperwork.sheets import Column
from records.tables.letter import Letter
from states.facts import State
from states.refusals import NotAllowed
from web import list_sheet
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.typed_numbers import whole
from web.visit import Visit

STAGES = {
    "check": ("待核稿", "warn"),
    "sign": ("待签发", "warn"),
    "execute": ("待执行", "info"),
    "done": ("已执行", "ok"),
    "undone": ("已撤销", "rest"),
}
_COLUMNS = (
    Column("文号", 20), Column("事项", 14), Column("状态", 10), Column("拟稿", 12), Column("拟稿时间", 20, "instant"),
    Column("核稿", 12), Column("核稿时间", 20, "instant"), Column("签发", 12), Column("签发时间", 20, "instant"),
    Column("执行时间", 20, "instant"), Column("撤销时间", 20, "instant"),
)  # fmt: skip
_PAPERS = {"disqualification": "cancellation", "reinstatement": "cancellation", "announcement": "announcement"}
_DEEDS: Mapping[str, Callable[..., object]] = {
    "check": decisions.check,
    "sign": decisions.sign,
}


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/decisions``."""
    router = APIRouter()

    @router.get("/decisions")
    def listed(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _list(pages, visit)

    @router.get("/decisions/all.xlsx")
    def take_away(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _sheet(pages, visit)

    @router.post("/decisions/draft")
    def draft(visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            with pages.desk.database.write() as session:
                made = decision_desk.draft(
                    session, pages.desk, visit.typed.get("kind", ""), chosen=_chosen(visit),
                    minutes=visit.typed.get("minutes", ""), officer_id=visit.visitor.officer_id or 0, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _list(pages, visit, refusal)
        return pages.go(visit, f"/decisions/{made.id}")

    @router.get("/decisions/{decision_id}")
    def one(decision_id: int, at: int = 0, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit, decision_id, at=at)

    @router.post("/decisions/{decision_id}/{deed}")
    def act(decision_id: int, deed: str, visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            seen = _seen(visit)
            with pages.desk.database.write() as session:
                decision_desk.require_seen(decisions.find(session, pages.desk, decision_id), seen)
                _do(session, pages, visit, decision_id, deed)
        except Refusal as refusal:
            return _page(pages, visit, decision_id, refusal=refusal)
        return pages.go(visit, f"/decisions/{decision_id}")

    return router


def _do(session: Session, pages: Pages, visit: Visit, decision_id: int, deed: str) -> None:
    desk, officer, now = pages.desk, visit.visitor.officer_id or 0, visit.now
    if deed in _DEEDS:
        _DEEDS[deed](session, desk, decision_id, officer_id=officer, now=now)
    elif deed == "execute":
        decision_desk.carry_out(session, desk, decision_id, now=now)
    elif deed == "undo":
        batch = decision_desk.batch_to_undo(session, decisions.find(session, desk, decision_id))
        if batch is None:
            raise NotAllowed("这份决定没有可以撤销的执行。", next_step="请刷新页面核对。")
        reason = visit.typed.get("reason", "").strip()
        if not reason:
            raise NotAllowed("没有写明撤销的理由。", next_step="请写明理由；未发出的信件会随之作废。")
        undo.undo(session, desk, batch, reason=reason, officer_id=officer, now=now)
    else:
        raise NotAllowed("没有这一步。", next_step="请从页面上的按钮操作。")


def _chosen(visit: Visit) -> int | None:
    """Which of several was chosen; -1, which nobody is, for words that no form of ours sends."""
    said = visit.typed.get("chosen", "")
    found = whole(said)
    return -1 if said and found is None else found


def _told_lists(payload: Mapping[str, Sequence[int]]) -> str:
    """The lists as a form carries them; in the order of the ids, for theirs is the order of a rank."""
    return json.dumps({trigger: sorted(ids) for trigger, ids in sorted(payload.items())})


def _seen(visit: Visit) -> dict[str, list[int]]:
    """The lists that the form was made for."""
    try:
        told = json.loads(visit.typed.get("seen", ""))
        return {str(trigger): [int(id_) for id_ in ids] for trigger, ids in told.items()}
    except (ValueError, TypeError, AttributeError) as fault:
        raise NotAllowed("这张表单不完整，没有办理。", next_step="请从页面上的按钮操作。") from fault


def _list(pages: Pages, visit: Visit, refusal: Refusal | None = None) -> Response:
    with pages.desk.database.read() as session:
        rows = decision_desk.lines(session, pages.desk)
        due = decision_desk.drafts_due(session, pages.desk)
        ties = {
            kind: [(str(one.item.id), f"{one.item.number} {one.item.title}") for one in found]
            for kind, found in decision_desk.ties(session, pages.desk).items()
        }
        lost = succession.lost_for_good(session, pages.desk, succession.winners(pages.desk))
        session.expunge_all()
    return pages.show(
        visit, "desk/decisions", status=status_of(refusal) if refusal else 200, refusal=refusal, rows=rows, due=due,
        ties=ties, lost=lost, typed=visit.typed, stages=STAGES, may_act=Part.OFFICE in visit.visitor.parts,
    )  # fmt: skip


def _page(pages: Pages, visit: Visit, decision_id: int, *, at: int = 0, refusal: Refusal | None = None) -> Response:
    """A decision with everything that outsiders see of it; after a refusal with its words and what was typed."""
    desk = pages.desk
    with desk.database.read() as session:
        line = decision_desk.line(session, desk, decision_id)
        groups = decision_desk.items_of(session, desk, line.decision.payload)
        gone = _gone(session, pages, visit, line.decision.payload) if isinstance(refusal, Overtaken) else {}
        kept = decision_desk.written(session, decision_id) if line.decision.executed_at else None
        session.expunge_all()
    effect = kept or (decision_desk.preview(desk, decision_id, now=visit.now) if line.stage != "undone" else Effect())
    place = min(max(at, 0), max(len(effect.letters) - 1, 0))
    state, tone = STAGES[line.stage]
    return pages.show(
        visit, "desk/decision", fragment="letter", status=status_of(refusal) if refusal else 200, refusal=refusal,
        line=line, decision=line.decision, state=state, tone=tone, groups=groups, gone=gone, effect=effect, at=place,
        letter=_rendered(pages, effect.letters[place]) if effect.letters else None,
        seen=_told_lists(line.decision.payload), again=_waits_again(line, groups),
        reason=visit.typed.get("reason", ""), may_act=Part.OFFICE in visit.visitor.parts,
        leads=Part.LEAD in visit.visitor.parts, release=desk.edition.decisions.release,
        paper=_paper(line, effect), cooling=desk.edition.decisions.cooling_off_minutes,
        calm=_calm(pages, line.decision.executed_at, visit),
    )  # fmt: skip


def _paper(line: decision_desk.Line, effect: Effect) -> str:
    """Where the document of a signed decision, or the draft of a notice, is made; empty where there is none yet."""
    if line.decision.kind == "notice" and line.stage != "undone":
        posted = str(effect.notice.version) if line.stage == "done" and effect.notice else line.decision.number
        return f"/papers/notice?{urlencode({'of': posted})}"
    if line.stage not in {"execute", "done"}:
        return ""
    name = _PAPERS.get(line.decision.kind)
    return f"/papers/{name}?{urlencode({'of': line.decision.number})}" if name else ""


def _waits_again(line: decision_desk.Line, groups: Sequence[decision_desk.Named]) -> bool:
    """Whether an announcement held somebody back who can be announced later by the same decision."""
    items = (item for group in groups for item in group.items)
    return (
        line.stage == "done"
        and line.decision.kind == "announcement"
        and any(it.state == State.PUBLICIZED for it in items)
    )


def _gone(
    session: Session, pages: Pages, visit: Visit, payload: Mapping[str, Sequence[int]]
) -> dict[str, list[decision_desk.Named]]:
    """What stood in the lists that were looked at and does not now, and the other way round."""
    seen = _seen(visit)
    triggers = {*seen, *payload}
    lost = {trigger: sorted(set(seen.get(trigger, ())) - set(payload.get(trigger, ()))) for trigger in triggers}
    new = {trigger: sorted(set(payload.get(trigger, ())) - set(seen.get(trigger, ()))) for trigger in triggers}
    return {
        "您看到时有、现在没有": decision_desk.items_of(session, pages.desk, {k: v for k, v in lost.items() if v}),
        "您看到时没有、现在有": decision_desk.items_of(session, pages.desk, {k: v for k, v in new.items() if v}),
    }


def _rendered(pages: Pages, letter: Letter) -> dict[str, Any]:
    """A letter in its words, without the link in it: whoever has that can act in the reader's name."""
    plain = letter.model_copy(update={"facts": {key: it for key, it in letter.facts.items() if key != "link"}})
    words = letters.render(plain, edition=pages.desk.edition, settings=pages.desk.settings)
    return {"email": letter.email, "subject": words.subject, "text": words.text, "next_try_at": letter.next_try_at}


def _calm(pages: Pages, executed_at: Any, visit: Visit) -> Any:  # noqa: ANN401 - an instant, or none
    """Until when the letters of an executed decision wait; ``None`` once that is over."""
    if executed_at is None:
        return None
    until = executed_at + timedelta(minutes=pages.desk.edition.decisions.cooling_off_minutes)
    return until if until > visit.now else None


def _sheet(pages: Pages, visit: Visit) -> Response:
    zone = pages.desk.zone
    with pages.desk.database.read() as session:
        found = decision_desk.lines(session, pages.desk)
    rows = []
    for line in found:
        kept = line.decision
        drafted, checked, signed, executed, undone = (
            at.astimezone(zone) if at else None
            for at in (kept.drafted_at, kept.checked_at, kept.signed_at, kept.executed_at, kept.undone_at)
        )
        rows.append(
            (kept.number, line.label, STAGES[line.stage][0], line.drafter, drafted, line.checker, checked, line.signer,
             signed, executed, undone)
        )  # fmt: skip
    return list_sheet.answer(pages, visit, "决定", [("决定", _COLUMNS, rows)])

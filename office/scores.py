"""Takes an expert's score of an item: read exactly, reasoned where asked, kept in every version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, stage_gate, tally
from office.desk import Desk
from office.tally import PanelRules
from records import ledger
from records.tables.event import Event
from records.tables.person import Expert
from records.tables.scoring import Panel, PanelMember, Score
from review import scores
from states.facts import Actor
from states.refusals import NotAllowed, NotYours, StateMoved

RECUSED = "recused"  # written by the office when an expert who had scored must stay out
ABSENT = {"absent": "缺席", "abstained": "弃权", RECUSED: "回避"}
EXPERT = "expert"  # who acts, in the ledger; no step of the lifecycle is theirs


@dataclass(frozen=True, slots=True)
class Entry:
    """What was typed for one item, as it was written: a total, or aspects, or the code of an absence."""

    total: str | None = None
    aspects: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    absent: str = ""


def enter(
    session: Session,
    desk: Desk,
    round_key: str,
    *,
    expert_id: int,
    item_id: int,
    total: str | None,
    aspects: Mapping[str, str] | None = None,
    reason: str = "",
    absent: str = "",
    expected_revision: int | None = None,
    entered_by: int | None = None,
    now: datetime,
) -> Score:
    """Keep a score as the next version: a typed ``total``, typed ``aspects``, or the code of why there is none (A31).

    ``expected_revision`` is the version that the expert saw (0: none); ``entered_by`` an officer who copies from paper.
    The same content again is no new version. Raises `BadScore`, `NotAllowed` (not open, or locked), `NotYours` (no
    seat, or recused), `StateMoved` (a newer version is there), `Refusal` (an extreme without a reason: R106, R107).
    """
    panel = tally.panel_of(session, desk, round_key)
    if entered_by is not None:
        authority.acting(session, entered_by)
    entry = Entry(total, aspects or {}, reason, absent)
    content = readable(session, desk, panel, expert_id, item_id, entry, on_paper=entered_by is not None, now=now)
    last = tally.current_score(session, panel, expert_id, item_id)
    if last is None or differs(last, content):
        _refuse_stale(last, expected_revision)
    return keep_content(session, desk, panel, expert_id, item_id, content, entered_by=entered_by, now=now)


def readable(
    session: Session, desk: Desk, panel: Panel, expert_id: int, item_id: int, entry: Entry, *, on_paper: bool,
    now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """What would be stored of typed words, in centipoints; refused as `enter` refuses."""
    rules = tally.rules_of(desk, panel)
    refuse_closed(session, desk, panel, rules.round.locks, now=now)
    _refuse_stranger(session, desk, panel, expert_id, item_id)
    stage_gate.refuse_shut(session, panel, item_id, rules.round, on_paper=on_paper)
    content = _content(rules, entry.total, entry.aspects, entry.absent) | {"reason": entry.reason.strip()}
    _refuse_unexplained(rules, content)
    return content


def keep_content(
    session: Session, desk: Desk, panel: Panel, expert_id: int, item_id: int, content: Mapping[str, Any], *,
    entered_by: int | None, now: datetime,
) -> Score:  # fmt: skip
    """Keep what `readable` gave as the next version; the same content again is none."""
    last = tally.current_score(session, panel, expert_id, item_id)
    if last is not None and not differs(last, content):
        return last
    score = Score(
        panel_id=panel.id or 0, application_id=item_id, expert_id=expert_id,
        revision=last.revision + 1 if last else 1, at=now, **content,
    )  # fmt: skip
    return _keep(session, desk, score, last, entered_by=entered_by)


def set_aside(session: Session, desk: Desk, panel: Panel, expert_id: int, item_id: int, *, now: datetime) -> None:
    """Keep, as the next version, that this expert's score counts no more: they must stay out (R29)."""
    last = tally.current_score(session, panel, expert_id, item_id)
    if last is not None and last.total is not None:
        score = Score(
            panel_id=last.panel_id, application_id=item_id, expert_id=expert_id, revision=last.revision + 1,
            absent=RECUSED, at=now,
        )  # fmt: skip
        _keep(session, desk, score, last, entered_by=None)


def refuse_closed(session: Session, desk: Desk, panel: Panel, locks: datetime, *, now: datetime) -> None:
    """Scoring ends at its instant, whether or not the clock has come to lock it yet; a lead may have opened it anew."""
    if panel.opened_at is None:
        raise NotAllowed("本轮评分还没有开始。", next_step="请等候遴选办公室通知。")
    if panel.locked_at is not None:
        raise NotAllowed("本轮评分已经锁定，不能再改。", next_step="确需更正，请联系遴选办公室。")
    if panel.opened_at < locks <= now and not _reopened(session, panel, locks):
        raise NotAllowed(f"评分已于 {desk.until(locks)} 截止。", next_step="确需补评，请联系遴选办公室。")


def _reopened(session: Session, panel: Panel, locks: datetime) -> bool:
    """Whether the lead took the lock back after its instant: nobody else's step of a round is the lead's."""
    mine = (Event.kind == "panel", Event.subject_id == panel.id, Event.actor == Actor.LEAD.value)
    return session.exec(select(Event.id).where(*mine, col(Event.at) >= locks).limit(1)).first() is not None


def _refuse_stranger(session: Session, desk: Desk, panel: Panel, expert_id: int, item_id: int) -> None:
    if item_id not in tally.items_of(session, desk, panel):
        raise NotAllowed("该项目不在本轮评分之中。", next_step="请刷新页面。")
    seat = session.exec(
        select(PanelMember.left_at).where(PanelMember.panel_id == panel.id, PanelMember.expert_id == expert_id)
    ).all()
    if seat != [None]:
        raise NotYours("您不在本轮专家组中。", next_step="请与遴选办公室联系。")
    if (expert_id, item_id) not in tally.may_score(session, panel, [item_id]):
        if not tally.is_asked(session, panel, expert_id, item_id):
            raise NotYours("该项目没有分给您评审。", next_step="请评分给您的项目；名单有出入的，请联系遴选办公室。")
        raise NotYours("您对该项目应当回避，不能评分。", next_step="请评其他项目；认为不应回避的，请联系遴选办公室。")


def _content(rules: PanelRules, total: str | None, aspects: Mapping[str, str] | None, absent: str) -> dict[str, Any]:
    """What is stored of the typed words, in centipoints; exactly one of points and code."""
    if absent:
        if (
            absent not in ABSENT
            or absent == RECUSED
            or (total or "").strip()
            or any((text or "").strip() for text in (aspects or {}).values())
        ):
            raise Refusal("缺席或弃权时不能同时打分。", next_step="请只选其一。")
        return {"total": None, "aspects": {}, "absent": absent}
    if not aspects:
        return {"total": scores.parse_score(total or "", rules.round), "aspects": {}, "absent": ""}
    typed = _aspects(rules, aspects)
    points = scores.total_of_aspects(typed, rules.criteria)
    printed = scores.print_points(scores.points_of(points), 2)
    summed = scores.parse_score(printed, rules.round)  # a sum has the bounds of a typed total
    if total is not None and total.strip() and scores.parse_score(total, rules.round) != summed:
        raise scores.BadScore(f"总分与各项之和 {printed} 分不一致。", next_step="请核对各项分数，或只填其一。")
    return {"total": summed, "aspects": typed, "absent": ""}


def _aspects(rules: PanelRules, typed: Mapping[str, str]) -> dict[str, int]:
    known = {aspect.key: aspect for criterion in rules.criteria for aspect in criterion.aspects}
    for key in sorted(typed.keys() - known.keys()):
        raise scores.BadScore(f"评分标准中没有“{key}”这一项。", next_step="请刷新页面，按当前评分标准重新打分。")
    return {key: scores.parse_aspect(text, known[key]) for key, text in typed.items()}


def _refuse_unexplained(rules: PanelRules, content: dict[str, Any]) -> None:
    """99 and 50 themselves need no reason (A15)."""
    asked = scores.needs_reason(content["total"], rules.round) if content["total"] is not None else None
    words = sum(letter.isalnum() for letter in content["reason"])
    if asked and words < rules.round.reason_least:
        limit = f"高于 {rules.round.reason_above} 分" if asked == "high" else f"低于 {rules.round.reason_below} 分"
        least = f"，至少 {rules.round.reason_least} 个字" if rules.round.reason_least > 1 else ""
        raise Refusal(f"{limit}的，须写明理由{least}。", next_step="请写明理由，与分数一并提交；理由存档。")


def _refuse_stale(last: Score | None, expected: int | None) -> None:
    there = last.revision if last else 0
    if expected is not None and expected != there:
        raise StateMoved(
            f"您看到的是第 {expected} 版，现已是第 {there} 版（{shown(last)}）。", next_step="请刷新页面，核对后再改。"
        )


def shown(score: Score | None) -> str:
    """A score as people read it: ``92.50 分``, 缺席, or 未评."""
    if score is None:
        return "未评"
    if score.total is None:
        return ABSENT[score.absent]
    return f"{scores.print_points(scores.points_of(score.total), 2)} 分"


def differs(last: Score, content: Mapping[str, Any]) -> bool:
    """Whether a kept score says something else than what `readable` gave."""
    return any(getattr(last, name) != value for name, value in content.items())


def _keep(session: Session, desk: Desk, score: Score, last: Score | None, *, entered_by: int | None) -> Score:
    """Write the version with its event, whose note says the score once more (R108)."""
    if last is not None:
        session.execute(update(Score).where(col(Score.id) == last.id).values(current=False))
        session.refresh(last)
    session.add(score)
    session.flush()
    person = session.get_one(Expert, score.expert_id).person_id
    entry = ledger.Entry(
        desk.key, "score", EXPERT if entered_by is None else Actor.OFFICE, score.at, subject="score",
        application_id=score.application_id, subject_id=score.id, officer_id=entered_by, note=canonical(score),
        person_id=person,
    )  # fmt: skip
    ledger.record(session, [entry])
    return score


def canonical(score: Score) -> dict[str, Any]:
    """The score as the ledger's note repeats it."""
    fields = {"panel_id", "application_id", "expert_id", "revision", "total", "aspects", "absent", "reason"}
    return score.model_dump(include=fields)

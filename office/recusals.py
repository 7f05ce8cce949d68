"""Keeps who must stay out of which application: found, declared, overridden (R29)."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from config.refusal import Refusal
from documents.findings import EVIDENCE_TEXT
from office import authority, editions, scores, tally, unit_table
from office.desk import Desk
from records import ledger
from records.tables.application import Application, Upload
from records.tables.endorser import Endorser
from records.tables.person import Expert, Person
from records.tables.scoring import Panel, PanelMember, Recusal
from review.conflicts import Conflict, PanelExpert, ScoredApplication, find_conflicts
from states.facts import Actor
from states.refusals import NotAllowed, NotYours

DECLARED = "declared"
_BETWEEN_NAMES = re.compile(r"[;；、,，\n]+")


def look(session: Session, desk: Desk, panel: Panel, items: Sequence[int], *, now: datetime) -> int:
    """Look for conflicts between the panel and these items, and write down what was found; returns how many hold.

    What was found earlier and holds no more goes, unless somebody overrode or declared it. Who had scored and must now
    stay out counts no more.
    """
    found = find(session, desk, panel, items)
    rows = session.exec(
        select(Recusal).where(Recusal.panel_id == panel.id, col(Recusal.application_id).in_(items))
    ).all()
    known = {(row.expert_id, row.application_id, row.ground): row for row in rows}
    holding = {(one.expert, one.application, one.ground) for one in found}
    for key, row in known.items():
        if key not in holding and row.ground != DECLARED and row.overridden_at is None:
            _tell(session, desk, row, {"step": "gone", "ground": row.ground}, actor=Actor.OFFICE, now=now)
            session.delete(row)
    for one in found:
        there = known.get((one.expert, one.application, one.ground))
        if there is None or (there.overridden_at is None and not _says(there, one)):
            _hold(session, desk, panel, one, there, now=now)
    return len(found)


def find(session: Session, desk: Desk, panel: Panel, items: Sequence[int]) -> tuple[Conflict, ...]:
    """What the records say now of the panel and these items; nothing is written."""
    names = unit_table.names(session, desk)
    return find_conflicts(_experts(session, panel), _applications(session, panel, items), names=names)


def shut(session: Session, desk: Desk, panel: Panel, items: Sequence[int]) -> dict[tuple[int, int], str]:
    """Why each (expert, item) must stay out, as `look` would leave it: written down, or only found now."""
    rows = session.exec(select(Recusal).where(Recusal.panel_id == panel.id)).all()
    free = {(row.expert_id, row.application_id, row.ground) for row in rows if row.overridden_at is not None}
    told = {
        (row.expert_id, row.application_id): row.explanation
        for row in rows
        if row.ground == DECLARED and row.overridden_at is None
    }
    for one in find(session, desk, panel, items):
        if one.blocks and (one.expert, one.application, one.ground) not in free:
            told.setdefault((one.expert, one.application), one.explanation)
    return told


def recompute(session: Session, desk: Desk, *, now: datetime) -> int:
    """Look anew in every round that was assigned and is not locked: a unit, an expert or a file changed (R29)."""
    open_ = (Panel.edition == desk.key, col(Panel.assigned_at).is_not(None), col(Panel.locked_at).is_(None))
    found = 0
    for panel in session.exec(select(Panel).where(*open_)).all():
        found += look(session, desk, panel, tally.candidates(session, desk, panel.round), now=now)
    return found


def recompute_everywhere(session: Session, desk: Desk, *, now: datetime) -> int:
    """The same in every edition of the store: a person was changed, who may be an expert of several."""
    return sum(recompute(session, each, now=now) for each in editions.of(desk))


def _says(row: Recusal, one: Conflict) -> bool:
    return (row.explanation, row.blocks) == (one.explanation, one.blocks)


def _hold(session: Session, desk: Desk, panel: Panel, one: Conflict, row: Recusal | None, *, now: datetime) -> None:
    """Write a ground down, or what it says now."""
    if row is None:
        _write(session, desk, panel, one, actor=Actor.OFFICE, now=now)
    else:
        row.explanation, row.blocks = one.explanation, one.blocks
        session.add(row)
    if one.blocks:
        scores.set_aside(session, desk, panel, one.expert, one.application, now=now)


def declare_conflict(
    session: Session,
    desk: Desk,
    panel: Panel,
    expert_id: int,
    item_id: int,
    *,
    reason: str,
    officer_id: int | None = None,
    now: datetime,
) -> Recusal:
    """An expert's own word that they must stay out; a score that they gave before counts no more. Twice is once.

    ``officer_id`` is who of the office writes it down for the expert.
    """
    if officer_id is not None:
        authority.acting(session, officer_id)
    seats = session.exec(
        select(PanelMember.id).where(PanelMember.panel_id == panel.id, PanelMember.expert_id == expert_id)
    ).first()
    if seats is None:
        raise NotYours("您不在本轮专家组中。", next_step="请与遴选办公室联系。")
    if not reason.strip():
        raise Refusal("没有写明回避的原因。", next_step="请用一句话写明与该项目的关系。")
    if panel.locked_at is not None:
        raise NotAllowed("本轮评分已经锁定，不能再申报回避。", next_step="请立即告知遴选办公室。")
    same = select(Recusal).where(
        Recusal.panel_id == panel.id, Recusal.expert_id == expert_id, Recusal.application_id == item_id
    )
    there = session.exec(same.where(Recusal.ground == DECLARED)).first()
    if there is not None:
        return there
    scores.set_aside(session, desk, panel, expert_id, item_id, now=now)
    conflict = Conflict(expert_id, item_id, "declared", blocks=True, explanation=f"本人申报：{reason.strip()}")
    actor = "expert" if officer_id is None else Actor.OFFICE
    return _write(session, desk, panel, conflict, actor=actor, officer_id=officer_id, now=now)


def override_recusal(
    session: Session, desk: Desk, recusal_id: int, *, officer_id: int, reason: str, now: datetime
) -> Recusal:
    """Let an expert score all the same, by the lead with a reason; what an expert declared is never overridden."""
    authority.leading(session, officer_id)
    row = session.get(Recusal, recusal_id)
    if row is None or row.overridden_at is not None:
        raise Refusal("没有这条回避，或已经解除。", next_step="请刷新页面。")
    if row.ground == DECLARED:
        raise NotAllowed("专家本人申报的回避不能解除。", next_step="请由其他专家评分。")
    if session.get_one(Panel, row.panel_id).locked_at is not None:
        raise NotAllowed("本轮评分已经锁定。", next_step="回避须在锁定之前办理。")
    if not reason.strip():
        raise Refusal("没有写明解除回避的理由。", next_step="请写明核实的情况。")
    row.overridden_at, row.overridden_reason = now, reason
    session.add(row)
    _tell(session, desk, row, {"step": "override", "reason": reason}, actor=Actor.LEAD, officer_id=officer_id, now=now)
    return row


def tell_panel(
    session: Session,
    desk: Desk,
    panel: Panel,
    note: dict[str, Any],
    *,
    actor: Actor = Actor.OFFICE,
    officer_id: int | None = None,
    now: datetime,
) -> None:
    """Put a step of a round into the ledger."""
    entry = ledger.Entry(
        desk.key, "panel", actor, now, subject="panel", subject_id=panel.id, officer_id=officer_id,
        note={"round": panel.round} | note,
    )  # fmt: skip
    ledger.record(session, [entry])


def _write(
    session: Session,
    desk: Desk,
    panel: Panel,
    conflict: Conflict,
    *,
    actor: str,
    officer_id: int | None = None,
    now: datetime,
) -> Recusal:
    row = Recusal(
        panel_id=panel.id or 0,
        expert_id=conflict.expert,
        application_id=conflict.application,
        ground=conflict.ground,
        explanation=conflict.explanation,
        blocks=conflict.blocks,
        at=now,
    )
    session.add(row)
    session.flush()
    told = {"step": "found", "ground": row.ground, "blocks": row.blocks}
    _tell(session, desk, row, told, actor=actor, officer_id=officer_id, now=now)
    return row


def _tell(
    session: Session,
    desk: Desk,
    row: Recusal,
    note: dict[str, Any],
    *,
    actor: str,
    officer_id: int | None = None,
    now: datetime,
) -> None:
    entry = ledger.Entry(
        desk.key, "recusal", actor, now, application_id=row.application_id, subject="recusal", subject_id=row.id,
        officer_id=officer_id, note=note | {"expert": row.expert_id},
    )  # fmt: skip
    ledger.record(session, [entry])


def _experts(session: Session, panel: Panel) -> list[PanelExpert]:
    query = (
        select(Expert, Person)
        .join(Person, col(Person.id) == col(Expert.person_id))
        .join(PanelMember, col(PanelMember.expert_id) == col(Expert.id))
        .where(PanelMember.panel_id == panel.id, col(PanelMember.left_at).is_(None))
    )
    return [
        PanelExpert(expert.id or 0, person.name, _names(person.unit), _names(expert.officer_of))
        for expert, person in session.exec(query)
    ]


def _applications(session: Session, panel: Panel, items: Sequence[int]) -> list[ScoredApplication]:
    """The items with who stands behind them; an endorser who is a member of the panel is known by their record."""
    members = {
        person: expert
        for expert, person in session.exec(
            select(Expert.id, Expert.person_id)
            .join(PanelMember, col(PanelMember.expert_id) == col(Expert.id))
            .where(PanelMember.panel_id == panel.id)
        )
    }
    query = (
        select(Application, Endorser)
        .join(Endorser, col(Endorser.id) == col(Application.endorser_id), isouter=True)
        .where(col(Application.id).in_(items))
    )
    texts = _evidence(session, items)
    return [_scored(item, endorser, members, texts.get(item.id or 0, "")) for item, endorser in session.execute(query)]


def _evidence(session: Session, items: Sequence[int]) -> dict[int, str]:
    """What could be read of the evidence of each item, where co-developers are named (R93)."""
    holds = (col(Upload.finished_at).is_not(None), col(Upload.superseded_at).is_(None))
    query = select(Upload.application_id, Upload.report).where(col(Upload.application_id).in_(items), *holds)
    texts: dict[int, str] = {}
    for item, report in session.exec(query):
        if text := (report or {}).get("facts", {}).get(EVIDENCE_TEXT, ""):
            texts[item] = f"{texts.get(item, '')}\n{text}"
    return texts


def _scored(
    item: Application, endorser: Endorser | None, members: dict[int, int | None], evidence: str
) -> ScoredApplication:
    expert = endorser if endorser is not None and endorser.kind == "expert" else None
    return ScoredApplication(
        application=item.id or 0,
        unit=item.unit,
        partner_units=_names(item.partners),
        endorsing_society=endorser.name if endorser is not None and expert is None else None,
        endorsing_expert=members.get(expert.person_id) if expert else None,
        endorsing_expert_name=expert.name if expert else None,
        endorsing_expert_unit=expert.unit if expert else None,
        evidence_text=evidence,
    )


def _names(told: str) -> tuple[str, ...]:
    """The names in a field that may hold several."""
    return tuple(name.strip() for name in _BETWEEN_NAMES.split(told) if name.strip())

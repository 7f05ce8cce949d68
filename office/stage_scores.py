"""Takes scores from telephones in the hall: once under each key, late ones kept for the presider (R105, A30)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, scores, stage_gate, stage_store, tally
from office.desk import Desk
from records.tables.application import Application
from records.tables.person import Expert, Person
from records.tables.scoring import Panel
from records.tables.stage import SendOutcome, Stage, StageSend
from states.refusals import NotAllowed, NotYours

_KEY = re.compile(r"[0-9A-Za-z-]{16,64}", re.ASCII)
_LONGEST = 2000  # letters of a reason


@dataclass(frozen=True, slots=True)
class Words:
    """A score as it was typed: a total, or aspects, or why there is none; ``revision`` is the version that was seen."""

    total: str | None
    aspects: Mapping[str, str]
    reason: str = ""
    absent: str = ""
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Late:
    """A score that came behind the lock, as the presider sees it: never the points."""

    send: StageSend
    expert: str
    number: str
    title: str


def send(
    session: Session, desk: Desk, key: str, *, expert_id: int, item_id: int, words: Words, now: datetime
) -> StageSend:
    """Keep a telephone's score under its key; the same key again is the same score, whatever comes with it.

    Behind the lock it is kept as late and counts only if the presider admits it. Refuses as `scores.enter` does; what
    was refused leaves no trace, so that the telephone may try again.
    """
    if not _KEY.fullmatch(key) or len(words.reason) > _LONGEST:
        raise Refusal("手机发来的内容不完整。", next_step="请刷新页面后重新提交。")
    stage = stage_store.stage_of(session, desk)
    known = session.get(StageSend, key)
    if known is not None:
        if (known.expert_id, known.application_id) != (expert_id, item_id):
            raise NotYours("这个提交编号属于另一项评分。", next_step="请刷新页面后重新提交。")
        return known
    panel = stage_store.panel_of(session, stage)
    made = StageSend(
        client_key=key, stage_id=stage.id or 0, expert_id=expert_id, application_id=item_id, outcome=SendOutcome.LATE,
        typed={"total": words.total, "aspects": dict(words.aspects), "reason": words.reason, "absent": words.absent},
        at=now,
    )  # fmt: skip
    if _is_late(session, desk, panel, item_id, now=now):
        return _keep_late(session, desk, stage, panel, made, now=now)
    score = scores.enter(
        session, desk, panel.round, expert_id=expert_id, item_id=item_id, total=words.total, aspects=words.aspects,
        reason=words.reason, absent=words.absent, expected_revision=words.revision, now=now,
    )  # fmt: skip
    made.outcome, made.score_id = SendOutcome.KEPT, score.id
    session.add(made)
    session.flush()
    return made


def _is_late(session: Session, desk: Desk, panel: Panel, item_id: int, *, now: datetime) -> bool:
    if panel.opened_at is None:
        return False
    round_ = tally.rules_of(desk, panel).round
    try:
        scores.refuse_closed(session, desk, panel, round_.locks, now=now)
        stage_gate.refuse_shut(session, panel, item_id, round_, on_paper=False)
    except stage_gate.ItemLocked:
        return True
    except NotAllowed:
        return panel.locked_at is not None or now >= round_.locks
    return False


def _keep_late(
    session: Session, desk: Desk, stage: Stage, panel: Panel, made: StageSend, *, now: datetime
) -> StageSend:
    """Keep what came too late, and say so in the ledger: that it came, not what it says."""
    items = tally.items_of(session, desk, panel)
    if (made.expert_id, made.application_id) not in tally.may_score(session, panel, items):
        raise NotYours("您对该项目应当回避，或不在本轮专家组中。", next_step="请与现场工作人员联系。")
    session.add(made)
    session.flush()
    told = {"deed": "late", "expert": made.expert_id, "item": made.application_id}
    person = session.get_one(Expert, made.expert_id).person_id
    stage_store.tell(session, desk, stage, told, actor=scores.EXPERT, person_id=person, now=now)
    return made


def late(session: Session, stage: Stage) -> list[Late]:
    """What came behind the lock and waits for the presider, the oldest first."""
    query = (
        select(StageSend, Person.name, Application.number, Application.title)
        .join(Expert, col(Expert.id) == col(StageSend.expert_id))
        .join(Person, col(Person.id) == col(Expert.person_id))
        .join(Application, col(Application.id) == col(StageSend.application_id))
        .where(StageSend.stage_id == stage.id, StageSend.outcome == SendOutcome.LATE)
        .order_by(col(StageSend.at))
    )
    return [Late(*row) for row in session.execute(query)]


def settle(
    session: Session, desk: Desk, key: str, *, admit: bool, grounds: str, officer_id: int, now: datetime
) -> StageSend:
    """Admit a late score by the expert's signed paper, or decline it; both with grounds, both in the ledger.

    An admitted one is entered by the officer; `NotAllowed` once the whole session is locked, when it was settled, or
    where the pair has a score that came after it: of two telephones, or of a telephone and a paper, the newer stands.
    """
    authority.acting(session, officer_id)
    stage = stage_store.stage_of(session, desk)
    row = session.get(StageSend, key)
    if row is None or row.outcome != SendOutcome.LATE:
        raise NotAllowed("这份迟到的评分已经处理，或不存在。", next_step="请刷新页面。")
    if not grounds.strip():
        raise Refusal("没有写明依据。", next_step="请写明纸质评分表由谁签字、何时收到。")
    if admit:
        stage_store.refuse_after_lock(session, stage)
        _refuse_older(session, stage_store.panel_of(session, stage), row)
        typed = row.typed
        score = scores.enter(
            session, desk, stage_store.panel_of(session, stage).round, expert_id=row.expert_id,
            item_id=row.application_id, total=typed["total"], aspects=typed["aspects"], reason=typed["reason"],
            absent=typed["absent"], entered_by=officer_id, now=now,
        )  # fmt: skip
        row.score_id = score.id
    row.outcome = SendOutcome.ADMITTED if admit else SendOutcome.DECLINED
    row.settled_by, row.settled_at, row.grounds = officer_id, now, grounds.strip()
    session.add(row)
    told = {"deed": row.outcome, "expert": row.expert_id, "item": row.application_id, "grounds": row.grounds}
    stage_store.tell(session, desk, stage, told, officer_id=officer_id, now=now)
    return row


def _refuse_older(session: Session, panel: Panel, row: StageSend) -> None:
    last = tally.current_score(session, panel, row.expert_id, row.application_id)
    if last is not None and last.at > row.at:
        raise NotAllowed(
            "这份评分发来之后，这位专家对该项目已另有评分，不能再计入这一份。",
            next_step="请不予计入；确需更正的，请专家填写纸质评分表，由两人录入。",
        )

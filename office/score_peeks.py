"""Opens one sealed score to the lead, with a reason, and keeps every such look for the supervisor (row 69)."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, scores, tally
from office.desk import Desk
from records import ledger
from records.tables.application import Application
from records.tables.event import Event, Note
from records.tables.person import Expert, Officer, Person
from records.tables.scoring import Score
from states.facts import Actor
from states.refusals import NotAllowed

KIND = "score_peek"
LONGEST = 500  # characters of a reason


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a sealed score: who looked when, at whose score of what, and why; never what stood there."""

    event_id: int
    at: datetime
    officer: str
    expert: str
    number: str
    reason: str


def peek(
    session: Session, desk: Desk, round_key: str, expert_id: int, item_id: int, *, reason: str, officer_id: int,
    now: datetime,
) -> Score:  # fmt: skip
    """The score of this pair before the release, to the lead alone; written down before it is shown.

    `NotYours` for others, `Refusal` without a reason, `NotAllowed` where nothing was scored or all is released.
    """
    authority.leading(session, officer_id)
    panel = tally.panel_of(session, desk, round_key)
    if panel.released_at is not None:
        raise NotAllowed("本轮结果已经产生，评分不再密封。", next_step="请在排名页查看。")
    told = reason.strip()
    if not told or len(told) > LONGEST:
        raise Refusal("没有写明查看的理由，或写得太长。", next_step=f"请用 1 至 {LONGEST} 个字写明；监督人员会看到。")
    score = tally.current_score(session, panel, expert_id, item_id)
    if score is None:
        raise NotAllowed("这位专家还没有评这个项目。", next_step="请选择已经评过的项目。")
    entry = ledger.Entry(
        desk.key, KIND, Actor.LEAD, now, application_id=item_id, subject="score", subject_id=score.id,
        officer_id=officer_id, note={"round": round_key, "expert": expert_id, "reason": told},
    )  # fmt: skip
    ledger.record(session, [entry])
    return score


def looks(session: Session, desk: Desk, round_key: str) -> list[Look]:
    """Every look of this round, the newest first."""
    query = (
        select(Event, Note, Person.name, Application.number)
        .join(Note, col(Note.event_id) == col(Event.id))
        .join(Officer, col(Officer.id) == col(Event.officer_id))
        .join(Person, col(Person.id) == col(Officer.person_id))
        .join(Application, col(Application.id) == col(Event.application_id))
        .where(Event.edition == desk.key, Event.kind == KIND)
        .order_by(col(Event.id).desc())
    )
    names = dict(
        session.exec(select(Expert.id, Person.name).join(Person, col(Person.id) == col(Expert.person_id))).all()
    )
    return [
        Look(event.id or 0, event.at, officer, names.get(said["expert"], ""), number, str(said["reason"]))
        for event, note, officer, number in session.execute(query)
        if (said := note.body or {"round": round_key, "expert": 0, "reason": "（已删除）"})["round"] == round_key
    ]


def shown(score: Score) -> str:
    """A score with its written reason, as the look shows it."""
    return f"{scores.shown(score)}{f'（理由：{score.reason}）' if score.reason else ''}"

"""Tells what is held of a person as an officer, an endorser or an expert: roles, answers, seats, released scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from office import person_desk, scores
from office.desk import Desk
from records.tables.application import Application
from records.tables.endorser import EndorsementRequest, Endorser
from records.tables.person import Expert, Officer, Role
from records.tables.scoring import Assigned, Panel, PanelMember, Recusal, Score
from records.tables.stage import StageSeat

Cells = tuple[str, ...]
_ANSWERS = {"endorsed": "同意推荐", "declined": "不予推荐", "": "尚未答复"}


@dataclass(frozen=True, slots=True)
class Part:
    """One list of what is held: its title, its columns, its rows in words."""

    title: str
    columns: Cells
    rows: Sequence[Cells]


def parts(session: Session, desk: Desk, ids: Sequence[int]) -> tuple[Part, ...]:
    """Roles, endorsements, seats on panels, conflicts, and the scores of released rounds."""
    experts = list(session.exec(select(Expert.id).where(col(Expert.person_id).in_(ids), Expert.edition == desk.key)))
    return (
        Part("身份", ("身份", "说明", "自", "至"), list(_roles(session, desk, ids))),
        Part("推荐", ("项目", "请求", "答复时间", "答复", "意见"), list(_endorsements(session, desk, ids))),
        Part("评审席位", ("轮次", "离席"), list(_seats(session, desk, experts))),
        Part("评审分配", ("项目", "轮次", "自", "至"), list(_assigned(session, desk, experts))),
        Part("终评到场", ("到场", "缺席原因"), list(_present(session, desk, experts))),
        Part("回避", ("项目", "情形", "登记"), list(_recusals(session, desk, experts))),
        Part("评分", ("项目", "轮次", "评分", "理由", "时间"), list(_scores(session, desk, experts))),
    )


def local(desk: Desk, at: datetime | None) -> str:
    """An instant in the edition's zone, to the minute; empty for none."""
    return f"{at.astimezone(desk.zone):%Y-%m-%d %H:%M}" if at else ""


def _roles(session: Session, desk: Desk, ids: Sequence[int]) -> Iterator[Cells]:
    for officer in session.exec(select(Officer).where(col(Officer.person_id).in_(ids))):
        label = person_desk.ROLES[Role(officer.role)]
        yield "遴选办公室", label, local(desk, officer.created_at), local(desk, officer.disabled_at)
    for expert in session.exec(select(Expert).where(col(Expert.person_id).in_(ids), Expert.edition == desk.key)):
        told = "；".join(filter(None, (expert.fields.replace(",", "、"), expert.officer_of)))
        yield "评审专家", told, local(desk, expert.created_at), ""
    for endorser in session.exec(
        select(Endorser).where(col(Endorser.person_id).in_(ids), Endorser.edition == desk.key)
    ):
        yield "推荐学会联系人" if endorser.kind == "society" else "推荐专家", endorser.name, "", ""


def _endorsements(session: Session, desk: Desk, ids: Sequence[int]) -> Iterator[Cells]:
    query = (
        select(EndorsementRequest, Application.number)
        .join(Endorser, col(Endorser.id) == col(EndorsementRequest.endorser_id))
        .join(Application, col(Application.id) == col(EndorsementRequest.application_id))
        .where(col(Endorser.person_id).in_(ids), Endorser.edition == desk.key)
        .order_by(col(EndorsementRequest.id))
    )
    for asked, number in session.execute(query):
        answer = _ANSWERS.get(asked.answer, asked.answer)
        yield number, local(desk, asked.asked_at), local(desk, asked.answered_at), answer, asked.opinion


def _seats(session: Session, desk: Desk, experts: Sequence[int | None]) -> Iterator[Cells]:
    query = select(PanelMember, Panel.round).join(Panel, col(Panel.id) == col(PanelMember.panel_id))
    for seat, key in session.exec(query.where(col(PanelMember.expert_id).in_(experts)).order_by(col(PanelMember.id))):
        yield _name(desk, key), local(desk, seat.left_at)


def _assigned(session: Session, desk: Desk, experts: Sequence[int | None]) -> Iterator[Cells]:
    query = (
        select(Assigned, Application.number, Panel.round)
        .join(Panel, col(Panel.id) == col(Assigned.panel_id))
        .join(Application, col(Application.id) == col(Assigned.application_id))
        .where(col(Assigned.expert_id).in_(experts))
        .order_by(col(Assigned.id))
    )
    for pair, number, key in session.execute(query):
        yield number, _name(desk, key), local(desk, pair.at), local(desk, pair.ended_at)


def _present(session: Session, desk: Desk, experts: Sequence[int | None]) -> Iterator[Cells]:
    for seat in session.exec(select(StageSeat).where(col(StageSeat.expert_id).in_(experts))):
        yield local(desk, seat.arrived_at), scores.ABSENT.get(seat.absent, seat.absent)


def _recusals(session: Session, desk: Desk, experts: Sequence[int | None]) -> Iterator[Cells]:
    query = select(Recusal, Application.number).join(Application, col(Application.id) == col(Recusal.application_id))
    for row, number in session.exec(query.where(col(Recusal.expert_id).in_(experts)).order_by(col(Recusal.id))):
        yield number, row.explanation, local(desk, row.at)


def _scores(session: Session, desk: Desk, experts: Sequence[int | None]) -> Iterator[Cells]:
    """Of released rounds alone: until then a score is sealed for everybody but who gave it (A32)."""
    query = (
        select(Score, Application.number, Panel.round)
        .join(Panel, col(Panel.id) == col(Score.panel_id))
        .join(Application, col(Application.id) == col(Score.application_id))
        .where(col(Score.expert_id).in_(experts), col(Panel.released_at).is_not(None))
        .order_by(col(Score.id))
    )
    for score, number, key in session.execute(query):
        yield number, _name(desk, key), scores.shown(score), score.reason, local(desk, score.at)


def _name(desk: Desk, key: str) -> str:
    round_ = desk.edition.round(key)
    return round_.name if round_ else key

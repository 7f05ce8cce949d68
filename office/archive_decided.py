"""Puts what was decided, posted and objected to into an archive; never who objected (R27, R112–R114)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from office import case_file, cleared, decisions, drawer, objections
from office.archive_bundle import Bundle
from office.archive_names import plain
from office.desk import Desk
from paperwork.sheets import Column, List, Value
from records.tables.application import Application
from records.tables.decision import Decision, Notice, Objection

FOLDER = "决定、公示与异议"
_DECISIONS = (
    Column("文号", 18), Column("种类", 14), Column("项目", 40), Column("依据", 40), Column("拟稿", 22),
    Column("核稿", 22), Column("签发", 22), Column("执行", 20, "instant"), Column("撤销", 20, "instant"),
)  # fmt: skip
_NOTICES = (
    Column("版本", 6, "whole"), Column("编号", 16), Column("发布", 20, "instant"), Column("截止", 20, "instant"),
    Column("计算", 60), Column("改动原因", 30), Column("项目", 50),
)  # fmt: skip
_OBJECTIONS = (
    Column("编号", 14), Column("项目", 12), Column("收到", 20, "instant"), Column("提出方式", 10), Column("事由", 14),
    Column("内容", 50), Column("请单位说明", 30), Column("单位说明", 50), Column("专家意见", 40), Column("结果", 10),
    Column("处理意见", 50), Column("核定", 20, "instant"),
)  # fmt: skip
_HIDDEN = "异议人的身份及其提交的原件"


def lists(session: Session, desk: Desk, item_id: int | None = None) -> tuple[List, ...]:
    """Signed decisions, versions of the notice, and objections: all, or those about one application."""
    numbers = _numbers(session, desk)
    made = (
        List("决定", "已签发的决定", _DECISIONS, _decisions(session, desk, numbers, item_id)),
        List("公示", "公示的各个版本", _NOTICES, _notices(session, desk, numbers, item_id)),
        List("异议", "异议（不含异议人身份）", _OBJECTIONS, _objections(session, desk, numbers, item_id)),
    )
    return tuple(each for each in made if each.rows)


def add_files(session: Session, desk: Desk, bundle: Bundle, folder: str, item_id: int | None = None) -> None:
    """What the unit and the office brought to the objections; what an objector brought stays in the drawer."""
    for case in _cases(session, desk, item_id):
        bundle.leave_out(f"{case.number}：{_HIDDEN}", "身份保密，锁存于专门的抽屉，只由负责人写明理由打开")
        for file in drawer.files_of(session, case):
            if file.brought_by == "objector":
                continue
            if file.cleared_at:
                bundle.leave_out(f"{case.number} {file.label}", cleared.sentence(desk, file))
            elif desk.vault.holds(file.sha256):
                name = plain(f"{case.number}-{file.label}")
                bundle.copy(f"{folder}/{name}.{file.kind.lower()}", desk.vault.path(file.sha256), file.label)
            else:
                bundle.leave_out(f"{case.number} {file.label}", "文件库中没有这个文件")


def _numbers(session: Session, desk: Desk) -> dict[int, str]:
    query = select(Application.id, Application.number).where(Application.edition == desk.key)
    return {id_: number for id_, number in session.exec(query) if id_ is not None}


def _decisions(session: Session, desk: Desk, numbers: Mapping[int, str], item_id: int | None) -> list[list[Value]]:
    """A draft is none yet; what was signed and taken back is told with the instant of it."""
    names = case_file.officer_names(session)
    query = select(Decision).where(Decision.edition == desk.key, col(Decision.signed_at).is_not(None))
    rows: list[list[Value]] = []
    for made in session.exec(query.order_by(col(Decision.id))):
        items = [id_ for ids in made.payload.values() for id_ in ids]
        if item_id is None or item_id in items:
            rows.append(
                [
                    made.number, decisions.kind_label(made.kind, desk.words), _some(numbers, items, item_id),
                    made.ground,
                    _hand(desk, names, made.drafted_by, made.drafted_at),
                    _hand(desk, names, made.checked_by, made.checked_at),
                    _hand(desk, names, made.signed_by, made.signed_at),
                    _local(desk, made.executed_at), _local(desk, made.undone_at),
                ]
            )  # fmt: skip
    return rows


def _notices(session: Session, desk: Desk, numbers: Mapping[int, str], item_id: int | None) -> list[list[Value]]:
    query = select(Notice).where(Notice.edition == desk.key).order_by(col(Notice.version))
    return [
        [
            each.version, each.number, _local(desk, each.posted_at), _local(desk, each.closes_at), each.reckoning,
            each.reason, _some(numbers, each.items, item_id),
        ]
        for each in session.exec(query)
        if item_id is None or item_id in each.items
    ]  # fmt: skip


def _objections(session: Session, desk: Desk, numbers: Mapping[int, str], item_id: int | None) -> list[list[Value]]:
    return [
        [
            case.number, numbers.get(case.application_id, ""), _local(desk, case.received_at),
            "单位" if case.by_unit else "个人", case.ground, case.statement, case.question, case.answer, case.opinion,
            objections.LABELS[case.status], case.outcome, _local(desk, case.decided_at),
        ]
        for case in _cases(session, desk, item_id)
    ]  # fmt: skip


def _cases(session: Session, desk: Desk, item_id: int | None) -> Sequence[Objection]:
    found = objections.cases(session, desk)
    return [case for case in found if item_id is None or case.application_id == item_id]


def _some(numbers: Mapping[int, str], items: Sequence[int], item_id: int | None) -> str:
    """All numbers, or that of the one application that the list is about."""
    return "、".join(numbers.get(id_, "") for id_ in items if item_id is None or id_ == item_id)


def _hand(desk: Desk, names: Mapping[int, str], officer_id: int | None, at: datetime | None) -> str:
    if at is None:
        return ""
    return f"{names.get(officer_id, '') if officer_id else '系统'} {desk.shown(at)}"


def _local(desk: Desk, at: datetime | None) -> datetime | None:
    return at.astimezone(desk.zone) if at else None

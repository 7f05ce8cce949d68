"""Says what an officer should do next: 今日待办, the nearest first (rows 129 and 132)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session, col, func, select

from office import assumptions, backups, bounces, decisions, defender, objection_desk, progress
from office.desk import Desk
from office.objection_steps import Step
from records.tables.application import Application, CheckLine
from records.tables.deadline import Deadline
from records.tables.decision import Decision
from records.tables.endorser import Endorser
from records.tables.letter import Letter, LetterState
from records.tables.person import Address, Officer, Role
from states import agenda
from states.facts import State

Tone = Literal["bad", "warn", "info", "ok"]
_LATE = timedelta(minutes=1)
_SOON_DAYS = 3
_CONFIRM_DAYS = 14  # before a stage opens
_NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: ``tag`` its kind, ``what`` and ``why`` in words, ``due`` when it has an instant.

    ``page`` and ``query`` say where it is done (``cases``, ``state=endorsed``); ``count`` how many things it is.
    """

    key: str
    tag: str
    tone: Tone
    what: str
    why: str
    count: int
    page: str
    query: str = ""
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    session: Session
    desk: Desk
    officer: Officer
    now: datetime


def tasks(session: Session, desk: Desk, officer: Officer, *, now: datetime) -> list[Task]:
    """What waits for this officer: those with the nearest instant first, then the rest by weight.

    Nothing here tells a score: of a round only who is done is counted. A supervisor acts on nothing.
    """
    if officer.role == Role.SUPERVISOR:
        return []
    asked = _Asked(session, desk, officer, now)
    found = [task for source in _SOURCES for task in source(asked)]
    weights: dict[Tone, int] = {"bad": 0, "warn": 1, "info": 2, "ok": 3}
    return sorted(found, key=lambda task: (weights[task.tone], task.due is None, task.due or now))


def _late_deadlines(asked: _Asked) -> Iterator[Task]:
    query = select(Deadline).where(
        Deadline.edition == asked.desk.key, Deadline.due_at < asked.now - _LATE,
        col(Deadline.settled_at).is_(None), col(Deadline.cancelled_at).is_(None),
    )  # fmt: skip
    for row in asked.session.exec(query.order_by(col(Deadline.due_at))):
        label = agenda.label_of(row.kind, asked.desk.words)
        why = "上次执行失败，系统会再试" if row.attempts else "时刻已过，尚未执行"
        yield Task(f"late-{row.id}", "时限", "bad", f"{label}未办", why, 1, "deadlines", due=row.due_at)


def _assumptions(asked: _Asked) -> Iterator[Task]:
    """What the lead should confirm before a stage opens; the opening itself waits only where the edition says so."""
    leads = asked.officer.role == Role.LEAD
    for opening in assumptions.openings(asked.desk):
        if opening.waiting and asked.now < opening.opens <= asked.now + timedelta(days=_CONFIRM_DAYS):
            why = "请逐项核对后确认" if leads else "请办公室负责人逐项核对后确认"
            yield Task(
                f"assumptions-{opening.stage}", "确认", "warn" if leads else "info",
                f"{opening.name}开始前，{opening.waiting} 项拟定内容待确认", why, opening.waiting, "assumptions",
                due=opening.opens,
            )  # fmt: skip


def _to_check(asked: _Asked) -> Iterator[Task]:
    desk = asked.desk
    state = State.ENDORSED if desk.edition.endorsement.required else State.SUBMITTED
    waiting = _standing(asked, state)
    if waiting:
        oldest = asked.session.exec(
            select(func.min(Application.state_since)).where(
                Application.edition == desk.key, Application.state == state.value
            )
        ).one()
        why = f"最早一项 {desk.shown(oldest)} 到达"
        due = desk.edition.check.due
        tone: Tone = "warn" if asked.now >= desk.edition.submission.closes else "info"
        yield Task("check", "审查", tone, f"{waiting} 项待形式审查", why, waiting, "check", due=due)


def _to_confirm(asked: _Asked) -> Iterator[Task]:
    # From the few lines to their applications, never from the many applications to their lines.
    edition = select(Application.edition).where(Application.id == CheckLine.application_id).scalar_subquery()
    query = (
        select(func.count())
        .select_from(CheckLine)
        .where(col(CheckLine.waiver), col(CheckLine.confirmed_at).is_(None))
        .where(CheckLine.officer_id != asked.officer.id, edition == asked.desk.key)
    )
    if count := asked.session.exec(query).one():
        why = "机检不通过、他人已放行，须由另一人确认"
        yield Task("waivers", "放行", "warn", f"{count} 条放行待您确认", why, count, "check", "waivers=1")


def _corrections(asked: _Asked) -> Iterator[Task]:
    soon = asked.desk.workdays.add_working_days(asked.now, _SOON_DAYS, asked.desk.edition.award.zone)
    query = select(Application.number, Application.lapses_at).where(
        Application.edition == asked.desk.key, Application.state == State.RETURNED.value,
        col(Application.lapses_at) <= soon,
    )  # fmt: skip
    rows = asked.session.exec(query.order_by(col(Application.lapses_at))).all()
    if rows:
        what = f"{_some([number for number, _ in rows])}补正即将到期"
        yield Task(
            "corrections", "补正", "warn", what, "可电话提醒申报单位", len(rows), "cases", "state=returned&order=due",
            rows[0][1],
        )  # fmt: skip


def _endorsements(asked: _Asked) -> Iterator[Task]:
    closes = asked.desk.edition.endorsement.closes
    if closes is None or not asked.now < closes <= asked.now + timedelta(days=7):
        return
    waiting = (
        select(col(Application.endorser_id).label("endorser_id"), func.count().label("count"))
        .where(Application.edition == asked.desk.key, Application.state == State.SUBMITTED.value)
        .group_by(col(Application.endorser_id))
        .subquery()
    )
    query = select(Endorser.name, waiting.c.count).join(waiting, waiting.c.endorser_id == col(Endorser.id))
    rows = asked.session.exec(query.order_by(waiting.c.count.desc(), col(Endorser.name))).all()
    if count := sum(number for _, number in rows):
        what = f"{count} 项还没有得到推荐"
        yield Task(
            "endorsements", "催办", "warn", what, _some([name for name, _ in rows]), count, "cases", "state=submitted",
            closes,
        )  # fmt: skip


def _unreachable(asked: _Asked) -> Iterator[Task]:
    has_address = select(Address.id).where(Address.person_id == Endorser.person_id).exists()
    query = select(Endorser.name).where(Endorser.edition == asked.desk.key, Endorser.kind == "society", ~has_address)
    names = asked.session.exec(query.order_by(col(Endorser.id))).all()
    if names and asked.desk.edition.endorsement.required and asked.now < asked.desk.edition.check.due:
        what = f"{len(names)} 家学会没有邮箱"
        yield Task("addresses", "学会", "warn", what, _some(list(names)), len(names), "societies")


def _decisions(asked: _Asked) -> Iterator[Task]:
    query = select(Decision).where(
        Decision.edition == asked.desk.key, col(Decision.executed_at).is_(None), col(Decision.undone_at).is_(None)
    )
    for decision in asked.session.exec(query.order_by(col(Decision.drafted_at))):
        label = f"{decisions.kind_label(decision.kind, asked.desk.words)}（{decision.number}）"
        if decision.checked_at is None:
            mine = decision.drafted_by != asked.officer.id
            what, why = f"{label}待核稿", "由拟稿人以外的人核对" if mine else "您是拟稿人，请另一人核稿"
        elif decision.signed_at is None:
            mine = asked.officer.role == Role.LEAD and (decision.drafted_by, decision.checked_by) != (
                None, asked.officer.id,
            )  # fmt: skip
            what, why = f"{label}待签发", "由办公室负责人签发"
        else:
            mine, what, why = True, f"{label}已签发，待发布", "发布后通知才会发出"
        yield Task(
            f"decision-{decision.id}", "签发", "warn" if mine else "info", what, why, 1, "decisions",
            f"id={decision.id}",
        )  # fmt: skip


def _objections(asked: _Asked) -> Iterator[Task]:
    for line in objection_desk.lines(asked.session, asked.desk, now=asked.now):
        if line.step is Step.CLOSED:
            continue
        why = "冒用他人名义的嫌疑，请核实" if line.case.disowned_at else f"经办：{line.handler}" if line.handler else ""
        yield Task(
            f"objection-{line.case.id}", "异议", "bad" if line.is_late else "warn",
            f"异议 {line.case.number} {line.step.label}", why, 1, "objections", f"case={line.case.id}",
            line.case.due_at,
        )  # fmt: skip


def _letters(asked: _Asked) -> Iterator[Task]:
    told: tuple[tuple[LetterState, str, str, Tone], ...] = (
        (LetterState.DEAD, "退失", "封信没有送到，请核对地址后重发", "bad"),
        (LetterState.BOUNCED, "退信", "封信被退回，请核对地址后重发，或电话告知", "bad"),
        (LetterState.IN_DOUBT, "存疑", "封信不知是否送到，请决定是否重发", "warn"),
        (LetterState.HELD, "待发", "封信扣留待放行", "info"),
    )
    query = select(Letter.state, func.count()).group_by(Letter.state)
    states = [state.value for state, *_ in told]  # the very many that arrived are not counted
    query = query.where(Letter.edition == asked.desk.key, col(Letter.state).in_(states))
    counts = dict(asked.session.exec(query).all())
    counts[LetterState.BOUNCED.value] = bounces.unhandled(asked.session, asked.desk)  # what was dealt with stays so
    for state, tag, words, tone in told:
        if count := counts.get(state.value, 0):
            yield Task(f"letters-{state}", tag, tone, f"{count} {words}", "", count, "letters", f"state={state}")


def _scoring(asked: _Asked) -> Iterator[Task]:
    for round_ in asked.desk.edition.rounds:
        done = progress.of_round(asked.session, asked.desk, round_.key)
        if done is None or not done.open:
            continue
        behind = [expert.name for expert in done.experts if expert.done < expert.asked]
        if behind:
            days = (round_.locks - asked.now) // timedelta(days=1)
            tone: Tone = "warn" if days < _SOON_DAYS else "info"
            what = f"{round_.name}：{len(behind)} 位专家未评完"
            yield Task(
                f"scoring-{round_.key}", "催办", tone, what, _some(behind), len(behind), "progress",
                f"round={round_.key}", round_.locks,
            )  # fmt: skip


def _defenders(asked: _Asked) -> Iterator[Task]:
    """From the result on that makes finalists: who speaks is printed on plates and in the order (R26)."""
    if numbers := defender.unnamed(asked.session, asked.desk):
        begins = asked.desk.edition.deciding_round.opens
        tone: Tone = "warn" if asked.now >= begins - timedelta(days=_SOON_DAYS) else "info"
        what = f"{len(numbers)} 个入围项目没有填写答辩人"
        yield Task(
            "defenders", "答辩", tone, what, _some(numbers), len(numbers), "cases", f"state={State.FINALIST}", begins
        )  # fmt: skip


def _backups(asked: _Asked) -> Iterator[Task]:
    if backups.is_late(asked.session, now=asked.now):
        why = "请系统管理员查看磁盘，或手工运行 linxuan backup"
        yield Task("backup", "备份", "bad", "最近一次完好的备份已超过 26 小时", why, 1, "flows")


def _standing(asked: _Asked, state: State) -> int:
    query = select(func.count()).select_from(Application)
    return asked.session.exec(
        query.where(Application.edition == asked.desk.key, Application.state == state.value)
    ).one()


def _some(names: list[str]) -> str:
    """The first few by name, the rest as a number."""
    rest = len(names) - _NAMES_SHOWN
    return "、".join(names[:_NAMES_SHOWN]) + (f" 等 {len(names)} 个" if rest > 0 else "")


_SOURCES: tuple[Callable[[_Asked], Iterator[Task]], ...] = (
    _late_deadlines, _assumptions, _to_check, _to_confirm, _corrections, _endorsements, _unreachable, _decisions,
    _objections, _letters, _scoring, _defenders, _backups,
)  # fmt: skip

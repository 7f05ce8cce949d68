"""What the demo tells at its end, read from the records alone."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlmodel import Session, col, func, select

from cli.season_stage import Stage
from notifications import outbox
from office import reminders
from records import ledger
from records.tables.application import Application, Upload
from records.tables.deadline import FlowRun
from records.tables.decision import Notice, Objection
from records.tables.endorser import EndorsementRequest
from records.tables.event import Event
from records.tables.scoring import Score, TieVote
from states.facts import State


def gather(stage: Stage, *, seconds: float) -> dict[str, Any]:
    """The report as one JSON object: states, winners, letters, flow runs, ledger, and each story's outcome."""
    desk = stage.desk
    with desk.database.read() as session:
        verified = ledger.verify(session)
        letters = outbox.counts(session)
        return {
            "edition": desk.key,
            "applications": session.exec(select(func.count()).select_from(Application)).one(),
            "states": reminders.count_by_state(session, desk),
            "winners": _listed(session, desk.key, State.ANNOUNCED),
            "disqualified": _listed(session, desk.key, State.DISQUALIFIED),
            "letters": {name: letters.get(name, 0) for name in ("sent", "held", "in_doubt", "dead")},
            "flow_runs": _runs(session, desk.key),
            "ledger": {"events": verified.events, "blocks": verified.blocks, "head": verified.head}
            | {"verified": verified.verified},
            "stories": {name: tell_story(session, stage) for name, tell_story in _STORIES.items()},
            "seconds": seconds,
        }


def _listed(session: Session, edition: str, state: State) -> list[str]:
    query = select(Application).where(Application.edition == edition, Application.state == state.value)
    return [
        f"{item.number} {item.title}（{item.unit}）" for item in session.exec(query.order_by(col(Application.number)))
    ]


def _runs(session: Session, edition: str) -> dict[str, int]:
    runs = session.exec(select(FlowRun).where(FlowRun.edition == edition)).all()
    return {
        "completed": sum(not run.failed and run.ended_at is not None for run in runs),
        "failed": sum(bool(run.failed) for run in runs),
    }


def _road(session: Session, stage: Stage, story: str) -> str:
    """The states that an application went through, as its events tell them."""
    item = stage.item(session, stage.cast.entry(story))
    if item is None:
        return "refused"
    query = select(Event.state_to).where(Event.application_id == item.id, col(Event.state_to).is_not(None))
    return " → ".join(state for state in session.exec(query.order_by(col(Event.id))) if state)


def _words(session: Session, stage: Stage) -> str:
    item_id = stage.item_id(session, "form_5600_words")
    query = select(Upload).where(Upload.application_id == item_id, Upload.slot == "form").order_by(col(Upload.revision))
    counts = [str(upload.report["facts"]["words"]["own"]) for upload in session.exec(query)]
    return f"{' 字 → '.join(counts)} 字；{_road(session, stage, 'form_5600_words')}"


def _video(session: Session, stage: Stage) -> str:
    item_id = stage.item_id(session, "video_12_07")
    asked = session.exec(
        select(func.count()).select_from(EndorsementRequest).where(EndorsementRequest.application_id == item_id)
    ).one()
    return f"推荐请求 {asked} 次；{_road(session, stage, 'video_12_07')}"


def _tie(session: Session, stage: Stage) -> str:
    vote = session.exec(select(TieVote).order_by(col(TieVote.id))).first()
    if vote is None:
        return "没有并列"
    numbers = {
        item.id: item.number for item in session.exec(select(Application).where(col(Application.id).in_(vote.items)))
    }
    return f"表决先后 {' > '.join(numbers[item] for item in vote.items)}；第一名 {_road(session, stage, 'tie_a').split(' → ')[-1]}"


def _extreme(story: str, points: int) -> Any:
    def tell_story(session: Session, stage: Stage) -> str:
        item_id = stage.item_id(session, story)
        score = session.exec(select(Score).where(Score.application_id == item_id, Score.total == points)).first()
        return f"{points / 100:g} 分，理由：{score.reason}" if score else "没有这个分数"

    return tell_story


def _objection(story: str) -> Any:
    def tell_story(session: Session, stage: Stage) -> str:
        item_id = stage.item_id(session, story)
        case = session.exec(select(Objection).where(Objection.application_id == item_id)).first()
        versions = session.exec(select(func.count()).select_from(Notice)).one()
        status = case.status if case else "没有异议"
        return f"{status}；公示第 {versions} 版；{_road(session, stage, story).split(' → ')[-1]}"

    return tell_story


def _simply(story: str) -> Any:
    return lambda session, stage: _road(session, stage, story)


_STORIES = {
    "form_5600_words": _words,
    "video_12_07": _video,
    "high_score_99_5": _extreme("high_score", 9950),
    "low_score_48": _extreme("low_score", 4800),
    "tie_15_16": _tie,
    "objection_upheld": _objection("objection_upheld"),
    "objection_dismissed": _objection("objection_dismissed"),
} | {
    story: _simply(story)
    for story in (
        "changed_form",
        "letter_without_seal",
        "begun_at_closing",
        "begun_a_second_before",
        "finalist_withdraws",
        "draft_lapses",
        "declined_then_expert",
        "withdrawal",
        "wrong_rejection",
        "rejected",
        "paper_endorsement",
    )
}
_TOLD = {
    "form_5600_words": "推荐表 5600 字",
    "video_12_07": "视频 12:07",
    "changed_form": "改写推荐表，再次请推荐方确认",
    "letter_without_seal": "承诺书无章",
    "begun_at_closing": "0 点整开始上传",
    "begun_a_second_before": "截止前一秒开始上传",
    "finalist_withdraws": "入围单位在终评前撤回",
    "draft_lapses": "草稿逾期",
    "declined_then_expert": "学会不推荐，改请专家",
    "withdrawal": "申报单位撤回",
    "tie_15_16": "第 15、16 名并列",
    "high_score_99_5": "99.5 分",
    "low_score_48": "48 分",
    "objection_upheld": "异议成立",
    "objection_dismissed": "异议不成立",
    "wrong_rejection": "误判不通过，两小时内撤销",
    "rejected": "形式审查不通过",
    "paper_endorsement": "凭纸面盖章代为确认",
}


def tell(report: dict[str, Any], home: Path) -> None:
    """The report for people."""
    console = Console()
    states = Table("状态", "项数", title=f"{report['edition']} 年度 · {report['applications']} 项申报")
    for state, count in report["states"].items():
        states.add_row(State(state).label, str(count))
    winners = Table("入选", title="十大科技进展")
    for winner in report["winners"]:
        winners.add_row(winner)
    for loser in report["disqualified"]:
        winners.add_row(f"[red]取消资格：{loser}[/red]")
    stories = Table("故事", "结局", title="每个故事的结局", show_lines=True)
    for name, outcome in report["stories"].items():
        stories.add_row(_TOLD[name], outcome)
    for table in (states, winners, stories):
        console.print(table)
    letters, runs, chain = report["letters"], report["flow_runs"], report["ledger"]
    console.print(
        f"邮件：已发 {letters['sent']}，扣留 {letters['held']}，存疑 {letters['in_doubt']}，退失 {letters['dead']}（{home / 'mailbox'}）"
    )
    console.print(f"流程：完成 {runs['completed']}，失败 {runs['failed']}")
    console.print(
        f"账本：{chain['events']} 个事件，{chain['blocks']} 个区块，{'核验一致' if chain['verified'] else '核验不一致'}，末端 {chain['head'][:16]}"
    )
    console.print(f"用时 {report['seconds']} 秒")

"""What the demo tells at its end, read from the records alone."""

import re
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from sqlmodel import Session, col, func, select

from cli.season_stage import Stage
from cli.season_stories import STORIES
from config.edition import Edition
from notifications import outbox
from office import reminders
from records import ledger
from records.tables.application import Application
from records.tables.deadline import FlowRun
from states.facts import State

_STATE_KEY = re.compile("|".join(sorted((state.value for state in State), key=len, reverse=True)))
_LETTERS = {"sent": "已发", "held": "扣留", "in_doubt": "存疑", "dead": "退失"}


def gather(stage: Stage, *, seconds: float) -> dict[str, Any]:
    """The report as one JSON object: states, winners, letters, flow runs, ledger, and each story's outcome."""
    desk = stage.desk
    with desk.database.read() as session:
        verified = ledger.verify(session)
        letters = outbox.counts(session, edition_key=desk.key)
        return {
            "edition": desk.key,
            "applications": session.exec(select(func.count()).select_from(Application)).one(),
            "states": reminders.count_by_state(session, desk),
            "winners": _listed(session, desk.key, State.ANNOUNCED),
            "disqualified": _listed(session, desk.key, State.DISQUALIFIED),
            "letters": {name: letters.get(name, 0) for name in _LETTERS},
            "flow_runs": _runs(session, desk.key),
            "ledger": {"events": verified.events, "blocks": verified.blocks, "head": verified.head}
            | {"verified": verified.verified},
            "stories": {name: story.outcome(session, stage) for name, story in STORIES.items()},
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


def tell(report: dict[str, Any], edition: Edition, home: Path) -> None:
    """The report for people: states by their labels."""
    console = Console(highlight=False)
    states = Table("状态", "项数", title=f"{edition.award.entry_name} · {report['applications']} 项申报")
    for state, count in report["states"].items():
        states.add_row(State(state).label, str(count))
    winners = Table("入选项目", title=edition.award.title)
    for winner in report["winners"]:
        winners.add_row(winner)
    for loser in report["disqualified"]:
        winners.add_row(f"[red]取消资格：{loser}[/red]")
    stories = Table("故事", Column("结局", overflow="fold"), title="每个故事的结局", show_lines=True)
    for name, outcome in report["stories"].items():
        stories.add_row(STORIES[name].label, _STATE_KEY.sub(lambda key: State(key[0]).label, outcome))
    for table in (states, winners, stories):
        console.print(table)
    letters, runs, chain = report["letters"], report["flow_runs"], report["ledger"]
    counted = "，".join(f"{label} {letters[name]}" for name, label in _LETTERS.items())
    whole = "核验一致" if chain["verified"] else "核验不一致"
    console.print(f"邮件：{counted}（{home / 'mailbox'}）")
    console.print(f"流程：完成 {runs['completed']}，失败 {runs['failed']}")
    console.print(f"账本：{chain['events']} 个事件，{chain['blocks']} 个区块，{whole}，末端 {chain['head'][:16]}")
    console.print(f"用时 {report['seconds']} 秒")

"""Writes docs/lifecycle.md and docs/lifecycle.svg from the lifecycle's table."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from states.drawing import svg
from states.facts import MAIN_ROAD, Actor, State
from states.guards import Guard
from states.lifecycle import FORWARD, LIFECYCLE, Row, Trigger
from states.occasions import OCCASIONS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "lifecycle.md"
DRAWING = ROOT / "docs" / "lifecycle.svg"
_RECIPIENTS = {
    "applicant": "申报单位",
    "endorser": "推荐方",
    "society": "成员学会",
    "expert": "专家",
    "office": "遴选办公室",
    "objector": "异议人",
    "visitor": "要登录的人",
    "officer": "工作人员",
}


def page() -> str:
    """The page as it shall stand."""
    return "\n".join([*_opening(), *_states(), *_forward(), *_guards(), *_inverse(), *_actors(), *_occasions(), ""])


def _opening() -> Iterator[str]:
    yield "<!-- 由 docs/make_lifecycle.py 写成，请勿手改。 Written by docs/make_lifecycle.py; do not edit. -->"
    yield ""
    yield "# 申报项目的状态与流转 · The lifecycle of an application"
    yield ""
    yield f"{len(State)} 个状态，{len(FORWARD)} 行步骤，{len(LIFECYCLE) - len(FORWARD)} 行撤销与恢复。"
    yield "全部取自 `states/lifecycle.py` 的同一张表：程序按它判定，本页与图由它写成。"
    yield ""
    yield f"{len(State)} states, {len(FORWARD)} forward rows, {len(LIFECYCLE) - len(FORWARD)} inverse rows, all made"
    yield "from the one table in `states/lifecycle.py`."
    yield ""
    yield "![状态图](lifecycle.svg)"
    yield ""


def _states() -> Iterator[str]:
    yield "## 状态 · States"
    yield ""
    yield "| 键 | 中文 | 主路 | 可以离开的步骤 |"
    yield "|---|---|---|---|"
    for state in State:
        place = str(MAIN_ROAD.index(state) + 1) if state in MAIN_ROAD else ""
        leaving = dict.fromkeys(row.trigger.label for row in FORWARD if state in row.sources)
        yield f"| `{state}` | {state.label} | {place} | {'、'.join(leaving) or '—'} |"
    yield ""


def _forward() -> Iterator[str]:
    yield "## 步骤 · Steps"
    yield ""
    yield "“冷静期”一栏：信件在发件箱里等过冷静期才发出，其间可以撤销。"
    yield ""
    yield "| 步骤 | 从 | 到 | 由谁办理 | 条件 | 信件 | 冷静期 | 依据 |"
    yield "|---|---|---|---|---|---|---|---|"
    yield from (_row(row) for row in FORWARD)
    yield ""


def _row(row: Row) -> str:
    cells = (
        f"`{row.trigger}` {row.trigger.label}",
        _named(row.sources),
        _named([row.target]),
        _by(row.actors),
        "、".join(f"`{guard.name}`" for guard in row.guards),
        "、".join(f"{_RECIPIENTS[name]} `{row.trigger}.{name}`" for name in row.letters) or "—",
        "是" if row.decision and row.letters else "",
        row.source_of_rule,
    )
    return f"| {' | '.join(cells)} |"


def _named(states: Sequence[State]) -> str:
    return "、".join(state.label for state in states)


def _by(actors: tuple[Actor, ...]) -> str:
    return "、".join(actor.label for actor in actors)


def _guards() -> Iterator[str]:
    yield "## 条件 · Conditions"
    yield ""
    yield "条件不成立时，系统说的话，以及接着该做什么。"
    yield ""
    yield "| 条件 | 不成立时 | 下一步 |"
    yield "|---|---|---|"
    guards = dict.fromkeys(guard for row in LIFECYCLE for guard in row.guards if not _is_about_origin(guard))
    for guard in guards:
        yield f"| `{guard.name}` | {guard.sentence} | {guard.next_step} |"
    origin = next(guard for row in LIFECYCLE for guard in row.guards if _is_about_origin(guard))
    yield f"| `came_from_…` | {origin.sentence} | {origin.next_step} |"
    yield ""


def _is_about_origin(guard: Guard) -> bool:
    return guard.name.startswith("came_from_")


def _inverse() -> Iterator[str]:
    yield "## 撤销与恢复 · Undo and reinstate"
    yield ""
    yield "由上表逐行倒读而成（图中虚线）；只能退回该项目原来的状态。"
    yield ""
    yield "| 步骤 | 从 | 退回到 | 由谁办理 | 条件 | 信件 |"
    yield "|---|---|---|---|---|---|"
    for trigger in (Trigger.UNDO, Trigger.REINSTATE):
        for state in State:
            rows = [row for row in LIFECYCLE if row.inverse and row.trigger is trigger and state in row.sources]
            if rows:
                yield _inverse_row(trigger, state, rows)
    yield ""


def _inverse_row(trigger: Trigger, state: State, rows: list[Row]) -> str:
    guards = [guard.name for guard in rows[0].guards if not _is_about_origin(guard)]
    conditions = "、".join(f"`{name}`" for name in ("came_from_…", *guards))
    letters = "、".join(f"{_RECIPIENTS[name]} `{trigger}.{name}`" for name in rows[0].letters)
    targets, actors = _named([row.target for row in rows]), _by(rows[0].actors)
    return f"| `{trigger}` {trigger.label} | {state.label} | {targets} | {actors} | {conditions} | {letters} |"


def _actors() -> Iterator[str]:
    yield "## 谁能办什么 · Who may do what"
    yield ""
    yield "| 谁 | 步骤 |"
    yield "|---|---|"
    for actor in Actor:
        steps = dict.fromkeys(row.trigger.label for row in LIFECYCLE if actor in row.actors)
        yield f"| {actor.label} | {'、'.join(steps)} |"
    yield ""


def _occasions() -> Iterator[str]:
    yield "## 不随步骤的信件 · Letters that no step sends"
    yield ""
    yield "| 信件 | 收件人 | 模板 |"
    yield "|---|---|---|"
    for occasion in OCCASIONS:
        yield f"| {occasion.label} | {_RECIPIENTS[occasion.recipient]} | `{occasion.template}` |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    DRAWING.write_text(svg(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}, {DRAWING.relative_to(ROOT)}")

"""Says in plain words where a case stands: who holds it, what is next, by when, and how far the road is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from config.edition import Edition
from config.notice_window import notice_end
from office.case_history import History
from office.desk import Desk
from records.tables.application import Application
from states.facts import State

_ENDS_BADLY = {
    State.REJECTED, State.LAPSED, State.NOT_SHORTLISTED, State.NOT_SELECTED, State.WITHDRAWN, State.DISQUALIFIED,
}  # fmt: skip
_TONES = {State.RETURNED: "warn", State.DRAFT: "info", State.ANNOUNCED: "gold", State.PUBLICIZED: "gold"}
Until = Callable[[Desk, Application], datetime | None]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands: a sentence, who holds it now, what is next, and until when (``None``: no instant is set)."""

    sentence: str
    holder: str
    following: str
    until: datetime | None
    label: str
    tone: str

    @property
    def ended(self) -> bool:
        """Whether nobody has anything to do about it any more."""
        return self.holder == _NOBODY


@dataclass(frozen=True, slots=True)
class Mark:
    """One stage of the road: done, now, todo, or where it stopped."""

    number: int
    name: str
    place: str
    told: str
    days: str = ""
    passed: int = 0


NAME_A_SPEAKER = "填写答辩人，按邀请函参加答辩。"  # next for a finalist that has named nobody (R26)
IN_GRACE = "申报已经截止；截止前已开始的上传可以传完，并在下列期限之前提交。"  # next for a draft in its grace (R32)
_UNIT, _OFFICE, _ENDORSER, _EXPERTS, _NOBODY = "贵单位", "遴选办公室", "推荐方", "评审专家", "已办结"

# state -> (sentence, who holds it, what is next, until when)
_Says = tuple[str, str, str, Until]
_SAYS: dict[State, _Says] = {
    State.DRAFT: (
        "材料还没有提交。",
        _UNIT,
        "备齐材料、选定推荐方，然后提交。",
        lambda desk, item: item.lapses_at or desk.edition.submission.closes,
    ),
    State.SUBMITTED: ("材料已提交，等待推荐方确认。", _ENDORSER, "推荐方确认推荐。", lambda _, item: item.lapses_at),
    State.ENDORSED: (
        "已获推荐，正在形式审查。",
        _OFFICE,
        "遴选办公室完成形式审查。",
        lambda desk, _: desk.edition.check.due,
    ),
    State.FORMALLY_CHECKED: (
        "形式审查已通过，等待评审开始。",
        _OFFICE,
        "评审开始。",
        lambda desk, _: desk.edition.rounds[0].opens,
    ),
    State.FIRST_ROUND: (
        "专家正在评审。",
        _EXPERTS,
        "公布本轮结果。",
        lambda desk, _: desk.edition.rounds[0].result_due,
    ),
    State.FINALIST: (
        "已入围，请准备现场答辩。",
        _UNIT,
        "按邀请函参加答辩。",
        lambda desk, _: desk.edition.deciding_round.opens,
    ),
    State.PUBLICIZED: (
        "入选名单正在公示。",
        _OFFICE,
        "公示期满后公布。",
        lambda desk, _: notice_end(desk.edition, desk.workdays),
    ),
    State.ANNOUNCED: ("恭喜！已正式公布入选。", _NOBODY, "", lambda *_: None),
    State.RETURNED: (
        "材料被退回，请修改后重新提交。",
        _UNIT,
        "按退回原因修改，重新提交。",
        lambda _, item: item.lapses_at,
    ),
    State.REJECTED: ("形式审查未通过。", _NOBODY, "", lambda *_: None),
    State.LAPSED: ("未在期限内办理，已逾期。", _NOBODY, "", lambda *_: None),
    State.NOT_SHORTLISTED: ("本轮未入围，感谢参与。", _NOBODY, "", lambda *_: None),
    State.NOT_SELECTED: ("本届未入选，感谢参与。", _NOBODY, "", lambda *_: None),
    State.WITHDRAWN: ("已撤回。", _NOBODY, "", lambda *_: None),
    State.DISQUALIFIED: ("已取消资格。", _NOBODY, "", lambda *_: None),
}
_UNENDORSED: dict[State, _Says] = {  # an edition that asks nobody to endorse
    State.DRAFT: ("材料还没有提交。", _UNIT, "备齐材料，然后提交。", _SAYS[State.DRAFT][3]),
    State.SUBMITTED: (
        "材料已提交，正在形式审查。", _OFFICE, "遴选办公室完成形式审查。", lambda desk, _: desk.edition.check.due
    ),
}  # fmt: skip
_SCORED_AT_HOME: _Says = (  # a last round that meets nowhere
    "已入围，等待专家评审。", _EXPERTS, "公布本轮结果。", lambda desk, _: desk.edition.deciding_round.result_due
)  # fmt: skip
_REACHED = {
    State.DRAFT: "handing_in", State.RETURNED: "handing_in", State.SUBMITTED: "endorsing", State.ENDORSED: "checking",
    State.FORMALLY_CHECKED: "first_round", State.FIRST_ROUND: "first_round", State.FINALIST: "final",
    State.TOP_TEN: "notice", State.PUBLICIZED: "notice", State.ANNOUNCED: "announcement",
}  # fmt: skip


def standing(
    desk: Desk, item: Application, history: History, *, endorser: str, notice_closes: datetime | None = None
) -> Standing:
    """The plain words for where a case stands, as its applicant was told; ``notice_closes`` ends its notice."""
    state = history.state
    sentence, holder, following, until = _says(desk.edition, state)
    due = notice_closes if state is State.PUBLICIZED and notice_closes else until(desk, item)
    return Standing(
        sentence, endorser or holder if holder == _ENDORSER else holder, following, due, state.named(desk.words),
        tone(state),
    )  # fmt: skip


def _says(edition: Edition, state: State) -> _Says:
    """What is said of a state in an edition of this shape."""
    if not edition.endorsement.required and state in _UNENDORSED:
        return _UNENDORSED[state]
    if state is State.FINALIST and edition.deciding_round.mode == "online":
        return _SCORED_AT_HOME
    one_round = len(edition.rounds) == 1
    return _SAYS[State.NOT_SELECTED if one_round and state is State.NOT_SHORTLISTED else state]


def tone(state: State) -> str:
    """The tone in which a state is shown."""
    return "bad" if state in _ENDS_BADLY else _TONES.get(state, "ok")


def road(edition: Edition, history: History) -> list[Mark]:
    """The stages that a case passes, and how far this one came."""
    names = {"handing_in": "填报提交"}
    names |= {"endorsing": "推荐确认"} if edition.endorsement.required else {}
    names |= {"checking": "形式审查"} | {round_.key: round_.name for round_ in edition.rounds}
    names |= {"notice": "公示", "announcement": "公布"}
    keys, stopped = list(names), history.state in _ENDS_BADLY
    at = history.last.source if stopped and history.last else history.state
    here = keys.index(_REACHED[at]) if _REACHED[at] in keys else keys.index("checking")
    over = history.state is State.ANNOUNCED
    return [
        Mark(number, names[key], *_place(number - 1, here, stopped=stopped, over=over))
        for number, key in enumerate(keys, start=1)
    ]


def _place(at: int, here: int, *, stopped: bool, over: bool) -> tuple[str, str]:
    if at < here or (over and at == here):
        return "done", "已完成"
    if at > here:
        return "todo", "未到"
    return ("stop", "止于此") if stopped else ("now", "办理中")

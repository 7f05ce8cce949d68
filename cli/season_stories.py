"""What became of each story of the demo, read from the records alone."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session, col, func, select

from cli.season_stage import Stage
from records.tables.application import Application, Upload
from records.tables.decision import Notice, Objection
from records.tables.endorser import EndorsementRequest
from records.tables.event import Event
from records.tables.scoring import Score, TieVote


@dataclass(frozen=True, slots=True)
class Story:
    """A story of the demo: what people call it, and how its outcome is told."""

    label: str
    outcome: Callable[[Session, Stage], str]


def _road(session: Session, stage: Stage, *, story: str) -> str:
    """The states that an application went through, as its events tell them."""
    item = stage.item(session, stage.cast.entry(story))
    if item is None:
        return "不予受理（refused）"
    query = select(Event.state_to).where(Event.application_id == item.id, col(Event.state_to).is_not(None))
    return " → ".join(state for state in session.exec(query.order_by(col(Event.id))) if state)


def _words(session: Session, stage: Stage) -> str:
    item_id = stage.item_id(session, "form_5600_words")
    query = select(Upload).where(Upload.application_id == item_id, Upload.slot == "form").order_by(col(Upload.revision))
    counts = [str(upload.report["facts"]["words"]["own"]) for upload in session.exec(query)]
    return f"{' 字 → '.join(counts)} 字；{_road(session, stage, story='form_5600_words')}"


def _video(session: Session, stage: Stage) -> str:
    item_id = stage.item_id(session, "video_12_07")
    answered = col(EndorsementRequest.answered_at).is_not(None)
    asked = session.exec(
        select(func.count())
        .select_from(EndorsementRequest)
        .where(EndorsementRequest.application_id == item_id, answered)
    ).one()
    return f"推荐确认 {asked} 次；{_road(session, stage, story='video_12_07')}"


def _tie(session: Session, stage: Stage) -> str:
    vote = session.exec(select(TieVote).order_by(col(TieVote.id))).first()
    if vote is None:
        return "没有并列"
    numbers = {
        item.id: item.number for item in session.exec(select(Application).where(col(Application.id).in_(vote.items)))
    }
    ends = [_road(session, stage, story=story).split(" → ") for story in ("tie_a", "tie_b")]
    on = ["finalist" in road for road in ends]
    order = " > ".join(numbers[item] for item in vote.items)
    return f"表决先后 {order}；入围终评 {sum(on)} 项，未入围 {len(on) - sum(on)} 项"


def _extreme(session: Session, stage: Stage, *, story: str, points: int) -> str:
    """The score in hundredths of a point, with the reason that was asked for it (R106, R107)."""
    item_id = stage.item_id(session, story)
    score = session.exec(select(Score).where(Score.application_id == item_id, Score.total == points)).first()
    return f"{points / 100:g} 分，理由：{score.reason}" if score else "没有这个分数"


def _objection(session: Session, stage: Stage, *, story: str) -> str:
    item_id = stage.item_id(session, story)
    case = session.exec(select(Objection).where(Objection.application_id == item_id)).first()
    versions = session.exec(select(func.count()).select_from(Notice)).one()
    status = {"sustained": "异议成立", "dismissed": "异议不成立"}.get(case.status if case else "", "未决")
    return f"{status}；公示第 {versions} 版；{_road(session, stage, story=story).split(' → ')[-1]}"


STORIES: dict[str, Story] = {
    "form_5600_words": Story("推荐表 5600 字", _words),
    "video_12_07": Story("视频 12:07", _video),
    "changed_form": Story("改写推荐表，再次请推荐方确认", partial(_road, story="changed_form")),
    "letter_without_seal": Story("承诺书无章", partial(_road, story="letter_without_seal")),
    "begun_at_closing": Story("0 点整开始上传", partial(_road, story="begun_at_closing")),
    "begun_a_second_before": Story("截止前一秒开始上传", partial(_road, story="begun_a_second_before")),
    "finalist_withdraws": Story("入围单位在终评前撤回", partial(_road, story="finalist_withdraws")),
    "draft_lapses": Story("草稿逾期", partial(_road, story="draft_lapses")),
    "declined_then_expert": Story("学会不推荐，改请专家", partial(_road, story="declined_then_expert")),
    "withdrawal": Story("申报单位撤回", partial(_road, story="withdrawal")),
    "tie_15_16": Story("第 15、16 名并列", _tie),
    "high_score_99_5": Story("99.5 分", partial(_extreme, story="high_score", points=9950)),
    "low_score_48": Story("48 分", partial(_extreme, story="low_score", points=4800)),
    "objection_upheld": Story("异议成立", partial(_objection, story="objection_upheld")),
    "objection_dismissed": Story("异议不成立", partial(_objection, story="objection_dismissed")),
    "wrong_rejection": Story("误判不通过，两小时内撤销", partial(_road, story="wrong_rejection")),
    "rejected": Story("形式审查不通过", partial(_road, story="rejected")),
    "paper_endorsement": Story("凭纸面盖章代为确认", partial(_road, story="paper_endorsement")),
}

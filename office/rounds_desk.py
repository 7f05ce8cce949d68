"""Tells the office how a round stands: its steps, who has scored what, each item's quorum; never a number (A32)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlmodel import Session, col, func, select

from config.edition import Round
from office import authority, letter_facts, progress, tally
from office.desk import Desk
from office.letter_facts import Addressee
from office.progress import ExpertProgress, ItemProgress, Progress
from records.tables.application import Application
from records.tables.person import Expert, Person
from records.tables.scoring import Panel, PanelMember, Recusal, Score
from review.ranking import RoundRule
from states.occasions import REMIND_SCORING
from states.refusals import NotAllowed


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a round: what it is called, whether and when it was done, where it is done."""

    name: str
    told: str
    at: datetime | None
    path: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Light:
    """One item's quorum (A31): how many of those asked have given points, how many said that they will not."""

    item: ItemProgress
    scored: int
    absent: int
    needed: int

    @property
    def state(self) -> str:
        """``met``, ``open``, or ``lost`` where too many are absent to reach it any more."""
        if self.item.asked and self.scored >= self.needed:
            return "met"
        return "open" if self.item.asked - self.absent >= self.needed and self.item.asked else "lost"


@dataclass(frozen=True, slots=True)
class Standing:
    """A round as its desk shows it before and after its release."""

    panel: Panel
    round: Round
    steps: tuple[Step, ...]
    progress: Progress | None
    lights: tuple[Light, ...]
    pairs: frozenset[tuple[int, int]] = frozenset()  # (expert, item) that are asked

    @property
    def phase(self) -> str:
        """prepared, open, locked or released."""
        if self.panel.released_at is not None:
            return "released"
        if self.panel.locked_at is not None:
            return "locked"
        return "open" if self.panel.opened_at is not None else "prepared"

    @property
    def met(self) -> int:
        """How many items have their quorum."""
        return sum(light.state == "met" for light in self.lights)


def standing(session: Session, desk: Desk, round_key: str) -> Standing:
    """How this round stands; reads which scores exist, never what they say."""
    panel = tally.panel_of(session, desk, round_key)
    rules = tally.rules_of(desk, panel).round
    found = progress.of_round(session, desk, round_key)
    lights = tuple(_lights(session, panel, RoundRule.of(rules), found)) if found and panel.opened_at else ()
    asked = tally.may_score(session, panel, tally.items_of(session, desk, panel)) if lights else frozenset()
    return Standing(panel, rules, tuple(_steps(session, desk, panel, rules)), found, lights, asked)


def nudge(
    session: Session, desk: Desk, round_key: str, expert_id: int | None, *, officer_id: int, now: datetime
) -> int:
    """Remind one expert, or all who are behind, by letter: at most once a day each. Returns how many letters.

    `NotAllowed` when the round is not open, or when nobody is left to remind today.
    """
    authority.acting(session, officer_id)
    found = standing(session, desk, round_key)
    if found.phase != "open" or found.progress is None:
        raise NotAllowed("本轮没有在评分，不能催办。", next_step="评分开始之后再催办。")
    behind = [one for one in found.progress.experts if one.done < one.asked and expert_id in {None, one.expert_id}]
    day = now.astimezone(desk.zone)
    addressees = [
        Addressee(
            one.person_id, facts={"list": f"还有 {one.asked - one.done} 项未评", "due": desk.until(found.round.locks)}
        )
        for one in behind
    ]
    sent = letter_facts.write_occasion(
        session, desk, REMIND_SCORING, addressees, key=f"nudge-{round_key}-{day:%Y%m%d}", now=now
    )
    if not sent:
        raise NotAllowed("没有要催的人：都已评完，或今天已经催过。", next_step="明天可以再催；急的请打电话或发微信。")
    return sent


def words_for(desk: Desk, round_: Round, expert: ExpertProgress) -> str:
    """What the office may paste into a chat with this expert; there is no secret in it."""
    return (
        f"【{desk.edition.award.office}】{expert.name}老师：{round_.name}还有 {expert.asked - expert.done} 项待您评分，"
        f"请于 {desk.until(round_.locks)} 前完成。请从邀请信中的链接进入；找不到邀请信请回复，办公室会重发。"
    )


def tied(session: Session, desk: Desk, round_key: str) -> list[Application]:
    """The items whose tie crosses the cut of a locked round, by number: which, and nothing of their scores (A13)."""
    panel = tally.panel_of(session, desk, round_key)
    if panel.locked_at is None or panel.released_at is not None:
        return []
    ids = tally.frozen(session, desk, round_key).open_tie
    return list(session.exec(select(Application).where(col(Application.id).in_(ids)).order_by(col(Application.number))))


def _lights(session: Session, panel: Panel, rule: RoundRule, found: Progress) -> Iterator[Light]:
    given = (Score.panel_id == panel.id, col(Score.current))
    rows = session.exec(select(Score.expert_id, Score.application_id, col(Score.total).is_not(None)).where(*given))
    pointed = {(expert, item) for expert, item, has_points in rows if has_points}
    for item in found.items:
        done = [pair for pair in found.done_pairs if pair[1] == item.item_id]
        scored = sum(pair in pointed for pair in done)
        yield Light(item, scored, len(done) - scored, max(1, ceil(rule.quorum * item.asked)))


def _steps(session: Session, desk: Desk, panel: Panel, round_: Round) -> Iterator[Step]:
    here = f"/rounds/{panel.round}"
    seats = _count(session, PanelMember, PanelMember.panel_id == panel.id, col(PanelMember.left_at).is_(None))
    shut = (Recusal.panel_id == panel.id, col(Recusal.blocks), col(Recusal.overridden_at).is_(None))
    way = "全体专家评全部项目" if panel.pairing == tally.EVERYBODY else "每项若干名专家"
    yield Step(
        "评分标准", "确认后随本轮冻结", panel.criteria_confirmed_at, here, panel.criteria_confirmed_at is not None
    )
    yield Step("专家组", f"{seats} 名专家", None, f"{here}/panel", seats > 0)
    told = f"{_count(session, Recusal, *shut)} 条须回避"
    yield Step("回避核对", told, None, f"{here}/conflicts", panel.assigned_at is not None)
    yield Step("分派", way, panel.assigned_at, f"{here}/assignment", panel.assigned_at is not None)
    yield Step("评分", f"{desk.shown(round_.opens)} 起", panel.opened_at, here, panel.opened_at is not None)
    yield Step("锁定", f"{desk.until(round_.locks)} 止", panel.locked_at, here, panel.locked_at is not None)
    yield Step("结果", "签发之后解封", panel.released_at, f"{here}/ranking", panel.released_at is not None)


def _count(session: Session, table: type[PanelMember] | type[Recusal], *asked: object) -> int:
    return session.exec(select(func.count()).select_from(table).where(*asked)).one()  # type: ignore[arg-type]


def expert_names(session: Session, desk: Desk) -> dict[int, str]:
    """The name of every expert of the edition, by id."""
    query = select(Expert.id, Person.name).join(Person, col(Person.id) == col(Expert.person_id))
    return {id_: name for id_, name in session.exec(query.where(Expert.edition == desk.key)) if id_ is not None}

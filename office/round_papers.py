"""Gathers a locked round for its papers: in words, frozen, told in the ledger where it is still sealed (R125–R131)."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from fractions import Fraction

from sqlmodel import Session, col, select

from config.edition import Round
from office import recusals, score_export, tally
from office.desk import Desk
from office.panels import MEMBER_TYPES
from office.scores import ABSENT
from office.tally import PanelRules
from paperwork.round_told import Extreme, Judge, RankedItem, RoundTold
from records.tables.application import Application
from records.tables.event import Event, Note
from records.tables.person import Expert, Person
from records.tables.scoring import Panel, PanelMember, Recusal, Score, TieVote
from review.ranking import Placed, Ranking, RoundRule
from review.scores import points_of, print_points
from review.tie_words import tell_ties
from review.ties import STEP_LABELS, UNNAMED

_MEANS: Mapping[str, str] = {
    "mean": "各专家评分的算术平均",
    "trimmed": "去掉一个最高分和一个最低分后的算术平均（不足五个评分时不去）",
    "median": "各专家评分的中位数",
}
_DECIMALS = 2  # of single scores and medians


def told(
    session: Session, desk: Desk, round_key: str, *, officer_id: int | None, paper: str, now: datetime
) -> RoundTold:
    """The round as its papers say it. While it is sealed the look is the lead's, and stands in the ledger (A32).

    Raises `NotAllowed` before the lock, `NotYours` for whom the seal holds.
    """
    panel = tally.panel_of(session, desk, round_key)
    score_export.refuse_sealed(session, panel, officer_id)
    ranking, rules = tally.live(session, desk, round_key), tally.rules_of(desk, panel)
    found = _told(session, desk, panel, rules, ranking)
    if panel.released_at is None:
        step = {"step": "paper", "paper": paper, "sha256": found.sha256}
        recusals.tell_panel(session, desk, panel, step, officer_id=officer_id, now=now)
    return found


def _told(session: Session, desk: Desk, panel: Panel, rules: PanelRules, ranking: Ranking) -> RoundTold:
    ids = tally.items_of(session, desk, panel)
    items = {it.id or 0: it for it in session.exec(select(Application).where(col(Application.id).in_(ids)))}
    seats = _seats(session, panel)
    able, scores = tally.may_score(session, panel, ids), tally.current_scores(session, panel)
    given = {
        item: tuple(_score(scores.get((expert, item)), is_able=(expert, item) in able) for expert in seats)
        for item in items
    }
    rule, passed = RoundRule.of(rules.round), passed_word(desk, rules.round)
    numbers = {id_: item.number for id_, item in items.items()}
    sha256 = score_export.digest_of(session, desk, panel, live=ranking)
    return RoundTold(
        name=rules.round.name,
        places=rules.round.places,
        passed=passed,
        rules=(*_rules(rules), *_all_go_on(ranking, rules.round, passed)),
        judges=tuple(_judge(person, seat, expert, scores, able) for expert, (person, seat) in seats.items()),
        items=tuple(_item(items[it.item], it, ranking, given[it.item]) for it in ranking.places),
        extremes=tuple(_extremes(desk, seats, items, scores, able, rule)),
        ties=tell_ties(ranking, rule, numbers, criterion=criterion_name(rules), passed=passed),
        recusals=tuple(_recusals(session, panel, seats, items)),
        votes=tuple(f"表决：{vote.minutes}" for vote in _votes(session, panel)),
        opened=desk.shown(panel.opened_at) if panel.opened_at else "—",
        locked=desk.shown(panel.locked_at) if panel.locked_at else "—",
        sha256=sha256,
        former=_former(session, panel, sha256),
    )  # fmt: skip


def _former(session: Session, panel: Panel, sha256: str) -> tuple[str, ...]:
    """The digests that papers of this round were printed with while the scores were others, the oldest first."""
    of_panel = (Event.kind == "panel", Event.subject_id == panel.id, Event.edition == panel.edition)
    query = select(Note.body).join(Event, col(Event.id) == col(Note.event_id)).where(*of_panel).order_by(col(Event.id))
    printed = [
        body["sha256"] for body in session.exec(query) if body and body.get("step") == "paper" and "sha256" in body
    ]
    return tuple(digest for digest in dict.fromkeys(printed) if digest != sha256)


def _seats(session: Session, panel: Panel) -> dict[int, tuple[Person, PanelMember]]:
    """Who sits, and who left but had scored, in the order of their numbers."""
    query = (
        select(Expert.id, Person, PanelMember)
        .join(Person, col(Person.id) == col(Expert.person_id))
        .join(PanelMember, col(PanelMember.expert_id) == col(Expert.id))
        .where(PanelMember.panel_id == panel.id, col(PanelMember.left_at).is_(None))
        .order_by(col(Expert.id))
    )
    return {id_: (person, seat) for id_, person, seat in session.execute(query)}


def _judge(
    person: Person, seat: PanelMember, expert: int, scores: Mapping[tuple[int, int], Score],
    able: Collection[tuple[int, int]],
) -> Judge:  # fmt: skip
    scored = sum(
        score.total is not None for pair, score in scores.items() if pair in able and score.expert_id == expert
    )
    return Judge(person.name, person.unit, MEMBER_TYPES.get(seat.member_type, seat.member_type), scored)


def _score(score: Score | None, *, is_able: bool) -> str:
    if not is_able:
        return ABSENT["recused"]
    if score is None:
        return "未评"
    return _points(points_of(score.total)) if score.total is not None else ABSENT.get(score.absent, score.absent)


def _item(item: Application, placed: Placed, ranking: Ranking, scores: tuple[str, ...]) -> RankedItem:
    return RankedItem(
        place=str(placed.rank or ""), number=item.number, title=item.title, unit=item.unit, printed=placed.printed,
        median=_points(placed.median) if placed.median is not None else "", scores=scores,
        chosen=placed.item in ranking.chosen,
    )  # fmt: skip


def _extremes(
    desk: Desk, seats: Mapping[int, tuple[Person, PanelMember]], items: Mapping[int, Application],
    scores: Mapping[tuple[int, int], Score], able: Collection[tuple[int, int]], rule: RoundRule,
) -> list[Extreme]:  # fmt: skip
    """Those that count, by item and expert (A15: strictly beyond the limits)."""
    beyond = [
        score for pair, score in scores.items()
        if pair in able and score.total is not None and not rule.reason_below <= score.total <= rule.reason_above
    ]  # fmt: skip
    return [
        Extreme(
            seats[score.expert_id][0].name, items[score.application_id].number, items[score.application_id].title,
            _points(points_of(score.total or 0)), score.reason or "（未写）", desk.shown(score.at),
        )
        for score in sorted(beyond, key=lambda each: (items[each.application_id].number, each.expert_id))
        if score.expert_id in seats
    ]  # fmt: skip


def _recusals(
    session: Session, panel: Panel, seats: Mapping[int, tuple[Person, PanelMember]], items: Mapping[int, Application]
) -> list[str]:
    query = select(Recusal).where(
        Recusal.panel_id == panel.id, col(Recusal.blocks), col(Recusal.overridden_at).is_(None)
    )
    rows = session.exec(query.order_by(col(Recusal.application_id), col(Recusal.expert_id)))
    return [
        f"{seats[row.expert_id][0].name} 回避 {items[row.application_id].number}：{row.explanation}"
        for row in rows
        if row.expert_id in seats and row.application_id in items
    ]


def _votes(session: Session, panel: Panel) -> list[TieVote]:
    since = panel.locked_at
    rows = session.exec(select(TieVote).where(TieVote.panel_id == panel.id).order_by(col(TieVote.id)))
    return [vote for vote in rows if since is not None and vote.at >= since]


def _rules(rules: PanelRules) -> tuple[str, ...]:
    """The rule as it was frozen, in sentences (A12, A13, A31)."""
    round_ = rules.round
    printed = f"平均分印出 {round_.print_decimals} 位小数，" + (
        "印出相同即为同分。" if round_.rank_on == "printed" else "按精确值排名。"
    )
    quorum = f"至少 {RoundRule.of(round_).quorum} " if round_.quorum else "人数不限"
    named = criterion_name(rules)
    chain = "；".join(STEP_LABELS[step].replace(UNNAMED, f"“{named}”") for step in round_.ties) or "不设"
    return (
        f"成绩为{_MEANS[round_.mean]}；缺席、弃权、回避不计入，也不作零分。{printed}",
        f"每项应评专家中{quorum}的评分有效，方可排名；取前 {round_.places} 项。",
        f"同分依次按：{chain}。",
        f"评分高于 {round_.reason_above:g} 分或低于 {round_.reason_below:g} 分"
        + ("须写明理由并存档。" if round_.reasons_required else "的，本轮不要求写理由。"),
        *((f"上一轮成绩按 {round_.carry_percent}% 计入。",) if round_.carry_percent else ()),
    )


def _all_go_on(ranking: Ranking, round_: Round, passed: str) -> Iterator[str]:
    """The note that nobody had to stay behind, where no more were scored than there are places (A28)."""
    items = len(ranking.places)
    if len(ranking.chosen) == items <= round_.places:
        yield f"参评 {items} 项，不多于应取的 {round_.places} 项，全部{passed}。"


def passed_word(desk: Desk, round_: Round) -> str:
    """What is said of who goes on: 入围, or 入选 where the round decides (R2, R98, R111)."""
    return "入选" if round_.key == desk.edition.deciding_round.key else "入围"


def criterion_name(rules: PanelRules) -> str:
    """The criterion that breaks ties, by its name."""
    return {each.key: each.name for each in rules.criteria}.get(rules.round.tie_criterion, "")


def _points(points: Fraction) -> str:
    return print_points(points, _DECIMALS)

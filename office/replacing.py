"""Puts another expert in the place of one who is lost, moving as little as possible (row 46)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from config.refusal import Refusal
from office import assigned_pairs, assignments, authority, recusals, tally
from office.desk import Desk
from records.tables.application import Application
from records.tables.person import Expert
from records.tables.scoring import Panel, PanelMember
from states.refusals import NotAllowed


def replace_expert(
    session: Session, desk: Desk, round_key: str, lost: int, instead: int, *, reason: str, officer_id: int,
    now: datetime,
) -> int:  # fmt: skip
    """Let ``instead`` (expert ids) take over what ``lost`` has not scored; returns how many items.

    What was scored stays and counts, everybody else keeps their items. Items that the new expert must stay out of, or
    has already, go to others at the least cost. `NotAllowed` after the lock, or where nobody is left for an item.
    """
    authority.acting(session, officer_id)
    panel = tally.panel_of(session, desk, round_key)
    if panel.locked_at is not None:
        raise NotAllowed("本轮评分已经锁定，不能再更换专家。", next_step="未评的项目按缺席处理。")
    if not reason.strip():
        raise Refusal("没有写明更换的原因。", next_step="请写明原因，例如因病不能评审。")
    _exchange_seats(session, desk, panel, lost, instead, now=now)
    recusals.look(session, desk, panel, tally.candidates(session, desk, round_key), now=now)
    waiting = _hand_over(session, desk, panel, lost, why=reason.strip(), now=now)
    moved = _take_over(session, desk, panel, waiting, instead, now=now)
    told = {"step": "replace", "lost": lost, "instead": instead, "items": moved, "reason": reason.strip()}
    recusals.tell_panel(session, desk, panel, told, officer_id=officer_id, now=now)
    return moved


def _exchange_seats(
    session: Session, desk: Desk, panel: Panel, lost: int, instead: int, *, now: datetime
) -> None:  # fmt: skip
    query = select(PanelMember).where(PanelMember.panel_id == panel.id)
    members = {member.expert_id: member for member in session.exec(query)}
    leaving = members.get(lost)
    if leaving is None or leaving.left_at is not None:
        raise NotAllowed("要更换的专家不在本轮专家组中。", next_step="请刷新页面，从专家组名单中选择。")
    expert = session.get(Expert, instead)
    if expert is None or expert.edition != desk.key or instead == lost:
        raise NotAllowed("没有选定接替的专家。", next_step="请从本届专家中选择另一位；没有的请先登记。")
    _pin(session, desk, panel, now=now)
    leaving.left_at = now
    session.add(leaving)
    coming = members.get(instead) or PanelMember(
        panel_id=panel.id or 0, expert_id=instead, member_type=leaving.member_type, most=leaving.most
    )
    coming.left_at = None
    session.add(coming)
    session.flush()


def _pin(session: Session, desk: Desk, panel: Panel, *, now: datetime) -> None:
    """Where everybody scores everything in an open round, write the pairs down: some of them will be exchanged."""
    if panel.pairing == tally.CHOSEN or panel.opened_at is None:
        return
    numbers = dict(session.exec(select(Application.id, Application.number)).all())
    for pair in sorted(tally.may_score(session, panel, tally.items_of(session, desk, panel))):
        words = f"{numbers.get(pair[1], '')}：本轮由全体专家评审。"
        assigned_pairs.add(session, panel, pair, "everybody", words, now=now)
    panel.pairing = tally.CHOSEN
    session.add(panel)
    session.flush()


def _hand_over(session: Session, desk: Desk, panel: Panel, lost: int, *, why: str, now: datetime) -> list[int]:
    """End the pairs of the lost expert that have no score; returns their items."""
    scores = tally.current_scores(session, panel)
    waiting = []
    for (expert, item), row in sorted(assigned_pairs.standing(session, panel).items()):
        score = scores.get((expert, item))
        if expert == lost and (score is None or score.total is None):
            assigned_pairs.end(session, row, f"更换专家：{why}", now=now)
            waiting.append(item)
    session.flush()
    live = set(tally.candidates(session, desk, panel.round))
    return [item for item in waiting if item in live]


def _take_over(
    session: Session, desk: Desk, panel: Panel, waiting: Sequence[int], instead: int, *, now: datetime
) -> int:  # fmt: skip
    """Give each waiting item to the new expert, or where they must stay out to whoever has the fewest items."""
    if panel.pairing == tally.EVERYBODY:
        return 0
    barred, standing = assigned_pairs.barred(session, panel), set(assigned_pairs.standing(session, panel))
    scorers = assignments.scorers(session, desk, panel)
    names = {one.expert: one.name for one in scorers}
    for item in waiting:
        able = [one for one in scorers if (one.expert, item) not in barred and (one.expert, item) not in standing]
        loads = {one.expert: sum(pair[0] == one.expert for pair in standing) for one in able}
        able = [one for one in able if one.most is None or loads[one.expert] < one.most]
        if not able:
            number = session.get_one(Application, item).number
            raise NotAllowed(f"{number} 没有可以接替的专家。", next_step="请另选接替的专家，或先放宽评审上限。")
        chosen = min(able, key=lambda one: (one.expert != instead, loads[one.expert], one.expert)).expert
        words = f"{names[chosen]}接替未评的项目。"
        reason = "kept" if chosen == instead else "load"
        assigned_pairs.add(session, panel, (chosen, item), reason, words, now=now)
        standing.add((chosen, item))
    session.flush()
    return len(waiting)

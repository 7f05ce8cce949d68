"""Runs a round of scoring from the forming of its panel to the lock."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from config.edition import Round
from config.refusal import Refusal
from office import assigned_pairs, authority, letter_facts, recusals, signin_links, tally
from office.act import Act
from office.advance import advance
from office.desk import Desk
from records.tables.application import Application
from records.tables.letter import Letter
from records.tables.person import Expert
from records.tables.scoring import Panel, PanelMember
from review.score_file import rule_digest
from states.facts import Actor
from states.lifecycle import Trigger
from states.occasions import INVITE_FINAL, INVITE_SCORING
from states.refusals import NotAllowed


def form_panel(
    session: Session,
    desk: Desk,
    round_key: str,
    members: Sequence[tuple[int, str]],
    *,
    officer_id: int,
    now: datetime,
) -> Panel:
    """Seat exactly these experts, each with the kind of member (R24, R25); conflicts are to be looked for again.

    Refused for nobody, for somebody who is no expert of this edition, and once the round has opened.
    """
    authority.acting(session, officer_id)
    panel = tally.panel_of(session, desk, round_key)
    wanted = dict(members)
    _refuse_after_opening(panel, "不能再更换专家", "因故不能评分的专家，请在分派页更换，或登记为缺席。")
    known = session.exec(select(Expert.id).where(Expert.edition == desk.key, col(Expert.id).in_(wanted))).all()
    if not wanted or len(known) != len(wanted):
        raise Refusal("专家名单是空的，或其中有未登记的专家。", next_step="请先在专家页面登记，再组成专家组。")
    seats = {seat.expert_id: seat for seat in session.exec(_seats_of(panel))}
    for expert_id in wanted.keys() | seats.keys():
        seat = seats.get(expert_id) or PanelMember(panel_id=panel.id or 0, expert_id=expert_id)
        seat.left_at = None if expert_id in wanted else seat.left_at or now
        seat.member_type = wanted.get(expert_id, seat.member_type)
        session.add(seat)
    assigned_pairs.end_of_others(session, panel, wanted.keys(), why="不再在专家组中", now=now)
    panel.assigned_at = None
    session.add(panel)
    session.flush()
    told = {"step": "form", "experts": sorted(wanted)}
    recusals.tell_panel(session, desk, panel, told, officer_id=officer_id, now=now)
    return panel


def confirm_criteria(session: Session, desk: Desk, round_key: str, *, officer_id: int, now: datetime) -> Panel:
    """Confirm that the edition's criteria are those of the plan's table (R11); before the round opens."""
    authority.acting(session, officer_id)
    panel = tally.panel_of(session, desk, round_key)
    _refuse_after_opening(panel, "评分标准已随本轮冻结", "无须再确认。")
    panel.criteria_confirmed_at = now
    session.add(panel)
    recusals.tell_panel(session, desk, panel, {"step": "criteria"}, officer_id=officer_id, now=now)
    return panel


def assign(session: Session, desk: Desk, round_key: str, *, officer_id: int, now: datetime) -> int:
    """Give every item to every member, less the conflicts that are found (R29, A12, A20, A21); returns how many found.

    May be repeated until the round opens; what comes in later is looked at when it joins.
    """
    authority.acting(session, officer_id)
    panel = tally.panel_of(session, desk, round_key)
    _refuse_after_opening(panel, "专家已经分派", "后来通过的项目会单独分派。")
    if not _seated(session, panel):
        raise Refusal("专家组还没有组成。", next_step="请先组成专家组，再分派。")
    found = recusals.look(session, desk, panel, tally.candidates(session, desk, round_key), now=now)
    assigned_pairs.end_of_others(session, panel, (), why="改为全员评审", now=now)
    panel.assigned_at, panel.pairing = now, tally.EVERYBODY
    session.add(panel)
    told = {"step": "assign", "conflicts": found}
    recusals.tell_panel(session, desk, panel, told, officer_id=officer_id, now=now)
    return found


def open_round(
    session: Session, desk: Desk, round_key: str, *, actor: Actor, officer_id: int | None = None, now: datetime
) -> int:
    """Open scoring: freeze the rules, move what was passed in one batch, invite the experts; returns how many moved.

    Once open, nothing happens again. Refused where criteria are not confirmed or experts not assigned (R11, R29).
    """
    _refuse_onlooker(session, officer_id)
    panel = tally.panel_of(session, desk, round_key)
    if panel.opened_at is not None:
        return 0
    ids = tally.candidates(session, desk, round_key)
    _refuse_unready(session, panel, ids)
    recusals.look(session, desk, panel, ids, now=now)
    panel.rules = tally.rules_of(desk, panel).as_json()
    panel.opened_at = now
    session.add(panel)
    session.flush()
    moved = 0
    if round_key == desk.edition.rounds[0].key:
        moved = advance(session, desk, ids, _opening(actor, officer_id), now=now).count
    told = {"step": "open", "items": len(ids), "rules": rule_digest(panel.rules)}
    recusals.tell_panel(session, desk, panel, told, actor=actor, officer_id=officer_id, now=now)
    invite(session, desk, round_key, now=now)
    return moved


def _opening(actor: Actor, officer_id: int | None) -> Act:
    return Act(Trigger.OPEN_FIRST_ROUND, actor, officer_id=officer_id)


def join_late(session: Session, desk: Desk, item_id: int, *, officer_id: int, now: datetime) -> int:
    """Let a case that passed the formal check late join the open first round alone; returns its event.

    Refused before the opening, after the lock, and by the lifecycle once the result is released.
    """
    authority.acting(session, officer_id)
    panel = tally.panel_of(session, desk, desk.edition.rounds[0].key)
    if panel.opened_at is None or panel.locked_at is not None:
        raise NotAllowed("本轮没有在评分之中，不能单独加入。", next_step="开始前通过的项目会随本轮一起进入。")
    recusals.look(session, desk, panel, [item_id], now=now)
    return advance(session, desk, [item_id], _opening(Actor.OFFICE, officer_id), now=now).events[item_id]


def invite(session: Session, desk: Desk, round_key: str, *, now: datetime) -> int:
    """Write to every expert of the panel, once a round: when and where, how many items, which reasons (R95, R101).

    The invitation to a meeting may go out before the round opens; nobody is written to twice. Returns how many are new.
    """
    panel = tally.panel_of(session, desk, round_key)
    round_ = tally.rules_of(desk, panel).round
    of_expert = Counter(
        expert for expert, _ in tally.may_score(session, panel, tally.candidates(session, desk, round_key))
    )
    seconds = (round_.talk_seconds or 0) + (round_.question_seconds or 0)
    facts = {
        "window": f"{desk.shown(round_.opens)} 至 {desk.until(round_.locks)}",
        "due": desk.until(round_.locks) if round_.mode == "online" else "",
        "place": round_.venue,
        "round": round_.name,
        "reason": _reasons_asked(round_),
        "minutes": str(seconds * sum(1 for _ in tally.candidates(session, desk, round_key)) // 60) if seconds else "",
    }
    occasion = INVITE_SCORING if round_.mode == "online" else INVITE_FINAL
    key = f"invite-{round_key}"
    written = set(session.exec(select(Letter.person_id).where(col(Letter.key).startswith(f"{key}-{occasion.key}-"))))
    addressees = [
        letter_facts.Addressee(
            person,
            facts={
                "list": f"{of_expert[expert]} 项",
                "link": signin_links.invite(session, desk, person, until=round_.locks, now=now)
                + f"?to=/score/{round_key}",
            },
        )
        for expert, person in _seated(session, panel).items()
        if person not in written  # a second link would make the one in the first letter useless
    ]
    return letter_facts.write_occasion(session, desk, occasion, addressees, key=key, facts=facts, now=now)


def _reasons_asked(round_: Round) -> str:
    """Which scores want a written reason, in a sentence; empty where none does (R106, R107, A15)."""
    if not round_.reasons_required:
        return ""
    return f"分值高于 {round_.reason_above} 分或低于 {round_.reason_below} 分的，请写明理由。"


def lock_round(
    session: Session, desk: Desk, round_key: str, *, actor: Actor, officer_id: int | None = None, now: datetime
) -> Panel:
    """Lock scoring and freeze the tally (R109); what nobody scored is missing, not zero (A31). Twice is once."""
    _refuse_onlooker(session, officer_id)
    panel = tally.panel_of(session, desk, round_key)
    if panel.locked_at is not None:
        return panel
    if panel.opened_at is None:
        raise NotAllowed("本轮还没有开始，不能锁定。", next_step="请先开始本轮评分。")
    panel.locked_at = now
    session.add(panel)
    session.flush()
    found = tally.freeze(session, desk, panel)
    order = [[placed.item, placed.rank, placed.printed] for placed in found.places]
    told = {"step": "lock", "standings": order}
    recusals.tell_panel(session, desk, panel, told, actor=actor, officer_id=officer_id, now=now)
    return panel


def reopen_round(session: Session, desk: Desk, round_key: str, *, officer_id: int, reason: str, now: datetime) -> Panel:
    """Take the lock back, by the lead with a reason, so that missing scores or reasons can be supplied (A31).

    Refused once the result is released. Votes on ties from before are spent: the next lock asks for them anew.
    """
    authority.leading(session, officer_id)
    panel = tally.panel_of(session, desk, round_key)
    if panel.locked_at is None or panel.released_at is not None:
        raise NotAllowed("本轮没有锁定，或结果已经产生，不能重新开放评分。", next_step="结果已产生的，请先撤销该决定。")
    if not reason.strip():
        raise Refusal("没有写明重新开放的理由。", next_step="请写明理由。")
    panel.locked_at = None
    session.add(panel)
    tally.thaw(session, panel)
    told = {"step": "reopen", "reason": reason}
    recusals.tell_panel(session, desk, panel, told, actor=Actor.LEAD, officer_id=officer_id, now=now)
    return panel


def eligible(session: Session, desk: Desk, panel: Panel) -> dict[int, int]:
    """How many experts may score each item of the round: what a quorum is a share of (A31)."""
    items = tally.items_of(session, desk, panel)
    seats = Counter(item for _, item in tally.may_score(session, panel, items))
    return {item: seats[item] for item in items}


def _refuse_onlooker(session: Session, officer_id: int | None) -> None:
    """`NotYours` for an officer who only reads; the clock has no officer."""
    if officer_id is not None:
        authority.acting(session, officer_id)


def _seats_of(panel: Panel):  # noqa: ANN202 - SQLModel's own type of a query
    return select(PanelMember).where(PanelMember.panel_id == panel.id)


def _seated(session: Session, panel: Panel) -> Mapping[int, int]:
    """The experts who hold a seat, each with the person to write to."""
    query = (
        select(Expert.id, Expert.person_id)
        .join(PanelMember, col(PanelMember.expert_id) == col(Expert.id))
        .where(PanelMember.panel_id == panel.id, col(PanelMember.left_at).is_(None))
    )
    return {expert: person for expert, person in session.exec(query) if expert is not None}


def _refuse_after_opening(panel: Panel, what: str, cure: str) -> None:
    if panel.opened_at is not None:
        raise NotAllowed(f"本轮评分已经开始，{what}。", next_step=cure)


def _refuse_unready(session: Session, panel: Panel, ids: Sequence[int]) -> None:
    """Name what is missing before a round can open."""
    missing = []
    if panel.criteria_confirmed_at is None:
        missing.append("评分标准未确认")
    if panel.assigned_at is None or not _seated(session, panel):
        missing.append("专家未分派")
    if not ids:
        missing.append("没有可以评分的项目")
    alone = [id_ for id_ in ids if id_ not in {item for _, item in tally.may_score(session, panel, ids)}]
    if ids and panel.assigned_at is not None and alone:
        missing.append(f"{session.get_one(Application, alone[0]).number} 没有可评的专家")
    if missing:
        raise NotAllowed(f"本轮还不能开始：{'、'.join(missing)}。", next_step="请在评审页面逐项办结。")

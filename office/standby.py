"""Lets the next of the first round into the final for a finalist that was lost, until the order is drawn (A18, R98)."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from config.refusal import Refusal
from office import decisions, recusals, results, substitution, succession, tally
from office.act import Moved
from office.desk import Desk
from records.tables.application import Application
from records.tables.decision import Decision
from states import guards
from states.lifecycle import Trigger
from states.refusals import NotAllowed

KIND = "standby"  # of the decision


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A finalist's place that may be filled again: who was lost, who is next, the decision that is on its way."""

    lost: tuple[Application, ...]
    candidates: tuple[succession.Candidate, ...]  # several where they share the rank
    drafted: Decision | None


def vacancy(session: Session, desk: Desk) -> Vacancy | None:
    """What the office may fill now, or ``None`` where nothing is free, or it is too late."""
    places = succession.finalists(desk)
    found = succession.next_items(session, desk, places)
    if not found or succession.order_drawn(session, desk):
        return None
    lost = succession.lost_items(session, desk, places)
    tied = succession.candidates(session, desk, places, found)
    return Vacancy(tuple(lost), tied, decisions.waiting(session, desk, KIND))


def draft(
    session: Session, desk: Desk, *, chosen: int | None = None, minutes: str = "", officer_id: int | None, now: datetime
) -> Decision:
    """The draft of the decision that lets the next in rank into the final.

    Of several on the next rank the panel chooses one, with the minutes of how. `NotAllowed` once the order is drawn,
    where nobody moves up, or while another such decision is on its way.
    """
    item_id = substitution.who_moves_up(session, desk, succession.finalists(desk), chosen=chosen)
    if succession.order_drawn(session, desk):
        raise results.not_allowed(guards.ORDER_NOT_DRAWN)
    if decisions.waiting(session, desk, KIND) is not None:
        raise NotAllowed("已有一份递补入围的决定在办。", next_step="请先办结那一份；还有空出的名额，再拟下一份。")
    substitution.refuse_without_minutes(chosen, minutes)
    payload = {Trigger.SHORTLIST.value: [item_id]}
    ground = _ground(session, desk, item_id, minutes)
    return decisions.draft(session, desk, KIND, payload, ground=ground, officer_id=officer_id, now=now)


def let_in(session: Session, desk: Desk, decision_id: int, *, now: datetime) -> Moved:
    """Carry out a signed decision of this kind; twice is once. Conflicts with who came in are looked for at once."""
    decision = decisions.find(session, desk, decision_id)
    if decision.kind != KIND:
        raise Refusal("这不是递补入围的决定。", next_step="请从相应的页面执行。")
    if decision.executed_at is not None:
        return decisions.earlier(session, decision)[0]
    moved = decisions.carry_out(session, desk, decision, letter=_letter(desk), now=now)[0]
    panel = tally.panel_of(session, desk, desk.edition.deciding_round.key)
    if panel.assigned_at is not None:
        recusals.look(session, desk, panel, list(moved.events), now=now)
    return moved


def _ground(session: Session, desk: Desk, item_id: int, minutes: str) -> str:
    """Why somebody moves up, for the decision and the ledger: who was lost, which place comes in, how a tie ended."""
    places = succession.finalists(desk)
    lost = "、".join(item.number for item in succession.lost_items(session, desk, places))
    (found,) = succession.candidates(session, desk, places, [item_id])
    said = f"入围项目 {lost} 已退出，按{desk.edition.rounds[0].name}名次由第 {found.place} 名递补。"
    return f"{said}{minutes.strip()}"


def _letter(desk: Desk) -> dict[str, str]:
    """What the letter says: neither who was lost nor which place came in."""
    said = {"reason": "", "opinion": f"有入围项目退出，按{desk.edition.rounds[0].name}的名次，"}
    return results.invitation(desk) | said

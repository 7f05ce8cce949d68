"""Tells what a round's tally says shall be decided."""

from sqlmodel import Session

from office import score_audit, tally
from office.desk import Desk
from states import guards
from states.guards import Guard
from states.lifecycle import Trigger
from states.refusals import NotAllowed

ROUND_OF = {"first_round_result": "first_round", "final_result": "final"}


def payload(session: Session, desk: Desk, round_key: str) -> dict[str, list[int]]:
    """Who goes on and who does not, by trigger, best first; `NotAllowed` says what keeps the tally open."""
    outcome = tally.frozen(session, desk, round_key)
    for holds, guard in (
        (outcome.locked, guards.LOCKED),
        (outcome.quorum_met, guards.QUORUM),
        (not outcome.open_tie, guards.NO_TIE),
        (outcome.reasons_complete, guards.REASONS),
    ):
        if not holds:
            raise not_allowed(guard)
    score_audit.refuse_altered(session)
    if tally.panel_of(session, desk, round_key).released_at is not None:
        raise NotAllowed("本轮结果已经产生。", next_step="如需更正，请先撤销该决定。")
    first, last = desk.edition.rounds[0].key, desk.edition.deciding_round.key
    goes_on = Trigger.SELECT if round_key == last else Trigger.SHORTLIST
    stays = Trigger.LEAVE_OUT if round_key == first else Trigger.PASS_OVER
    lists = {goes_on.value: list(outcome.ranking.chosen), stays.value: list(outcome.ranking.left_out)}
    return {trigger: ids for trigger, ids in lists.items() if ids}


def invitation(desk: Desk) -> dict[str, str]:
    """What the letter to a finalist says of the final (R100, R103, R104)."""
    final = desk.edition.deciding_round
    return {"window": f"{desk.shown(final.opens)} 至 {desk.until(final.locks)}", "place": final.venue}


def not_allowed(guard: Guard) -> NotAllowed:
    """The refusal that a guard of the lifecycle says."""
    return NotAllowed(guard.sentence, next_step=guard.next_step)

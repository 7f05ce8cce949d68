"""The lifecycle as one table, and `step`, which judges one move on it without writing anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from transitions import Machine, MachineError

from states import guards as g
from states.facts import Actor, Facts, State
from states.guards import Guard
from states.refusals import NotAllowed, NotYours
from states.words import PLAIN, Words


class Trigger(StrEnum):
    """A step, in the office's words."""

    SUBMIT = "submit"
    RESUBMIT = "resubmit"
    ENDORSE = "endorse"
    DECLINE = "decline"
    SEND_BACK = "send_back"
    PASS_CHECK = "pass_check"
    REJECT = "reject"
    LAPSE = "lapse"
    OPEN_FIRST_ROUND = "open_first_round"
    SHORTLIST = "shortlist"
    LEAVE_OUT = "leave_out"
    SELECT = "select"
    PASS_OVER = "pass_over"
    PUBLICIZE = "publicize"
    ANNOUNCE = "announce"
    DISQUALIFY = "disqualify"
    REINSTATE = "reinstate"
    WITHDRAW = "withdraw"
    UNDO = "undo"

    @property
    def label(self) -> str:
        """The Chinese label that people read where no edition is at hand."""
        return self.named(PLAIN)

    def named(self, words: Words) -> str:
        """The Chinese label that people read, in an edition's words."""
        return words.fill(_LABELS[self])


_LABELS = {
    Trigger.SUBMIT: "提交",
    Trigger.RESUBMIT: "修改后重新提交",
    Trigger.ENDORSE: "推荐",
    Trigger.DECLINE: "不予推荐",
    Trigger.SEND_BACK: "退回修改",
    Trigger.PASS_CHECK: "形式审查通过",
    Trigger.REJECT: "形式审查不通过",
    Trigger.LAPSE: "逾期",
    Trigger.OPEN_FIRST_ROUND: "进入{first}",
    Trigger.SHORTLIST: "入围{last}",
    Trigger.LEAVE_OUT: "{left_out}",
    Trigger.SELECT: "入选",
    Trigger.PASS_OVER: "{last}未入选",
    Trigger.PUBLICIZE: "公示",
    Trigger.ANNOUNCE: "公布",
    Trigger.DISQUALIFY: "取消资格",
    Trigger.REINSTATE: "恢复资格",
    Trigger.WITHDRAW: "撤回",
    Trigger.UNDO: "撤销操作",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: who may take which step from where to where, on which conditions, with which letters.

    ``letters`` names recipients; ``decision`` letters wait out the cooling-off; ``inverse`` rows are drawn dashed.
    """

    trigger: Trigger
    sources: tuple[State, ...]
    target: State
    actors: tuple[Actor, ...]
    guards: tuple[Guard, ...] = ()
    letters: tuple[str, ...] = ()
    decision: bool = False
    inverse: bool = False
    source_of_rule: str = ""


S, T, A = State, Trigger, Actor
_SCORED = (g.LOCKED, g.QUORUM, g.NO_TIE, g.REASONS, g.SIGNED_OFF)

FORWARD: tuple[Row, ...] = (
    Row(T.SUBMIT, (S.DRAFT, S.RETURNED), S.SUBMITTED, (A.APPLICANT, A.OFFICE),
        (g.IN_WINDOW, g.FILES_READY, g.COMMITMENTS, g.ENDORSER_CHOSEN), ("applicant", "endorser"),
        source_of_rule="R30–R32, R40–R43, R79–R84"),
    Row(T.RESUBMIT, (S.RETURNED,), S.ENDORSED, (A.APPLICANT, A.OFFICE),
        (g.IN_WINDOW, g.FILES_READY, g.COMMITMENTS, g.ENDORSEMENT_STANDS), ("applicant",),
        source_of_rule="R45, A11"),
    Row(T.ENDORSE, (S.SUBMITTED,), S.ENDORSED, (A.ENDORSER, A.OFFICE), (g.ENDORSE_IN_TIME,), ("applicant",),
        source_of_rule="R13–R15, R38, R39, A6"),
    Row(T.DECLINE, (S.SUBMITTED,), S.RETURNED, (A.ENDORSER,), (g.OPINION, g.DUE_SET), ("applicant",),
        source_of_rule="R38, R39"),
    Row(T.SEND_BACK, (S.SUBMITTED, S.ENDORSED), S.RETURNED, (A.OFFICE,),
        (g.SLOTS_NAMED, g.REASON, g.DUE_SET, g.CORRECTIONS_LEFT), ("applicant",),
        source_of_rule="R45, R72, A11"),
    Row(T.PASS_CHECK, (S.ENDORSED,), S.FORMALLY_CHECKED, (A.OFFICE,),
        (g.SHEET_COMPLETE, g.OVERRIDES_CONFIRMED), ("applicant",),
        source_of_rule="R20, R44"),
    Row(T.PASS_CHECK, (S.SUBMITTED,), S.FORMALLY_CHECKED, (A.OFFICE,),
        (g.NO_ENDORSEMENT, g.SHEET_COMPLETE, g.OVERRIDES_CONFIRMED), ("applicant",),
        source_of_rule="an edition without endorsement"),
    Row(T.REJECT, (S.SUBMITTED, S.ENDORSED, S.RETURNED), S.REJECTED, (A.OFFICE,), (g.REASON,), ("applicant",),
        decision=True, source_of_rule="R44, R45"),
    Row(T.LAPSE, (S.DRAFT, S.RETURNED), S.LAPSED, (A.CLOCK,), (g.INSTANT_PASSED,), ("applicant",),
        source_of_rule="R31, R32, A11"),
    Row(T.LAPSE, (S.SUBMITTED,), S.LAPSED, (A.CLOCK,), (g.INSTANT_PASSED, g.NOT_SEALED), ("applicant",),
        source_of_rule="R40, A6"),
    Row(T.OPEN_FIRST_ROUND, (S.FORMALLY_CHECKED,), S.FIRST_ROUND, (A.CLOCK, A.OFFICE),
        (g.ROUND_READY, g.NOT_RELEASED), ("applicant",),
        source_of_rule="R44, R95–R97"),
    Row(T.SHORTLIST, (S.FIRST_ROUND,), S.FINALIST, (A.OFFICE,), (g.TWO_ROUNDS, *_SCORED, g.CHOSEN), ("applicant",),
        decision=True, source_of_rule="R98, R100, A13"),
    Row(T.SHORTLIST, (S.NOT_SHORTLISTED,), S.FINALIST, (A.OFFICE,),
        (g.ORDER_NOT_DRAWN, g.SUBSTITUTES, g.SIGNED_OFF), ("applicant",),
        decision=True, source_of_rule="R98, A18, an edition that fills a finalist's place again"),
    Row(T.LEAVE_OUT, (S.FIRST_ROUND,), S.NOT_SHORTLISTED, (A.OFFICE,), (*_SCORED, g.NOT_CHOSEN), ("applicant",),
        decision=True, source_of_rule="R98, R99"),
    Row(T.SELECT, (S.FINALIST,), S.TOP_TEN, (A.OFFICE,), (*_SCORED, g.CHOSEN), (),
        decision=True, source_of_rule="R106–R111"),
    Row(T.SELECT, (S.FIRST_ROUND,), S.TOP_TEN, (A.OFFICE,), (g.ONE_ROUND, *_SCORED, g.CHOSEN), (),
        decision=True, source_of_rule="an edition of one round"),
    Row(T.PASS_OVER, (S.FINALIST,), S.NOT_SELECTED, (A.OFFICE,), (*_SCORED, g.NOT_CHOSEN), ("applicant",),
        decision=True, source_of_rule="R110"),
    Row(T.PUBLICIZE, (S.TOP_TEN,), S.PUBLICIZED, (A.OFFICE,), (g.NUMBERED, g.SIGNED_OFF), ("applicant",),
        decision=True, source_of_rule="R35, R112, A3"),
    Row(T.PUBLICIZE, (S.NOT_SELECTED,), S.PUBLICIZED, (A.OFFICE,),
        (g.SUBSTITUTES, g.NUMBERED, g.SIGNED_OFF), ("applicant",),
        decision=True, source_of_rule="A18, an edition that fills a place again"),
    Row(T.ANNOUNCE, (S.PUBLICIZED,), S.ANNOUNCED, (A.OFFICE,),
        (g.WINDOW_OVER, g.NO_OBJECTION, g.SIGNED_OFF), ("applicant",),
        decision=True, source_of_rule="R36, R115"),
    Row(T.DISQUALIFY,
        (S.ENDORSED, S.FORMALLY_CHECKED, S.FIRST_ROUND, S.FINALIST, S.TOP_TEN, S.PUBLICIZED, S.ANNOUNCED),
        S.DISQUALIFIED, (A.OFFICE,), (g.RECORDED, g.SIGNED_OFF), ("applicant", "endorser"),
        decision=True, source_of_rule="R85, R113"),
    Row(T.WITHDRAW, (S.DRAFT, S.SUBMITTED, S.ENDORSED, S.FORMALLY_CHECKED, S.RETURNED), S.WITHDRAWN, (A.APPLICANT,),
        (g.BEFORE_FIRST_ROUND,), ("applicant",),
        source_of_rule="features 22"),
    Row(T.WITHDRAW, (S.FIRST_ROUND, S.FINALIST, S.TOP_TEN, S.PUBLICIZED), S.WITHDRAWN, (A.OFFICE,),
        (g.UNITS_LETTER,), ("applicant",),
        source_of_rule="features 22"),
)  # fmt: skip


def _inverse_rows() -> Iterator[Row]:
    """Undo and reinstate: each forward row read backwards, once for each pair of states."""
    seen: set[tuple[Trigger, State, State]] = set()
    for row in FORWARD:
        back = T.REINSTATE if row.trigger is T.DISQUALIFY else T.UNDO
        signed = (g.SIGNED_OFF,) if back is T.REINSTATE else ()
        actor = A.OFFICE if back is T.REINSTATE else A.LEAD
        for source in row.sources:
            if (back, row.target, source) not in seen:
                seen.add((back, row.target, source))
                conditions = (g.came_from(source), g.REASON, g.NOT_PUBLIC_YET, *signed)
                yield Row(back, (row.target,), source, (actor,), conditions, ("applicant",), inverse=True)


LIFECYCLE: tuple[Row, ...] = FORWARD + tuple(_inverse_rows())


class _Standing:
    """The throwaway holder of a state that `transitions` moves; never a stored row."""

    __slots__ = ("state",)

    def __init__(self, state: State) -> None:
        self.state = state.value


@cache
def machine() -> Machine:
    """The one unbound machine over the table; conditions are called with ``(facts, now)``."""
    built = Machine(model=None, states=[state.value for state in State], initial=S.DRAFT.value, auto_transitions=False)
    for row in LIFECYCLE:
        built.add_transition(
            row.trigger.value,
            [source.value for source in row.sources],
            row.target.value,
            conditions=[guard.holds for guard in row.guards],
        )
    return built


def rows_from(state: State) -> tuple[Row, ...]:
    """The rows that leave ``state``, in the table's order."""
    return tuple(row for row in LIFECYCLE if state in row.sources)


def row_of(trigger: Trigger, source: State, target: State) -> Row:
    """The row that this move took; `LookupError` when the table has none."""
    for row in LIFECYCLE:
        if row.trigger is trigger and source in row.sources and row.target is target:
            return row
    raise LookupError(f"{trigger} {source} {target}")


def step(state: State, facts: Facts, trigger: Trigger, *, actor: Actor, now: datetime) -> State:
    """The state that ``trigger`` leads to; writes nothing.

    Raises `NotAllowed` (what is possible, or which condition fails) and `NotYours` (who may). ``now`` is aware.
    """
    rows = [row for row in rows_from(state) if row.trigger is trigger]
    if not rows:
        raise _impossible(state, trigger, facts.words)
    mine = [row for row in rows if actor in row.actors]
    if not mine:
        raise _not_yours(rows, trigger, facts.words)
    standing = _Standing(state)
    try:
        moved = machine().events[trigger.value].trigger(standing, facts, now)
    except MachineError as fault:  # the table and the machine are made from one source
        raise _impossible(state, trigger, facts.words) from fault
    if not moved:
        raise _first_failing(mine, facts, now)
    return State(standing.state)


def _impossible(state: State, trigger: Trigger, words: Words) -> NotAllowed:
    ahead = [row for row in rows_from(state) if not row.inverse and g.SUBSTITUTES not in row.guards]
    possible = sorted({row.trigger.named(words) for row in ahead})  # to move up is nothing to be asked for
    offer = "、".join(possible) or "（没有后续步骤）"
    return NotAllowed(
        f"项目现为“{state.named(words)}”，不能“{trigger.named(words)}”。", next_step=f"现在可以：{offer}。"
    )


def _not_yours(rows: list[Row], trigger: Trigger, words: Words) -> NotYours:
    who = "、".join(sorted({actor.label for row in rows for actor in row.actors}))
    return NotYours(f"“{trigger.named(words)}”不由您办理。", next_step=f"应由{who}办理。")


def _first_failing(rows: list[Row], facts: Facts, now: datetime) -> NotAllowed:
    """The refusal of the row that came closest: the one with the fewest failing guards."""
    failing = min(([guard for guard in row.guards if not guard.holds(facts, now)] for row in rows), key=len)
    return NotAllowed(failing[0].sentence, next_step=failing[0].next_step)

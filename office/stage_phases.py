"""Says what the presider may do next: one table of phases and deeds (R102–R105, A30)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from office.stage_clock import Clock
from records.tables.stage import ClockKind


class Phase(StrEnum):
    """Where a line of the running order is."""

    WAITING = "waiting"
    TALK = "talk"
    TALKED = "talked"
    QUESTIONS = "questions"
    DISCUSSION = "discussion"
    SCORING = "scoring"
    CLOSED = "closed"
    REST = "rest"
    OVER = "over"

    @property
    def label(self) -> str:
        """The Chinese label that people read."""
        return _PHASES[self]


_PHASES = {
    Phase.WAITING: "候场",
    Phase.TALK: "陈述",
    Phase.TALKED: "陈述结束",
    Phase.QUESTIONS: "专家问询",
    Phase.DISCUSSION: "讨论",
    Phase.SCORING: "打分",
    Phase.CLOSED: "打分结束",
    Phase.REST: "休息",
    Phase.OVER: "已结束",
}


class Deed(StrEnum):
    """One act of the presider."""

    START = "start"
    PAUSE = "pause"
    GO_ON = "go_on"
    END_TALK = "end_talk"
    ASK = "ask"
    END_QUESTIONS = "end_questions"
    OPEN_SCORING = "open_scoring"
    CLOSE_SCORING = "close_scoring"
    NEXT = "next"

    @property
    def label(self) -> str:
        """The Chinese label that people read."""
        return _DEEDS[self]


_DEEDS = {
    Deed.START: "开始计时",
    Deed.PAUSE: "暂停",
    Deed.GO_ON: "继续",
    Deed.END_TALK: "结束陈述",
    Deed.ASK: "开始问询",
    Deed.END_QUESTIONS: "结束问询",
    Deed.OPEN_SCORING: "开放打分",
    Deed.CLOSE_SCORING: "结束打分",
    Deed.NEXT: "下一项",
}

# The first deed of a phase is the one that is usually next: its button is the large one.
MAY: Mapping[Phase, tuple[Deed, ...]] = {
    Phase.WAITING: (Deed.START,),
    Phase.TALK: (Deed.END_TALK, Deed.PAUSE, Deed.GO_ON),
    Phase.TALKED: (Deed.ASK, Deed.OPEN_SCORING),
    Phase.QUESTIONS: (Deed.END_QUESTIONS, Deed.PAUSE, Deed.GO_ON, Deed.OPEN_SCORING),
    Phase.DISCUSSION: (Deed.OPEN_SCORING,),
    Phase.SCORING: (Deed.CLOSE_SCORING,),
    Phase.CLOSED: (Deed.NEXT, Deed.OPEN_SCORING),
    Phase.REST: (Deed.NEXT, Deed.PAUSE, Deed.GO_ON),
    Phase.OVER: (),
}
_OF_PHASE = {Phase.TALK: ClockKind.TALK, Phase.QUESTIONS: ClockKind.QUESTIONS, Phase.REST: ClockKind.REST}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the running order with the instants that say where it is."""

    is_break: bool
    clocks: Mapping[ClockKind, Clock]
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    left_at: datetime | None = None

    @property
    def phase(self) -> Phase:
        """Where it is."""
        if self.left_at is not None:
            return Phase.OVER
        if self.is_break:
            return Phase.REST if self.clocks else Phase.WAITING
        if self.opened_at is not None:
            return Phase.CLOSED if self.closed_at else Phase.SCORING
        return self._before_scoring()

    def _before_scoring(self) -> Phase:
        if (asked := self.clocks.get(ClockKind.QUESTIONS)) is not None:
            return Phase.DISCUSSION if asked.ended_at else Phase.QUESTIONS
        if (talk := self.clocks.get(ClockKind.TALK)) is not None:
            return Phase.TALKED if talk.ended_at else Phase.TALK
        return Phase.WAITING

    @property
    def clock(self) -> Clock | None:
        """The clock that everybody looks at now, if one is running or paused."""
        kind = _OF_PHASE.get(self.phase)
        return self.clocks.get(kind) if kind else None

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """What the presider may do: of pause and go on only the one that fits."""
        unfit = {Deed.GO_ON} if self.clock is None or self.clock.runs else {Deed.PAUSE}
        return tuple(deed for deed in MAY[self.phase] if deed not in unfit)

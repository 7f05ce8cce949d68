"""Reckons the clocks of the final from instants alone: pure, nothing counts while time passes (R103, R104, A29)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from config.edition import Round
from states.refusals import NotAllowed

BELLS = (60, 0)  # seconds left at which the bell rings
_NONE = timedelta(0)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that was started: its limit, the pauses that are over, and whether it stands or has ended."""

    limit: timedelta
    started_at: datetime
    paused_at: datetime | None = None
    paused: timedelta = _NONE
    ended_at: datetime | None = None

    def used(self, now: datetime) -> timedelta:
        """How long it ran by ``now``, without its pauses; an instant before the start counts as the start."""
        until = self.ended_at or self.paused_at or max(now, self.started_at)
        return until - self.started_at - self.paused

    def left(self, now: datetime) -> timedelta:
        """What is left at ``now``; below nothing it is overtime."""
        return self.limit - self.used(now)

    def over(self, now: datetime) -> timedelta:
        """The overtime at ``now``; stopping is the presider's act, not the clock's (A29)."""
        return max(_NONE, -self.left(now))

    @property
    def runs(self) -> bool:
        """Whether time passes on it."""
        return self.ended_at is None and self.paused_at is None

    def pause(self, now: datetime) -> "Clock":
        """The clock standing still from ``now``; `NotAllowed` where it does not run."""
        if not self.runs:
            raise NotAllowed("时钟没有在走，不能暂停。", next_step="请按“继续”或开始下一步。")
        return replace(self, paused_at=max(now, self.started_at))

    def go_on(self, now: datetime) -> "Clock":
        """The clock running again from ``now``; `NotAllowed` where it does not stand still."""
        if self.paused_at is None:
            raise NotAllowed("时钟没有暂停。", next_step="不必再按“继续”。")
        return replace(self, paused_at=None, paused=self.paused + max(_NONE, now - self.paused_at))

    def end(self, now: datetime) -> "Clock":
        """The clock with its length kept, for good; a pause that lasts is not counted. Twice is once."""
        if self.ended_at is not None:
            return self
        standing = self.go_on(now) if self.paused_at is not None else self
        return replace(standing, ended_at=max(now, self.started_at))


def shown(length: timedelta) -> str:
    """A length as a stop watch says it, in whole seconds: ``9:05``; overtime with a plus: ``+0:12``.

    What is left is rounded up, overtime down: 0:00 stands for the whole second in which the time ends.
    """
    ahead = length >= _NONE
    seconds = -(-length // _SECOND) if ahead else -length // _SECOND
    return f"{'' if ahead or not seconds else '+'}{seconds // 60}:{seconds % 60:02d}"


def lengths(round_: Round) -> tuple[str, str]:
    """How long is talked and asked in a round, as a stop watch says it (R103, R104)."""
    return shown(timedelta(seconds=round_.talk_seconds or 0)), shown(timedelta(seconds=round_.question_seconds or 0))

"""What a paper of the office is: its name, what it is about, when in the year it is wanted, how it is made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from sqlmodel import Session

from office.desk import Desk
from paperwork.case_facts import Issued
from paperwork.round_told import RoundTold


class Subject(StrEnum):
    """What a paper is about; all but the edition are named by a key."""

    EDITION = "edition"
    APPLICATION = "application"
    ROUND = "round"
    SOCIETY = "society"
    EXPERT = "expert"
    FINALIST = "finalist"
    NOTICE = "notice"
    OBJECTION = "objection"
    DECISION = "decision"
    WINNER = "winner"

    @property
    def label(self) -> str:
        """What its key is called, empty where none is needed."""
        return _KEYS[self]


_KEYS = {
    Subject.EDITION: "",
    Subject.APPLICATION: "申报编号",
    Subject.ROUND: "轮次",
    Subject.SOCIETY: "学会名称",
    Subject.EXPERT: "专家编号",
    Subject.FINALIST: "入围项目编号",
    Subject.NOTICE: "公示版次",
    Subject.OBJECTION: "异议编号",
    Subject.DECISION: "文号",
    Subject.WINNER: "入选项目编号",
}


class Phase(StrEnum):
    """The part of the year in which a paper is wanted; a round's own papers belong to their round."""

    CALL = "call"
    CHECK = "check"
    FIRST_ROUND = "first_round"
    FINAL = "final"
    NOTICE = "notice"
    RELEASE = "release"
    ARCHIVE = "archive"

    @property
    def label(self) -> str:
        """What it is called; a round is called as the edition calls it."""
        return _PHASES[self]


_PHASES = {
    Phase.CALL: "申报",
    Phase.CHECK: "审查",
    Phase.FIRST_ROUND: "初评",
    Phase.FINAL: "终评",
    Phase.NOTICE: "公示",
    Phase.RELEASE: "发布",
    Phase.ARCHIVE: "存档",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that a paper is about: what it is asked for by, and how people and file names call it."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: ``make`` gives its bytes from the key of its subject, at an instant.

    ``about`` lists what it can be made about now; its `Refusal` says what is still missing. ``together`` makes all of
    them as one file to print. ``numbered`` papers carry a number of the office (发文字号).
    """

    name: str
    title: str
    subject: Subject
    make: Callable[[Session, Desk, str, datetime], bytes] | None = None
    ending: Literal["docx", "xlsx"] = "docx"
    of_round: Callable[[RoundTold, Issued], bytes] | None = None  # instead of ``make``: from a locked round
    phase: Phase = Phase.CHECK
    about: Callable[[Session, Desk, datetime], Sequence[Key]] | None = None
    together: Callable[[Session, Desk, datetime], bytes] | None = None
    numbered: bool = False

    @property
    def is_sealed(self) -> bool:
        """Whether it may show scores before the result: it is made for an officer, in a transaction that writes."""
        return self.of_round is not None

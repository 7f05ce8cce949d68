"""What a paper of the office is: its name, what it is about, how it is made."""

from collections.abc import Callable
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

    @property
    def label(self) -> str:
        """What its key is called, empty where none is needed."""
        return _KEYS[self]


_KEYS = {Subject.EDITION: "", Subject.APPLICATION: "申报编号", Subject.ROUND: "轮次"}


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: ``make`` gives its bytes from the key of its subject, at an instant."""

    name: str
    title: str
    subject: Subject
    make: Callable[[Session, Desk, str, datetime], bytes] | None = None
    ending: Literal["docx", "xlsx"] = "docx"
    of_round: Callable[[RoundTold, Issued], bytes] | None = None  # instead of ``make``: from a locked round

    @property
    def is_sealed(self) -> bool:
        """Whether it may show scores before the result: it is made for an officer, in a transaction that writes."""
        return self.of_round is not None

"""Tells of every paper of the year whether it can be made, how many of it there are, or what is missing yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from config.refusal import Refusal
from office import document_numbers, papers, tally
from office.desk import Desk
from office.paper_kinds import Key, Paper, Phase, Subject
from states.refusals import NotAllowed


@dataclass(frozen=True, slots=True)
class Standing:
    """One paper, of one round where it belongs to rounds: about what it can be made now, or why it cannot."""

    paper: Paper
    phase: Phase
    keys: Sequence[Key]
    missing: Refusal | None = None
    number: str = ""
    sealed: bool = False  # it shows what only the lead and the supervisor may see before the result

    @property
    def ready(self) -> bool:
        """Whether it can be made."""
        return self.missing is None

    @property
    def of(self) -> str:
        """The key that is asked for where there is one choice only."""
        return self.keys[0].key if len(self.keys) == 1 and self.paper.subject is Subject.ROUND else ""


def standings(session: Session, desk: Desk, *, now: datetime) -> list[Standing]:
    """Every paper in the order of the year; those of a hall only where a round meets in one."""
    numbers = document_numbers.given(session, desk)
    in_a_hall = any(round_.mode == "on_site" for round_ in desk.edition.rounds)
    found: list[Standing] = []
    for paper in papers.PAPERS:
        if paper.phase is Phase.FINAL and not in_a_hall:
            continue
        if paper.subject is Subject.ROUND:
            found += _of_rounds(session, desk, paper)
        else:
            found.append(_of(session, desk, paper, numbers.get(paper.name, ""), now))
    order = list(Phase)
    return sorted(found, key=lambda each: order.index(each.phase))


def _of(session: Session, desk: Desk, paper: Paper, number: str, now: datetime) -> Standing:
    try:
        return Standing(paper, paper.phase, papers.keys(session, desk, paper, now=now), number=number)
    except Refusal as refusal:
        return Standing(paper, paper.phase, (), refusal, number)


def _of_rounds(session: Session, desk: Desk, paper: Paper) -> list[Standing]:
    """The paper of each round, in its round's part of the year."""
    found = []
    for round_ in desk.edition.rounds:
        panel, key = tally.panel_of(session, desk, round_.key), Key(round_.key, round_.name)
        missing = None if panel.locked_at else NotAllowed("评分还没有锁定。", next_step="评分锁定之后可以生成。")
        found.append(Standing(paper, Phase(round_.key), (key,), missing, sealed=panel.released_at is None))
    return found

"""Lists every conflict of a round with what explains it, for the office to look at, free, declare and look for anew."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from office import authority, recusals, rounds_desk, tally, unit_table
from office.desk import Desk
from office.unit_table import Told
from records.tables.application import Application
from records.tables.person import Expert, Person
from records.tables.scoring import Panel, Recusal
from review.conflicts import GROUND_CLAUSES, GROUND_LABELS
from states.refusals import NotAllowed

Kind = Literal["all", "blocks", "flags", "freed"]
KINDS: dict[Kind, str] = {"all": "全部", "blocks": "须回避", "flags": "请核对", "freed": "已解除"}
_LABELS = {str(key): label for key, label in GROUND_LABELS.items()}
_CLAUSES = {str(key): clause for key, clause in GROUND_CLAUSES.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """One ground between one expert and one item, with the names that it is about."""

    row: Recusal
    expert: str
    unit: str
    number: str
    title: str
    applicant: str

    @property
    def label(self) -> str:
        """The ground in Chinese."""
        return _LABELS.get(self.row.ground, self.row.ground)

    @property
    def clause(self) -> str:
        """The clause that the ground rests on."""
        return _CLAUSES.get(self.row.ground, "R29")

    @property
    def kind(self) -> Kind:
        """Whether it shuts, is only to be looked at, or was freed by the lead."""
        if self.row.overridden_at is not None:
            return "freed"
        return "blocks" if self.row.blocks else "flags"

    @property
    def text(self) -> str:
        """All names in it, to be searched."""
        return f"{self.expert}\n{self.unit}\n{self.number}\n{self.title}\n{self.applicant}".lower()

    @property
    def may_be_freed(self) -> bool:
        """What an expert declared never is."""
        return self.kind == "blocks" and self.row.ground != recusals.DECLARED


def lines(session: Session, desk: Desk, round_key: str, kind: Kind = "all", words: str = "") -> list[Line]:
    """The conflicts of a round, those that shut first, then by item; ``words`` is a part of any name in them."""
    panel = tally.panel_of(session, desk, round_key)
    query = (
        select(Recusal, Person, Application)
        .join(Expert, col(Expert.id) == col(Recusal.expert_id))
        .join(Person, col(Person.id) == col(Expert.person_id))
        .join(Application, col(Application.id) == col(Recusal.application_id))
        .where(Recusal.panel_id == panel.id)
        .order_by(col(Application.number), col(Recusal.id))
    )
    wanted = words.strip().lower()
    found = [
        Line(row, person.name, person.unit, item.number, item.title, item.unit)
        for row, person, item in session.execute(query)
    ]
    order = list(KINDS)
    return sorted(
        (line for line in found if kind in {"all", line.kind} and wanted in line.text),
        key=lambda line: order.index(line.kind),
    )


def look_anew(session: Session, desk: Desk, round_key: str, *, officer_id: int, now: datetime) -> int:
    """Look for conflicts now; returns how many hold. `NotAllowed` once the round is locked, or without a panel."""
    authority.acting(session, officer_id)
    panel = tally.panel_of(session, desk, round_key)
    if panel.locked_at is not None:
        raise NotAllowed("本轮评分已经锁定，不再核对回避。", next_step="锁定之后发现的问题请告知监督人员。")
    if not tally.seated(session, panel):
        raise NotAllowed("专家组还没有组成。", next_step="请先组成专家组，再核对回避。")
    return recusals.look(session, desk, panel, tally.candidates(session, desk, round_key), now=now)


def declare(
    session: Session, desk: Desk, round_key: str, expert_id: int, number: str, *, reason: str, officer_id: int,
    now: datetime,
) -> Recusal:  # fmt: skip
    """Write down for an expert what they declared to the office; `NotAllowed` for an item that is not in the round."""
    item = item_of(session, desk, round_key, number)
    panel = tally.panel_of(session, desk, round_key)
    return recusals.declare_conflict(
        session, desk, panel, expert_id, item.id or 0, reason=reason, officer_id=officer_id, now=now
    )


def item_of(session: Session, desk: Desk, round_key: str, number: str) -> Application:
    """The item of this round with this number; `NotAllowed` when there is none."""
    item = session.exec(
        select(Application).where(Application.edition == desk.key, Application.number == number.strip().upper())
    ).first()
    if item is None or item.id not in tally.candidates(session, desk, round_key):
        example = f"{desk.edition.award.number_prefix}-001"
        raise NotAllowed("没有这个项目，或它不在本轮。", next_step=f"请填写本轮项目的编号，例如 {example}。")
    return item


def experts_of(session: Session, desk: Desk, panel: Panel) -> list[tuple[str, str]]:
    """Who holds a seat, as a form offers them."""
    names = rounds_desk.expert_names(session, desk)
    return [(str(id_), names.get(id_, "")) for id_ in tally.seated(session, panel)]


def save_unit(
    session: Session, desk: Desk, line: Told, *, unit_id: int | None, seen: str, officer_id: int, now: datetime
) -> None:
    """Write a line of the table of units, and look for conflicts anew in every round that is not locked."""
    unit_table.save(session, desk, line, unit_id=unit_id, seen=seen, officer_id=officer_id, now=now)
    recusals.recompute(session, desk, now=now)


def remove_unit(session: Session, desk: Desk, unit_id: int, *, officer_id: int, now: datetime) -> None:
    """Take a line out of the table of units, and look anew."""
    unit_table.remove(session, desk, unit_id, officer_id=officer_id, now=now)
    recusals.recompute(session, desk, now=now)

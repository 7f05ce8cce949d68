"""The papers of the final: invitations, running order, name plates, score sheets, who goes on (R126–R128)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from office import final_facts, paper_facts
from office.desk import Desk
from office.paper_kinds import Key, Paper, Phase, Subject
from paperwork import invitation, list_of_finalists, name_plates, running_order, score_sheet


def _invitation(session: Session, desk: Desk, number: str, now: datetime) -> bytes:
    facts = final_facts.invitation_of(session, desk, number)
    return invitation.invitations([facts], paper_facts.issued(desk, now))


def _invitations(session: Session, desk: Desk, now: datetime) -> bytes:
    facts = final_facts.invitations_of(session, desk, final_facts.finalists(session, desk))
    return invitation.invitations(facts, paper_facts.issued(desk, now))


def _finalists(session: Session, desk: Desk, _now: datetime) -> list[Key]:
    return [Key(item.number, f"{item.number} {item.unit}") for item in final_facts.finalists(session, desk)]


def _going_on(session: Session, desk: Desk, _now: datetime) -> list[Key]:
    return [Key(item.number, f"{item.number} {item.unit}") for item in final_facts.going_on(session, desk)]


def _list(session: Session, desk: Desk, _key: str, now: datetime) -> bytes:
    return list_of_finalists.list_of_finalists(final_facts.finalists_of(session, desk), paper_facts.issued(desk, now))


def _order(session: Session, desk: Desk, _key: str, now: datetime) -> bytes:
    return running_order.running_order(final_facts.running_order_of(session, desk), paper_facts.issued(desk, now))


def _drawn(session: Session, desk: Desk, _now: datetime) -> Sequence[Key]:
    final_facts.drawn(session, desk)
    return []


def _plates(session: Session, desk: Desk, _key: str, now: datetime) -> bytes:
    return name_plates.name_plates(final_facts.plates_of(session, desk), paper_facts.issued(desk, now))


def _sheet(session: Session, desk: Desk, expert: str, now: datetime) -> bytes:
    return score_sheet.score_sheets([final_facts.sheet_of(session, desk, expert)], paper_facts.issued(desk, now))


def _sheets(session: Session, desk: Desk, now: datetime) -> bytes:
    return score_sheet.score_sheets(final_facts.sheets_of(session, desk), paper_facts.issued(desk, now))


def _experts(session: Session, desk: Desk, _now: datetime) -> list[Key]:
    return final_facts.experts(session, desk)


PAPERS = (
    Paper("finalists", list_of_finalists.TITLE, Subject.EDITION, _list, phase=Phase.FIRST_ROUND, about=_going_on),
    Paper(
        "invitation", invitation.TITLE, Subject.FINALIST, _invitation, phase=Phase.FINAL, about=_finalists,
        together=_invitations, numbered=True,
    ),
    Paper("running-order", running_order.TITLE, Subject.EDITION, _order, phase=Phase.FINAL, about=_drawn),
    Paper("name-plates", name_plates.TITLE, Subject.EDITION, _plates, phase=Phase.FINAL, about=_finalists),
    Paper(
        "score-sheet", score_sheet.TITLE, Subject.EXPERT, _sheet, phase=Phase.FINAL, about=_experts, together=_sheets
    ),
)  # fmt: skip

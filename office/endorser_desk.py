"""Gives a signed-in endorser all that was asked of them: what waits, and what they answered (R38, R39)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from office import endorsement, people
from office.act import Moved
from office.desk import Desk
from office.endorsement_facts import DECLINED, ENDORSED, fingerprint
from office.visitors import NoSuchCase, Visitor
from records.tables.application import Application
from records.tables.endorser import EndorsementRequest, Endorser
from states.facts import State
from states.refusals import NotAllowed, StateMoved

ANSWERS = {ENDORSED: "已推荐", DECLINED: "不予推荐"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One application that was handed in to this endorser, with their last answer that still counts, if any."""

    item: Application
    endorser: Endorser
    waits: bool
    until: datetime | None
    answer: str
    answered_at: datetime | None
    opinion: str
    by_paper: bool

    @property
    def standing(self) -> str:
        """待推荐, 已推荐, 不予推荐, or what the application's own state says."""
        return "待推荐" if self.waits else ANSWERS.get(self.answer, State(self.item.state).label)


def asked(session: Session, desk: Desk, visitor: Visitor) -> list[Asked]:
    """Everything that was handed in to whom the visitor answers for; what waits first, the nearest end first.

    An application that went to another endorser after they declined is listed with their answer, and opens no more.
    """
    mine = {it.id or 0: it for it in _endorsers(session, desk, visitor)}
    answers = _answers(session, list(mine))
    handed_in = (Application.edition == desk.key, col(Application.submitted_at).is_not(None))
    theirs = col(Application.endorser_id).in_(mine) | col(Application.id).in_([item for item, _ in answers])
    items = session.exec(select(Application).where(*handed_in, theirs)).all()
    rows = [
        _row(item, mine[endorser_id], answers.get((item.id or 0, endorser_id)))
        for item in items
        for endorser_id in sorted(mine)
        if item.endorser_id == endorser_id or (item.id or 0, endorser_id) in answers
    ]
    return sorted(rows, key=lambda row: (not row.waits, row.until is None, row.until, row.item.number))


def totals(rows: Sequence[Asked]) -> dict[str, int]:
    """How many were asked of this endorser, wait, were endorsed, were declined."""
    counted = Counter(row.standing for row in rows)
    waits, endorsed, declined = (counted[word] for word in ("待推荐", *ANSWERS.values()))
    return {"asked": len(rows), "waits": waits, "endorsed": endorsed, "declined": declined}


def one(session: Session, desk: Desk, visitor: Visitor, number: str) -> Asked:
    """The one with this number that is now with the visitor; `NoSuchCase` for every other."""
    for row in asked(session, desk, visitor):
        if row.item.number == number and row.item.endorser_id == row.endorser.id and row.item.state != State.DRAFT:
            return row
    raise NoSuchCase("没有请您推荐的这个项目。", next_step="请从“推荐项目”中选择；项目可能已改选推荐方。")


def answer(
    session: Session, desk: Desk, visitor: Visitor, number: str, verb: str, *, seen: str, opinion: str, now: datetime
) -> Moved | None:
    """Endorse or decline what the visitor looked at; the same answer again does nothing (``None``).

    ``seen`` is the fingerprint of files and names on the page: `StateMoved` when they changed meanwhile.
    """
    row = one(session, desk, visitor, number)
    if not row.waits:
        if row.answer == {"endorse": ENDORSED, "decline": DECLINED}.get(verb):
            return None
        raise StateMoved(f"{number} 现为“{row.standing}”，没有再次提交。", next_step="请刷新页面，核对后再办。")
    if seen != fingerprint(session, row.item):
        raise StateMoved("材料在您打开页面之后已有改动，没有提交。", next_step="请看下面的新材料，再作答复。")
    if verb not in ("endorse", "decline"):
        raise NotAllowed("没有说明是推荐还是不予推荐。", next_step="请按下面两个按钮之一。")
    return endorsement.answer_signed_in(session, desk, row.item, verb, opinion=opinion, now=now)


def inner_of(session: Session, item: Application) -> datetime | None:
    """Until when the society that an application chose wants to have it, if it said so."""
    endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    return endorser.inner_closes if endorser and State(item.state) in (State.DRAFT, State.RETURNED) else None


def email_hint(session: Session, endorser: Endorser) -> str:
    """The address that an endorser is written to, its middle hidden: enough to be recognised."""
    name, _, host = (people.email_of(session, endorser.person_id) or "").partition("@")
    return f"{name[:2]}…@{host}" if host else ""


def _endorsers(session: Session, desk: Desk, visitor: Visitor) -> list[Endorser]:
    mine = (Endorser.edition == desk.key, col(Endorser.person_id).in_(visitor.people))
    return list(session.exec(select(Endorser).where(*mine)))


def _answers(session: Session, endorsers: list[int]) -> dict[tuple[int, int], EndorsementRequest]:
    """The last answer of each that was not taken back, by application and endorser."""
    query = select(EndorsementRequest).where(
        col(EndorsementRequest.endorser_id).in_(endorsers),
        col(EndorsementRequest.answered_at).is_not(None),
        col(EndorsementRequest.revoked_at).is_(None),
    )
    found = session.exec(query.order_by(col(EndorsementRequest.id)))
    return {(request.application_id, request.endorser_id): request for request in found}


def _row(item: Application, endorser: Endorser, last: EndorsementRequest | None) -> Asked:
    waits = item.state == State.SUBMITTED and item.endorser_id == endorser.id
    return Asked(
        item, endorser, waits, item.lapses_at if waits else None, last.answer if last and not waits else "",
        last.answered_at if last else None, last.opinion if last else "", by_paper=bool(last and last.route == "paper"),
    )  # fmt: skip

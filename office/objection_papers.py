"""The papers of an objection, addressed to its number; to a name only out of the drawer, by the lead (R114, R133)."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import drawer, notice, objection_steps, objection_view, objections, paper_facts
from office.desk import Desk
from office.objection_steps import Step
from office.paper_kinds import Key, Paper, Phase, Subject
from paperwork import objection_papers
from paperwork.case_facts import Issued
from paperwork.objection_papers import Addressee, ObjectionTold
from records.tables.application import Application
from records.tables.decision import Decision, Objection
from states.refusals import NotAllowed

_TO_OBJECTOR: dict[str, Callable[[ObjectionTold, Issued, Addressee | None], bytes]] = {
    "objection-acceptance": objection_papers.acceptance,
    "objection-answer": objection_papers.answer,
}


def told(session: Session, desk: Desk, case: Objection) -> ObjectionTold:
    """One case in words; nothing of who objects is in it."""
    item = session.get_one(Application, case.application_id)
    posted = notice.newest(session, desk, covering=item.id)
    until = objection_steps.due(desk, Step.ANSWER, now=case.asked_at) if case.asked_at else None
    open_ = case.status == objections.OPEN
    return ObjectionTold(
        number=case.number, item_number=item.number, title=item.title, unit=item.unit,
        award=desk.edition.award.title, ground=case.ground, by_unit=case.by_unit, statement=case.statement,
        received=objection_view.to_the_second(desk, case.received_at),
        window=f"{desk.shown(posted.posted_at)} 至 {desk.until(posted.closes_at)}" if posted else "",
        evidence_sha256=case.evidence_sha256,
        accepted=_shown(desk, case.assigned_at), question=case.question, asked=_shown(desk, case.asked_at),
        answer_until=desk.until(until) if until else "", answer=case.answer, answered=_shown(desk, case.answered_at),
        opinion=case.opinion, verdict="" if open_ else objections.LABELS[case.status],
        outcome="" if open_ else case.outcome, decided=_shown(desk, case.decided_at),
        decision_number="" if open_ else _cancelled_by(session, desk, case),
        contact=paper_facts.issued(desk, case.received_at).contact,
    )  # fmt: skip


def addressed_by_name(
    session: Session, desk: Desk, case_id: int, name: str, *, reason: str, officer_id: int, now: datetime
) -> tuple[str, bytes]:
    """A paper with who objected on it, out of the drawer: by the lead, with a reason, into the ledger first.

    Returns its file name, which names nobody, and its bytes, which are kept nowhere. `NotYours`, `Refusal` as
    `drawer.reveal`; `Refusal` for a paper that does not go to who objected.
    """
    if name not in _TO_OBJECTOR:
        raise Refusal("这份文书不寄给异议人。", next_step="请选择受理通知书或答复书。")
    case = objections.find(session, desk, case_id)
    _REFUSED[name](case)
    identity = drawer.reveal(session, desk, case, reason=reason, officer_id=officer_id, now=now)
    to = Addressee(identity.name, identity.unit, identity.address)
    title = next(paper.title for paper in PAPERS if paper.name == name)
    return f"{case.number} {title}.docx", _TO_OBJECTOR[name](told(session, desk, case), _issued(desk, now), to)


def possible(case: Objection) -> list[Paper]:
    """The papers that can be made of this case now."""
    return [paper for paper in PAPERS if _allows(paper.name, case)]


def goes_to_objector(paper: Paper) -> bool:
    """Whether it may be printed with a name out of the drawer."""
    return paper.name in _TO_OBJECTOR


def _refuse_unaccepted(case: Objection) -> None:
    if case.status == objections.REFUSED:
        raise NotAllowed(f"{case.number} 不予受理，没有受理通知书。", next_step="请用答复书告知异议人。")
    if case.assigned_at is None:
        raise NotAllowed(f"{case.number} 还没有经办人。", next_step="请先指定经办人，再生成受理通知书。")


def _refuse_unasked(case: Objection) -> None:
    if case.asked_at is None:
        raise NotAllowed(f"{case.number} 还没有请申报单位说明。", next_step="请先在异议页写明要说明的事项。")


def _refuse_undecided(case: Objection) -> None:
    if case.status == objections.OPEN:
        raise NotAllowed(f"{case.number} 还没有办结。", next_step="处理意见由另一人核定之后再生成。")


_REFUSED: dict[str, Callable[[Objection], None]] = {
    "objection-acceptance": _refuse_unaccepted,
    "objection-inquiry": _refuse_unasked,
    "objection-decision": _refuse_undecided,
    "objection-answer": _refuse_undecided,
}
_MADE: dict[str, Callable[[ObjectionTold, Issued], bytes]] = {
    "objection-acceptance": objection_papers.acceptance,
    "objection-inquiry": objection_papers.inquiry,
    "objection-decision": objection_papers.decision,
    "objection-answer": objection_papers.answer,
}


def _paper(name: str, title: str) -> Paper:
    def about(session: Session, desk: Desk, _now: datetime) -> list[Key]:
        cases = objections.cases(session, desk)
        if not cases:
            raise NotAllowed("本届还没有异议。", next_step="收到异议之后，从异议页生成。")
        return [Key(case.number, case.number) for case in cases if _allows(name, case)]

    def make(session: Session, desk: Desk, number: str, now: datetime) -> bytes:
        case = _by_number(session, desk, number)
        _REFUSED[name](case)
        return _MADE[name](told(session, desk, case), _issued(desk, now))

    return Paper(name, title, Subject.OBJECTION, make, phase=Phase.NOTICE, about=about)


def _allows(name: str, case: Objection) -> bool:
    try:
        _REFUSED[name](case)
    except NotAllowed:
        return False
    return True


def _by_number(session: Session, desk: Desk, number: str) -> Objection:
    case = session.exec(select(Objection).where(Objection.edition == desk.key, Objection.number == number)).first()
    if case is None:
        raise Refusal(f"没有编号为 {number} 的异议。", next_step="请核对异议编号。")
    return case


def _cancelled_by(session: Session, desk: Desk, case: Objection) -> str:
    """The decision that took the standing away for this case, if it was carried out."""
    query = select(Decision.number).where(
        Decision.edition == desk.key, Decision.kind == "disqualification", col(Decision.executed_at).is_not(None),
        col(Decision.undone_at).is_(None), col(Decision.ground).contains(f"（{case.number}，"),
    )  # fmt: skip
    return session.exec(query.order_by(col(Decision.id).desc())).first() or ""


def _issued(desk: Desk, now: datetime) -> Issued:
    return paper_facts.issued(desk, now)


def _shown(desk: Desk, instant: datetime | None) -> str:
    return desk.shown(instant) if instant else ""


PAPERS = (
    _paper("objection-acceptance", objection_papers.ACCEPTANCE),
    _paper("objection-inquiry", objection_papers.INQUIRY),
    _paper("objection-decision", objection_papers.DECISION),
    _paper("objection-answer", objection_papers.ANSWER),
)

"""Lets a member society set its own earlier closing, see who still works, and remind them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import letter_facts, own_instants, unit_people, uploads
from office.desk import Desk
from office.visitors import NoSuchCase, Visitor
from records import ledger
from records.tables.application import Application
from records.tables.endorser import Endorser
from states import agenda
from states.facts import Actor, State
from states.occasions import REMIND_INNER
from states.refusals import NotAllowed, StateMoved


@dataclass(frozen=True, slots=True)
class Society:
    """One society of the visitor's: its own closing, and how many applications that chose it are not handed in."""

    endorser: Endorser
    drafts: int


def societies(session: Session, desk: Desk, visitor: Visitor) -> list[Society]:
    """The societies that the visitor answers for; drafts are counted, not shown: they are their applicants' alone."""
    mine = (Endorser.edition == desk.key, Endorser.kind == "society", col(Endorser.person_id).in_(visitor.people))
    found = session.exec(select(Endorser).where(*mine).order_by(col(Endorser.id))).all()
    return [Society(each, len(_drafts(session, desk, each))) for each in found]


def set_inner(
    session: Session, desk: Desk, visitor: Visitor, society_id: int, day: str, *, was: str = "", now: datetime
) -> datetime | None:
    """Until the end of which day the society wants its applicants' papers; an empty ``day`` takes it back.

    It lies before the call's own closing, and binds nobody: applicants are shown it and reminded. ``was`` is the day
    that the page showed; `StateMoved` when another was set since.
    """
    endorser = _own(session, desk, visitor, society_id)
    if was != day_of(desk, endorser.inner_closes) and day.strip() != day_of(desk, endorser.inner_closes):
        raise StateMoved(
            f"内部截止在您打开页面之后已改为“{day_of(desk, endorser.inner_closes) or '不设'}”，没有保存。",
            next_step="请核对后再保存一次。",
        )
    until = _end_of(desk, day.strip()) if day.strip() else None
    closes = uploads.window_for_all(session, desk).closes
    if until is not None and not now < until <= closes:
        raise NotAllowed(
            f"内部截止应在今天之后，且不晚于征集的提交截止 {desk.until(closes)}。",
            next_step="请另选一天，或留空表示不设。",
        )
    if until == endorser.inner_closes:
        return until
    before, endorser.inner_closes = endorser.inner_closes, until
    session.add(endorser)
    session.flush()
    entry = ledger.Entry(
        desk.key, "inner_closes", Actor.ENDORSER, now, subject="endorser", subject_id=endorser.id,
        note={"before": day_of(desk, before), "until": day_of(desk, until)}, person_id=endorser.person_id,
    )  # fmt: skip
    ledger.record(session, [entry])
    if until is not None:
        own_instants.watch(session, desk, until, now=now)
    return until


def remind(session: Session, desk: Desk, visitor: Visitor, society_id: int, *, now: datetime) -> int:
    """Write to the contacts of the drafts that chose this society, once a day; how many letters are new."""
    endorser = _own(session, desk, visitor, society_id)
    if endorser.inner_closes is None or now >= endorser.inner_closes:
        raise NotAllowed("还没有设内部截止，或已经过了。", next_step="请先设定内部截止，再提醒申报单位。")
    key = f"inner-{endorser.id}-{now.astimezone(desk.zone):%Y%m%d}"
    return _write(session, desk, endorser, key=key, now=now)


def remind_at(session: Session, desk: Desk, *, at: datetime, key: str, now: datetime) -> int:
    """Remind the applicants of each society whose own closing is reminded at the instant ``at``."""
    return sum(_write(session, desk, each, key=key, now=now) for each in _closing(session, desk, at=at, now=now))


def reminded_at(session: Session, desk: Desk, *, at: datetime, now: datetime) -> list[int]:
    """Who is reminded then, as person ids."""
    closing = _closing(session, desk, at=at, now=now)
    items = [item for each in closing for item in _open_drafts(session, desk, each, now)]
    return [each.person_id for each in unit_people.reminded_about(session, desk, items)]


def _closing(session: Session, desk: Desk, *, at: datetime, now: datetime) -> list[Endorser]:
    set_ = (Endorser.edition == desk.key, col(Endorser.inner_closes) > now)
    return [
        each
        for each in session.exec(select(Endorser).where(*set_))
        if each.inner_closes and at in agenda.reminders_before(each.inner_closes, desk.edition)
    ]


def day_of(desk: Desk, until: datetime | None) -> str:
    """The last day before this instant, as a form writes it (2024-08-01); empty for none."""
    return f"{(until - timedelta(microseconds=1)).astimezone(desk.zone):%Y-%m-%d}" if until else ""


def _write(session: Session, desk: Desk, endorser: Endorser, *, key: str, now: datetime) -> int:
    inner = desk.until(endorser.inner_closes) if endorser.inner_closes else ""
    address = desk.settings.public_url
    items = {item.id: item for item in _open_drafts(session, desk, endorser, now)}
    addressees = [
        replace(each, facts={"inner": inner, "link": f"{address}/mine/{items[each.application_id].number}"})
        for each in unit_people.reminded_about(session, desk, items.values())
    ]
    return letter_facts.write_occasion(session, desk, REMIND_INNER, addressees, key=key, now=now)


def _open_drafts(session: Session, desk: Desk, endorser: Endorser, now: datetime) -> list[Application]:
    return [item for item in _drafts(session, desk, endorser) if item.lapses_at is None or item.lapses_at > now]


def _drafts(session: Session, desk: Desk, endorser: Endorser) -> list[Application]:
    mine = (Application.edition == desk.key, Application.endorser_id == endorser.id)
    return list(session.exec(select(Application).where(*mine, Application.state == State.DRAFT.value)))


def _own(session: Session, desk: Desk, visitor: Visitor, society_id: int) -> Endorser:
    for each in societies(session, desk, visitor):
        if each.endorser.id == society_id:
            return each.endorser
    raise NoSuchCase("您不代表这家学会。", next_step="请从“推荐项目”页面办理。")


def _end_of(desk: Desk, day: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), desk.zone)
    except (ValueError, OverflowError) as error:
        raise Refusal("这不是一个日期。", next_step="请按 2024-08-01 的样子填写。") from error

"""Posts the public notice, keeps its versions, and announces what stood the test of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from config.notice_window import notice_end
from office import deadlines, decisions, letter_facts, notice_link, score_audit
from office.act import Moved
from office.advance import advance
from office.desk import Desk
from records import ledger, notice_windows
from records.tables.application import Application
from records.tables.decision import Decision, Notice, Objection
from records.tables.endorser import Endorser
from states.facts import Actor, State
from states.lifecycle import Trigger
from states.occasions import NOTICE_POSTED
from states.refusals import NotAllowed

_PUBLIC = (State.PUBLICIZED, State.ANNOUNCED)
_UNDECIDED = ("open", "sustained")  # a sustained case holds its item until a decision on it was carried out


def draft_posting(session: Session, desk: Desk, *, officer_id: int | None, now: datetime) -> Decision:
    """The draft of the notice: every item that was selected and is not public yet (R112)."""
    return _draft(session, desk, "notice", Trigger.PUBLICIZE, State.TOP_TEN, officer_id=officer_id, now=now)


def draft_announcement(session: Session, desk: Desk, *, officer_id: int | None, now: datetime) -> Decision:
    """The draft of the announcement: every item that is under notice (R36, R115)."""
    return _draft(session, desk, "announcement", Trigger.ANNOUNCE, State.PUBLICIZED, officer_id=officer_id, now=now)


def _draft(
    session: Session, desk: Desk, kind: str, trigger: Trigger, state: State, *, officer_id: int | None, now: datetime
) -> Decision:
    query = select(Application.id).where(Application.edition == desk.key, Application.state == state.value)
    ids = sorted(id_ for id_ in session.exec(query) if id_ is not None)
    if not ids:
        raise NotAllowed(f"没有“{state.named(desk.words)}”的项目。", next_step="请先办结前一步。")
    return decisions.draft(session, desk, kind, {trigger.value: ids}, officer_id=officer_id, now=now)


def post(session: Session, desk: Desk, decision_id: int, *, now: datetime) -> Notice:
    """Post the notice of a signed decision from now on, with its reckoned window (R35, R112, A3–A5); twice is once.

    Writes the version, moves the items, sets the deadline of its end and tells the societies.
    """
    decision = decisions.find(session, desk, decision_id)
    if decision.kind != "notice":
        raise NotAllowed(f"{decision.number} 不是公示的决定。", next_step="请选择公示的决定。")
    if decision.executed_at is not None:
        return session.exec(
            select(Notice).where(Notice.decision_id == decision.id).order_by(col(Notice.version)).limit(1)
        ).one()
    decisions.require_signed(decision)
    score_audit.refuse_altered(session)
    closes = window_end(desk, now)
    posted = list(decision.payload[Trigger.PUBLICIZE.value])
    before = standing_list(session, desk)
    notice = _write(
        session,
        desk,
        Notice(
            edition=desk.key, version=_next_version(session, desk), number=decision.number, posted_at=now,
            closes_at=closes, reckoning=reckoning(desk, now), items=[*before, *posted], opens_for=posted,
            decision_id=decision.id, reason=_moved_up(session, desk, decision, posted) if before else "",
        ),
        now=now,
    )  # fmt: skip
    decisions.carry_out(session, desk, decision, letter=_said(desk, notice), now=now)
    deadlines.ensure(session, desk.key, "notice_closes", closes)
    return notice


def standing_list(session: Session, desk: Desk) -> list[int]:
    """What stays on the list above those that are posted after it, as a substitute is (A18); in the list's order."""
    last = newest(session, desk)
    return _public(session, last.items) if last else []


def _public(session: Session, ids: Sequence[int]) -> list[int]:
    """Those of the applications that are under notice or announced, in the order given."""
    wanted = col(Application.state).in_([state.value for state in _PUBLIC])
    found = set(session.exec(select(Application.id).where(col(Application.id).in_(ids), wanted)))
    return [id_ for id_ in ids if id_ in found]


def _moved_up(session: Session, desk: Desk, decision: Decision, posted: Sequence[int]) -> str:
    left = State.NOT_SELECTED.value
    verbs = {id_: "递补" if session.get_one(Application, id_).state == left else "增加" for id_ in posted}
    names = "；".join(f"{verb} {_named(session, id_)}" for id_, verb in verbs.items())
    return f"第 {_next_version(session, desk)} 版，依 {decision.number}：{names}，其公示期单独计算。"


def window_end(desk: Desk, posted: datetime, *, count_posting_day: bool | None = None) -> datetime:
    """The half-open end of a notice posted at ``posted``, by the edition's rules or by the other way of counting."""
    return notice_end(desk.edition, desk.workdays, posted=posted, count_posting_day=count_posting_day)


def reckoning(desk: Desk, posted: datetime) -> str:
    """How the window was reckoned, in one sentence that names both dates of A3."""
    rules = desk.edition.notice
    ways = {True: "公示当日计入", False: "公示当日不计入"}
    last = {way: _last_day(desk, window_end(desk, posted, count_posting_day=way)) for way in ways}
    rolled = [word for word, rolls in (("法定休假日", rules.roll_holidays), ("周末", rules.roll_weekends)) if rolls]
    roll = f"，末日遇{'、'.join(rolled)}顺延" if rolled else ""
    told = (
        f"自 {desk.shown(posted)} 起公示 {rules.days} 天（自然日），{ways[rules.count_posting_day]}{roll}，"
        f"至 {last[rules.count_posting_day]} 24:00 止；如{ways[not rules.count_posting_day]}，"
        f"则至 {last[not rules.count_posting_day]} 24:00 止。"
    )
    unknown = desk.workdays.warning(posted.astimezone(desk.zone), window_end(desk, posted).astimezone(desk.zone))
    return told + (f"（{unknown}）" if unknown else "")


def _last_day(desk: Desk, closes: datetime) -> str:
    day = (closes - timedelta(microseconds=1)).astimezone(desk.zone)
    return f"{day.year}年{day.month}月{day.day}日"


def newest(session: Session, desk: Desk, *, covering: int | None = None) -> Notice | None:
    """The newest version of the notice; with ``covering``, the one whose window is this application's."""
    query = select(Notice).where(Notice.edition == desk.key).order_by(col(Notice.version).desc())
    found = session.exec(query).all()
    return next(iter(found), None) if covering is None else notice_windows.opened_by(found, covering)


def revise(
    session: Session,
    desk: Desk,
    decision: Decision,
    *,
    removed: Sequence[int] = (),
    added: Sequence[int] = (),
    now: datetime,
) -> Notice | None:
    """The next version of the list, by a decision that takes items off it or puts them back; its reason tells both.

    The window stays as posted. ``None`` when there is no list yet, or when it does not change.
    """
    last = newest(session, desk)
    if last is None:
        return None
    because = f"依 {decision.number}"
    return _revise(session, desk, last, (decision.number, decision.id), because, removed=removed, added=added, now=now)


def follow(session: Session, desk: Desk, ids: Sequence[int], *, because: str, now: datetime) -> Notice | None:
    """The next version of the list where these moved off it, or back onto it, without a decision (R112).

    What was put out stays as it was put out: whoever reads the list is told which version says what. ``because`` is in
    few words why. ``None`` without a list that stands, or when it does not change.
    """
    last = _standing(session, desk)
    if last is None:
        return None
    public = _public(session, ids)
    gone = [id_ for id_ in ids if id_ not in public]
    basis = (last.number, last.decision_id)
    return _revise(session, desk, last, basis, because, removed=gone, added=public, now=now)


def _standing(session: Session, desk: Desk) -> Notice | None:
    """The newest version whose decision was not taken back, or ``None``."""
    undone = select(Decision.id).where(Decision.edition == desk.key, col(Decision.undone_at).is_not(None))
    query = select(Notice).where(Notice.edition == desk.key, col(Notice.decision_id).not_in(undone))
    return session.exec(query.order_by(col(Notice.version).desc()).limit(1)).first()


def _revise(
    session: Session, desk: Desk, last: Notice, basis: tuple[str, int | None], because: str, *,
    removed: Sequence[int], added: Sequence[int], now: datetime,
) -> Notice | None:  # fmt: skip
    items = [item for item in last.items if item not in removed]
    items += [item for item in added if item not in items]
    if items == last.items:
        return None
    told = [f"删去 {_named(session, item)}" for item in last.items if item not in items]
    told += [f"恢复 {_named(session, item)}" for item in items if item not in last.items]
    (number, decision_id), version = basis, _next_version(session, desk)
    revised = Notice(
        edition=desk.key, version=version, number=number, posted_at=last.posted_at,
        closes_at=last.closes_at, reckoning=last.reckoning, items=items, decision_id=decision_id,
        reason=f"第 {version} 版，{because}：{'；'.join(told)}。",
    )  # fmt: skip
    return _write(session, desk, revised, now=now)


def announce(session: Session, desk: Desk, decision_id: int, *, now: datetime) -> Moved:
    """Announce the items of a signed decision that stood the notice (R36, R115); the others are held, with the reason.

    Held is who has an undecided objection: the same decision is carried out again for them later. `NotAllowed` before
    the window is over, or when every item is held.
    """
    decision = decisions.find(session, desk, decision_id)
    if decision.kind != "announcement":
        raise NotAllowed(f"{decision.number} 不是公布的决定。", next_step="请选择公布的决定。")
    decisions.require_signed(decision)
    listed = decision.payload[Trigger.ANNOUNCE.value]
    query = select(Application).where(col(Application.id).in_(listed), Application.state == State.PUBLICIZED.value)
    waiting = {item.id or 0: item for item in session.exec(query)}
    objected = undecided(session, desk)
    held = {id_: f"{item.number} 还有未办结的异议。" for id_, item in waiting.items() if id_ in objected}
    held |= _still_open(session, desk, waiting, now)
    clean = [id_ for id_ in waiting if id_ not in held]
    if not clean and decision.executed_at is None:
        raise NotAllowed("没有可以公布的项目。" + "".join(held.values()), next_step="请先办结异议。")
    if not clean:
        return _all_of(decisions.earlier(session, decision), held)
    score_audit.refuse_altered(session)
    _refuse_early(session, desk, now)
    moved = advance(session, desk, clean, decisions.act_of(decision, Trigger.ANNOUNCE), now=now)
    decisions.settle(session, desk, decision, now=now)
    return Moved(moved.batch_id, moved.events, held)


def _still_open(session: Session, desk: Desk, waiting: Mapping[int, Application], now: datetime) -> dict[int, str]:
    """Substitutes whose own window is still open hold themselves, not the others (A18)."""
    windows = {id_: newest(session, desk, covering=id_) for id_ in waiting}
    still = {id_: posted.closes_at for id_, posted in windows.items() if posted and posted.closes_at > now}
    if len(still) == len(waiting):
        return {}  # nobody's is over: the lifecycle says so
    return {id_: f"{waiting[id_].number} 的公示期到 {desk.until(closes)}。" for id_, closes in still.items()}


def _refuse_early(session: Session, desk: Desk, now: datetime) -> None:
    """The result is told on the day of the conference (R36, R115); while the window is open that is said instead."""
    posted, at = newest(session, desk), desk.edition.announcement.at
    if posted is not None and posted.closes_at <= now < at:
        raise NotAllowed(
            f"结果定于 {desk.shown(at)} 在{desk.edition.announcement.occasion}上发布，现在不能公布。",
            next_step="请在发布时刻之后执行；日期有变的，请负责人先在本届设置中修改。",
        )


def undecided(session: Session, desk: Desk) -> set[int]:
    """The items with an objection that is open, or sustained and not yet followed by a decision (R113)."""
    query = select(Objection.application_id).where(Objection.edition == desk.key, col(Objection.status).in_(_UNDECIDED))
    return set(session.exec(query))


def _all_of(moves: Sequence[Moved], held: dict[int, str]) -> Moved:
    """What was announced before, as one answer."""
    events = {item: event for moved in moves for item, event in moved.events.items()}
    return Moved(moves[-1].batch_id if moves else None, events, held)


def _next_version(session: Session, desk: Desk) -> int:
    last = newest(session, desk)
    return last.version + 1 if last else 1


def _write(session: Session, desk: Desk, notice: Notice, *, now: datetime) -> Notice:
    """Keep a version with its event, and tell every society (R112)."""
    session.add(notice)
    session.flush()
    entry = ledger.Entry(
        desk.key, "notice", Actor.OFFICE, now, subject="notice", subject_id=notice.id,
        note={"version": notice.version, "number": notice.number, "items": notice.items, "reason": notice.reason},
    )  # fmt: skip
    event_id = ledger.record(session, [entry])[0]
    societies = session.exec(
        select(Endorser.person_id).where(Endorser.edition == desk.key, Endorser.kind == "society")
    ).all()
    names = "\n".join(_named(session, item) for item in notice.items)
    letter_facts.write_occasion(
        session,
        desk,
        NOTICE_POSTED,
        [letter_facts.Addressee(person) for person in societies],
        key=f"notice-{notice.id}",
        facts=_said(desk, notice) | {"list": names, "reason": notice.reason},
        event_id=event_id,
        now=now,
    )
    return notice


def _said(desk: Desk, notice: Notice) -> dict[str, str]:
    return {
        "window": f"{desk.shown(notice.posted_at)} 至 {_last_day(desk, notice.closes_at)} 24:00",
        "decision_number": notice.number,
        "link": notice_link.address(desk),
    }


def _named(session: Session, item_id: int) -> str:
    item = session.get_one(Application, item_id)
    return f"{item.number}《{item.title}》"

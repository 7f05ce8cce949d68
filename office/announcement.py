"""Tells how far the announcement is, and what is told of the winners (R36, R115–R118)."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, defender, forum, notice, notice_view
from office.desk import Desk
from office.notice_view import Item
from paperwork.press_kit import Gathering, PressKit, Winner
from records import ledger
from records.tables.decision import Decision
from records.tables.defender import Defender
from records.tables.publicity import Publicity
from states.facts import Actor, State
from states.refusals import NotAllowed

LONGEST = 1_000  # characters of a paragraph
_TOLD = (State.PUBLICIZED, State.ANNOUNCED)


@dataclass(frozen=True, slots=True)
class Told:
    """What the form of a winner says."""

    paragraph: str = ""
    english: str = ""
    forum: bool = False
    speaker: str = ""
    matching: bool = False
    wanted: str = ""
    matching_contact: str = ""
    printed: bool = False
    consent: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One winner with what is told of it; ``paragraph`` and ``english`` are the words that will be printed."""

    item: Item
    publicity: Publicity | None
    paragraph: str
    english: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """One condition of the announcement: what it is, whether it holds, what to do."""

    what: str
    holds: bool
    then: str = ""


def lines(session: Session, desk: Desk) -> list[Line]:
    """Every item that is under notice or announced, in the order of the notice, with its words."""
    newest = notice.newest(session, desk)
    found = notice_view.items_of(session, desk, newest) if newest else []
    standing = [each for each in found if each.state in _TOLD]
    ids = [each.item.id for each in standing]
    kept = {
        each.application_id: each
        for each in session.exec(select(Publicity).where(col(Publicity.application_id).in_(ids)))
    }
    return [_line(desk, each, kept.get(each.item.id or 0)) for each in standing]


def line(session: Session, desk: Desk, number: str) -> Line:
    """One of them by its number; `Refusal` for any other."""
    found = next((each for each in lines(session, desk) if each.item.item.number == number), None)
    if found is None:
        raise Refusal(f"{number} 不在公示或公布的名单里。", next_step="请从结果发布页选择项目。")
    return found


def readiness(session: Session, desk: Desk, *, now: datetime) -> list[Readiness]:
    """What must be so for the result to be told, in order, each with what to do."""
    newest, at = notice.newest(session, desk), desk.edition.announcement.at
    held = [each for each in lines(session, desk) if each.item.held_by]
    decision = session.exec(
        select(Decision)
        .where(Decision.edition == desk.key, Decision.kind == "announcement", col(Decision.undone_at).is_(None))
        .order_by(col(Decision.id).desc())
    ).first()
    until = f"公示至 {desk.until(newest.closes_at)}" if newest else "请先发布公示"
    signed = decision is not None and decision.signed_at is not None
    return [
        Readiness("公示期满", bool(newest and newest.closes_at <= now), until),
        Readiness(
            "没有未办结的异议", not held, f"{len(held)} 项暂缓，其余照常公布；办结之后用同一决定再执行" if held else ""
        ),
        Readiness(
            "公布的决定已签发", signed, f"{decision.number}" if decision else "请拟稿、核稿、签发"
        ),
        Readiness(f"{desk.edition.announcement.occasion}开始", at <= now, f"{desk.shown(at)} 起可以执行"),
        Readiness("已公布", bool(decision and decision.executed_at), "执行之后写信、结果页公开"),
    ]  # fmt: skip


def keep(session: Session, desk: Desk, number: str, told: Told, *, officer_id: int, now: datetime) -> Publicity:
    """Keep what is told of a winner; refused for what is too long, and for flags without a contact."""
    authority.acting(session, officer_id)
    found = line(session, desk, number)
    if max(len(told.paragraph), len(told.english)) > LONGEST:
        raise Refusal(f"宣传文字超过 {LONGEST} 字。", next_step="请删减后再保存。")
    if told.forum and not told.speaker.strip():
        raise Refusal("选了论坛发言，没有写发言人。", next_step="请写明发言人的姓名、职务和电话。")
    if told.matching and not told.matching_contact.strip():
        raise Refusal("选了对接，没有写联系人。", next_step="请写明联系人和电话。")
    if told.printed and not told.consent.strip():
        raise Refusal("选了收入成果汇编，没有写申报单位怎样同意的。", next_step="请写明依据，如“11 月 20 日邮件同意”。")
    row = session.get(Publicity, found.item.item.id) or Publicity(
        application_id=found.item.item.id or 0, officer_id=officer_id, at=now
    )  # fmt: skip
    row.paragraph, row.english = (
        _own(told.paragraph, _paragraph(desk, found.item)),
        _own(told.english, _english(found.item)),
    )
    row.forum, row.speaker, row.matching = told.forum, told.speaker.strip(), told.matching
    row.wanted, row.matching_contact = told.wanted.strip(), told.matching_contact.strip()
    row.printed, row.consent, row.officer_id, row.at = told.printed, told.consent.strip(), officer_id, now
    session.add(row)
    session.flush()
    entry = ledger.Entry(
        desk.key, "publicity", Actor.OFFICE, now, application_id=row.application_id, officer_id=officer_id,
        note={"forum": row.forum, "matching": row.matching, "printed": row.printed, "consent": row.consent},
    )  # fmt: skip
    ledger.record(session, [entry])
    return row


def press(session: Session, desk: Desk) -> PressKit:
    """What is told on the day; of who is announced, and before that of who is under notice."""
    found = lines(session, desk)
    told = [each for each in found if each.item.state is State.ANNOUNCED] or found
    if not told:
        raise NotAllowed("还没有可以发布的名单。", next_step="公示发布之后才有新闻通稿。")
    award, at = desk.edition.award, desk.edition.announcement.at.astimezone(desk.zone)
    names = {each.key: each.name for each in desk.edition.categories}
    speakers = defender.of(session, [each.item.item.id for each in told])
    winners = tuple(
        Winner(each.item.item.number, each.item.item.title, each.item.item.unit, each.item.endorser,
               names.get(each.item.item.category, ""), each.paragraph, each.english,
               presenter=_presenter(speakers.get(each.item.item.id or 0)))
        for each in told
    )  # fmt: skip
    gatherings = tuple(
        Gathering(each.event.title, forum.when(desk, each.event), each.event.place, each.event.words)
        for each in forum.events(session, desk, public=True)
    )
    return PressKit(
        award.title, award.organizer, desk.edition.announcement.occasion, f"{at.year}年{at.month}月{at.day}日", winners,
        award.title, gatherings,
    )  # fmt: skip


def _presenter(speaker: Defender | None) -> str:
    """Name and post; the telephone is for the office alone."""
    return "" if speaker is None else f"{speaker.name}（{speaker.post}）" if speaker.post else speaker.name


def _line(desk: Desk, item: Item, kept: Publicity | None) -> Line:
    paragraph = (kept.paragraph if kept else "") or _paragraph(desk, item)
    return Line(item, kept, paragraph, (kept.english if kept else "") or _english(item))


def _paragraph(desk: Desk, item: Item) -> str:
    """The words about an item that nobody wrote about yet."""
    names = {each.key: each.name for each in desk.edition.categories}
    behind = f"，由{item.endorser}推荐" if item.endorser else ""
    field = names.get(item.item.category, "")
    return f"“{item.item.title}”由{item.item.unit}申报{behind}" + (f"，属{field}。" if field else "。")


def _english(item: Item) -> str:
    return f"{item.item.title}, {item.item.unit}"


def _own(told: str, default: str) -> str:
    """What was written, nothing where it is what would be said anyway."""
    return "" if told.strip() == default else told.strip()

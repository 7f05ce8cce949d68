"""Says what is kept for how long and on what basis, whose time is over, and how it is taken out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, func, or_, select

from office import drawer, people, retention_files
from office.desk import Desk
from records.tables.application import Application
from records.tables.colleague import Colleague
from records.tables.decision import Decision, Objection, Objector
from records.tables.endorser import Endorser
from records.tables.person import Expert, Officer, Person
from records.tables.signin import SignIn, SignInLink
from states.facts import State

OBJECTORS, SIGN_INS = "objectors", "sign_ins"
FILES = ("files", "unjudged_files")
OVER = (
    State.REJECTED.value, State.LAPSED.value, State.NOT_SHORTLISTED.value, State.NOT_SELECTED.value,
    State.WITHDRAWN.value, State.DISQUALIFIED.value, State.DRAFT.value,
)  # fmt: skip
_LAW = "个人信息保护法第十九条、第四十七条"
_FILES_WHY = f"方案未规定，拟定；{_LAW}"
_WHY = "保存期满"
_MONTHS = 12

Ids = list[int]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept, for how long, on what basis; ``listed`` tells whose time is over and ``take`` takes them out.

    What stays, or goes by itself, has neither.
    """

    key: str
    what: str
    basis: str
    term: Callable[[Desk], str]
    listed: Callable[[Session, Desk, datetime], Ids] | None = None
    take: Callable[[Session, Desk, Ids, int, datetime], None] | None = None


def told_at(session: Session, desk: Desk) -> datetime | None:
    """When the result was announced; before that no time has begun to run."""
    mine = (Decision.edition == desk.key, Decision.kind == "announcement", col(Decision.undone_at).is_(None))
    return session.exec(select(func.max(Decision.executed_at)).where(*mine)).one()


def months_after(instant: datetime, months: int) -> datetime:
    """The same day so many months later, or the last of that month where it has no such day."""
    year, month = divmod(instant.month - 1 + months, _MONTHS)
    for day in range(instant.day, 0, -1):
        try:
            return instant.replace(year=instant.year + year, month=month + 1, day=day)
        except ValueError:
            continue
    raise ValueError(instant)


def _drafts(session: Session, desk: Desk, now: datetime) -> Ids:
    """Who stands in applications that were never handed in."""
    months = desk.edition.protection.drafts_months
    return _people(session, desk, now, months, col(Application.submitted_at).is_(None))


def _contacts(session: Session, desk: Desk, now: datetime) -> Ids:
    """Who stands in applications that were handed in and did not win."""
    months = desk.edition.protection.contacts_months
    return _people(session, desk, now, months, col(Application.submitted_at).is_not(None))


def _people(session: Session, desk: Desk, now: datetime, months: int, which: ColumnElement[bool]) -> Ids:
    """Contacts, colleagues and recommending experts of such applications, who stand in no other that is kept."""
    told = told_at(session, desk)
    if told is None or now < months_after(told, months):
        return []
    mine = (Application.edition == desk.key, col(Application.state).in_(OVER), which)
    over = set(session.exec(select(Application.id).where(*mine)))
    other = set(session.exec(select(Application.id))) - over
    found = _named_in(session, over) - _named_in(session, other) - _of_the_house(session)
    gone = select(Person.id).where(col(Person.id).in_(found), col(Person.erased_at).is_(None))
    return sorted(id_ for id_ in session.exec(gone) if id_)


def _named_in(session: Session, items: set[int | None]) -> set[int]:
    contacts = set(session.exec(select(Application.contact_id).where(col(Application.id).in_(items))))
    theirs = or_(col(Colleague.application_id).in_(items), col(Colleague.owner_id).in_(contacts))
    colleagues = set(session.exec(select(Colleague.person_id).where(theirs)))
    chosen = select(Application.endorser_id).where(col(Application.id).in_(items))
    experts = select(Endorser.person_id).where(col(Endorser.id).in_(chosen), Endorser.kind == "expert")
    return contacts | colleagues | set(session.exec(experts))


def _of_the_house(session: Session) -> set[int]:
    """Officers, experts who score, and societies: their time does not end with one edition."""
    societies = select(Endorser.person_id).where(Endorser.kind == "society")
    everybody = (select(Officer.person_id), select(Expert.person_id), societies)
    return {person for query in everybody for person in session.exec(query)}


def _objectors(session: Session, desk: Desk, now: datetime) -> Ids:
    """The cases whose objector's time is over: answered, and long ago."""
    query = (
        select(Objection)
        .join(Objector, col(Objector.objection_id) == col(Objection.id))
        .where(Objection.edition == desk.key, Objection.status != "open", col(Objection.replied_at).is_not(None))
        .where(col(Objector.erased_at).is_(None))
        .order_by(col(Objection.id))
    )
    months = desk.edition.protection.objectors_months
    cases = session.exec(query).all()
    return [case.id or 0 for case in cases if case.replied_at and now >= months_after(case.replied_at, months)]


def _sign_ins(session: Session, desk: Desk, now: datetime) -> Ids:
    before = now - timedelta(days=desk.edition.protection.sign_ins_days)
    return sorted(id_ or 0 for id_ in session.exec(select(SignIn.id).where(SignIn.expires_at < before)))


def _lost(session: Session, desk: Desk, now: datetime) -> Ids:
    """The applications that did not win and still have files."""
    return _with_files(session, desk, now, desk.edition.protection.files_months, retention_files.LOST)


def _unjudged(session: Session, desk: Desk, now: datetime) -> Ids:
    """The applications that were withdrawn, lapsed or never handed in, and still have files."""
    return _with_files(session, desk, now, desk.edition.protection.unjudged_files_months, retention_files.UNJUDGED)


def _with_files(session: Session, desk: Desk, now: datetime, months: int, states: Sequence[str]) -> Ids:
    told = told_at(session, desk)
    if told is None or now < months_after(told, months):
        return []
    return list(retention_files.held(session, desk, states))


def _clear_lost(session: Session, desk: Desk, ids: Ids, by: int, now: datetime) -> None:
    months = desk.edition.protection.files_months
    retention_files.clear(session, desk, ids, months=months, officer_id=by, now=now)


def _clear_unjudged(session: Session, desk: Desk, ids: Ids, by: int, now: datetime) -> None:
    months = desk.edition.protection.unjudged_files_months
    retention_files.clear(session, desk, ids, months=months, officer_id=by, now=now)


def _erase(session: Session, desk: Desk, ids: Ids, by: int, now: datetime) -> None:
    for person_id in ids:
        people.erase_person(session, desk.key, person_id, by=by, now=now)


def _erase_objectors(session: Session, desk: Desk, ids: Ids, by: int, now: datetime) -> None:
    for case_id in ids:
        case = session.get_one(Objection, case_id)
        drawer.erase(session, desk, case, reason=_WHY, officer_id=by, now=now)


def _delete_sign_ins(session: Session, desk: Desk, ids: Ids, _by: int, now: datetime) -> None:
    before = now - timedelta(days=desk.edition.protection.sign_ins_days)
    session.execute(delete(SignIn).where(col(SignIn.id).in_(ids)))
    session.execute(delete(SignInLink).where(col(SignInLink.expires_at) < before))


def _for_good(_desk: Desk) -> str:
    return "长期"


RULES = (
    Rule("winners", "入选项目的材料、结果、公示、决定和文书", "方案“公布”“存档”（R115、R136）", _for_good),
    Rule("scores", "评分、理由和名次（专家以编号存档）", "方案“打分理由并存档”（R108）", _for_good),
    Rule("ledger", "账本：时刻、状态、摘要，不含姓名", "办理可核查；姓名另存，可单独删除", _for_good),
    Rule("digests", "各项目的名称、单位，所交文件的名称、大小、摘要和检查报告", "回执可核验；存档（R136）", _for_good),
    Rule("experts", "评审专家、学会、工作人员的登记", "下届沿用；本人要求时删除", lambda _desk: "至本人要求删除"),
    Rule(
        "files", "未入选项目的材料文件：推荐表、视频、承诺书、证明材料、纸质评分表照片、异议材料", _FILES_WHY,
        lambda desk: f"结果公布后 {desk.edition.protection.files_months} 个月", _lost, _clear_lost,
    ),
    Rule(
        "unjudged_files", "撤回、失效和从未提交的项目的材料文件", _FILES_WHY,
        lambda desk: f"结果公布后 {desk.edition.protection.unjudged_files_months} 个月", _unjudged, _clear_unjudged,
    ),
    Rule(
        "contacts", "未入选项目的联系人、同事、答辩人、推荐专家的姓名、电话、邮箱和信件", _LAW,
        lambda desk: f"结果公布后 {desk.edition.protection.contacts_months} 个月", _contacts, _erase,
    ),
    Rule(
        "drafts", "从未提交的草稿中的联系人、同事的姓名、电话、邮箱和信件", _LAW,
        lambda desk: f"结果公布后 {desk.edition.protection.drafts_months} 个月", _drafts, _erase,
    ),
    Rule(
        OBJECTORS, "异议人的身份和所交证据", f"方案“公示”（R113）；{_LAW}",
        lambda desk: f"答复后 {desk.edition.protection.objectors_months} 个月", _objectors, _erase_objectors,
    ),
    Rule(
        SIGN_INS, "登录记录和过期的登录链接", _LAW,
        lambda desk: f"失效后 {desk.edition.protection.sign_ins_days} 天", _sign_ins, _delete_sign_ins,
    ),
    Rule("uploads", "没有传完的文件", "自动清理", lambda _desk: "48 小时"),
    Rule("copies", "给专家、推荐方制作的副本", "自动清理，随时可重做", lambda _desk: "停用后 14 天"),
    Rule(
        "backups", "备份；已清理的文件和信息在旧备份中留到它到期，最长 12 个月", "自动清理",
        lambda _desk: "14 天、12 个月",
    ),
)  # fmt: skip

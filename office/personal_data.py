"""Tells a person everything that is held of them, as lists in words: for themselves, or for the lead who is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from office import authority, case_history, history, letter_desk, people, personal_roles, visitors
from office.desk import Desk
from office.personal_roles import Cells, Part, local
from records import ledger
from records.tables.acting import ActingFor
from records.tables.application import Application
from records.tables.calendar_address import CalendarAddress
from records.tables.colleague import Colleague
from records.tables.defender import Defender
from records.tables.event import Event, Note
from records.tables.letter import Letter, LetterState
from records.tables.person import Person
from records.tables.signin import SignIn, SignInLink
from records.tables.typed_words import TypedWords
from states.refusals import NotAllowed

KIND = "personal_data"
# Events whose words are the person's own doing or name them; what the office thinks or decides is told by its letters.
_TOLD = (
    "created", "names", "choose_endorser", "commitments", "secrecy_confirmed", "upload", "upload_dropped", "details",
    "colleague_invited", "colleague_accepted", "colleague_removed", "contact_changed", "acting_begun", "acting_ended",
    "defender",
)  # fmt: skip
_PURPOSES = {
    "sign_in": "登录",
    "invitation": "邀请",
    "office_setup": "启用工作账户",
    "mail": "邮箱链接",
    "office": "口令与验证码",
}
NOT_HERE = (
    "申报文件本身：在“我的申报”中下载。",
    "口令和验证器的密钥：只存有不能还原的摘要或密文，不导出。",
    "异议：提出异议的人另外锁存，系统不按姓名查找；请用回执中的链接查询。",
    "结果产生之前的评分：密封，不导出；产生之后再导出即有。",
    "尚未发出的信件和尚未告知的决定。",
)


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of one person: their name as recorded last, and the parts that are not empty."""

    name: str
    parts: tuple[Part, ...]


def gather(session: Session, desk: Desk, persons: Sequence[int], *, now: datetime) -> Held:
    """Everything that is held under these records of one person; `NotAllowed` where they were erased."""
    found = session.exec(select(Person).where(col(Person.id).in_(persons)).order_by(col(Person.id))).all()
    standing = [person for person in found if person.erased_at is None]
    if not standing:
        raise NotAllowed("没有这个人的信息，或已依规定删除。", next_step="不需要导出。")
    ids = [person.id or 0 for person in standing]
    made = (
        Part("登记信息", ("姓名", "单位", "职务", "电话", "邮箱"), _records(session, standing)),
        *personal_roles.parts(session, desk, ids),
        Part(
            "申报项目", ("编号", "项目名称", "单位", "登记时间", "进展"), list(_applications(session, desk, ids, now))
        ),
        Part("共同填报", ("身份", "姓名", "邀请", "接受", "结束"), list(_seats(session, desk, ids))),
        Part("答辩人", ("项目", "姓名", "职务", "手机", "填写"), list(_defenders(session, desk, ids))),
        Part("填写中的文字", ("栏目", "文字"), list(_typed(session, ids))),
        Part("收到的信件", ("时间", "信件", "寄往", "项目"), list(_letters(session, desk, ids))),
        Part("登录", ("方式", "开始", "最近", "失效"), list(_signins(session, desk, ids))),
        Part("发出的链接", ("用途", "发出", "使用", "失效"), list(_links(session, desk, ids))),
        Part("日历订阅", ("身份", "生成", "最近读取", "停用"), list(_calendars(session, desk, ids))),
        Part("由办公室代办", ("依据", "文件", "开始", "结束"), list(_acted_for(session, desk, ids))),
        Part("账本中的附注", ("时间", "事项", "说明"), list(_notes(session, desk, ids))),
    )
    name = next((person.name for person in reversed(standing) if person.name), "")
    return Held(name, tuple(part for part in made if part.rows))


def persons_of(session: Session, person_id: int, *, officer_id: int) -> tuple[int, ...]:
    """Every record under this person's addresses, for the lead; `NotYours` for everybody else."""
    authority.leading(session, officer_id)
    return visitors.alike(session, person_id)


def tell(
    session: Session, desk: Desk, person_id: int, *, actor: str, officer_id: int | None = None, now: datetime
) -> None:
    """Put into the ledger that this person's data were handed out: to an officer who is named, else to themselves."""
    entry = ledger.Entry(
        desk.key, KIND, actor, now, subject="person", subject_id=person_id, officer_id=officer_id,
    )  # fmt: skip
    ledger.record(session, [entry])


def _records(session: Session, standing: Sequence[Person]) -> list[Cells]:
    return [
        (each.name, each.unit, each.position, each.phone, "、".join(people.emails_of(session, each.id or 0)))
        for each in standing
    ]


def _applications(session: Session, desk: Desk, ids: Sequence[int], now: datetime) -> Iterator[Cells]:
    """As far as their applicant was told where each stands (R111)."""
    query = select(Application).where(Application.edition == desk.key, col(Application.contact_id).in_(ids))
    for item in session.exec(query.order_by(Application.number)):
        state = case_history.told(session, desk, item, now=now).state.named(desk.words)
        yield item.number, item.title, item.unit, local(desk, item.received_at), state


def _seats(session: Session, desk: Desk, ids: Sequence[int]) -> Iterator[Cells]:
    own = col(Colleague.person_id).in_(ids) | col(Colleague.owner_id).in_(ids)
    query = select(Colleague, Person.name).join(Person, col(Person.id) == col(Colleague.person_id))
    labels = {"filler": "填报人", "admin": "单位管理员"}
    for seat, name in session.exec(query.where(Colleague.edition == desk.key, own).order_by(col(Colleague.id))):
        instants = (seat.invited_at, seat.accepted_at, seat.removed_at)
        yield labels[seat.role], name, *(local(desk, at) for at in instants)


def _defenders(session: Session, desk: Desk, ids: Sequence[int]) -> Iterator[Cells]:
    """Who speaks for their applications (R26)."""
    query = select(Defender, Application.number).join(Application, col(Application.id) == col(Defender.application_id))
    theirs = (Defender.edition == desk.key, col(Application.contact_id).in_(ids))
    for row, number in session.exec(query.where(*theirs).order_by(Application.number)):
        yield number, row.name, row.post, row.phone, local(desk, row.named_at)


def _typed(session: Session, ids: Sequence[int]) -> Iterator[Cells]:
    theirs = select(Application.id).where(col(Application.contact_id).in_(ids))
    mine = col(TypedWords.person_id).in_(ids) | col(TypedWords.application_id).in_(theirs)
    for row in session.exec(select(TypedWords).where(mine)):
        yield from row.fields.items()


def _letters(session: Session, desk: Desk, ids: Sequence[int]) -> Iterator[Cells]:
    """Those that left."""
    query = select(Letter, Application.number).join(
        Application, col(Application.id) == col(Letter.application_id), isouter=True
    )
    left = (col(Letter.person_id).in_(ids), col(Letter.state).in_((LetterState.SENT, LetterState.BOUNCED)))
    for letter, number in session.execute(query.where(Letter.edition == desk.key, *left).order_by(col(Letter.id))):
        yield (
            local(desk, letter.sent_at or letter.written_at), letter_desk.label_of(desk, letter.template),
            letter.email, number or "",
        )  # fmt: skip


def _signins(session: Session, desk: Desk, ids: Sequence[int]) -> Iterator[Cells]:
    for row in session.exec(select(SignIn).where(col(SignIn.person_id).in_(ids)).order_by(col(SignIn.id))):
        yield _PURPOSES[row.purpose], *(local(desk, at) for at in (row.began_at, row.seen_at, row.expires_at))


def _links(session: Session, desk: Desk, ids: Sequence[int]) -> Iterator[Cells]:
    emails = [email for id_ in ids for email in people.emails_of(session, id_)]
    mine = col(SignInLink.person_id).in_(ids) | col(SignInLink.email).in_([email for email in emails if email])
    for row in session.exec(select(SignInLink).where(mine).order_by(col(SignInLink.id))):
        yield _PURPOSES[row.purpose], *(local(desk, at) for at in (row.made_at, row.used_at, row.expires_at))


def _calendars(session: Session, desk: Desk, ids: Sequence[int]) -> Iterator[Cells]:
    mine = select(CalendarAddress).where(col(CalendarAddress.person_id).in_(ids))
    for row in session.exec(mine.order_by(col(CalendarAddress.id))):
        label = visitors.Part(row.part).label
        yield label, *(local(desk, at) for at in (row.made_at, row.read_at, row.revoked_at))


def _acted_for(session: Session, desk: Desk, ids: Sequence[int]) -> Iterator[Cells]:
    query = select(ActingFor).where(col(ActingFor.person_id).in_(ids)).order_by(col(ActingFor.id))
    for row in session.exec(query):
        yield row.reason, row.scan_name, local(desk, row.began_at), local(desk, row.ended_at)


def _notes(session: Session, desk: Desk, ids: Sequence[int]) -> Iterator[Cells]:
    query = (
        select(Event, Note.body)
        .join(Note, col(Note.event_id) == col(Event.id))
        .where(Event.edition == desk.key, col(Note.person_id).in_(ids), col(Event.kind).in_(_TOLD))
        .order_by(col(Event.id))
    )
    for event, body in session.execute(query):
        words: dict[str, Any] = body or {}
        yield local(desk, event.at), *history.told_of(desk, event.kind, words)

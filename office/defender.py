"""Keeps who speaks for a finalist at the defence (答辩人), as the unit names them until the final begins (R26)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, case_history, stage_store
from office.desk import Desk
from records import ledger
from records.tables.application import Application
from records.tables.defender import Defender
from records.tables.scoring import Panel
from states.facts import Actor, State
from states.refusals import NotAllowed

KIND = "defender"
LONGEST = 60  # characters of a name, a post, a telephone
_BETWEEN = re.compile(r"[\s()\-]+")
_TELEPHONE = re.compile(r"\+?[0-9]{7,15}(转[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, as it was typed: name, post, telephone."""

    name: str
    post: str
    phone: str


@dataclass(frozen=True, slots=True)
class Naming:
    """How it stands with one application: who was named, and whether that may still change."""

    row: Defender | None
    is_open: bool


def name(
    session: Session, desk: Desk, item: Application, told: Speaker, *, officer_id: int | None = None, reason: str = "",
    now: datetime,
) -> Defender:  # fmt: skip
    """Put down who speaks for a finalist, in place of whoever was named before, whose words stay in an erasable note.

    By the unit, or with ``officer_id`` by the office on what the unit said (``reason``). `NotAllowed` for who is no
    finalist as far as its applicant was told, and once the final has begun.
    """
    if officer_id is not None:
        authority.acting(session, officer_id)
    _refuse_closed(session, desk, item, by_office=officer_id is not None, now=now)
    if officer_id is not None and not reason.strip():
        raise Refusal("没有写明代为登记的依据。", next_step="请写明申报单位何时、以何种方式告知答辩人。")
    speaker = _read(told)
    actor = Actor.APPLICANT if officer_id is None else Actor.OFFICE
    stand_in = ledger.standing_in(session, actor.value)
    row = of(session, [item.id]).get(item.id or 0)
    row = row or Defender(edition=desk.key, application_id=item.id or 0, name="", phone="", named_at=now)
    row.name, row.post, row.phone, row.named_at = speaker.name, speaker.post, speaker.phone, now
    row.officer_id = stand_in.officer_id if stand_in else officer_id
    session.add(row)
    note = {"name": speaker.name, "post": speaker.post, "phone": speaker.phone}
    note |= {"reason": reason.strip()} if reason.strip() else {}
    entry = ledger.Entry(
        desk.key, KIND, actor, now, application_id=item.id, officer_id=officer_id, note=note, person_id=item.contact_id,
    )  # fmt: skip
    ledger.record(session, [entry])
    return row


def of(session: Session, item_ids: Iterable[int | None]) -> dict[int, Defender]:
    """Application -> who speaks for it, for those that have named somebody."""
    rows = session.exec(select(Defender).where(col(Defender.application_id).in_(list(item_ids))))
    return {row.application_id: row for row in rows}


def naming(session: Session, desk: Desk, item: Application, *, now: datetime) -> Naming | None:
    """What the page of an application shows of it; ``None`` where there is nothing to name and nobody named."""
    row = of(session, [item.id]).get(item.id or 0)
    asked = is_finalist(session, desk, item, now=now)
    return Naming(row, asked and not has_begun(session, desk)) if asked or row else None


def is_finalist(session: Session, desk: Desk, item: Application, *, now: datetime) -> bool:
    """Whether its applicant was told to defend in a hall: a decision whose letter waits is not told (R111)."""
    if stage_store.the_round(desk) is None:
        return False
    return case_history.told(session, desk, item, now=now).state is State.FINALIST


def has_begun(session: Session, desk: Desk) -> bool:
    """Whether the final has begun, at its stage or by scores that are locked."""
    round_, stage = stage_store.the_round(desk), stage_store.find(session, desk)
    if round_ is None or (stage is not None and stage.began_at is not None):
        return True
    shut = (Panel.edition == desk.key, Panel.round == round_.key, col(Panel.locked_at).is_not(None))
    return session.exec(select(Panel.id).where(*shut)).first() is not None


def unnamed(session: Session, desk: Desk) -> list[str]:
    """The numbers of the finalists that have named nobody, while they still may."""
    if has_begun(session, desk):
        return []
    named = select(Defender.application_id)
    query = select(Application.number).where(
        Application.edition == desk.key, Application.state == State.FINALIST.value, col(Application.id).not_in(named)
    )
    return sorted(session.exec(query))  # asked for in order, the store would look through all numbers


def _refuse_closed(session: Session, desk: Desk, item: Application, *, by_office: bool, now: datetime) -> None:
    if not is_finalist(session, desk, item, now=now):
        raise NotAllowed(
            f"{item.number} 目前没有需要现场答辩的事项。", next_step="收到入围通知的项目才填写答辩人；请以通知为准。"
        )
    if has_begun(session, desk):
        raise NotAllowed("答辩已经开始，不能再更改答辩人。", next_step="临时更换的，请在现场告知遴选办公室，记入备注。")
    if by_office and item.state != State.FINALIST:
        label = State(item.state).named(desk.words)
        raise NotAllowed(f"{item.number} 现为“{label}”，不参加答辩。", next_step="请刷新页面查看现状。")


def _read(told: Speaker) -> Speaker:
    """What was typed, without full-width signs and blanks at the ends; refused where somebody could not be reached."""
    given, post, phone = (unicodedata.normalize("NFKC", words).strip() for words in (told.name, told.post, told.phone))
    if not given:
        raise Refusal("没有填写答辩人的姓名。", next_step="请填写到场陈述的一位同志的姓名。")
    if max(len(given), len(post), len(phone)) > LONGEST:
        raise Refusal("姓名、职务或手机太长。", next_step=f"每项请不超过 {LONGEST} 个字。")
    if not _TELEPHONE.fullmatch(_BETWEEN.sub("", phone)):
        raise Refusal("答辩人的手机号码不能辨认。", next_step="请填写手机，或带区号的固定电话，例如 13800138000。")
    return Speaker(given, post, phone)

"""Takes an application in, from its draft to its handing in (R10, R17, R30–R32, R40–R42, R79–R84, A23)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session, col, func, select

from config.award import Category, UnitType
from config.refusal import Refusal
from office import (
    advance,
    applications,
    endorsement,
    endorsement_facts,
    own_instants,
    people,
    secrecy,
    typed_words,
    uploads,
)
from office.act import Act, Moved
from office.desk import Desk
from office.scraps import scraps_of
from records import ledger
from records.tables.application import Application
from records.tables.endorser import Endorser
from records.tables.person import Person
from states.facts import Actor, State
from states.lifecycle import Trigger
from states.refusals import NotAllowed, NotYours

_OVER = (State.LAPSED, State.WITHDRAWN)
_CONTACT = frozenset({"name", "phone"})
_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _address(words: str) -> str:
    if not _ADDRESS.fullmatch(words.strip()):
        raise ValueError("不是一个邮箱地址")
    return words.strip().lower()


Words = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_one_line)
]
Email = Annotated[str, AfterValidator(_address)]


class Contact(BaseModel):
    """Whom the office writes to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Words
    phone: str = ""
    email: Email


class DraftForm(BaseModel):
    """What an applicant tells first; category and unit type by key or by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Words
    unit: Words
    unit_type: str
    category: str
    contact: Contact
    partners: str = ""
    source: str | None = Field(default=None, exclude=True)


def create_draft(
    session: Session,
    desk: Desk,
    form: DraftForm,
    *,
    actor: Actor = Actor.APPLICANT,
    received_at: datetime | None = None,
    now: datetime,
) -> Application:
    """A new draft with the next number of the edition, inside the window of handing in (judged by ``received_at``).

    The same project of the same unit is refused (A23), unless the former one lapsed or was withdrawn.
    """
    window = uploads.window_for_all(session, desk)
    uploads.refuse_late(desk, window, received_at or now)
    _refuse_twice(session, desk, form.title, form.unit)
    known = people.Known(form.contact.name, [form.contact.email], form.contact.phone, form.unit)
    contact = people.add_person(session, known)
    item = Application(
        edition=desk.key, number=next_number(session, desk), source=form.source, state=State.DRAFT.value,
        state_since=now, lapses_at=window.closes, title=form.title, unit=form.unit,
        unit_type=_key_of("unit_type", form.unit_type, desk.edition.unit_types),
        category=_key_of("category", form.category, desk.edition.categories),
        partners=form.partners, contact_id=contact.id or 0, received_at=received_at or now,
    )  # fmt: skip
    item.scraps = scraps_of(item)
    session.add(item)
    session.flush()
    words = {"title": item.title, "unit": item.unit, "contact": form.contact.name}
    _tell(session, desk, item, "created", words, actor=actor, state_to=State.DRAFT.value, now=now)
    return item


def tick_commitments(
    session: Session, desk: Desk, item_id: int, ticked: Sequence[bool], *, actor: Actor = Actor.APPLICANT, now: datetime
) -> None:
    """The applicant promises what the letter says; every commitment must be ticked (R79–R84)."""
    item = _changeable(session, desk, item_id)
    asked = desk.edition.letter.commitments if desk.edition.letter else ()
    missing = [place for place, _ in enumerate(asked, 1) if place > len(ticked) or not ticked[place - 1]]
    if missing:
        told = "、".join(f"第 {place} 条" for place in missing)
        raise Refusal(f"承诺{told}尚未勾选。", next_step="请逐条阅读承诺，全部勾选后再提交。")
    item.commitments_at = now
    _changed(session, desk, item, "commitments", {"count": len(asked)}, actor=actor, now=now)


def choose_endorser(
    session: Session, desk: Desk, item_id: int, endorser: Endorser, *, actor: Actor = Actor.APPLICANT, now: datetime
) -> None:
    """Name the one endorser (A7); while returned only where the letter that the endorser seals is to be changed too."""
    item = _changeable(session, desk, item_id, reader="letter")
    if endorser.edition != desk.key or endorser.kind not in desk.edition.endorsement.routes:
        raise Refusal(f"本届不能由“{endorser.name}”推荐。", next_step="请选择一家成员学会或一位推荐专家。")
    item.endorser_id = endorser.id
    words = {"endorser": endorser.name, "kind": endorser.kind}
    _changed(session, desk, item, "choose_endorser", words, actor=actor, now=now)


def change_names(
    session: Session, desk: Desk, item_id: int, *, title: str | None = None, unit: str | None = None,
    actor: Actor = Actor.APPLICANT, now: datetime,
) -> None:  # fmt: skip
    """Correct title or unit; while returned only where the form is to be changed too."""
    item = _changeable(session, desk, item_id, reader="form")
    title, unit = _one_line(title or item.title), _one_line(unit or item.unit)
    _refuse_twice(session, desk, title, unit, but=item_id)
    item.title, item.unit = title, unit
    item.scraps = scraps_of(item)
    _changed(session, desk, item, "names", {"title": item.title, "unit": item.unit}, actor=actor, now=now)


def change_details(
    session: Session,
    desk: Desk,
    item_id: int,
    told: Mapping[str, str],
    *,
    actor: Actor = Actor.APPLICANT,
    now: datetime,
) -> None:
    """Correct what is neither title nor unit: ``unit_type``, ``category``, ``partners``, the contact's name and phone.

    Keys or names do for the first two. The contact's address stays: it was proved, another would have to be. While
    returned, all but the contact only where the form is to be changed too (R45).
    """
    item = _changeable(session, desk, item_id, reader="" if told.keys() <= _CONTACT else "form")
    contact = session.get_one(Person, item.contact_id)
    changed: dict[str, tuple[str, str]] = {}
    known: dict[str, Iterable[Category | UnitType]] = {
        "unit_type": desk.edition.unit_types, "category": desk.edition.categories,
    }  # fmt: skip
    for field, value in told.items():
        held = contact if field in ("name", "phone") else item
        after = _key_of(field, value, known[field]) if field in known else _one_line(value)
        if (before := str(getattr(held, field))) != after:
            setattr(held, field, after)
            called = {each.key: each.name for each in known.get(field, ())}
            changed[typed_words.LABELS[field]] = (called.get(before, before), called.get(after, after))
    if changed:
        item.scraps = scraps_of(item)
        session.add(contact)
        _changed(session, desk, item, "details", {"changed": changed}, actor=actor, now=now)


def submit(
    session: Session, desk: Desk, item_id: int, *, actor: Actor, officer_id: int | None = None,
    judged_at: datetime | None = None, reason: str = "", now: datetime,
) -> Moved:  # fmt: skip
    """Hand an application in; a returned one whose endorsement still stands goes straight to endorsed.

    Otherwise its endorser is asked by a letter with a link. ``judged_at`` is the instant of arrival that the office
    vouches for, ``reason`` why it acts for the applicant. Raises the lifecycle's refusals, and `NotAllowed` for
    secret-looking words not confirmed again (R83).
    """
    if judged_at and actor is not Actor.OFFICE:
        raise NotYours("收到时刻只能由遴选办公室登记。", next_step="请联系遴选办公室。")
    item = applications.find(session, desk, item_id)
    typed_words.refuse_unfinished(session, item)
    secrecy.refuse_unconfirmed(session, desk, item)
    again = item.state == State.RETURNED and item_id in endorsement_facts.standing(session, [item])
    asks = not again and desk.edition.endorsement.required and item.endorser_id is not None
    token = endorsement.new_token()
    act = Act(
        Trigger.RESUBMIT if again else Trigger.SUBMIT, actor, officer_id=officer_id, judged_at=judged_at,
        acting_for=Actor.APPLICANT.value if actor is Actor.OFFICE else "",
        endorser_links={item_id: endorsement.link(desk, token)} if asks else {},
        note={"reason": reason.strip()} if reason.strip() else {},
    )  # fmt: skip
    moved = advance.advance(session, desk, [item_id], act, now=now)
    endorsement.revoke_open(session, item, now=now)
    if asks:
        endorsement.ask(session, item, token=token, now=now)
    if item.lapses_at and item.lapses_at != desk.edition.endorsement.closes:
        own_instants.watch(session, desk, item.lapses_at, now=now)
    return moved


def _refuse_twice(session: Session, desk: Desk, title: str, unit: str, *, but: int = 0) -> None:
    """The same project of the same unit, white space aside (A23); ``but`` is the application that it may be."""
    pressed, whose = ("".join(words.split()) for words in (title, unit))
    number = session.exec(
        select(Application.number).where(
            Application.edition == desk.key,
            func.replace(col(Application.title), " ", "") == pressed,
            func.replace(col(Application.unit), " ", "") == whose,
            col(Application.state).not_in(_OVER),
            Application.id != but,
        )
    ).first()
    if number:
        raise Refusal(
            f"{unit}的“{title}”已经登记，编号 {number}。",
            next_step=f'同一项目只收一次；补正请用编号 {number}（申报文件夹写 number = "{number}"）。',
        )


def next_number(session: Session, desk: Desk) -> str:
    """IM24-001 and so on: one more than the highest, which need not be the newest; three digits, four after 999."""
    mine = (Application.edition == desk.key, col(Application.number).startswith(f"{desk.edition.award.number_prefix}-"))
    order = (func.length(col(Application.number)).desc(), col(Application.number).desc())
    highest = session.exec(select(Application.number).where(*mine).order_by(*order).limit(1)).first()
    last = int(highest.rpartition("-")[2]) if highest else 0
    return f"{desk.edition.award.number_prefix}-{last + 1:03d}"


def _key_of(field: str, told: str, known: Iterable[Category | UnitType]) -> str:
    for each in known:
        if told.strip() in (each.key, each.name):
            return each.key
    offer = "、".join(f"{each.key}（{each.name}）" for each in known)
    raise Refusal(f"{field}：本届没有“{told}”。", next_step=f"可以填写：{offer}。")


def _changeable(session: Session, desk: Desk, item_id: int, *, reader: str = "") -> Application:
    """A draft, or a returned case; with ``reader`` only where a slot so read is open, if there is one."""
    item = applications.find(session, desk, item_id)
    open_now = applications.open_slots(item)
    slots = [slot for slot in desk.edition.slots if slot.reader == reader]
    if not open_now or (slots and "*" not in open_now and not any(slot.key in open_now for slot in slots)):
        raise NotAllowed(
            f"{item.number} 现为“{State(item.state).named(desk.words)}”，这一项不能更改。",
            next_step="如需更改，请联系遴选办公室退回修改。",
        )
    return item


def _changed(
    session: Session, desk: Desk, item: Application, kind: str, words: dict[str, Any], *, actor: Actor, now: datetime
) -> None:
    item.version += 1
    session.add(item)
    session.flush()
    _tell(session, desk, item, kind, words, actor=actor, now=now)


def _tell(
    session: Session, desk: Desk, item: Application, kind: str, words: dict[str, Any], *, actor: Actor,
    state_to: str | None = None, now: datetime,
) -> None:  # fmt: skip
    entry = ledger.Entry(
        desk.key, kind, actor, now, application_id=item.id, state_to=state_to, note=words, person_id=item.contact_id
    )
    ledger.record(session, [entry])

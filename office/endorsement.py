"""Asks the endorser of an application, and takes the answer by link or from paper (R13–R15, R38–R40, A6)."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import advance, applications, attempts, authority, letter_facts, own_instants, people
from office.act import Act, Moved
from office.adopted import OtherEdition
from office.desk import Desk
from office.endorsement_facts import DECLINED, ENDORSED, fingerprint, sealed_on_paper
from office.letter_facts import Addressee
from records import ledger
from records.tables.application import Application
from records.tables.endorser import EndorsementRequest, Endorser
from records.tables.person import Person
from states import windows
from states.facts import Actor, State
from states.lifecycle import Trigger
from states.occasions import REMIND_ENDORSEMENT
from states.refusals import NotAllowed

_TOKEN_BYTES = 32
_ENDORSED_READERS = ("form", "letter")


class LinkRefused(Refusal):
    """A link that cannot be used: unknown, replaced, answered or too late."""


def new_token() -> str:
    """The secret part of a link; it stands only in the letter."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def link(desk: Desk, token: str) -> str:
    """The address that the endorser opens."""
    return f"{desk.settings.public_url}/endorse/{token}"


def ask(session: Session, item: Application, *, token: str | None = None, now: datetime) -> str:
    """Ask the endorser of a submitted application; gives the token of a link that is good until it is answered.

    Links that were given out before stay good as long as they are about the same files, names and endorser.
    """
    if item.endorser_id is None:
        raise NotAllowed(f"{item.number} 还没有选择推荐方。", next_step="请先选择推荐学会或推荐专家。")
    token = token or new_token()
    session.add(
        EndorsementRequest(
            application_id=item.id or 0,
            endorser_id=item.endorser_id,
            token_digest=_digest(token),
            fingerprint=fingerprint(session, item),
            asked_at=now,
            expires_at=item.lapses_at,
        )
    )
    session.flush()
    return token


def remind(
    session: Session, desk: Desk, items: Sequence[Application], *, key: str, at_once: bool = False, now: datetime
) -> int:
    """Write again to the endorsers of submitted applications, each with a link; once for each ``key``.

    Returns how many letters are new. What an endorser asked for leaves ``at_once``, at night too.
    """
    asked = [
        Addressee(
            session.get_one(Endorser, item.endorser_id).person_id,
            item.id,
            {"link": link(desk, ask(session, item, now=now))},
        )
        for item in items
        if item.endorser_id is not None and item.state == State.SUBMITTED
    ]
    return letter_facts.write_occasion(session, desk, REMIND_ENDORSEMENT, asked, key=key, at_once=at_once, now=now)


def send_again(session: Session, desk: Desk, token: str, *, now: datetime) -> None:
    """Write once more to whom a link was given that no longer opens; the links before are void.

    The letter goes to the recorded address alone. `LinkRefused` where nothing waits for this endorser's answer,
    `attempts.TooMany` where it was asked for too often.
    """
    request = session.exec(select(EndorsementRequest).where(EndorsementRequest.token_digest == _digest(token))).first()
    item = session.get(Application, request.application_id) if request else None
    asked = item is not None and request is not None and item.endorser_id == request.endorser_id
    if item is not None and item.edition != desk.key:
        raise OtherEdition(item.edition)
    if item is None or not asked or item.state != State.SUBMITTED or (item.lapses_at and now >= item.lapses_at):
        raise LinkRefused("这个项目现在不等您答复。", next_step="如有疑问请联系遴选办公室。")
    email = people.email_of(session, session.get_one(Endorser, item.endorser_id).person_id)
    if not email:
        raise LinkRefused("没有登记您的邮箱，链接无从寄出。", next_step="请联系遴选办公室。")
    attempts.require(session, desk, attempts.LETTERS_TO, email, now=now)
    attempts.note(session, desk, attempts.LETTERS_TO, email, now=now)
    revoke_open(session, item, now=now)
    remind(session, desk, [item], key=f"again-{item.id}-{now.timestamp():.0f}", at_once=True, now=now)


def revoke_open(session: Session, item: Application, *, now: datetime) -> None:
    """Make every unanswered link of an application useless."""
    _revoke(session, [item.id or 0], col(EndorsementRequest.answered_at).is_(None), now=now)


def take_back(session: Session, ids: Sequence[int], *, now: datetime) -> None:
    """What these applications were answered no longer counts: the step that the answer took was undone."""
    _revoke(session, ids, col(EndorsementRequest.answered_at).is_not(None), now=now)


def open_by_token(session: Session, token: str, *, now: datetime) -> EndorsementRequest:
    """The request behind a link that can still be answered; `LinkRefused` says why it cannot."""
    request = session.exec(select(EndorsementRequest).where(EndorsementRequest.token_digest == _digest(token))).first()
    if request is None:
        raise LinkRefused("这个推荐链接无效。", next_step="请从最近一封推荐确认信中打开链接。")
    if request.answered_at is not None:
        raise LinkRefused("这个推荐请求已经答复过了。", next_step="无需再办；如需更改请联系遴选办公室。")
    if request.revoked_at is not None:
        raise LinkRefused("这个推荐链接已经失效：项目已另行答复、退回修改或撤回。", next_step="请以最近一封信为准。")
    item = session.get(Application, request.application_id)
    until = max((at for at in (request.expires_at, item and item.lapses_at) if at), default=None)
    if until is not None and now >= until:
        raise LinkRefused("推荐确认的截止时刻已过。", next_step="请联系遴选办公室。")
    return request


def endorse_by_link(session: Session, desk: Desk, token: str, *, opinion: str = "", now: datetime) -> Moved:
    """The endorser stands behind the application (R38, R39)."""
    request, item = _asked(session, desk, token, now=now)
    return _endorse(session, desk, request, item, opinion, now=now)


def decline_by_link(session: Session, desk: Desk, token: str, *, opinion: str, now: datetime) -> Moved:
    """The endorser does not; the applicant may change form, letter and endorser until the due instant."""
    request, item = _asked(session, desk, token, now=now)
    return _decline(session, desk, request, item, opinion, now=now)


def answer_signed_in(
    session: Session, desk: Desk, item: Application, verb: str, *, opinion: str, now: datetime
) -> Moved:
    """The answer of an endorser who signed in instead of using the link of one letter; ``endorse`` or ``decline``.

    The caller made sure that it is their own. Links that were given out are spent by it.
    """
    if item.lapses_at is not None and now >= item.lapses_at:
        raise LinkRefused("推荐确认的截止时刻已过。", next_step="请联系遴选办公室。")
    by_paper = ledger.standing_in(session, Actor.ENDORSER.value) is not None
    request = EndorsementRequest(
        application_id=item.id or 0, endorser_id=item.endorser_id or 0, token_digest="", asked_at=now,
        fingerprint=fingerprint(session, item), route="paper" if by_paper else "signed_in",
    )  # fmt: skip
    take = _endorse if verb == "endorse" else _decline
    return take(session, desk, request, item, opinion, now=now)


def _endorse(
    session: Session, desk: Desk, request: EndorsementRequest, item: Application, opinion: str, *, now: datetime
) -> Moved:
    moved = _advance(session, desk, item, Act(Trigger.ENDORSE, Actor.ENDORSER, opinion=opinion), now=now)
    _answer(session, request, ENDORSED, opinion, now=now)
    return moved


def _decline(
    session: Session, desk: Desk, request: EndorsementRequest, item: Application, opinion: str, *, now: datetime
) -> Moved:
    due = windows.decline_due(desk.edition, desk.workdays, now=now)
    slots = tuple(slot.key for slot in desk.edition.slots if slot.reader in _ENDORSED_READERS)
    act = Act(Trigger.DECLINE, Actor.ENDORSER, opinion=opinion.strip(), slots=slots, due=due)
    moved = _advance(session, desk, item, act, now=now)
    _answer(session, request, DECLINED, opinion, now=now)
    own_instants.watch(session, desk, due, now=now)
    return moved


def endorse_from_paper(
    session: Session, desk: Desk, item_id: int, *, officer_id: int, reason: str, now: datetime
) -> Moved:
    """The office endorses on the strength of the seal or signature in file 3, seen or accepted on the check sheet (A6).

    Judged by the instant at which that paper was handed in: who sealed and handed in on time is in time.
    """
    authority.acting(session, officer_id)
    item = applications.find(session, desk, item_id)
    if not reason.strip():
        raise NotAllowed("没有写明代为确认的依据。", next_step="请写明承诺书上所见的盖章或签字。")
    if item_id not in sealed_on_paper(session, [item]):
        raise NotAllowed(
            f"{item.number} 的承诺书上还没有认定推荐方的盖章或签字。",
            next_step="请先在审查表中人工确认该条，再代为确认推荐。",
        )
    act = Act(
        Trigger.ENDORSE, Actor.OFFICE, officer_id=officer_id, acting_for="endorser", reason=reason,
        judged_at=item.resubmitted_at or item.submitted_at,
    )  # fmt: skip
    moved = _advance(session, desk, item, act, now=now)
    request = EndorsementRequest(
        application_id=item_id, endorser_id=item.endorser_id or 0, token_digest="", asked_at=now,
        fingerprint=fingerprint(session, item), route="paper",
    )  # fmt: skip
    _answer(session, request, ENDORSED, reason, now=now)
    return moved


def society_endorser(session: Session, desk: Desk, name: str) -> Endorser:
    """The member society with this name or short name; `Refusal` lists the names otherwise (R13)."""
    societies = session.exec(select(Endorser).where(Endorser.edition == desk.key, Endorser.kind == "society")).all()
    for society in societies:
        if name.strip() in (society.name, society.short):
            return society
    names = "、".join(society.name for society in societies)
    raise Refusal(f"“{name}”不是本届可以推荐的学会。", next_step=f"可以推荐的学会：{names}。")


def expert_endorser(session: Session, desk: Desk, known: people.Known) -> Endorser:
    """The recommending expert with this name and unit, recorded when new (R15, A19).

    A known expert is written to at the recorded address alone: another one is refused, for whoever names the expert
    must not receive the expert's link.
    """
    name, unit = known.name.strip(), known.unit.strip()
    if not (name and unit and known.position.strip() and known.phone.strip() and known.emails):
        raise Refusal("推荐专家的信息不全。", next_step="请写明姓名、单位、职称、电话和邮箱。")
    mine = (Endorser.edition == desk.key, Endorser.kind == "expert", Endorser.name == name, Endorser.unit == unit)
    endorser = session.exec(select(Endorser).where(*mine)).first()
    if endorser is None:
        person = people.add_person(session, known)
        endorser = Endorser(edition=desk.key, kind="expert", name=name, unit=unit, person_id=person.id or 0)
        session.add(endorser)
        session.flush()
    elif people.email_of(session, endorser.person_id) != known.emails[0].strip().lower():
        raise Refusal(
            f"推荐专家{name}（{unit}）已登记，所填邮箱与登记的不同。",
            next_step="请核对邮箱；确需更改请联系遴选办公室。",
        )
    return endorser


def endorser_of(session: Session, request: EndorsementRequest) -> tuple[Endorser, Person]:
    """Who was asked."""
    endorser = session.get_one(Endorser, request.endorser_id)
    return endorser, session.get_one(Person, endorser.person_id)


def _revoke(session: Session, ids: Sequence[int], which: ColumnElement[bool], *, now: datetime) -> None:
    standing = (col(EndorsementRequest.application_id).in_(ids), col(EndorsementRequest.revoked_at).is_(None))
    session.execute(update(EndorsementRequest).where(*standing, which).values(revoked_at=now))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _asked(session: Session, desk: Desk, token: str, *, now: datetime) -> tuple[EndorsementRequest, Application]:
    request = open_by_token(session, token, now=now)
    item = applications.find(session, desk, request.application_id)
    if request.fingerprint != fingerprint(session, item):
        raise LinkRefused("材料在请您推荐之后已有改动。", next_step="请使用最近一封信中的链接，或联系遴选办公室。")
    return request, item


def _advance(session: Session, desk: Desk, item: Application, act: Act, *, now: datetime) -> Moved:
    return advance.advance(session, desk, [item.id or 0], act, now=now)


def _answer(session: Session, request: EndorsementRequest, answer: str, opinion: str, *, now: datetime) -> None:
    request.answered_at, request.answer, request.opinion = now, answer, opinion
    request.route = request.route or "link"
    session.add(request)
    session.flush()
    _revoke(session, [request.application_id], col(EndorsementRequest.answered_at).is_(None), now=now)

"""Lets experts and screens into the hall by links of their own, and tells who is there (A31, R101)."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, scores, signin, stage_store, tally
from office.desk import Desk
from office.signin_links import LinkSpent, digest
from records.tables.person import Expert, Person
from records.tables.scoring import PanelMember
from records.tables.signin import SignInPurpose
from records.tables.stage import PassKind, Stage, StagePass, StageSeat
from review.ranking import RoundRule

_LETTERS = 40  # of a link's secret part
ABSENCES: Mapping[str, str] = {"ill": "因病", "duty": "公务", "road": "途中受阻", "other": "其他"}


@dataclass(frozen=True, slots=True)
class Guest:
    """An expert of the panel at the meeting: when they came, or why they did not."""

    expert_id: int
    name: str
    unit: str
    arrived_at: datetime | None = None
    absent: str = ""

    @property
    def told(self) -> str:
        """The reason of an absence in words."""
        return ABSENCES.get(self.absent, "")


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many of the panel are there, and how many it takes (A31)."""

    present: int
    seats: int
    needed: int

    @property
    def met(self) -> bool:
        """Whether the light is green."""
        return self.present >= self.needed


def guests(session: Session, stage: Stage) -> list[Guest]:
    """Everybody who holds a seat, by name."""
    query = (
        select(Expert.id, Person.name, Person.unit, StageSeat)
        .join(Person, col(Person.id) == col(Expert.person_id))
        .join(PanelMember, col(PanelMember.expert_id) == col(Expert.id))
        .join(
            StageSeat, (col(StageSeat.expert_id) == col(Expert.id)) & (col(StageSeat.stage_id) == stage.id),
            isouter=True,
        )
        .where(PanelMember.panel_id == stage.panel_id, col(PanelMember.left_at).is_(None))
        .order_by(col(Expert.id))
    )  # fmt: skip
    return [
        Guest(id_, name, unit, seat.arrived_at if seat else None, seat.absent if seat else "")
        for id_, name, unit, seat in session.execute(query)
    ]


def quorum(session: Session, desk: Desk, stage: Stage) -> Quorum:
    """The panel's own quorum: as large a share of its seats as an item's scores must reach."""
    panel = stage_store.panel_of(session, stage)
    share = RoundRule.of(tally.rules_of(desk, panel).round).quorum
    there = guests(session, stage)
    needed = -(-len(there) * share.numerator // share.denominator)
    return Quorum(sum(guest.arrived_at is not None for guest in there), len(there), needed)


def issue(session: Session, desk: Desk, kind: PassKind, *, expert_id: int | None = None, now: datetime) -> str:
    """The secret part of a link; the same again as long as it holds, so that a name plate may be printed twice."""
    stage = stage_store.stage_of(session, desk)
    held = _held(session, stage, kind, expert_id)
    if held is not None:
        token = _token(desk, stage, held)
        if held.token_digest == digest(token):
            return token
        held.revoked_at = now  # made under another key: nobody can say it again
        session.add(held)
    made = StagePass(
        stage_id=stage.id or 0, kind=kind.value, expert_id=expert_id, token_digest="", made_at=now,
        issue=_issues(session, stage, kind, expert_id) + 1,
    )  # fmt: skip
    token = _token(desk, stage, made)
    made.token_digest = digest(token)
    session.add(made)
    session.flush()
    return token


def held(session: Session, desk: Desk, kind: PassKind, *, expert_id: int | None = None) -> str:
    """The secret part of the link that was given out and holds; nothing where there is none, or none can say it."""
    stage = stage_store.stage_of(session, desk)
    found = _held(session, stage, kind, expert_id)
    token = _token(desk, stage, found) if found else ""
    return token if found and found.token_digest == digest(token) else ""


def revoke(
    session: Session, desk: Desk, kind: PassKind, *, expert_id: int | None = None, officer_id: int, now: datetime
) -> None:
    """Void the link that was given out; the next one that is asked for is another."""
    authority.acting(session, officer_id)
    stage = stage_store.stage_of(session, desk)
    held = _held(session, stage, kind, expert_id)
    if held is None:
        raise Refusal("没有可以作废的链接。", next_step="请刷新页面。")
    held.revoked_at = now
    session.add(held)
    told = {"deed": "revoke", "kind": kind.value, "expert": expert_id}
    stage_store.tell(session, desk, stage, told, officer_id=officer_id, now=now)


def look(session: Session, desk: Desk, token: str, kind: PassKind) -> StagePass:
    """The link that this secret part opens; `LinkSpent` for one that is unknown or void."""
    stage = stage_store.find(session, desk)
    found = session.exec(select(StagePass).where(StagePass.token_digest == digest(token))).first()
    if stage is None or found is None or found.stage_id != stage.id or found.kind != kind.value:
        raise LinkSpent("这个二维码打不开终评现场。", next_step="请扫席卡上的二维码，或请现场工作人员重新出示。")
    if found.revoked_at is not None:
        raise LinkSpent("这个二维码已经作废。", next_step="请现场工作人员出示新的二维码。")
    return found


def come_in(session: Session, desk: Desk, token: str, *, now: datetime) -> str:
    """One scan: the expert is there and signed in, until the session is over; gives the token of the sign-in (R101).

    May be done again with another telephone, or after a page was closed.
    """
    found = look(session, desk, token, PassKind.EXPERT)
    stage = stage_store.stage_of(session, desk)
    expert = session.get_one(Expert, found.expert_id)
    if expert.id not in {guest.expert_id for guest in guests(session, stage)}:
        raise LinkSpent("您不在本场专家组中。", next_step="请与现场工作人员联系。")
    _seat(session, desk, stage, expert, now=now)
    return signin.begin(session, expert.person_id, SignInPurpose.INVITATION, now=now)


def _seat(session: Session, desk: Desk, stage: Stage, expert: Expert, *, now: datetime) -> None:
    seat = session.exec(
        select(StageSeat).where(StageSeat.stage_id == stage.id, StageSeat.expert_id == expert.id)
    ).first()
    if seat is not None and seat.arrived_at is not None:
        return
    seat = seat or StageSeat(stage_id=stage.id or 0, expert_id=expert.id or 0)
    seat.arrived_at, seat.absent, seat.officer_id = now, "", None
    session.add(seat)
    session.flush()
    told = {"deed": "arrived", "expert": expert.id}
    stage_store.tell(session, desk, stage, told, actor=scores.EXPERT, person_id=expert.person_id, now=now)


def note_seat(
    session: Session, desk: Desk, expert_id: int, *, absent: str, officer_id: int, now: datetime
) -> StageSeat:  # fmt: skip
    """Note by hand that an expert came (``absent`` empty), or why not: a code of `ABSENCES` (A31)."""
    authority.acting(session, officer_id)
    stage = stage_store.stage_of(session, desk)
    stage_store.refuse_after_lock(session, stage)
    if expert_id not in {guest.expert_id for guest in guests(session, stage)}:
        raise Refusal("这位专家不在本场专家组中。", next_step="请刷新页面。")
    if absent and absent not in ABSENCES:
        raise Refusal("没有选定缺席的原因。", next_step=f"可选：{'、'.join(ABSENCES.values())}。")
    mine = (StageSeat.stage_id == stage.id, StageSeat.expert_id == expert_id)
    seat = session.exec(select(StageSeat).where(*mine)).first()
    seat = seat or StageSeat(stage_id=stage.id or 0, expert_id=expert_id)
    seat.arrived_at, seat.absent, seat.officer_id = None if absent else now, absent, officer_id
    session.add(seat)
    session.flush()
    told = {"deed": "seat", "expert": expert_id, "absent": absent}
    stage_store.tell(session, desk, stage, told, officer_id=officer_id, now=now)
    return seat


def _held(session: Session, stage: Stage, kind: PassKind, expert_id: int | None) -> StagePass | None:
    mine = (StagePass.stage_id == stage.id, StagePass.kind == kind.value, StagePass.expert_id == expert_id)
    return session.exec(select(StagePass).where(*mine, col(StagePass.revoked_at).is_(None))).first()


def _issues(session: Session, stage: Stage, kind: PassKind, expert_id: int | None) -> int:
    mine = (StagePass.stage_id == stage.id, StagePass.kind == kind.value, StagePass.expert_id == expert_id)
    return len(session.exec(select(StagePass.id).where(*mine)).all())


def _token(desk: Desk, stage: Stage, found: StagePass) -> str:
    """Reckoned, not stored: who reads the store can open nothing."""
    words = f"stage {desk.key} {stage.id} {found.kind} {found.expert_id} {found.issue}"
    return hmac.new(desk.settings.require_secret().encode(), words.encode(), hashlib.sha256).hexdigest()[:_LETTERS]

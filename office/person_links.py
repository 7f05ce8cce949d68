"""Gives the office an expert's invitation, to be passed on in a chat instead of the letter, and writes that down."""

from datetime import datetime

from sqlmodel import Session

from config.refusal import Refusal
from office import authority, person_desk, signin_links
from office.desk import Desk
from records import ledger
from states.facts import Actor
from states.refusals import NotAllowed

KIND = "invitation_link"


def invitation(
    session: Session, desk: Desk, person_id: int, *, until: datetime, reason: str, officer_id: int, now: datetime
) -> str:
    """A fresh invitation of an expert, good until an instant; every one before it is void.

    Whoever holds it can score in the expert's name: the lead alone takes it out, once, and the ledger keeps why.
    """
    authority.leading(session, officer_id)
    if person_desk.line(session, desk, person_id).kind != "experts":
        raise NotAllowed("只有评审专家凭邀请链接进入。", next_step="推荐方的链接请从项目页面取出。")
    if until <= now:
        raise NotAllowed(f"{desk.until(until)} 已经过去。", next_step="请填写将来的时刻。")
    if not reason.strip():
        raise Refusal("没有写明为什么另行发送链接。", next_step="请写明缘由，如“信件被拦截，秘书要求微信发送”。")
    entry = ledger.Entry(
        desk.key, KIND, Actor.OFFICE, now, subject="person", subject_id=person_id, officer_id=officer_id,
        note={"reason": reason.strip()}, person_id=person_id,
    )  # fmt: skip
    ledger.record(session, [entry])
    return signin_links.invite(session, desk, person_id, until=until, now=now)

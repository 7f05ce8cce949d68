"""Gives the office the link of an endorser, to be passed on by other ways than the letter, and writes that down."""

from datetime import datetime

from sqlmodel import Session

from config.refusal import Refusal
from office import applications, authority, endorsement
from office.desk import Desk
from records import ledger
from states.facts import Actor, State
from states.refusals import NotAllowed

KIND = "endorser_link"


def endorser_link(session: Session, desk: Desk, item_id: int, *, reason: str, officer_id: int, now: datetime) -> str:
    """A fresh link by which the endorser answers; whoever holds it can answer, so who took it out and why is kept.

    Links that were given out before stay good. `NotAllowed` unless the endorser is being asked.
    """
    authority.acting(session, officer_id)
    item = applications.find(session, desk, item_id)
    if item.state != State.SUBMITTED:
        raise NotAllowed(f"{item.number} 现在不等推荐方答复。", next_step="提交之后、推荐之前才有推荐链接。")
    if not reason.strip():
        raise Refusal("没有写明为什么另行发送链接。", next_step="请写明缘由，如“信件被拦截，秘书要求微信发送”。")
    token = endorsement.ask(session, item, now=now)
    entry = ledger.Entry(
        desk.key, KIND, Actor.OFFICE, now, application_id=item_id, officer_id=officer_id,
        note={"reason": reason.strip()}, person_id=item.contact_id,
    )  # fmt: skip
    ledger.record(session, [entry])
    return endorsement.link(desk, token)

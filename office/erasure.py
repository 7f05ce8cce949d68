"""Takes what names an erased person out of the rows about others: endorsements, recusals, letters."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from records import ledger
from records.tables.acting import ActingFor
from records.tables.application import Application
from records.tables.calendar_address import CalendarAddress
from records.tables.colleague import Colleague
from records.tables.defender import Defender
from records.tables.endorser import EndorsementRequest, Endorser
from records.tables.event import Event
from records.tables.letter import Letter
from records.tables.person import Address, Expert
from records.tables.scoring import Recusal
from records.tables.signin import SignIn, SignInLink
from records.tables.typed_words import TypedWords
from states.lifecycle import Trigger

GONE = "（已删除）"
_NAMING = (Trigger.ENDORSE.value, Trigger.DECLINE.value, "choose_endorser")  # events whose notes name an endorser
_DEFENDER = "defender"


def forget(session: Session, person_id: int, *, now: datetime) -> int:
    """Blank an erased person's name and words wherever they stand; returns how many notes went.

    Files, titles and units belong to the unit and stay; so does the written reason of a score, which is archived under
    the expert's number (R108).
    """
    _forget_expert(session, person_id)
    _forget_sign_ins(session, person_id)
    _forget_unit(session, person_id, now)
    notes = _forget_defenders(session, person_id, now)
    stood_in = update(ActingFor).where(col(ActingFor.person_id) == person_id)
    session.execute(stood_in.values(reason=GONE, scan_name=GONE))
    return notes + _forget_endorser(session, person_id, now)


def _forget_expert(session: Session, person_id: int) -> None:
    """Why an expert stayed out is told with their name, or in their own words (R29)."""
    mine = col(Recusal.expert_id).in_(select(Expert.id).where(Expert.person_id == person_id))
    session.execute(update(Recusal).where(mine).values(explanation=GONE))


def _forget_sign_ins(session: Session, person_id: int) -> None:
    """To be called while the person's addresses still stand: links are sent to addresses."""
    emails = select(Address.email).where(Address.person_id == person_id)
    theirs = or_(col(SignInLink.person_id) == person_id, col(SignInLink.email).in_(emails))
    session.execute(delete(SignInLink).where(theirs))
    session.execute(delete(SignIn).where(col(SignIn.person_id) == person_id))
    session.execute(delete(CalendarAddress).where(col(CalendarAddress.person_id) == person_id))


def _forget_unit(session: Session, person_id: int, now: datetime) -> None:
    """What an applicant typed and was never taken; a colleague's seats end."""
    theirs = col(TypedWords.application_id).in_(select(Application.id).where(Application.contact_id == person_id))
    session.execute(delete(TypedWords).where(or_(theirs, col(TypedWords.person_id) == person_id)))
    own = or_(col(Colleague.person_id) == person_id, col(Colleague.owner_id) == person_id)
    session.execute(update(Colleague).where(own, col(Colleague.removed_at).is_(None)).values(removed_at=now))


def _forget_defenders(session: Session, person_id: int, now: datetime) -> int:
    """Who spoke for a contact's applications goes with the contact, whoever was the contact when they were named."""
    theirs = select(Application.id).where(Application.contact_id == person_id)
    session.execute(delete(Defender).where(col(Defender.application_id).in_(theirs)))
    told = select(Event.id).where(col(Event.application_id).in_(theirs), Event.kind == _DEFENDER)
    return ledger.erase_notes_of(session, session.exec(told).all(), now=now)


def _forget_endorser(session: Session, person_id: int, now: datetime) -> int:
    """A recommending expert's name and opinions; a society keeps its name whoever answered for it."""
    query = select(Endorser).where(Endorser.person_id == person_id, Endorser.kind == "expert")
    notes = 0
    for endorser in session.exec(query).all():
        asked = session.exec(
            select(EndorsementRequest.application_id).where(EndorsementRequest.endorser_id == endorser.id)
        )
        chosen = session.exec(select(Application.id).where(Application.endorser_id == endorser.id))
        items = sorted({id_ for id_ in (*asked, *chosen) if id_ is not None})
        _forget_in_letters(session, items, endorser.name)
        naming = select(Event.id).where(col(Event.application_id).in_(items), col(Event.kind).in_(_NAMING))
        notes += ledger.erase_notes_of(session, session.exec(naming).all(), now=now)
        theirs = col(EndorsementRequest.endorser_id) == endorser.id
        session.execute(update(EndorsementRequest).where(theirs).values(opinion=""))
        endorser.name, endorser.unit = f"{GONE}{endorser.id}", ""
        session.add(endorser)
    session.flush()
    return notes


def _forget_in_letters(session: Session, items: Sequence[int], name: str) -> None:
    """The frozen facts of letters to others that name the endorser."""
    for letter in session.exec(select(Letter).where(col(Letter.application_id).in_(items))):
        if letter.facts.get("endorser") == name:
            letter.facts = (
                letter.facts | {"endorser": GONE} | ({"opinion": GONE} if letter.facts.get("opinion") else {})
            )
            letter.wording = None  # whoever rewrote it may have named them
            session.add(letter)

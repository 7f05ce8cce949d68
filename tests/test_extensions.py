"""Later closing instants, for one or for all, and the reminders before them (features 34, 99, 100)."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from config.refusal import Refusal
from office import duties, extensions, intake
from records.tables.application import Extension
from records.tables.deadline import Deadline
from records.tables.letter import Letter
from states.facts import Actor, State
from states.refusals import NotAllowed

from cast import Office, a_draft, at

CLOSES = at("2024-08-16 00:00")
GRANTED = at("2024-08-14 15:00")
LATER = at("2024-08-21 00:00")
MOMENT = timedelta(microseconds=1)


def extend(
    office: Office,
    kind: str = "submission",
    *,
    item_id: int | None = None,
    until: datetime = LATER,
    reason: str = "台风停电",
) -> Extension:
    with office.desk.database.write() as session:
        return extensions.extend(
            session, office.desk, kind, until, reason=reason, officer_id=office.ren, item_id=item_id, now=GRANTED
        )


def lapse(office: Office, now: datetime) -> None:
    duties.carry_out(office.desk, "submission_closes", due_at=CLOSES, now=now)


def letters(office: Office, template: str) -> list[Letter]:
    with office.desk.database.read() as session:
        return list(session.exec(select(Letter).where(Letter.template == template).order_by(Letter.id)))


def test_an_extension_for_one_holds_for_that_one_alone(office: Office) -> None:
    favoured, other = a_draft(office), a_draft(office, "乙")
    extend(office, item_id=favoured)
    lapse(office, CLOSES)
    assert office.found(favoured).state == State.DRAFT
    assert office.found(other).state == State.LAPSED


def test_it_ends_to_the_microsecond(office: Office) -> None:
    item_id = a_draft(office)
    extend(office, item_id=item_id)
    for instant, state in ((LATER - MOMENT, State.DRAFT), (LATER, State.LAPSED)):
        duties.carry_out(office.desk, "lapse", due_at=LATER, now=instant)
        assert office.found(item_id).state == state


def test_within_the_extension_the_applicant_hands_in(office: Office) -> None:
    item_id = a_draft(office)
    extend(office, item_id=item_id)
    with office.desk.database.write() as session:
        intake.submit(session, office.desk, item_id, actor=Actor.APPLICANT, now=LATER - MOMENT)
    assert office.found(item_id).state == State.SUBMITTED


def test_after_it_nobody_hands_in(office: Office) -> None:
    item_id = a_draft(office)
    extend(office, item_id=item_id)
    with pytest.raises(NotAllowed), office.desk.database.write() as session:
        intake.submit(session, office.desk, item_id, actor=Actor.APPLICANT, now=LATER)


def test_an_extension_for_all_holds_for_every_draft(office: Office) -> None:
    items = [a_draft(office), a_draft(office, "乙")]
    extend(office)
    lapse(office, CLOSES)
    assert [office.found(item).state for item in items] == [State.DRAFT, State.DRAFT]
    assert letters(office, "extension.applicant") == [], "an extension for all is told in public, not one by one"


def test_who_is_favoured_is_written_to_with_the_new_instant(office: Office) -> None:
    item_id = a_draft(office)
    extend(office, item_id=item_id)
    (letter,) = letters(office, "extension.applicant")
    assert (letter.application_id, letter.facts["due"]) == (item_id, "2024年8月20日 24:00")


def test_an_earlier_instant_takes_nothing_away(office: Office) -> None:
    item_id = a_draft(office)
    extend(office, item_id=item_id)
    extend(office, item_id=item_id, until=at("2024-08-18 00:00"))
    assert office.found(item_id).lapses_at == LATER


def test_each_reminder_before_it_is_sent_once(office: Office) -> None:
    item_id = a_draft(office)
    extend(office, item_id=item_id)
    with office.desk.database.read() as session:
        query = select(Deadline.due_at).where(Deadline.kind == "lapse_soon").order_by(Deadline.due_at)
        instants = session.exec(query).all()
    assert [instant.astimezone(office.desk.zone).day for instant in instants] == [17, 19]
    for instant in (*instants, instants[0]):
        duties.carry_out(office.desk, "lapse_soon", due_at=instant, now=instant)
    assert [letter.application_id for letter in letters(office, "remind_submission.applicant")] == [item_id] * 2


@pytest.mark.parametrize(
    ("kind", "until", "reason", "said"),
    [
        ("notice", LATER, "台风停电", "没有“notice”这一类期限"),
        ("submission", LATER, " ", "没有写明延期理由"),
        ("submission", GRANTED, "台风停电", "已经过去"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(
    office: Office, kind: str, until: datetime, reason: str, said: str
) -> None:
    item_id = a_draft(office)
    with pytest.raises(Refusal, match=said):
        extend(office, kind, item_id=item_id, until=until, reason=reason)
    with office.desk.database.read() as session:
        assert session.exec(select(Extension)).all() == []

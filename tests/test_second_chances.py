"""Who is given more time can use it: extensions, undone lapses, corrections, and the endorser who must follow."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from config.refusal import Refusal
from office import applications, corrections, duties, endorsement, extensions, intake, undo, uploads
from office.uploads import Incoming
from records.tables.deadline import Deadline
from records.tables.event import Batch
from states.facts import Actor, State
from states.refusals import NotAllowed, NotYours

from cast import ENDORSED, Office, a_draft, an_application, at, endorse, put, submit

CLOSES = at("2024-08-16 00:00")
ENDORSEMENT_CLOSES = at("2024-08-23 00:00")
GRANTED = at("2024-08-14 15:00")
LATER = at("2024-08-27 00:00")
HOUR = timedelta(hours=1)


def extend(office: Office, kind: str, item_id: int | None, until: datetime, **told: object) -> None:
    words: dict = {"reason": "台风停电", "officer_id": office.ren, "now": GRANTED} | told
    with office.desk.database.write() as session:
        extensions.extend(session, office.desk, kind, until, item_id=item_id, **words)


def take_back(office: Office, trigger: str, *, now: datetime, due: datetime | None = None) -> None:
    with office.desk.database.write() as session:
        batch = session.exec(select(Batch).where(Batch.trigger == trigger).order_by(Batch.id.desc())).first()
        undo.undo(session, office.desk, batch.id, reason="办错了", officer_id=office.ren, due=due, now=now)


def lapse(office: Office, now: datetime) -> None:
    duties.carry_out(office.desk, "lapse", due_at=now, now=now)


def send_back(office: Office, item_id: int, *, now: datetime = ENDORSED + HOUR, slots: tuple[str, ...] = ("form",)):
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item_id, slots=slots, reason="请补正", officer_id=office.wang, now=now
        )


def tell(office: Office, item_id: int, **told: str) -> None:
    with office.desk.database.write() as session:
        intake.change_details(session, office.desk, item_id, told, now=ENDORSED + 2 * HOUR)


def slots_open(office: Office, item_id: int) -> frozenset[str]:
    return applications.open_slots(office.found(item_id))


def test_a_draft_whose_lapse_was_undone_may_be_changed_and_handed_in(office: Office) -> None:
    item_id = a_draft(office)
    lapse(office, CLOSES)
    take_back(office, "lapse", now=CLOSES + HOUR, due=at("2024-08-20 00:00"))
    put(office, item_id, "form", words="新", now=CLOSES + 2 * HOUR)
    submit(office, item_id, now=CLOSES + 3 * HOUR)
    assert office.found(item_id).state == State.SUBMITTED


def test_a_correction_whose_lapse_was_undone_has_its_slots_open_again(office: Office) -> None:
    item_id = an_application(office)
    send_back(office, item_id)
    slots = slots_open(office, item_id)
    due = office.found(item_id).lapses_at
    lapse(office, due)
    take_back(office, "lapse", now=due + HOUR, due=due + 48 * HOUR)
    assert slots == slots_open(office, item_id) == {"form"}


def test_only_who_acts_in_the_office_extends(office: Office) -> None:
    item_id = a_draft(office)
    with pytest.raises(NotYours):
        extend(office, "submission", item_id, LATER, officer_id=office.supervisor)


def test_an_extension_of_nobody_or_of_a_step_that_is_over_is_refused(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    with pytest.raises(NotAllowed, match="不能延长"):
        extend(office, "submission", item_id, LATER)
    with pytest.raises(NotAllowed, match="没有这个项目"):
        extend(office, "submission", 999, LATER)
    assert office.letters("extension.applicant") == []


def test_a_correction_is_not_extended_into_the_first_round(office: Office) -> None:
    """A11: at most one working day before the first round opens."""
    item_id = an_application(office)
    send_back(office, item_id)
    with pytest.raises(Refusal, match="评审"):
        extend(office, "correction", item_id, at("2024-09-09 09:00"))
    extend(office, "correction", item_id, at("2024-09-05 00:00"))
    assert office.found(item_id).lapses_at == at("2024-09-05 00:00")


def test_an_extended_draft_with_an_upload_in_flight_lapses_when_its_grace_ends(office: Office) -> None:
    """Something must look at it then: the edition's own instants are long over."""
    item_id = a_draft(office)
    extend(office, "submission", item_id, LATER)
    with office.desk.database.write() as session:
        uploads.begin_file(session, office.desk, item_id, Incoming("evidence", "在途.pdf", begun_at=LATER - HOUR))
    with office.desk.database.read() as session:
        instants = session.exec(select(Deadline.due_at).where(Deadline.kind == "lapse").order_by(Deadline.due_at))
        for instant in instants.all():
            duties.carry_out(office.desk, "lapse", due_at=instant, now=instant)
    assert office.found(item_id).state == State.LAPSED


def test_who_hands_in_late_by_an_extension_leaves_the_endorser_time_to_answer(office: Office) -> None:
    item_id = a_draft(office)
    extend(office, "submission", item_id, LATER)
    submit(office, item_id, now=ENDORSEMENT_CLOSES + HOUR)
    lapse(office, ENDORSEMENT_CLOSES + 2 * HOUR)
    endorse(office, item_id, now=at("2024-08-28 10:00"))
    assert office.found(item_id).state == State.ENDORSED


def test_an_endorsement_extended_for_all_holds_for_who_hands_in_afterwards(office: Office) -> None:
    item_id = a_draft(office)
    extend(office, "endorsement", None, LATER)
    submit(office, item_id, now=GRANTED + HOUR)
    assert office.found(item_id).lapses_at == LATER


@pytest.mark.parametrize("trigger", ["send_back", "endorse", "withdraw"])
def test_what_is_submitted_again_by_an_undo_has_a_link_that_works(office: Office, trigger: str) -> None:
    item_id = an_application(office, State.SUBMITTED)
    now = ENDORSED + HOUR
    if trigger == "send_back":
        send_back(office, item_id, now=now)
    elif trigger == "endorse":
        endorse(office, item_id, now=now)
    else:
        with office.desk.database.write() as session:
            corrections.withdraw_by_applicant(session, office.desk, item_id, now=now)
    take_back(office, trigger, now=now + HOUR)
    asked = office.letters("remind_endorsement.endorser", item_id=item_id)
    assert len(asked) == 1, "the links given out before are dead"
    token = str(asked[0].facts["link"]).rpartition("/")[2]
    with office.desk.database.write() as session:
        endorsement.endorse_by_link(session, office.desk, token, now=now + 2 * HOUR)
    assert office.found(item_id).state == State.ENDORSED


def test_what_is_submitted_again_after_the_endorsement_closed_needs_a_new_instant(office: Office) -> None:
    item_id = an_application(office)
    with pytest.raises(Refusal, match="新的期限"):
        take_back(office, "endorse", now=ENDORSEMENT_CLOSES + HOUR)
    take_back(office, "endorse", now=ENDORSEMENT_CLOSES + HOUR, due=LATER)
    item = office.found(item_id)
    assert (item.state, item.lapses_at) == (State.SUBMITTED, LATER)


def test_intake_by_the_office_still_needs_time(office: Office) -> None:
    item_id = a_draft(office)
    with pytest.raises(NotAllowed), office.desk.database.write() as session:
        intake.submit(session, office.desk, item_id, actor=Actor.OFFICE, officer_id=office.wang, now=CLOSES)
    assert office.found(item_id).state == State.DRAFT


def test_while_returned_the_category_changes_only_with_the_form(office: Office) -> None:
    """R45: what is not to be corrected stays as it was checked; the contact may always be told anew."""
    item_id = an_application(office)
    send_back(office, item_id, slots=("video",))
    with pytest.raises(NotAllowed, match="不能更改"):
        tell(office, item_id, category="service")
    tell(office, item_id, phone="13900000000")
    yi = an_application(office, name="乙")
    send_back(office, yi)
    tell(office, yi, category="service")
    assert (office.found(item_id).category, office.found(yi).category) == ("production", "service")

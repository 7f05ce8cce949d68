"""The half hour after the end of handing in: for whom it holds, and until when to the microsecond (R32)."""

from datetime import datetime, timedelta

import pytest
from visitors_of import Browser

from office import duties, uploads
from office.uploads import Incoming
from office.visitors import Part
from records.tables.application import Upload
from states.facts import State
from states.refusals import NotAllowed
from web import case_told

from cast import Office, a_draft, at, submit

CLOSES = at("2024-08-16 00:00")
ENDS = at("2024-08-16 00:30")
MICROSECOND, HOUR = timedelta(microseconds=1), timedelta(hours=1)


def in_flight(office: Office, item_id: int, *, now: datetime = CLOSES - MICROSECOND, slot: str = "evidence") -> int:
    with office.desk.database.write() as session:
        return uploads.begin_file(session, office.desk, item_id, Incoming(slot, "在途.pdf", begun_at=now)).id or 0


def drop(office: Office, upload_id: int, *, now: datetime) -> None:
    with office.desk.database.write() as session:
        upload = session.get_one(Upload, upload_id)
        uploads.drop_file(session, office.desk, upload, by=Incoming(upload.slot, upload.name, now), now=now)


def test_the_grace_ends_at_its_half_hour_to_the_microsecond(office: Office) -> None:
    jia, yi = a_draft(office), a_draft(office, "乙")
    for item_id in (jia, yi):
        in_flight(office, item_id)
    duties.carry_out(office.desk, "submission_closes", due_at=CLOSES, now=CLOSES)
    submit(office, jia, now=ENDS - MICROSECOND)
    with pytest.raises(NotAllowed, match="不在提交时间之内"):
        submit(office, yi, now=ENDS)
    duties.carry_out(office.desk, "upload_grace_ends", due_at=ENDS, now=ENDS)
    assert (office.found(jia).state, office.found(yi).state) == (State.SUBMITTED, State.LAPSED)


def test_who_gives_an_upload_up_within_the_grace_may_still_hand_in(office: Office) -> None:
    """R32, R43: an optional file that does not come, or is taken out again, takes nothing from the half hour."""
    item_id = a_draft(office)
    drop(office, in_flight(office, item_id), now=CLOSES + MICROSECOND)
    duties.carry_out(office.desk, "submission_closes", due_at=CLOSES, now=CLOSES + 2 * MICROSECOND)
    assert office.found(item_id).state == State.DRAFT
    submit(office, item_id, now=ENDS - MICROSECOND)
    assert office.found(item_id).state == State.SUBMITTED


def test_who_gave_an_upload_up_before_the_end_has_no_grace(office: Office) -> None:
    item_id = a_draft(office)
    drop(office, in_flight(office, item_id, now=CLOSES - HOUR), now=CLOSES - MICROSECOND)
    with pytest.raises(NotAllowed, match="不在提交时间之内"):
        submit(office, item_id, now=CLOSES)


def test_the_page_tells_who_is_in_the_grace_until_when_to_hand_in(office: Office) -> None:
    jia, yi = a_draft(office), a_draft(office, "乙")
    in_flight(office, jia)
    told = {}
    for item_id, name in ((jia, "甲"), (yi, "乙")):
        browser = Browser(office, Part.APPLICANT, now=CLOSES + MICROSECOND, name=name)
        told[name] = browser.client.get(f"/mine/{office.found(item_id).number}").text
    assert "2024年8月16日 00:30" in told["甲"]
    assert case_told.IN_GRACE in told["甲"]
    assert case_told.IN_GRACE not in told["乙"]
    before = Browser(office, Part.APPLICANT, now=CLOSES - MICROSECOND).client.get(f"/mine/{office.found(jia).number}")
    assert "2024年8月15日 24:00" in before.text
    assert case_told.IN_GRACE not in before.text

"""Sending back, rejecting, withdrawing (R45, R72, R85, A11)."""

from datetime import datetime, timedelta

import pytest
from contest import OPENS, Contest
from sqlmodel import select

from office import corrections, duties, endorsement
from records.tables.deadline import Deadline
from records.tables.event import Event, Note
from records.tables.letter import Letter
from states.facts import State
from states.refusals import NotAllowed, NotYours

from cast import CHECKED, ENDORSED, HANDED_IN, Office, a_draft, an_application, at, put, submit


def send_back(
    office: Office, item_id: int, *slots: str, reason: str = "视频 12:07，超过 12 分钟", now: datetime = CHECKED
) -> None:
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item_id, slots=slots, reason=reason, officer_id=office.wang, now=now
        )


def test_a_case_is_sent_back_with_slots_a_reason_and_five_working_days(office: Office) -> None:
    """A11: sent back on Tuesday 20 August, due when Tuesday 27 August ends."""
    item_id = an_application(office, State.ENDORSED)
    send_back(office, item_id, "video")
    item = office.found(item_id)
    assert (item.state, item.open_slots, item.sent_back_count) == (State.RETURNED, "video", 1)
    assert item.lapses_at == at("2024-08-28 00:00")
    (letter,) = office.letters("send_back.applicant")
    assert "12:07" in letter.facts["reason"]
    assert letter.facts["slots"] == "文件2 答辩视频"
    with office.desk.database.read() as session:
        due = select(Deadline.due_at).where(Deadline.kind == "lapse", Deadline.due_at == item.lapses_at)
        assert len(session.exec(due).all()) == 1


def test_only_the_named_slots_are_open_until_the_due_instant(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    send_back(office, item_id, "video")
    due = office.found(item_id).lapses_at
    assert due is not None
    put(office, item_id, "video", words="剪短", now=due - timedelta(microseconds=1))
    with pytest.raises(NotAllowed, match="可以修改：文件2") as refused:
        put(office, item_id, "form", words="顺便改", now=CHECKED)
    assert "文件1" in refused.value.sentence
    with pytest.raises(NotAllowed, match="晚于截止时刻"):
        put(office, item_id, "video", words="再剪", now=due)


def test_a_correction_is_handed_in_before_its_due_instant_and_not_at_it(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    send_back(office, item_id, "video")
    due = office.found(item_id).lapses_at
    assert due is not None
    with pytest.raises(NotAllowed, match="不在提交时间之内"):
        submit(office, item_id, now=due)
    submit(office, item_id, now=due - timedelta(microseconds=1))
    assert office.found(item_id).state == State.ENDORSED


def test_corrections_are_asked_once(office: Office) -> None:
    """A11: the edition says how often."""
    item_id = an_application(office, State.ENDORSED)
    send_back(office, item_id, "video")
    submit(office, item_id, now=CHECKED)
    with pytest.raises(NotAllowed, match="修改次数已用完"):
        send_back(office, item_id, "video")


def test_a_decline_does_not_use_up_the_correction(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    with office.desk.database.write() as session:
        token = office.link(item_id)
        endorsement.decline_by_link(session, office.desk, token, opinion="请另请", now=ENDORSED)
    submit(office, item_id, now=ENDORSED)
    send_back(office, item_id, "video")
    assert office.found(item_id).state == State.RETURNED


@pytest.mark.parametrize(
    ("slots", "reason", "says"), [((), "请改", "没有指明"), (("video",), " ", "理由"), (("slides",), "请改", "slides")]
)
def test_a_sending_back_without_slots_or_reason_is_refused(
    office: Office, slots: tuple[str, ...], reason: str, says: str
) -> None:
    item_id = an_application(office, State.ENDORSED)
    with pytest.raises(NotAllowed, match=says):
        send_back(office, item_id, *slots, reason=reason)
    assert office.found(item_id).state == State.ENDORSED


def test_near_the_first_round_the_time_is_shorter(office: Office) -> None:
    """A11: at most one working day before the first round opens (Monday 9 September)."""
    item_id = an_application(office, State.ENDORSED)
    send_back(office, item_id, "video", now=at("2024-09-04 10:00"))
    due = office.found(item_id).lapses_at
    assert due is not None
    assert due <= at("2024-09-07 00:00")


def test_too_near_the_first_round_nothing_is_sent_back(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    with pytest.raises(NotAllowed, match="修改期限"):
        send_back(office, item_id, "video", now=at("2024-09-08 10:00"))


def test_a_rejection_needs_a_reason_and_its_letter_waits(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    for reason, refused in (("", True), ("不属于征集范围", False)):
        if refused:
            with pytest.raises(NotAllowed, match="理由"), office.desk.database.write() as session:
                corrections.reject(session, office.desk, item_id, reason=reason, officer_id=office.wang, now=CHECKED)
            continue
        with office.desk.database.write() as session:
            corrections.reject(session, office.desk, item_id, reason=reason, officer_id=office.wang, now=CHECKED)
    assert office.found(item_id).state == State.REJECTED
    (letter,) = office.letters("reject.applicant")
    assert letter.next_try_at == CHECKED + timedelta(hours=2)


def test_an_applicant_withdraws_until_the_first_round_opens(office: Office) -> None:
    opens = office.desk.edition.rounds[0].opens
    first, second, draft = (
        an_application(office, State.FORMALLY_CHECKED, "甲"),
        an_application(office, State.FORMALLY_CHECKED, "乙"),
        a_draft(office, "丙"),
    )
    with office.desk.database.write() as session:
        corrections.withdraw_by_applicant(session, office.desk, draft, now=HANDED_IN)
        corrections.withdraw_by_applicant(session, office.desk, first, now=opens - timedelta(microseconds=1))
    with pytest.raises(NotAllowed, match="公函"), office.desk.database.write() as session:
        corrections.withdraw_by_applicant(session, office.desk, second, now=opens)
    assert [office.found(id_).state for id_ in (first, second, draft)] == [
        State.WITHDRAWN,
        State.FORMALLY_CHECKED,
        State.WITHDRAWN,
    ]


def test_before_the_first_round_only_the_applicant_withdraws(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    with pytest.raises(NotYours, match="申报单位"), office.desk.database.write() as session:
        corrections.withdraw_by_office(
            session, office.desk, item_id, units_letter="甲单位函〔2024〕3号", officer_id=office.li, now=CHECKED
        )


@pytest.mark.slow
def test_later_the_office_withdraws_on_the_units_letter(contest: Contest) -> None:
    item_id = contest.standing(State.FIRST_ROUND)[0]
    with pytest.raises(NotAllowed, match="公函"), contest.office.desk.database.write() as session:
        corrections.withdraw_by_office(
            session, contest.office.desk, item_id, units_letter=" ", officer_id=contest.office.li, now=OPENS
        )
    with contest.office.desk.database.write() as session:
        corrections.withdraw_by_office(
            session,
            contest.office.desk,
            item_id,
            units_letter="甲单位函〔2024〕3号",
            officer_id=contest.office.li,
            now=OPENS,
        )
    assert contest.state(item_id) == State.WITHDRAWN
    with contest.office.desk.database.read() as session:
        query = select(Note.body).join(Event, Event.id == Note.event_id).where(Event.kind == "withdraw")
        (words,) = session.exec(query).all()
    assert words == {"acting_for": "applicant", "units_letter": "甲单位函〔2024〕3号"}


def test_the_supervisor_sends_nothing_back(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    with pytest.raises(NotYours), office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item_id, slots=["video"], reason="请改", officer_id=office.supervisor, now=CHECKED
        )


def test_an_open_correction_is_reminded_before_its_due_instant_and_a_finished_one_is_not(office: Office) -> None:
    """A11: due when Tuesday 27 August ends; reminded three days and one day before."""
    waiting, done = an_application(office, State.ENDORSED), an_application(office, State.ENDORSED, "乙")
    for item_id in (waiting, done):
        send_back(office, item_id, "video")
    put(office, done, "video", words="新", now=CHECKED)
    submit(office, done, now=CHECKED)
    with office.desk.database.read() as session:
        instants = session.exec(select(Deadline.due_at).where(Deadline.kind == "lapse_soon")).all()
    assert sorted(f"{instant.astimezone(office.desk.zone):%m-%d %H}" for instant in instants) == [
        "08-24 09",
        "08-26 09",
    ]
    for instant in instants:
        duties.carry_out(office.desk, "lapse_soon", due_at=instant, now=instant)
    with office.desk.database.read() as session:
        told = session.exec(select(Letter.application_id).where(Letter.template == "remind_correction.applicant")).all()
    assert told == [waiting, waiting]

"""Endorsing: by link, by the expert, from the paper seal; declining; what still stands (R13–R15, R38–R40, A6, A19)."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from config.refusal import Refusal
from documents.findings import Finding, Verdict
from office import check_sheet, corrections, endorsement, endorsement_facts, formal_check, intake, reminders, undo
from office.endorsement import LinkRefused
from office.formal_check import Answer
from office.people import Known
from records.tables.deadline import Deadline
from records.tables.endorser import EndorsementRequest
from records.tables.event import Batch
from states.facts import Actor, State
from states.refusals import NotAllowed, NotYours

from cast import ENDORSED, HANDED_IN, Office, a_draft, an_application, at, endorse, files, put, submit

EXPERT = Known("顾教授", ["gu@experts.example"], "13700000009", "中州大学", "教授")
UNSEALED = Finding("letter.endorser", "R86", Verdict.LOOK, "推荐学会（盖章）：未看到印章", "由遴选办公室人工核对。")


def requests(office: Office, item_id: int) -> list[EndorsementRequest]:
    with office.desk.database.read() as session:
        query = select(EndorsementRequest).where(EndorsementRequest.application_id == item_id)
        return list(session.exec(query.order_by(EndorsementRequest.id)))


def decline(office: Office, item_id: int, opinion: str = "与本学会专业较远") -> None:
    token = office.link(item_id)
    with office.desk.database.write() as session:
        endorsement.decline_by_link(session, office.desk, token, opinion=opinion, now=ENDORSED)


def send_back(office: Office, item_id: int, *slots: str) -> None:
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item_id, slots=slots, reason="请修改", officer_id=office.wang, now=ENDORSED
        )


def stands(session: Session, office: Office, item_id: int) -> bool:
    return endorsement_facts.standing(session, [office.found(item_id)]) == {item_id}


def test_the_endorser_answers_by_the_link_in_the_letter(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    endorse(office, item_id)
    assert office.found(item_id).state == State.ENDORSED
    (request,) = requests(office, item_id)
    assert (request.answer, request.route, request.answered_at) == ("endorsed", "link", ENDORSED)
    assert len(office.letters("endorse.applicant")) == 1


def test_only_the_endorsers_letter_carries_the_link(office: Office) -> None:
    """Whoever else received it could endorse in the endorser's name."""
    an_application(office, State.ENDORSED)
    carrying = [letter.template for letter in office.letters() if "/endorse/" in str(letter.facts)]
    assert carrying == ["submit.endorser"]


def test_the_token_itself_is_not_stored(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    (request,) = requests(office, item_id)
    assert office.link(item_id) not in request.token_digest
    assert len(request.token_digest) == 64


def test_a_link_works_once(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    with pytest.raises(LinkRefused, match="已经答复"):
        endorse(office, item_id)


def test_an_unknown_link_is_refused(office: Office) -> None:
    with pytest.raises(LinkRefused, match="无效"), office.desk.database.read() as session:
        endorsement.open_by_token(session, "made-up", now=ENDORSED)


def test_a_reminder_brings_a_link_and_the_first_answer_ends_both(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    first = office.link(item_id)
    for _ in range(2):  # a reminder that is written again after a crash is one letter
        with office.desk.database.write() as session:
            reminders.remind_endorsers(session, office.desk, key="endorsement-3", now=ENDORSED)
    (letter,) = office.letters("remind_endorsement.endorser")
    second = letter.facts["link"].rpartition("/")[2]
    with office.desk.database.read() as session:
        for token in (first, second):
            assert endorsement.open_by_token(session, token, now=ENDORSED).application_id == item_id
    with office.desk.database.write() as session:
        endorsement.endorse_by_link(session, office.desk, second, now=ENDORSED)
    with pytest.raises(LinkRefused, match="失效"), office.desk.database.read() as session:
        endorsement.open_by_token(session, first, now=ENDORSED)


def test_an_undone_endorsement_does_not_stand_and_can_be_asked_again(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    with office.desk.database.write() as session:
        batch = session.exec(select(Batch.id).where(Batch.trigger == "endorse")).one()
        undo.undo(session, office.desk, batch or 0, reason="误点", officer_id=office.ren, now=ENDORSED)
    with office.desk.database.write() as session:
        assert not stands(session, office, item_id)
        endorsement.remind(session, office.desk, [office.found(item_id)], key="again", now=ENDORSED)
    token = office.letters("remind_endorsement.endorser")[0].facts["link"].rpartition("/")[2]
    with office.desk.database.write() as session:
        endorsement.endorse_by_link(session, office.desk, token, now=ENDORSED)
    assert office.found(item_id).state == State.ENDORSED


def test_the_link_ends_at_the_editions_instant(office: Office) -> None:
    late, in_time = an_application(office, State.SUBMITTED, "甲"), an_application(office, State.SUBMITTED, "乙")
    closes = office.desk.edition.endorsement.closes
    assert closes is not None
    with pytest.raises(LinkRefused, match="截止时刻已过"):
        endorse(office, late, now=closes)
    endorse(office, in_time, now=closes - timedelta(microseconds=1))
    assert office.found(in_time).state == State.ENDORSED


def test_a_resubmission_late_in_august_leaves_five_working_days_to_endorse(office: Office) -> None:
    """Sent back on 22 August, in again on Monday 26 August: to be endorsed by the end of Monday 2 September."""
    item_id = an_application(office, State.ENDORSED)
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item_id, slots=["form"], reason="请改", officer_id=office.wang,
            now=at("2024-08-22 10:00"),
        )  # fmt: skip
    again = at("2024-08-26 15:00")
    put(office, item_id, "form", words="改", now=again)
    submit(office, item_id, now=again)
    assert office.found(item_id).lapses_at == at("2024-09-03 00:00")
    with office.desk.database.read() as session:
        lapses = select(Deadline.due_at).where(Deadline.kind == "lapse")
        assert at("2024-09-03 00:00") in session.exec(lapses).all()
    endorse(office, item_id, now=at("2024-09-02 23:59"))
    assert office.found(item_id).state == State.ENDORSED


def test_declining_asks_for_an_opinion_and_reopens_form_letter_and_endorser(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    with pytest.raises(NotAllowed, match="意见"):
        decline(office, item_id, " ")
    decline(office, item_id)
    item = office.found(item_id)
    assert (item.state, item.open_slots) == (State.RETURNED, "form,letter")
    assert item.lapses_at == office.desk.edition.submission.closes
    with office.desk.database.read() as session:
        assert session.exec(
            select(Deadline.id).where(Deadline.kind == "lapse", Deadline.due_at == item.lapses_at)
        ).all()
    put(office, item_id, "letter", words="新承诺书", now=ENDORSED)
    with pytest.raises(NotAllowed, match="不在退回修改之列"):
        put(office, item_id, "video", words="新视频", now=ENDORSED)
    with office.desk.database.write() as session:
        expert = endorsement.expert_endorser(session, office.desk, EXPERT)
        intake.choose_endorser(session, office.desk, item_id, expert, now=ENDORSED)
    submit(office, item_id, now=ENDORSED)
    assert office.found(item_id).state == State.SUBMITTED
    assert office.letters("submit.endorser")[-1].email == "gu@experts.example"
    endorse(office, item_id)
    assert [request.answer for request in requests(office, item_id)] == ["declined", "endorsed"]


def test_a_refused_endorser_cannot_be_passed_over_by_resubmitting(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    decline(office, item_id)
    submit(office, item_id, now=ENDORSED)
    assert office.found(item_id).state == State.SUBMITTED


@pytest.mark.parametrize(
    ("slot", "lands"), [("video", State.ENDORSED), ("form", State.SUBMITTED), ("letter", State.SUBMITTED)]
)
def test_an_endorsement_stands_until_form_or_letter_change(office: Office, slot: str, lands: State) -> None:
    item_id = an_application(office, State.ENDORSED)
    send_back(office, item_id, slot)
    put(office, item_id, slot, words="改过", now=ENDORSED)
    submit(office, item_id, now=ENDORSED)
    assert office.found(item_id).state == lands


def test_an_endorsement_falls_with_title_and_with_endorser(office: Office) -> None:
    retitled, rechosen = an_application(office, State.ENDORSED, "甲"), an_application(office, State.ENDORSED, "乙")
    send_back(office, retitled, "form")
    send_back(office, rechosen, "letter")
    with office.desk.database.write() as session:
        assert stands(session, office, retitled)
        intake.change_names(session, office.desk, retitled, title="另一个名称", now=ENDORSED)
        other = endorsement.society_endorser(session, office.desk, "自动化")
        intake.choose_endorser(session, office.desk, rechosen, other, now=ENDORSED)
    with office.desk.database.read() as session:
        assert not stands(session, office, retitled)
        assert not stands(session, office, rechosen)


def test_the_same_bytes_again_change_nothing(office: Office) -> None:
    """The fingerprint is of bytes, not of versions."""
    item_id = an_application(office, State.ENDORSED)
    send_back(office, item_id, "form")
    put(office, item_id, "form", now=ENDORSED)
    submit(office, item_id, now=ENDORSED)
    assert office.found(item_id).state == State.ENDORSED


def test_a_sending_back_makes_the_open_link_useless(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    send_back(office, item_id, "video")
    with pytest.raises(LinkRefused, match="退回修改"):
        endorse(office, item_id)


def test_the_office_endorses_from_the_paper_seal(office: Office) -> None:
    """A6: recorded as such."""
    item_id = an_application(office, State.SUBMITTED)
    with office.desk.database.write() as session:
        endorsement.endorse_from_paper(
            session, office.desk, item_id, officer_id=office.li, reason="文件 3 第 1 页有学会公章", now=ENDORSED
        )
    assert office.found(item_id).state == State.ENDORSED
    assert [(one.answer, one.route) for one in requests(office, item_id)] == [("", ""), ("endorsed", "paper")]
    with pytest.raises(LinkRefused):
        endorse(office, item_id)


def test_a_paper_seal_handed_in_on_time_is_in_time(office: Office) -> None:
    """Even when the endorsing instant has passed: who sealed and handed in on time is in time."""
    item_id = an_application(office, State.SUBMITTED)
    with office.desk.database.write() as session:
        endorsement.endorse_from_paper(
            session, office.desk, item_id, officer_id=office.li, reason="见公章", now=at("2024-08-27 10:00")
        )
    assert office.found(item_id).state == State.ENDORSED


def test_without_a_seal_on_paper_nobody_endorses_for_the_endorser(office: Office) -> None:
    item_id = a_draft(office)
    put(office, item_id, "letter", UNSEALED, words="无章")
    submit(office, item_id)
    from_paper = {"officer_id": office.li, "reason": "电话确认", "now": ENDORSED}
    with pytest.raises(NotAllowed, match="还没有认定"), office.desk.database.write() as session:
        endorsement.endorse_from_paper(session, office.desk, item_id, **from_paper)
    with office.desk.database.write() as session:
        seen = Answer("letter.endorser", files(office, item_id)["letter"])
        formal_check.tick(session, office.desk, item_id, seen, officer_id=office.wang, now=ENDORSED)
        endorsement.endorse_from_paper(session, office.desk, item_id, **from_paper)
    assert office.found(item_id).state == State.ENDORSED


def test_an_officer_may_reject_a_seal_that_a_machine_saw(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    with office.desk.database.write() as session:
        forged = Answer("letter.endorser", files(office, item_id)["letter"], accepted=False, reason="不是学会公章")
        assert endorsement_facts.sealed_on_paper(session, [office.found(item_id)]) == {item_id}
        formal_check.tick(session, office.desk, item_id, forged, officer_id=office.wang, now=ENDORSED)
        assert endorsement_facts.sealed_on_paper(session, [office.found(item_id)]) == set()


def test_a_supervisor_does_not_endorse(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    with pytest.raises(NotYours), office.desk.database.write() as session:
        endorsement.endorse_from_paper(
            session, office.desk, item_id, officer_id=office.supervisor, reason="见公章", now=ENDORSED
        )


def test_any_of_the_15_societies_may_endorse_and_no_other(office: Office) -> None:
    """R13, R14: by its name or its short name."""
    with office.desk.database.read() as session:
        for society in office.desk.edition.endorsement.societies:
            by_name = endorsement.society_endorser(session, office.desk, society.name)
            assert by_name == endorsement.society_endorser(session, office.desk, society.short)
        with pytest.raises(Refusal, match="不是本届可以推荐的学会") as refused:
            endorsement.society_endorser(session, office.desk, "某某学会")
    assert "中国仿真学会" in refused.value.next_step


def test_an_expert_is_recorded_once_and_written_to_at_the_recorded_address(office: Office) -> None:
    """A19; whoever names an expert must not receive the expert's link."""
    with office.desk.database.write() as session:
        first = endorsement.expert_endorser(session, office.desk, EXPERT)
        assert endorsement.expert_endorser(session, office.desk, EXPERT) == first
        own = Known(EXPERT.name, ["applicant@unit.example"], EXPERT.phone, EXPERT.unit, EXPERT.position)
        with pytest.raises(Refusal, match="邮箱与登记的不同"):
            endorsement.expert_endorser(session, office.desk, own)
        with pytest.raises(Refusal, match="信息不全"):
            endorsement.expert_endorser(session, office.desk, Known("无名", [], unit="某校"))


def test_an_expert_of_the_applicants_own_unit_is_flagged(office: Office) -> None:
    """A19: told on the sheet, and no more."""
    item_id = a_draft(office)
    with office.desk.database.write() as session:
        own = Known("甲专家", ["own@unit.example"], "137", office.found(item_id).unit, "研究员")
        expert = endorsement.expert_endorser(session, office.desk, own)
        intake.choose_endorser(session, office.desk, item_id, expert, now=HANDED_IN)
    submit(office, item_id)
    with office.desk.database.read() as session:
        flags = [line for line in check_sheet.sheet(session, office.desk, office.found(item_id)) if line.r == "A19"]
    assert [(flag.verdict, flag.settled) for flag in flags] == [(Verdict.ADVICE, True)]


def test_who_handed_in_cannot_change_the_endorser(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    with office.desk.database.read() as session:
        other = endorsement.society_endorser(session, office.desk, "自动化")
    with pytest.raises(NotAllowed, match="不能更改"), office.desk.database.write() as session:
        intake.choose_endorser(session, office.desk, item_id, other, actor=Actor.APPLICANT, now=HANDED_IN)

"""Objections during the notice: who may, when, what each side learns, how a case ends."""

from datetime import datetime, timedelta

import pytest
from contest import CLOSES, POSTED, Contest
from sqlmodel import select

from config.refusal import Refusal
from office import disqualification, duties, objection_desk, objections
from office.objection_steps import Step
from records.tables.deadline import Deadline
from records.tables.decision import Objection
from states.facts import State
from states.refusals import NotAllowed, NotYours

from cast import at

pytestmark = pytest.mark.slow

DURING = POSTED + timedelta(days=3)
TOLD = {
    "name": "骆闻达",
    "phone": "13500000000",
    "email": "luo@objectors.example",
    "unit": "同行机械研究院",
    "ground": "知识产权",
    "statement": "骆闻达（同行机械研究院，13500000000）：核心专利已于 6 月被判归他人。",
}


@pytest.fixture
def noticed(selected: Contest) -> Contest:
    """The ten under notice."""
    selected.post()
    return selected


def lodge(contest: Contest, *, at: datetime = DURING, now: datetime | None = None, item: int = 0, **told: str) -> int:
    desk = contest.office.desk
    with desk.database.write() as session:
        case = objections.lodge(session, desk, item or contest.items[0], received_at=at, now=now or at, **(TOLD | told))
        return case.id or 0


def step(contest: Contest, case_id: int) -> Step:
    with contest.office.desk.database.read() as session:
        return objection_desk.line(session, contest.office.desk, case_id, now=DURING).step


def case(contest: Contest, case_id: int) -> Objection:
    with contest.office.desk.database.read() as session:
        return session.get_one(Objection, case_id)


def test_an_objection_gets_a_number_and_a_receipt(noticed: Contest):
    """R114: nobody else hears of it before an officer has read it."""
    case_id = lodge(noticed)
    assert (case(noticed, case_id).number, case(noticed, case_id).status) == ("IM24-异001", "open")
    (receipt,) = noticed.office.letters("objection_received.objector")
    assert (receipt.email, receipt.facts["decision_number"]) == ("sealed:1", "IM24-异001")
    assert "/objection/receipt/1-" in receipt.facts["link"]
    assert noticed.office.letters("objection_question.applicant") == []


def test_the_statement_is_kept_without_what_names_its_author(noticed: Contest):
    told = "骆闻达（同行机械研究院，13500000000）：核心专利已于 6 月被判归他人。"
    assert (
        case(noticed, lodge(noticed, statement=told)).statement
        == "（略）（（略），（略））：核心专利已于 6 月被判归他人。"
    )
    hidden = "骆 闻 达，电话１３５-0000-0000，邮箱 LUO@objectors.example。"
    assert case(noticed, lodge(noticed, statement=hidden)).statement == "（略），电话（略），邮箱 （略）。"


@pytest.mark.parametrize("at", [POSTED, CLOSES - timedelta(microseconds=1)])
def test_an_objection_within_the_window_is_taken_to_the_microsecond(noticed: Contest, at: datetime):
    """R35: ``posted <= received < closes``."""
    assert lodge(noticed, at=at)


@pytest.mark.parametrize("at", [POSTED - timedelta(microseconds=1), CLOSES, CLOSES + timedelta(days=3)])
def test_an_objection_outside_the_window_is_refused_to_the_microsecond(noticed: Contest, at: datetime):
    with pytest.raises(NotAllowed, match="不在公示期之内"):
        lodge(noticed, at=at, now=CLOSES + timedelta(days=4))


def test_what_came_by_post_in_time_may_be_entered_later_but_not_ahead(noticed: Contest):
    assert lodge(noticed, at=CLOSES - timedelta(hours=1), now=CLOSES + timedelta(days=1))
    with pytest.raises(Refusal, match="晚于现在"):
        lodge(noticed, at=DURING + timedelta(seconds=1), now=DURING)


@pytest.mark.parametrize("name", ["", " ", "匿名", "匿名专家", "某", "Anonymous"])
def test_an_anonymous_objection_is_refused(noticed: Contest, name: str):
    """A17: real name or sealed."""
    with pytest.raises(Refusal, match="匿名"):
        lodge(noticed, name=name)


def test_an_objection_needs_a_way_to_answer_a_known_ground_and_facts(noticed: Contest):
    with pytest.raises(Refusal, match="联系方式"):
        lodge(noticed, phone="", email=" ")
    with pytest.raises(Refusal, match="真实性、知识产权、涉密、申报资格、遴选程序"):
        lodge(noticed, ground="不喜欢")
    with pytest.raises(Refusal, match="事实"):
        lodge(noticed, statement="  ")


def test_only_an_item_under_notice_can_be_objected_to(noticed: Contest):
    passed_over = noticed.standing(State.NOT_SELECTED)[0]
    with pytest.raises(NotAllowed, match="不在公示之中"):
        lodge(noticed, item=passed_over)


def test_a_case_goes_from_its_handler_over_the_applicant_and_an_expert_to_two_persons(noticed: Contest):
    """R114: each step has its clock in working days, each party its letter, and nobody learns who objects."""
    case_id, desk, office = lodge(noticed), noticed.office.desk, noticed.office
    wang, ren = office.wang, office.ren
    assert case(noticed, case_id).due_at == at("2024-11-06 00:00")  # lodged on Monday the 4th: one working day
    with desk.database.write() as session:
        objection_desk.assign(session, desk, case_id, handler_id=wang, officer_id=ren, now=DURING)
        asked = objection_desk.ask(session, desk, case_id, question="专利权属如何？", officer_id=wang, now=DURING)
        assert asked.due_at == at("2024-11-12 00:00")
        objection_desk.answer(session, desk, case_id, text="判决书与本项目无关。", now=DURING)
        expert = noticed.experts[0]
        objection_desk.ask_expert(session, desk, case_id, expert_id=expert, officer_id=wang, now=DURING)
        objection_desk.give_opinion(session, desk, case_id, text="两项专利不同。", officer_id=wang, now=DURING)
        objections.propose(session, desk, case_id, "dismissed", officer_id=wang, outcome="专利有效。", now=DURING)
        with pytest.raises(NotYours, match="不能自己核定"):
            objections.confirm(session, desk, case_id, officer_id=wang, now=DURING)
        objections.confirm(session, desk, case_id, officer_id=ren, now=DURING)
    decided = case(noticed, case_id)
    assert (decided.status, decided.proposed_by, decided.decided_by) == ("dismissed", wang, ren)
    assert (decided.due_at, decided.replied_at) == (None, DURING)
    written = [letter.template for letter in office.letters() if letter.template.startswith("objection_")]
    assert written == [
        "objection_received.objector", "objection_question.applicant", "objection_opinion.expert",
        "objection_decided.objector", "objection_closed.applicant",
    ]  # fmt: skip
    reply = office.letters("objection_decided.objector")[0]
    assert (reply.facts["opinion"], reply.facts["reason"]) == ("异议不成立", "专利有效。")
    question = office.letters("objection_question.applicant")[0]
    assert question.facts["reason"] == "知识产权：专利权属如何？"
    assert question.facts["due"].startswith("2024年11月11日 24:00")


def test_each_step_has_its_turn_and_its_hands(noticed: Contest):
    case_id, desk, office = lodge(noticed), noticed.office.desk, noticed.office
    with desk.database.write() as session:
        for who, said in ((office.supervisor, "不能办理"), (office.wang, "还没有经办人")):
            with pytest.raises((NotYours, NotAllowed), match=said):
                objection_desk.ask(session, desk, case_id, question="？？", officer_id=who, now=DURING)
        objection_desk.assign(session, desk, case_id, handler_id=office.wang, officer_id=office.ren, now=DURING)
        with pytest.raises(NotYours, match="不由您经办"):
            objection_desk.ask(session, desk, case_id, question="请说明。", officer_id=office.li, now=DURING)
        with pytest.raises(NotAllowed, match="还没有请贵单位说明"):
            objection_desk.answer(session, desk, case_id, text="说明。", now=DURING)
        with pytest.raises(NotAllowed, match="还没有请申报单位说明"):
            objections.propose(session, desk, case_id, "sustained", officer_id=office.wang, outcome="属实", now=DURING)
        objection_desk.ask(session, desk, case_id, question="请说明。", officer_id=office.wang, now=DURING)
        with pytest.raises(NotAllowed, match="说明期限到 2024年11月11日 24:00"):
            objections.propose(session, desk, case_id, "sustained", officer_id=office.wang, outcome="属实", now=DURING)
        with pytest.raises(Refusal, match="空"):
            objection_desk.answer(session, desk, case_id, text=" ", now=DURING)
        with pytest.raises(Refusal, match="处理意见"):
            objections.propose(session, desk, case_id, "dismissed", officer_id=office.wang, outcome=" ", now=DURING)
        with pytest.raises(NotAllowed, match="还没有处理意见"):
            objections.confirm(session, desk, case_id, officer_id=office.ren, now=DURING)
        over = at("2024-11-12 00:00")  # nobody answered in time: what is at hand decides
        objections.propose(session, desk, case_id, "sustained", officer_id=office.wang, outcome="判决书属实", now=over)
        back = objections.return_proposal(
            session, desk, case_id, reason="判决书要原件", officer_id=office.ren, now=over
        )
        assert (back.status, back.proposal) == ("open", "")


def test_the_office_cannot_write_who_objects_where_others_read_it(noticed: Contest):
    case_id, desk, office = lodge(noticed), noticed.office.desk, noticed.office
    with desk.database.write() as session:
        objection_desk.assign(session, desk, case_id, handler_id=office.wang, officer_id=office.wang, now=DURING)
        for words in ("骆 闻达来信称……", "同行机械研究院来函", "请致电 135 0000 0000"):
            with pytest.raises(Refusal, match="异议人的身份"):
                objection_desk.ask(session, desk, case_id, question=words, officer_id=office.wang, now=DURING)
            with pytest.raises(Refusal, match="异议人的身份"):
                objections.propose(session, desk, case_id, "refused", officer_id=office.wang, outcome=words, now=DURING)


def test_who_has_no_mailbox_is_answered_by_post_and_the_case_waits_for_it(noticed: Contest):
    case_id, desk, office = lodge(noticed, email=""), noticed.office.desk, noticed.office
    assert office.letters("objection_received.objector") == []
    with desk.database.write() as session:
        objections.propose(session, desk, case_id, "refused", officer_id=office.wang, outcome="重复提出", now=DURING)
        objections.confirm(session, desk, case_id, officer_id=office.ren, now=DURING)
        assert objection_desk.line(session, desk, case_id, now=DURING).step is Step.REPLY
        objection_desk.note_reply(session, desk, case_id, how="挂号信", officer_id=office.wang, now=DURING)
        assert objection_desk.line(session, desk, case_id, now=DURING).step is Step.CLOSED
        with pytest.raises(NotAllowed, match="已经办结"):
            objections.confirm(session, desk, case_id, officer_id=office.ren, now=DURING)


def test_a_step_is_reminded_of_before_its_end_and_told_when_it_is_late(noticed: Contest):
    case_id, desk, office = lodge(noticed), noticed.office.desk, noticed.office
    with desk.database.write() as session:
        objection_desk.assign(session, desk, case_id, handler_id=office.wang, officer_id=office.wang, now=DURING)
        objection_desk.ask(session, desk, case_id, question="请说明。", officer_id=office.wang, now=DURING)
    with desk.database.read() as session:
        due = dict(
            session.exec(select(Deadline.kind, Deadline.due_at).where(Deadline.kind.startswith("objection"))).all()
        )
    assert due == {"objection_soon": at("2024-11-11 09:00"), "objection_step": at("2024-11-12 00:00")}
    for kind, instant in due.items():
        duties.carry_out(desk, kind, due_at=instant, now=instant)
        duties.carry_out(desk, kind, due_at=instant, now=instant)
    (reminder,) = office.letters("remind_objection.applicant")
    assert reminder.facts["due"] == "2024年11月11日 24:00"
    late = office.letters("overdue.office")
    assert [letter.facts["list"] for letter in late] == [
        "异议 IM24-异001：待申报单位说明，期限 2024年11月11日 24:00"
    ] * 3


def test_a_sustained_objection_is_the_ground_of_the_decision_that_follows(noticed: Contest):
    """R113: the ground names the case; a case that was not sustained is none."""
    case_id, desk, office = lodge(noticed), noticed.office.desk, noticed.office
    item = noticed.items[0]
    with desk.database.write() as session, pytest.raises(NotAllowed, match="没有成立"):
        disqualification.draft_disqualification(
            session, desk, item, case_id=case_id, officer_id=office.wang, now=DURING
        )
    noticed.decide(case_id, "sustained", outcome="判决书属实。", now=DURING)
    assert step(noticed, case_id) is Step.ENFORCE
    with desk.database.write() as session:
        drafted = disqualification.draft_disqualification(
            session, desk, item, case_id=case_id, officer_id=office.wang, now=DURING
        )
    noticed.signed(drafted.id or 0, now=DURING)
    with desk.database.write() as session:
        disqualification.disqualify(session, desk, drafted.id or 0, now=DURING)
    assert noticed.state(item) is State.DISQUALIFIED
    assert step(noticed, case_id) is Step.CLOSED
    assert noticed.decision(drafted.id or 0).ground == "异议成立（IM24-异001，知识产权）：判决书属实。"


def test_a_reinstatement_sets_the_sustained_case_aside(noticed: Contest):
    case_id, desk, office = lodge(noticed), noticed.office.desk, noticed.office
    item = noticed.items[0]
    noticed.decide(case_id, "sustained", outcome="属实。", now=DURING)
    noticed.disqualify(item, ground="异议成立", now=DURING)
    with desk.database.write() as session:
        back = disqualification.draft_reinstatement(
            session, desk, item, reason="判决已改判", officer_id=office.wang, now=DURING
        )
    noticed.signed(back.id or 0, now=DURING)
    with desk.database.write() as session:
        disqualification.reinstate(session, desk, back.id or 0, now=DURING)
    assert noticed.state(item) is State.PUBLICIZED
    assert case(noticed, case_id).status == "dismissed"

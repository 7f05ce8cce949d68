"""Objections during the notice: who may, when, what each side learns, how a case ends."""

from datetime import datetime, timedelta

import pytest
from contest import CLOSES, POSTED, Contest
from sqlmodel import select

from config.refusal import Refusal
from office import disqualification, objections
from records.tables.decision import Objection, Objector
from records.tables.event import Event, Note
from records.tables.person import Address, Person
from states.facts import State
from states.refusals import NotAllowed, NotYours

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


def case(contest: Contest, case_id: int) -> Objection:
    with contest.office.desk.database.read() as session:
        return session.get_one(Objection, case_id)


def test_an_objection_gets_a_number_a_receipt_and_a_question_without_the_objector(noticed: Contest):
    """R114: the applicant learns what is said, not who says it."""
    case_id = lodge(noticed)
    assert (case(noticed, case_id).number, case(noticed, case_id).status) == ("IM24-异001", "open")
    receipt = noticed.office.letters("objection_received.objector")
    assert [(letter.email, letter.facts["decision_number"]) for letter in receipt] == [
        ("luo@objectors.example", "IM24-异001")
    ]
    question = noticed.office.letters("objection_question.applicant")[0]
    assert question.application_id == noticed.items[0]
    assert question.facts["reason"] == "知识产权：（略）（（略），（略））：核心专利已于 6 月被判归他人。"
    said = "".join(str(value) for value in question.facts.values()) + question.email
    assert not any(TOLD[key] in said for key in ("name", "phone", "email", "unit"))


def test_who_objects_stands_in_a_drawer_apart_and_not_in_the_ledger(noticed: Contest):
    case_id = lodge(noticed)
    with noticed.office.desk.database.read() as session:
        drawer = session.exec(select(Objector).where(Objector.objection_id == case_id)).one()
        person = session.get_one(Person, drawer.person_id)
        address = session.exec(select(Address.email).where(Address.person_id == person.id)).one()
        query = select(Note.body).join(Event, Event.id == Note.event_id).where(Event.kind == "objection")
        notes = str(session.exec(query).all())
    assert (person.name, person.unit, address) == (TOLD["name"], TOLD["unit"], TOLD["email"])
    assert TOLD["name"] not in notes
    assert TOLD["unit"] not in notes


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


def test_the_applicant_answers_while_the_case_is_open(noticed: Contest):
    case_id, desk = lodge(noticed), noticed.office.desk
    with desk.database.write() as session:
        with pytest.raises(Refusal, match="空"):
            objections.answer(session, desk, case_id, text=" ", now=DURING)
        objections.answer(session, desk, case_id, text="判决书与本项目无关。", now=DURING)
        objections.dismiss(session, desk, case_id, officer_id=noticed.office.ren, outcome="无关", now=DURING)
        with pytest.raises(NotAllowed, match="已经办结"):
            objections.answer(session, desk, case_id, text="补充。", now=DURING)
    assert case(noticed, case_id).answer == "判决书与本项目无关。"


def test_a_decided_case_is_answered_to_the_objector_with_its_outcome(noticed: Contest):
    """R114."""
    case_id, desk = lodge(noticed), noticed.office.desk
    with desk.database.write() as session:
        with pytest.raises(NotYours):
            objections.dismiss(session, desk, case_id, officer_id=noticed.office.supervisor, outcome="无", now=DURING)
        with pytest.raises(Refusal, match="处理意见"):
            objections.dismiss(session, desk, case_id, officer_id=noticed.office.ren, outcome=" ", now=DURING)
        objections.dismiss(session, desk, case_id, officer_id=noticed.office.ren, outcome="专利有效。", now=DURING)
    letter = noticed.office.letters("objection_decided.objector")[0]
    assert (letter.facts["opinion"], letter.facts["reason"]) == ("异议不成立", "专利有效。")
    decided = case(noticed, case_id)
    assert (decided.status, decided.decided_by, decided.decided_at) == ("dismissed", noticed.office.ren, DURING)


def test_a_sustained_objection_is_the_ground_of_the_decision_that_follows(noticed: Contest):
    """R113: the ground names the case; a case that was not sustained is none."""
    case_id, desk, office = lodge(noticed), noticed.office.desk, noticed.office
    item = noticed.items[0]
    with desk.database.write() as session:
        with pytest.raises(NotAllowed, match="没有成立"):
            disqualification.draft_disqualification(
                session, desk, item, case_id=case_id, officer_id=office.wang, now=DURING
            )
        objections.sustain(session, desk, case_id, officer_id=office.ren, outcome="判决书属实。", now=DURING)
        drafted = disqualification.draft_disqualification(
            session, desk, item, case_id=case_id, officer_id=office.wang, now=DURING
        )
    noticed.signed(drafted.id or 0, now=DURING)
    with desk.database.write() as session:
        disqualification.disqualify(session, desk, drafted.id or 0, now=DURING)
    assert noticed.state(item) is State.DISQUALIFIED
    assert noticed.decision(drafted.id or 0).ground == "异议成立（IM24-异001，知识产权）：判决书属实。"


def test_a_reinstatement_sets_the_sustained_case_aside(noticed: Contest):
    case_id, desk, office = lodge(noticed), noticed.office.desk, noticed.office
    item = noticed.items[0]
    with desk.database.write() as session:
        objections.sustain(session, desk, case_id, officer_id=office.ren, outcome="属实。", now=DURING)
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

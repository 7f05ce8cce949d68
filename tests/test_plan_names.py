"""The plan's names, scope, criteria, bodies and roles: R1 to R29."""

from pathlib import Path

import pytest
from plan_clauses import clause, edition, idle
from plan_office import (
    FIRST_ROUND,
    MEMBERS,
    PANEL_FORMED,
    an_expert_of,
    an_office,
    enter,
    newly_founded,
    open_round,
    prepare,
    standing,
    the_experts,
)
from sqlmodel import select

from config.refusal import Refusal
from notifications import letters
from office import authority, drawer, endorsement, formal_check, intake, notice, objections, people, rounds, tally
from office.desk import Desk
from records.tables.application import Application
from records.tables.decision import Objection
from records.tables.endorser import Endorser
from records.tables.event import Batch
from records.tables.scoring import PanelMember
from states.facts import Actor, State
from states.refusals import NotAllowed, NotYours

from cast import CHECKED, HANDED_IN, Office, a_draft, an_application, at, draft_form, experts, submit

SOCIETIES = (
    "中国机械工程学会、中国仪器仪表学会、中国汽车工程学会、中国电工技术学会、中国电子学会、中国自动化学会、"
    "中国农业机械学会、中国人工智能学会、中国微米纳米技术学会、中国光学工程学会、中国纺织工程学会、中国造船工程学会、"
    "中国宇航学会、中国计量测试学会、中国仿真学会"
).split("、")


def _letter(office: Office, template: str) -> str:
    first = office.letters(template)[0]
    return letters.render(first, edition=office.desk.edition, settings=office.desk.settings).text


def _told(office: Office, name: str = "甲", **told: object) -> Application:
    """A draft as its applicant tells of it, without files."""
    with office.desk.database.write() as session:
        item_id = intake.create_draft(session, office.desk, draft_form(name, **told), now=HANDED_IN).id or 0
    return office.found(item_id)


def _filed_under(folder: Path, category: str) -> tuple[str, tuple[str, ...]]:
    """The key under which a draft of this category is filed, and the fields that it names."""
    with an_office(folder) as office:
        item = _told(office, category=category)
    found = next(each for each in edition().categories if each.key == item.category)
    return found.name, found.fields


@clause("R1", "“2024 中国智能制造科技进展”", guards="edition:award.entry_name")
def test_the_receipt_names_the_candidate_by_the_activitys_own_name(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        submit(office, a_draft(office))
        receipt = _letter(office, "submit.applicant")
    assert "“2024中国智能制造科技进展”" in receipt
    assert "十大科技进展" not in receipt


@clause("R2", "“2024年中国智能制造十大科技进展”", guards="edition:award.title")
def test_winners_carry_another_name(tmp_path: Path) -> None:
    with an_office(tmp_path, "publicized") as office:
        told = _letter(office, "publicize.applicant")
    assert "“2024年中国智能制造十大科技进展”" in told


@clause("R5", "智能制造技术:聚焦关键技术、赋能技术", guards="edition:categories[0].fields")
def test_technology_is_a_field_with_eleven_branches(tmp_path: Path) -> None:
    name, fields = _filed_under(tmp_path, "智能制造技术")
    assert name == "智能制造技术"
    assert len(fields) == 11
    assert fields[0] == "先进制造技术与新一代信息技术融合的交叉技术"
    assert fields[-1] == "智能制造标准"


@clause("R6", "智能产品:聚焦于智能装备", guards="edition:categories[1].fields")
def test_products_are_a_field_with_ten_kinds_of_equipment(tmp_path: Path) -> None:
    name, fields = _filed_under(tmp_path, "智能产品")
    assert name == "智能产品"
    assert fields == tuple(
        "数控机床、基础制造装备、工业机器人、增材制造装备、监测检验装备、自动识别设备、"
        "智能传感与控制装备、智能仓储与物流装备、控制系统、人机协作系统".split("、")
    )


@clause("R7", "智能生产:聚焦于智能车间、智能工厂、智能供应链。", guards="edition:categories[2].fields")
def test_production_is_workshop_factory_and_supply_chain(tmp_path: Path) -> None:
    assert _filed_under(tmp_path, "智能生产") == ("智能生产", ("智能车间", "智能工厂", "智能供应链"))


@clause("R8", "智能服务:聚焦于产品服务和生产性服务。", guards="edition:categories[3].fields")
def test_services_are_a_field_with_four_examples(tmp_path: Path) -> None:
    name, fields = _filed_under(tmp_path, "智能服务")
    assert (name, fields) == ("智能服务", ("网络协同制造", "大规模个性化定制", "智能运维", "共享制造"))


@clause("R9", "制造业领域应用", guards="edition:categories[4].fields")
def test_applications_are_a_field_with_thirteen_sectors(tmp_path: Path) -> None:
    name, fields = _filed_under(tmp_path, "制造业领域应用")
    assert name == "制造业领域应用"
    assert fields == tuple(
        "制造装备、零部件制造、汽车、轨道交通装备、船舶及海洋工程装备、航空航天装备、电子信息、纺织、"
        "食品加工与制造、生物医药制造、钢铁化工、金属冶炼、家电".split("、")
    )


@clause("R10", "征集范围", guards="office.intake:_key_of")
def test_an_entry_falls_in_a_field_of_the_call(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        assert _told(office, category="智能服务").category == "service"
        with pytest.raises(Refusal, match="没有“人文社科”"):
            _told(office, "乙", category="人文社科")


@clause("R11", "遴选标准", guards=("edition:criteria", "office.rounds:_refuse_unready + states.guards:ROUND_READY"))
def test_scoring_waits_until_the_standard_is_confirmed(tmp_path: Path) -> None:
    """The table is a picture: the office confirms ours before anybody scores by it."""
    assert [(each.name, len(each.aspects)) for each in edition().criteria] == [
        ("创新性", 3),
        ("引领性", 3),
        ("应用性", 3),
    ]
    assert sum(each.points for each in edition().criteria) == 100
    with an_office(tmp_path, "checked") as office:
        with office.desk.database.write() as session:
            seats = [(expert, "专家") for expert in experts(office, 3)]
            rounds.form_panel(session, office.desk, "first_round", seats, officer_id=office.wang, now=PANEL_FORMED)
            rounds.assign(session, office.desk, "first_round", officer_id=office.wang, now=PANEL_FORMED)
        with pytest.raises(NotAllowed, match="评分标准未确认"):
            open_round(office, "first_round", now=FIRST_ROUND)


@clause("R13", "15 家推荐单位为", guards="edition:endorsement.societies")
def test_the_fifteen_named_societies_can_endorse(tmp_path: Path) -> None:
    with newly_founded(tmp_path) as desk, desk.database.read() as session:
        known = session.exec(select(Endorser.name).where(Endorser.kind == "society")).all()
    assert sorted(known) == sorted(SOCIETIES)
    assert len(known) == 15


@clause("R14", "15 家成员学会任一均可", guards="edition:endorsement.routes[0]")
def test_any_one_of_the_societies_is_enough_whatever_the_field(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        for category in ("technology", "product", "production", "service", "application"):
            item_id = a_draft(office, category, category=category)
            with office.desk.database.write() as session:
                for name in SOCIETIES:
                    society = endorsement.society_endorser(session, office.desk, name)
                    intake.choose_endorser(session, office.desk, item_id, society, now=HANDED_IN)
            submit(office, item_id)
            assert office.found(item_id).state == State.SUBMITTED


@clause("R15", "或者提交推荐专家审核并签字", guards="edition:endorsement.routes[1]")
def test_one_recommending_expert_is_enough_instead(tmp_path: Path) -> None:
    expert = people.Known("温教授", ["wen@experts.example"], phone="010-1", unit="某大学", position="教授")
    with an_office(tmp_path) as office:
        item_id = a_draft(office)
        with office.desk.database.write() as session:
            endorser = endorsement.expert_endorser(session, office.desk, expert)
            intake.choose_endorser(session, office.desk, item_id, endorser, now=HANDED_IN)
        submit(office, item_id)
        with office.desk.database.write() as session:
            endorsement.endorse_by_link(session, office.desk, office.link(item_id), now=HANDED_IN)
        assert office.found(item_id).state == State.ENDORSED


def _anybody(desk: Desk) -> Endorser:
    with desk.database.read() as session:
        return session.exec(select(Endorser)).all()[0]


@clause(
    "R16",
    "国内外权威的行业组织、研究机构、高校、企业",
    guards="office.endorsement:society_endorser",
    invert=lambda true: lambda session, desk, name: _anybody(desk),
)
def test_who_brings_an_entry_in_does_not_endorse_it_unless_a_member(tmp_path: Path) -> None:
    with an_office(tmp_path) as office, office.desk.database.read() as session:
        assert endorsement.society_endorser(session, office.desk, "中国宇航学会").short == "宇航"
        with pytest.raises(Refusal, match="不是本届可以推荐的学会"):
            endorsement.society_endorser(session, office.desk, "某省智能制造行业协会")


@clause("R17", "申报单位(高校、科研院所及企业)", guards="edition:unit_types")
def test_universities_institutes_and_enterprises_apply_and_no_person_does(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        kinds = [_told(office, f"单位{kind}", unit_type=kind).unit_type for kind in ("高校", "科研院所", "企业")]
        assert kinds == ["university", "institute", "enterprise"]
        with pytest.raises(Refusal, match="没有“个人”"):
            _told(office, "某人", unit_type="个人")


@clause("R18", "成立“中国智能制造科技进展遴选办公室”", guards="office.authority:acting")
def test_only_who_acts_for_the_office_has_its_powers(tmp_path: Path) -> None:
    with an_office(tmp_path) as office, office.desk.database.read() as session:
        assert authority.acting(session, office.wang).id == office.wang
        for stranger in (office.supervisor, 9999):
            with pytest.raises(NotYours, match="遴选办公室"):
                authority.acting(session, stranger)


@clause("R19", "负责收集2024年度“智能制造科技进展”推荐材料", guards="office.intake:submit", invert=idle())
def test_the_office_collects_what_comes_on_paper_and_says_so(tmp_path: Path) -> None:
    arrived = at("2024-08-15 17:00")
    with an_office(tmp_path) as office:
        item_id = a_draft(office)
        with office.desk.database.write() as session:
            intake.submit(
                session, office.desk, item_id, actor=Actor.OFFICE, officer_id=office.wang, judged_at=arrived,
                now=at("2024-08-16 09:00"),
            )  # fmt: skip
        with office.desk.database.read() as session:
            batches = session.exec(select(Batch)).all()
        assert [(batch.officer_id, batch.acting_for) for batch in batches] == [(office.wang, "applicant")]
        assert office.found(item_id).submitted_at == arrived


@clause("R20", "并对推荐材料进行形式审查", guards="states.guards:SHEET_COMPLETE")
def test_the_office_passes_nothing_before_its_sheet_is_complete(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        item_id = an_application(office)
        with pytest.raises(NotAllowed, match="审查表还没有填完"), office.desk.database.write() as session:
            formal_check.pass_check(session, office.desk, [item_id], officer_id=office.wang, now=CHECKED)
        assert office.found(item_id).state == State.ENDORSED


@clause("R21", "组织召开评审会", guards="office.rounds:invite", invert=idle(0))
def test_the_office_calls_every_expert_to_a_review(tmp_path: Path) -> None:
    with an_office(tmp_path, "checked") as office:
        prepare(office, "first_round", experts(office, 3), now=PANEL_FORMED)
        open_round(office, "first_round", now=FIRST_ROUND)
        called = [letter.email for letter in office.letters("invite_scoring.expert")]
    assert sorted(called) == [f"expert{number}@experts.example" for number in (1, 2, 3)]


@clause(
    "R22",
    "负责对入选“智能制造科技进展”的成果进行发布",
    guards="office.decisions:require_signed + states.guards:SIGNED_OFF",
)
def test_the_office_publishes_by_a_signed_decision(tmp_path: Path) -> None:
    later = at("2024-11-29 10:00")
    with an_office(tmp_path, "publicized") as office:
        with office.desk.database.write() as session:
            unsigned = notice.draft_announcement(session, office.desk, officer_id=office.wang, now=later).id or 0
        with pytest.raises(NotAllowed, match="签发"), office.desk.database.write() as session:
            notice.announce(session, office.desk, unsigned, now=later)
        assert standing(office, State.ANNOUNCED) == []


@clause("R24", "中国智能制造科技进展遴选专家委员会", guards="office.scores:_refuse_stranger")
def test_who_has_no_seat_on_the_committee_does_not_score_the_first_round(tmp_path: Path) -> None:
    with an_office(tmp_path, "first_round") as office:
        item_id = standing(office, State.FIRST_ROUND)[0]
        enter(office, "first_round", the_experts(office)[0], item_id, "90", now=FIRST_ROUND)
        stranger = an_expert_of(office, "某单位")
        with pytest.raises(NotYours):
            enter(office, "first_round", stranger, item_id, "90", now=FIRST_ROUND)


@clause(
    "R25",
    "制造业领域院士及智能制造领域综合性专家+遴选专家委员会专家",
    guards="edition:rounds[1].panel",
)
def test_the_final_panel_has_three_kinds_of_members_and_the_kind_is_kept(tmp_path: Path) -> None:
    assert set(edition().rounds[1].panel) == set(MEMBERS)
    with an_office(tmp_path, "finalists") as office, office.desk.database.read() as session:
        panel = tally.panel_of(session, office.desk, "final")
        seats = session.exec(select(PanelMember.member_type).where(PanelMember.panel_id == panel.id)).all()
    assert sorted(seats) == sorted(MEMBERS)


@clause("R27", "公示期间存在重大质疑", guards="office.objections:_refuse_nameless", invert=idle())
def test_anybody_may_object_under_a_real_name(tmp_path: Path) -> None:
    received = at("2024-11-04 10:00")
    said = {"unit": "同行企业", "ground": "真实性", "statement": "应用数据与事实不符", "phone": "010-1", "email": ""}
    with an_office(tmp_path, "publicized") as office:
        item_id = standing(office, State.PUBLICIZED)[0]
        with pytest.raises(Refusal, match="匿名"), office.desk.database.write() as session:
            objections.lodge(session, office.desk, item_id, name="匿名", **said, received_at=received, now=received)
        with office.desk.database.write() as session:
            objections.lodge(session, office.desk, item_id, name="钱某人", **said, received_at=received, now=received)
        with office.desk.database.read() as session:
            case = session.exec(select(Objection)).one()
            assert drawer.look(session, office.desk, case).name == "钱某人"


@clause("R28", "中国纺织工程学会", guards=("edition:contacts[0].email", "office.opening:_addresses"))
def test_a_society_is_written_to_at_the_address_that_the_plan_gives(tmp_path: Path) -> None:
    with newly_founded(tmp_path) as desk, desk.database.read() as session:
        society = endorsement.society_endorser(session, desk, "中国纺织工程学会")
        assert people.email_of(session, society.person_id) == "m13718277833@163.com"


@clause(
    "R28",
    "中国科协智能制造学会联合体",
    guards=("edition:contacts[1].email", "edition:contacts[1].phone"),
)
def test_every_letter_names_the_consortiums_own_contact(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        submit(office, a_draft(office))
        receipt = _letter(office, "submit.applicant")
    assert "liuyq@cmes.org" in receipt
    assert "010-68799025 13488689375" in receipt


@clause("R29", "（方案未写：回避）", guards=("office.scores:_refuse_stranger", "review.conflicts:find_conflicts"))
def test_an_expert_with_an_interest_stays_out_of_that_entry_alone(tmp_path: Path) -> None:
    with an_office(tmp_path, "checked") as office:
        own, other = standing(office, State.FORMALLY_CHECKED)[:2]
        insider = an_expert_of(office, office.found(own).unit)
        prepare(office, "first_round", [insider, *experts(office, 2)], now=PANEL_FORMED)
        open_round(office, "first_round", now=FIRST_ROUND)
        enter(office, "first_round", insider, other, "90", now=FIRST_ROUND)
        with pytest.raises(NotYours, match="回避"):
            enter(office, "first_round", insider, own, "90", now=FIRST_ROUND)

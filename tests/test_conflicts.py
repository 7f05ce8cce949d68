"""Conflicts of interest: what blocks, what is only looked at, and what must not be taken for one."""

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.conflicts import Conflict, Declaration, Ground, PanelExpert, ScoredApplication, find_conflicts
from review.unit_names import UnitNames

WEN = PanelExpert(1, "文专家", ("清华大学机械工程系",), society_offices=("中国纺织工程学会",))


def grounds(found: tuple[Conflict, ...]) -> list[tuple[str, bool]]:
    return [(conflict.ground, conflict.blocks) for conflict in found]


def between(expert: PanelExpert, application: ScoredApplication, **more: object) -> list[tuple[str, bool]]:
    return grounds(find_conflicts([expert], [application], **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("海尔集团有限公司", "海尔（集团）有限责任公司"),
        ("沈阳机床 有限公司", "沈阳机床有限责任公司"),
        ("ＡＢＣ自动化有限公司", "abc自动化有限公司"),
        ("中国科学院 沈阳自动化研究所", "中国科学院沈阳自动化研究所"),
        ("华为技术（北京）有限公司", "华为技术(北京)有限公司"),
    ],
)
def test_one_unit_in_two_writings_is_the_same(one: str, other: str) -> None:
    assert UnitNames().compare(one, other) == "same"


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("清华大学", "清华大学机械工程系", "part"),
        ("清华大学自动化系", "清华大学机械工程系", "part"),
        ("北京大学", "北京大学第三医院", "similar"),
        ("中国科学院", "中国科学院沈阳自动化研究所", "similar"),
        ("海尔集团", "海尔集团电器产业有限公司", "similar"),
        ("沈阳机床股份有限公司", "沈阳机床有限公司", "similar"),
        ("华为技术有限公司", "华为技术（北京）有限公司", "similar"),
        ("中国石油大学（北京）", "中国石油大学（华东）", "similar"),
        ("大连理工大学", "大连大学", None),
        ("大连", "大连理工研究院", None),
        ("上海大学", "上海交通大学", None),
        ("北京大学", "北京理工大学", None),
        ("有限公司", "集团", None),
        ("中国机械工程学会", "中国农业机械学会", None),
        ("", "", None),
    ],
)
def test_near_names_are_told_apart_from_equal_ones(one: str, other: str, likeness: str | None) -> None:
    assert UnitNames().compare(one, other) == likeness
    assert UnitNames().compare(other, one) == likeness


def test_aliases_join_names_in_any_order_and_through_each_other() -> None:
    pairs = [("机械总院", "中国机械科学研究总院"), ("机科院", "机械总院"), ("机械总院", "机科院")]
    for table in (pairs, pairs[::-1], [(b, a) for a, b in pairs]):
        assert UnitNames(table).compare("机科院", "中国机械科学研究总院") == "same"
    assert UnitNames(pairs).compare("机科院", "沈阳自动化所") is None
    assert UnitNames([("科大", "中国科学技术大学")]).compare("科大", "中国科学技术大学工程系") == "part"


PARENTS = [
    ("沈阳第一机床厂", "沈阳机床（集团）有限责任公司"),
    ("沈阳机床(集团)有限公司", "中国通用技术集团"),
    ("齐齐哈尔二机床", "中国通用技术集团"),
    ("北京大学第三医院", "北京大学"),
    ("圆甲", "圆乙"),
    ("圆乙", "圆甲"),
]


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("沈阳第一机床厂", "沈阳机床集团有限公司", "under"),
        ("沈阳第一机床厂", "中国通用技术集团", "under"),  # through the one between
        ("沈阳一机", "中国通用技术集团", "under"),  # by its former name
        ("沈阳第一机床厂", "齐齐哈尔二机床", "sibling"),
        ("北京大学第三医院", "北京大学", "under"),
        ("北京大学第三医院", "北京大学机械系", "sibling"),
        ("圆甲", "圆乙", "under"),
        ("圆甲", "沈阳第一机床厂", None),
    ],
)
def test_units_are_joined_by_the_table_of_parents(one: str, other: str, likeness: str | None) -> None:
    names = UnitNames([("沈阳一机", "沈阳第一机床厂")], PARENTS)
    assert names.compare(one, other) == likeness
    assert names.compare(other, one) == likeness


def test_a_unit_above_or_below_blocks_and_a_sibling_is_looked_at() -> None:
    names = UnitNames((), PARENTS)
    expert = PanelExpert(2, "吴专家", ("沈阳第一机床厂",))
    above, beside = ScoredApplication(24, "中国通用技术集团"), ScoredApplication(25, "齐齐哈尔二机床")
    found = find_conflicts([expert], [above, beside], names=names)
    assert grounds(found) == [("parent_unit", True), ("similar_unit", False)]
    assert found[0].explanation == (
        "专家吴专家的单位“沈阳第一机床厂”与申报单位“中国通用技术集团”有隶属关系（据单位隶属表），应回避。"
    )
    assert "同属“中国通用技术集团”" in found[1].explanation


def test_a_former_name_blocks_and_says_by_which_table() -> None:
    expert = PanelExpert(2, "吴专家", ("沈阳一机",))
    names = UnitNames([("沈阳一机", "沈阳第一机床厂")])
    found = find_conflicts([expert], [ScoredApplication(24, "沈阳第一机床厂")], names=names)
    assert grounds(found) == [("same_unit", True)]
    assert found[0].explanation.endswith("就是申报单位“沈阳第一机床厂”（据单位别名、曾用名表），应回避。")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本成果由甲公司与乙机床 有限\n公司、浙江大学共同开发。", [("named_in_evidence", False)]),  # as a scan reads it
        ("合作开发：吴专家等。", [("named_in_evidence", False)]),
        ("本成果由甲公司独立完成。", []),
        ("", []),
    ],
)
def test_who_is_named_in_the_evidence_is_looked_at(text: str, expected: list[tuple[str, bool]]) -> None:
    """R93: a test report names its laboratory too, so a mention alone never blocks."""
    expert = PanelExpert(2, "吴专家", ("乙机床有限责任公司",))
    assert between(expert, ScoredApplication(24, "甲公司", evidence_text=text)) == expected


@pytest.mark.parametrize(("text", "seen"), [("参加人：李明、王强", True), ("参加人：李明智", False), ("李明", True)])
def test_a_name_of_two_characters_is_seen_only_where_it_stands_by_itself(text: str, seen: bool) -> None:
    expert = PanelExpert(2, "李明", ("乙研究院",))
    assert bool(between(expert, ScoredApplication(24, "甲公司", evidence_text=text))) is seen


def test_a_department_is_seen_by_its_university_and_who_is_blocked_anyway_is_told_once() -> None:
    text = "本成果由甲公司与清华大学共同开发。"
    assert between(WEN, ScoredApplication(24, "甲公司", evidence_text=text)) == [("named_in_evidence", False)]
    assert between(WEN, ScoredApplication(24, "清华大学", evidence_text=text)) == [("same_unit", True)]


def test_every_ground_has_its_label_and_its_clause() -> None:
    for ground in get_args(Ground):
        conflict = Conflict(1, 2, ground, blocks=True, explanation="")
        assert conflict.label
        assert re.fullmatch("[RA][0-9]+", conflict.clause)


def test_an_expert_of_the_applicant_unit_is_blocked_and_told_why() -> None:
    found = find_conflicts([WEN], [ScoredApplication(24, "清华大学")])
    assert grounds(found) == [("same_unit", True)]
    assert found[0].explanation == "专家文专家的单位“清华大学机械工程系”与申报单位“清华大学”同属一所大学，应回避。"
    assert (found[0].expert, found[0].application, found[0].label) == (1, 24, "同一单位")


def test_an_expert_of_a_co_developer_is_blocked() -> None:
    """R93: kind 4 of the evidence feeds the list."""
    application = ScoredApplication(24, "甲机床有限公司", partner_units=("乙研究院", "清华大学"))
    assert between(WEN, application) == [("partner_unit", True)]


def test_a_partner_that_is_the_lead_unit_is_told_once() -> None:
    assert between(WEN, ScoredApplication(24, "清华大学", partner_units=("清华大学 ",))) == [("same_unit", True)]


def test_a_unit_that_only_looks_alike_is_looked_at_not_blocked() -> None:
    expert = PanelExpert(2, "吴专家", ("沈阳机床股份有限公司",))
    assert between(expert, ScoredApplication(24, "沈阳机床有限公司")) == [("similar_unit", False)]


def test_every_unit_of_an_expert_counts() -> None:
    expert = PanelExpert(2, "吴专家", ("甲研究所", "乙机床有限公司"))
    assert between(expert, ScoredApplication(24, "乙机床有限责任公司")) == [("same_unit", True)]


def test_the_endorsing_expert_is_blocked_for_that_entry() -> None:
    """A20."""
    assert between(WEN, ScoredApplication(24, "甲公司", endorsing_expert=1)) == [("endorsing_expert", True)]
    assert between(WEN, ScoredApplication(25, "甲公司", endorsing_expert=9)) == []


@pytest.mark.parametrize(
    ("name", "unit", "expected"),
    [
        ("文 专家", "清华大学", [("endorsing_expert", True)]),
        ("文专家", "浙江大学", [("endorsing_expert", False)]),
        ("文专家", None, [("endorsing_expert", False)]),
        ("武专家", "清华大学", []),
    ],
)
def test_an_endorser_known_by_name_only_is_blocked_with_the_same_unit(
    name: str, unit: str | None, expected: list[tuple[str, bool]]
) -> None:
    application = ScoredApplication(24, "甲公司", endorsing_expert_name=name, endorsing_expert_unit=unit)
    assert between(WEN, application) == expected


def test_a_namesake_known_to_be_another_person_is_no_conflict() -> None:
    application = ScoredApplication(24, "甲公司", endorsing_expert=9, endorsing_expert_name="文专家")
    assert between(WEN, application) == []


def test_an_officer_of_the_endorsing_society_is_flagged_and_may_score() -> None:
    """A21."""
    application = ScoredApplication(24, "甲公司", endorsing_society="纺织学会")
    names = UnitNames([("纺织学会", "中国纺织工程学会")])
    assert between(WEN, application, names=names) == [("society_office", False)]
    assert between(WEN, application) == []
    employee = PanelExpert(2, "吴专家", ("中国纺织工程学会",))
    assert between(employee, application, names=names) == [("society_office", False)]


def test_a_declared_interest_blocks_that_pair_alone_even_without_a_reason() -> None:
    declarations = [Declaration(1, 24, "师生关系"), Declaration(1, 26, ""), Declaration(8, 24, "不在本组")]
    applications = [ScoredApplication(number, "甲公司") for number in (24, 25, 26)]
    found = find_conflicts([WEN], applications, declarations=declarations)
    assert [(one.application, one.ground, one.blocks) for one in found] == [
        (24, "declared", True),
        (26, "declared", True),
    ]
    assert "师生关系" in found[0].explanation


def test_all_grounds_of_a_pair_are_told() -> None:
    application = ScoredApplication(
        24, "清华大学", ("清华大学第一附属医院",), endorsing_society="中国纺织工程学会", endorsing_expert=1
    )
    found = find_conflicts([WEN], [application], declarations=[Declaration(1, 24, "项目组成员")])
    assert grounds(found) == [
        ("declared", True),
        ("endorsing_expert", True),
        ("same_unit", True),
        ("society_office", False),
    ]


UNITS = ("清华大学", "清华大学机械工程系", "浙江大学", "甲机床有限公司", "甲机床股份有限公司", "海尔（集团）公司", "")
experts = st.builds(
    PanelExpert,
    st.integers(1, 4),
    st.sampled_from(["文", "武"]),
    st.lists(st.sampled_from(UNITS), max_size=2).map(tuple),
)
applications = st.builds(
    ScoredApplication,
    st.integers(1, 4),
    st.sampled_from(UNITS),
    st.lists(st.sampled_from(UNITS), max_size=2).map(tuple),
    endorsing_expert=st.none() | st.integers(1, 4),
)


@given(
    st.lists(experts, max_size=4, unique_by=lambda expert: expert.expert),
    st.lists(applications, max_size=4, unique_by=lambda application: application.application),
)
def test_the_order_of_the_lists_does_not_matter(
    some_experts: list[PanelExpert], some_applications: list[ScoredApplication]
) -> None:
    found = find_conflicts(some_experts, some_applications)
    assert found == find_conflicts(some_experts[::-1], some_applications[::-1])
    assert len({(one.expert, one.application, one.ground) for one in found}) == len(found)

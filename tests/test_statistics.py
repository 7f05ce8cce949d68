"""The season in numbers: counted as a hand would, sealed until released, placed by the table of units (R12, R137)."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from after_the_final import copied, make, objected
from contest import FINAL, FINAL_LOCKS, FINAL_SIGNED, OPENS, POSTED, SIGNED, Contest, descending
from python_calamine import CalamineWorkbook
from sqlmodel import select
from visitors_of import Browser

from config.provinces import PROVINCES, province_of
from config.refusal import Refusal
from office import season_statistics, undo, unit_table
from office.visitors import Part
from paperwork.case_facts import fingerprint
from paperwork.statistics_sheet import Statistics
from records.tables.application import Application
from records.tables.event import Batch
from states.facts import State
from states.refusals import NotAllowed

from cast import SOCIETY, Office

UNITS = ("沈阳机床集团", "上海航天设备厂", "浙江大学", "某某集团", "哈尔滨电机厂", "浙江某厂")
NOW = POSTED + timedelta(days=5)


@pytest.fixture(scope="module")
def noticed(selected_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contest]:
    """Seventeen of many places and kinds, ten selected, one of them without its title."""
    with copied(selected_home, tmp_path_factory.mktemp("numbers")) as contest:
        mixed(contest)
        objected(contest)
        yield contest


def mixed(contest: Contest) -> None:
    """Applications of several units, categories and kinds."""
    desk = contest.office.desk
    with desk.database.write() as session:
        for place, item in enumerate(contest.items):
            row = session.get_one(Application, item)
            row.unit = UNITS[place % len(UNITS)]
            row.category = desk.edition.categories[place % 3].key
            row.unit_type = desk.edition.unit_types[place % 2].key
            session.add(row)


def told(contest: Contest) -> Statistics:
    with contest.office.desk.database.read() as session:
        return season_statistics.told(session, contest.office.desk)


def groups(facts: Statistics, key: str) -> dict[str, tuple[int | None, ...]]:
    """The groups of one breakdown that anybody is in."""
    found = next(each for each in facts.breakdowns if each.key == key)
    return {group.label: group.counts for group in found.groups if group.counts[0]}


def test_the_whole_is_counted_gate_by_gate(noticed: Contest) -> None:
    facts = told(noticed)
    assert facts.gates == ("申报", "形审通过", "入围终评", "入选十大")
    assert facts.total.counts == (17, 17, 15, 9)


@pytest.mark.parametrize("key", ["endorser", "category", "province", "unit_type"])
def test_every_breakdown_adds_up_to_the_whole(noticed: Contest, key: str) -> None:
    facts = told(noticed)
    found = next(each for each in facts.breakdowns if each.key == key)
    assert tuple(sum(column) for column in zip(*(group.counts for group in found.groups), strict=True)) == (
        17,
        17,
        15,
        9,
    )


def test_a_group_is_counted_as_a_hand_would(noticed: Contest) -> None:
    facts, names = told(noticed), {each.key: each.name for each in noticed.office.desk.edition.categories}
    items = [noticed.office.found(item) for item in noticed.items]
    assert groups(facts, "endorser") == {SOCIETY: (17, 17, 15, 9)}
    won = [item for item in items if item.state == State.PUBLICIZED]
    for label, counts in groups(facts, "category").items():
        assert counts[0] == sum(names[item.category] == label for item in items)
        assert counts[3] == sum(names[item.category] == label for item in won)
    places = Counter(province_of(item.unit) or "未识别" for item in items)
    assert {label: counts[0] for label, counts in groups(facts, "province").items()} == places
    assert facts.unplaced == ("某某集团",)
    row = next(each for each in facts.matrix.rows if each.label == SOCIETY)
    assert sum(count or 0 for count in row.counts) == 17


def test_the_offices_table_says_where_a_unit_sits(selected: Contest) -> None:
    mixed(selected)
    desk, wang = selected.office.desk, selected.office.wang
    with pytest.raises(Refusal, match="没有“桃花源”这个省份"):
        unit_table.told("某某集团", "", "", "桃花源")
    with desk.database.write() as session:
        line = unit_table.told("某某（集团）总公司", "某某集团", "", "湖北省")
        unit_table.save(session, desk, line, officer_id=wang, now=NOW)
    facts = told(selected)
    assert groups(facts, "province")["湖北"][0] == sum(
        selected.office.found(item).unit == "某某集团" for item in selected.items
    )
    assert facts.unplaced == ()


@pytest.mark.parametrize(
    ("unit", "place"),
    [
        ("北京大学深圳研究生院", "北京"),
        ("中国科学院沈阳自动化研究所", "辽宁"),
        ("清华大学", "北京"),
        ("华中科技大学", "湖北"),
        ("湖南通用机械厂", "湖南"),
        ("上海南方电机厂", "上海"),
        ("国网内蒙古电力公司", "内蒙古"),
        ("第一研究所", ""),
    ],
)
def test_a_place_is_read_from_a_name(unit: str, place: str) -> None:
    assert province_of(unit) == place


def test_all_provinces_are_there_once() -> None:
    assert len(PROVINCES) == len(set(PROVINCES)) == 34
    assert [province for province in PROVINCES if province_of(f"{province}某厂") != province] == []


def test_finalists_and_winners_are_told_from_the_release_on(contest: Contest) -> None:
    """A32: what a lock decides is nobody's to count before it is released, and no more once that was taken back."""
    assert told(contest).total.counts == (17, 17, None, None)
    contest.score("first_round", descending(contest.items), now=OPENS)
    contest.lock("first_round")
    assert told(contest).total.counts == (17, 17, None, None)
    assert told(contest).sealed == ("入围终评", "入选十大")
    decision = contest.release("first_round")
    assert told(contest).total.counts == (17, 17, 15, None)
    desk = contest.office.desk
    with desk.database.write() as session:
        batch = session.exec(select(Batch.id).where(Batch.decision_id == decision).order_by(Batch.id)).first() or 0
        undo.undo(
            session, desk, batch, reason="名单有误", officer_id=contest.office.ren, now=SIGNED + timedelta(minutes=5)
        )
    assert told(contest).total.counts == (17, 17, None, None)
    page = Browser(contest.office, Part.OFFICE, now=SIGNED).client.get("/statistics").text
    assert page.count("结果产生之后统计") == 2


def test_winners_are_those_of_the_release_less_who_lost_the_title(in_the_final: Contest) -> None:
    in_the_final.score("final", descending(in_the_final.standing(State.FINALIST)), now=FINAL)
    in_the_final.lock("final", now=FINAL_LOCKS)
    assert told(in_the_final).total.counts == (17, 17, 15, None)
    in_the_final.release("final", now=FINAL_SIGNED)
    assert told(in_the_final).total.counts == (17, 17, 15, 10)
    in_the_final.disqualify(in_the_final.standing(State.TOP_TEN)[0], ground="违反承诺：第 2 条", now=FINAL_SIGNED)
    assert told(in_the_final).total.counts == (17, 17, 15, 9)


def test_the_workbook_holds_numbers_living_sums_and_charts_of_excels_own(noticed: Contest) -> None:
    data = make(noticed, "statistics")
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    assert book.sheet_names == ["总表", "按推荐方", "按类别", "按省份", "按单位类型", "学会与类别", "省份未识别"]
    rows = book.get_sheet_by_name("按类别").to_python()
    assert rows[1] == ["类别", "申报", "形审通过", "入围终评", "入选十大"]
    assert rows[-1] == ["合计", 17.0, 17.0, 15.0, 9.0]
    with ZipFile(BytesIO(data)) as package:
        charts = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
        sheet = package.read("xl/worksheets/sheet3.xml").decode()
        drawn = package.read("xl/charts/chart3.xml").decode()
    assert len(charts) == 6
    assert "<f>SUM(B3:B7)</f>" in sheet
    assert "'按类别'!$B$3:$B$7" in drawn or "按类别!$B$3:$B$7" in drawn
    assert f"数据 SHA-256 {fingerprint(told(noticed))}" in sheet
    assert make(noticed, "statistics") == data


def test_sealed_gates_have_no_column(contest: Contest) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(make(contest, "statistics")))
    assert book.get_sheet_by_name("按类别").to_python()[1] == ["类别", "申报", "形审通过"]
    assert [row[1] for row in book.get_sheet_by_name("总表").to_python()[4:6]] == ["结果产生后统计"] * 2


def test_nothing_handed_in_is_said(office: Office) -> None:
    with office.desk.database.read() as session, pytest.raises(NotAllowed, match="还没有提交的申报"):
        season_statistics.require_entries(session, office.desk)
    page = Browser(office, Part.OFFICE).client.get("/statistics")
    assert (page.status_code, "还没有提交的项目" in page.text) == (200, True)


def test_the_page_is_for_office_and_supervisor_and_leads_on(noticed: Contest) -> None:
    for part in (Part.OFFICE, Part.SUPERVISOR):
        page = Browser(noticed.office, part, now=NOW).client.get("/statistics").text
        assert page.count('class="chart gates"') == 4
        assert "/cases?" in page
        assert "有 1 家单位看不出省份" in page
        assert 'href="/papers/statistics" download' in page
    assert Browser(noticed.office, Part.EXPERT, now=NOW).client.get("/statistics").status_code == 403

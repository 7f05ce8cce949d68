"""Proves the list of former winners: real Excel bytes, preview, all or nothing, search, who comes back (R119, A24)."""

from pathlib import Path

import pytest
import xlsxwriter
from sqlmodel import select, update
from visitors_of import Browser

from config.refusal import Refusal
from documents.findings import Verdict
from documents.spreadsheet import Spreadsheets, Table
from office import new_edition, past_winners, twins
from office.past_winners import Entry
from office.twins import Hint
from office.visitors import Part
from records.tables.application import Application
from records.tables.event import Event
from records.tables.past_winner import PastWinner
from states.facts import State
from states.refusals import NotYours

from cast import FOUNDED, Office, a_draft, an_application

HEADINGS = ["序号", "入选年份", "成果名称", "完成单位", "推荐学会"]
LOOM = [1, 2017, "纺织车间能耗优化平台", "某纺织大学", "中国纺织工程学会"]
WHEEL = [2, "2023年", "轮毂铸造数字孪生产线", "甲重工", ""]


def entries(*rows: list[object]) -> tuple[Entry, ...]:
    table = Table("名单", 1, tuple(tuple(str(cell) for cell in row) for row in rows))
    return past_winners.read(table, before=2024)


def told(office: Office, rows: tuple[Entry, ...]) -> list[tuple[str, str]]:
    with office.desk.database.read() as session:
        return [(each.action, each.told) for each in past_winners.preview(session, rows).changes]


def take(office: Office, rows: tuple[Entry, ...], *, by: int = 0, expected: str = "") -> None:
    with office.desk.database.write() as session:
        found = past_winners.preview(session, rows)
        past_winners.carry_out(
            session, office.desk, rows, expected=expected or found.digest, officer_id=by or office.wang, now=FOUNDED
        )


def known(office: Office) -> list[PastWinner]:
    with office.desk.database.read() as session:
        return list(past_winners.search(session))


def hint(office: Office, item_id: int) -> Hint | None:
    with office.desk.database.read() as session:
        found = twins.hints(session, office.desk, office.found(item_id))
    return next((each for each in found if each.rule == "twins.past_winner"), None)


def test_a_real_workbook_is_read_below_its_title(tmp_path: Path) -> None:
    path = tmp_path / "往届.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("2017-2023")
        for number, row in enumerate([["历届中国智能制造科技进展"], HEADINGS, LOOM, WHEEL]):
            sheet.write_row(number, 0, row)
    with Spreadsheets() as reader:
        found = past_winners.read(reader.read(path), before=2024)
    assert [(each.row, each.year, each.title) for each in found] == [(3, 2017, LOOM[2]), (4, 2023, WHEEL[2])]


def test_a_list_comes_in_and_the_same_again_changes_nothing(office: Office) -> None:
    rows = entries(HEADINGS, LOOM, WHEEL)
    assert told(office, rows) == [("add", "新增"), ("add", "新增")]
    take(office, rows)
    assert [each.year for each in known(office)] == [2023, 2017]
    assert told(office, rows) == [("same", "已有，不变"), ("same", "已有，不变")]
    with office.desk.database.read() as session:
        assert session.exec(select(Event.kind).where(Event.kind == "past_winners")).all() == ["past_winners"]


def test_an_endorser_is_added_to_who_is_known(office: Office) -> None:
    take(office, entries(HEADINGS, WHEEL))
    better = entries(HEADINGS, [*WHEEL[:4], "中国机械工程学会"])
    assert told(office, better) == [("change", "推荐方：（空） → 中国机械工程学会")]
    take(office, better)
    assert [each.endorser for each in known(office)] == ["中国机械工程学会"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([1, "", "某项目", "某单位", ""], "没有年度"),
        ([1, 2024, "某项目", "某单位", ""], "“2024”不是 2000 至 2023 的年度"),
        ([1, "去年", "某项目", "某单位", ""], "“去年”不是"),
        ([1, 2020, "", "某单位", ""], "没有项目名称"),
        ([1, 2020, "某项目", "", ""], "没有申报单位"),
        ([1, 2020, "长" * 201, "某单位", ""], "项目名称超过 200 字"),
        ([1, 2017, "纺织车间 能耗优化平台", "某纺织大学", ""], "与第 2 行相同"),
    ],
)
def test_one_wrong_row_and_nothing_is_taken(office: Office, row: list[object], said: str) -> None:
    rows = entries(HEADINGS, LOOM, row)
    action, words = told(office, rows)[1]
    assert action == "fault"
    assert said in words
    with pytest.raises(Refusal, match="1 行有问题，一行也没有导入"):
        take(office, rows)
    assert known(office) == []


def test_a_list_without_the_headings_names_what_is_missing() -> None:
    with pytest.raises(Refusal, match="“年度”“申报单位”") as refusal:
        entries(["序号", "名称"], [1, "某项目"])
    assert "推荐学会或专家" in refusal.value.next_step


def test_what_changed_since_the_preview_is_not_carried_out(office: Office) -> None:
    rows = entries(HEADINGS, LOOM)
    with office.desk.database.read() as session:
        looked_at = past_winners.preview(session, rows).digest
    take(office, rows)
    with pytest.raises(Refusal, match="预览之后"):
        take(office, rows, expected=looked_at)


def test_a_supervisor_imports_nothing(office: Office) -> None:
    with pytest.raises(NotYours):
        take(office, entries(HEADINGS, LOOM), by=office.supervisor)


@pytest.mark.parametrize(
    ("words", "year", "found"),
    [
        ("", None, [2023, 2017]), ("纺织", None, [2017]), ("重工 孪生", None, [2023]), ("纺织工程学会", None, [2017]),
        ("纺织 重工", None, []), ("", 2017, [2017]), ("%", None, [2023, 2017]), ("_", 2016, []),
    ],
)  # fmt: skip
def test_every_scrap_must_be_found(office: Office, words: str, year: int | None, found: list[int]) -> None:
    take(office, entries(HEADINGS, LOOM, WHEEL))
    with office.desk.database.read() as session:
        assert [each.year for each in past_winners.search(session, words, year=year)] == found


def test_a_title_that_won_before_is_looked_into(office: Office) -> None:
    take(office, entries(HEADINGS, LOOM, WHEEL))
    again = hint(office, a_draft(office, "甲", title="轮毂铸造 数字孪生产线", unit="另一单位"))
    assert again is not None
    assert again.sentence == "往届已入选：2023 年“轮毂铸造数字孪生产线”（甲重工）"
    assert again.verdict is Verdict.LOOK


def test_a_unit_that_won_before_is_told_and_no_more(office: Office) -> None:
    take(office, entries(HEADINGS, LOOM, WHEEL))
    again = hint(office, a_draft(office, "甲", title="新的产线", unit="甲重工"))
    assert again is not None
    assert (again.verdict, again.next_step) == (Verdict.ADVICE, "")
    assert hint(office, a_draft(office, "乙", title="别的产线", unit="乙重工")) is None


def test_a_winner_of_the_edition_before_in_the_same_store_comes_back(office: Office) -> None:
    """Last year's list need not be imported where last year was run here."""
    drafted = new_edition.draft(office.desk, 2025).loaded
    desk = new_edition.begin(office.desk, drafted, reason="通知", officer_id=office.ren, now=FOUNDED)
    won = office.found(an_application(office))
    later = a_draft(office, "乙", title=won.title, unit="乙重工")
    with office.desk.database.write() as session:
        session.execute(update(Application).where(Application.id == won.id).values(state=State.TOP_TEN.value))
        session.execute(update(Application).where(Application.id == later).values(edition="2025", number="IM25-001"))
    with desk.database.read() as session:
        item = session.get_one(Application, later)
        found = next(each for each in twins.hints(session, desk, item) if each.rule == "twins.past_winner")
    assert found.sentence == f"往届已入选：2024 年“{won.title}”（{won.unit}）"
    assert found.verdict is Verdict.LOOK
    with office.desk.database.write() as session:  # the store must hold every rule again
        session.execute(update(Application).where(Application.id == won.id).values(state=won.state))
        session.execute(update(Application).where(Application.id == later).values(edition="2024", number="IM24-002"))


def test_the_applicant_is_told_before_handing_in(office: Office) -> None:
    take(office, entries(HEADINGS, LOOM, WHEEL))
    a_draft(office, "甲", title="轮毂铸造 数字孪生产线", unit="另一单位")
    page = Browser(office, Part.APPLICANT).client.get("/mine/IM24-001/preview").text
    assert "这个名称往届已经入选" in page
    assert "2023 年“轮毂铸造数字孪生产线”（甲重工）" in page
    a_draft(office, "乙", title="新的产线", unit="甲重工")
    assert "往届已经入选" not in Browser(office, Part.APPLICANT, name="乙").client.get("/mine/IM24-002/preview").text

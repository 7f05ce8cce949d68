"""Proves the import of the office's own lists: real Excel bytes, tolerant headings, faults a row, all or nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from sqlmodel import col, select

from config.refusal import Refusal
from documents.spreadsheet import MOST_ROWS, BadSheet, Spreadsheets, Table
from office import people, roster, roster_import
from office.roster import Entry, Kind
from records.tables.endorser import Endorser
from records.tables.event import Event
from records.tables.person import Address, Expert, Person
from states.refusals import NotYours

from cast import FOUNDED, SOCIETY, Office

HEADINGS = ["序号", "专家姓名*", "工作单位", "职称/职务", "手 机", "电子邮箱（必填）", "研究方向"]
WANG = [1, "王一", "清华大学", "教授", 13800138001, "wangyi@tsinghua.example", "数控机床、机器人"]
LI = [2, "李二 ", "浙江大学", "教授", "138-0013-8002", "LI2@zju.example；li2b@zju.example", ""]


@pytest.fixture(scope="module")
def spreadsheets() -> Iterator[Spreadsheets]:
    with Spreadsheets() as reader:
        yield reader


def book(path: Path, *rows: list[object], hidden: bool = False, at: int = 0) -> Path:
    """A real workbook with these rows from the line ``at`` on."""
    with xlsxwriter.Workbook(path) as made:
        if hidden:
            made.add_worksheet("旧表").write(0, 0, "不要读这里")
        sheet = made.add_worksheet("名单")
        sheet.activate()
        if hidden:
            made.worksheets()[0].hide()
        for number, row in enumerate(rows, start=at):
            sheet.write_row(number, 0, row)
    return path


def entries(*rows: list[object], kind: Kind = "experts") -> tuple[Entry, ...]:
    return roster.read(Table("名单", 1, tuple(tuple(str(cell).strip() for cell in row) for row in rows)), kind)


def take(office: Office, rows: tuple[Entry, ...], *, kind: Kind = "experts", by: int = 0, expected: str = "") -> int:
    desk = office.desk
    with desk.database.write() as session:
        found = roster_import.preview(session, desk, kind, rows)
        roster_import.carry_out(
            session, desk, kind, rows, expected=expected or found.digest, officer_id=by or office.wang, now=FOUNDED
        )
        return len(found.changes)


def told(office: Office, rows: tuple[Entry, ...], kind: Kind = "experts") -> list[tuple[str, str]]:
    with office.desk.database.read() as session:
        found = roster_import.preview(session, office.desk, kind, rows)
    return [(change.action, "；".join(change.told)) for change in found.changes]


def test_a_real_workbook_is_read_as_it_shows(spreadsheets: Spreadsheets, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["2024年专家名单"], HEADINGS, WANG, LI, ["", "", ""], hidden=True, at=2)
    table = spreadsheets.read(path)
    assert (table.sheet, table.first_row) == ("名单", 3)
    first, second = roster.read(table, "experts")
    assert (first.row, first.words["phone"], first.many("fields")) == (5, "13800138001", ("数控机床", "机器人"))
    assert (second.words["name"], second.emails) == ("李二", ("li2@zju.example", "li2b@zju.example"))
    assert first.faults == second.faults == ()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空的"),
        (b"%PDF-1.7 hello", "不是 Excel"),
        (b"PK\x03\x04garbage", "不是 Excel"),
        (b"a,b\n1,2\n", "不是 Excel"),
    ],
)
def test_what_is_no_table_is_said(spreadsheets: Spreadsheets, tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(BadSheet, match=told) as refusal:
        spreadsheets.read(path)
    assert refusal.value.next_step


def test_too_many_rows_are_said_and_an_empty_sheet_too(spreadsheets: Spreadsheets, tmp_path: Path) -> None:
    with pytest.raises(BadSheet, match=str(MOST_ROWS)):
        spreadsheets.read(book(tmp_path / "long.xlsx", *[[n] for n in range(MOST_ROWS + 1)]))
    with pytest.raises(BadSheet, match="没有内容"):
        spreadsheets.read(book(tmp_path / "none.xlsx"))


def test_without_headings_the_known_ones_are_named() -> None:
    with pytest.raises(Refusal, match="邮箱") as refusal:
        entries(["姓名", "单位"], ["王一", "清华大学"])
    assert "手机" in refusal.value.next_step


def test_each_fault_stays_with_its_row(office: Office) -> None:
    rows = entries(
        HEADINGS, WANG, [3, "", "某校", "", "", "x@y.example", ""], [4, "赵四", "", "", "", "赵四邮箱", ""],
        [5, "钱五", "", "", "", "WANGYI@tsinghua.example", ""], [6, "孙六", "", "", "打我手机", "sun@y.example", ""],
    )  # fmt: skip
    assert [row.faults for row in rows] == [
        (), ("没有姓名",), ("“赵四邮箱”不是一个邮箱地址",), ("邮箱与第 2 行相同",), ("“打我手机”不像电话号码",),
    ]  # fmt: skip
    with pytest.raises(Refusal, match="4 行有问题，一行也没有"):
        take(office, rows)
    with office.desk.database.read() as session:
        assert session.exec(select(Expert)).all() == []


def test_new_experts_come_in_and_the_same_list_again_changes_nothing(office: Office) -> None:
    rows = entries(HEADINGS, WANG, LI)
    assert take(office, rows) == 2
    assert told(office, rows) == [("same", ""), ("same", "")]
    with office.desk.database.read() as session:
        expert = session.exec(select(Expert).order_by(col(Expert.id))).first()
        assert expert is not None
        assert expert.fields == "数控机床,机器人"
        assert session.get_one(Person, expert.person_id).unit == "清华大学"


def test_who_is_known_is_changed_and_keeps_the_old_address(office: Office) -> None:
    take(office, entries(HEADINGS, WANG))
    moved = entries(HEADINGS, [1, "王一", "清华大学", "院士", "", "wang@academy.example", ""])
    assert told(office, moved) == [("change", "职务：教授 → 院士；邮箱：加 wang@academy.example")]
    take(office, moved)
    with office.desk.database.read() as session:
        (expert,) = session.exec(select(Expert)).all()
        assert people.email_of(session, expert.person_id) == "wang@academy.example"
        assert len(session.exec(select(Address).where(Address.person_id == expert.person_id)).all()) == 2
        assert "person_change" in session.exec(select(Event.kind)).all()


def test_an_address_of_somebody_else_is_a_fault(office: Office) -> None:
    take(office, entries(HEADINGS, WANG))
    other = entries(HEADINGS, [1, "黄一", "清华大学", "", "", "wangyi@tsinghua.example", ""])
    assert told(office, other) == [("fault", "邮箱已属于王一")]


def test_what_changed_since_the_preview_is_not_carried_out(office: Office) -> None:
    rows = entries(HEADINGS, WANG)
    with office.desk.database.read() as session:
        seen = roster_import.preview(session, office.desk, "experts", rows).digest
    take(office, entries(HEADINGS, WANG))
    with pytest.raises(Refusal, match="预览之后"):
        take(office, rows, expected=seen)


def test_the_supervisor_imports_nothing(office: Office) -> None:
    with pytest.raises(NotYours):
        take(office, entries(HEADINGS, WANG), by=office.supervisor)


def test_societies_are_those_of_the_edition_and_get_their_contact(office: Office) -> None:
    heads = ["学会名称", "联系人", "电话", "邮箱"]
    rows = entries(heads, [SOCIETY, "白江", "010-12345678", "bai@society.example"], kind="societies")
    assert told(office, rows, "societies")[0][0] == "change"
    take(office, rows, kind="societies")
    with office.desk.database.read() as session:
        society = session.exec(select(Endorser).where(Endorser.name == SOCIETY)).one()
        assert session.get_one(Person, society.person_id).name == "白江"
        assert people.email_of(session, society.person_id) == "bai@society.example"
    stranger = entries(heads, ["中国某某学会", "某", "", "a@b.example"], kind="societies")
    assert told(office, stranger, "societies") == [("fault", "本届没有这家推荐学会")]

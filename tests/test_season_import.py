"""Proves the import of a running season: real Excel and zip bytes, forty rows, every rule of the store afterwards."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from sqlmodel import col, select

from config.refusal import Refusal
from documents import zip_list
from documents.findings import Finding, Verdict
from documents.spreadsheet import Spreadsheets, Table
from documents.zip_list import BadZip
from office import (
    case_history,
    formal_check,
    history,
    intake,
    season_files,
    season_import,
    season_sheet,
    season_undo,
)
from office.season_files import BroughtFile, Known
from office.season_import import Preview
from records import invariants
from records.invariant_rule import Expected
from records.tables.application import Application, Upload
from records.tables.deadline import Deadline
from records.tables.event import Event
from records.tables.letter import Letter
from states.facts import Actor, State
from states.refusals import NotAllowed, NotYours

from cast import SOCIETY, Office, at, draft_form, report_of

NOW = at("2024-08-20 10:00")
HEADINGS = [
    "编号", "项目名称", "申报单位", "单位类型", "类别", "推荐学会", "目前状态", "提交日期", "补正期限", "原因",
    "联系人", "手机", "电子邮箱",
]  # fmt: skip
STATES = ("已提交", "待审查", "合格", "退回", "不合格", "撤回")


def row(number: int, state: str = "已提交", **changed: str) -> list[str]:
    told = {
        "编号": f"IM24-{number:03}",
        "项目名称": f"第{number:02}号智能产线项目",
        "申报单位": f"某第{number:02}重工",
        "单位类型": "企业", "类别": "智能生产", "推荐学会": SOCIETY, "目前状态": state,
        "提交日期": "2024-08-01",
        "补正期限": "2024-08-27" if state == "退回" else "", "原因": "推荐表缺第四部分" if state == "退回" else "",
        "联系人": f"联系人{number}", "手机": "13800000000", "电子邮箱": f"c{number}@applicants.example",
    }  # fmt: skip
    return list((told | changed).values())


def forty() -> list[list[str]]:
    return [row(number, STATES[number % len(STATES)]) for number in range(1, 41)]


def table(rows: list[list[str]]) -> Table:
    return Table("汇总", 1, (tuple(HEADINGS), *map(tuple, rows)))


def kept(office: Office, names: list[str]) -> list[BroughtFile]:
    """Small files of these names, in the vault."""
    found = []
    for name in names:
        one = office.desk.vault.keep(io.BytesIO(name.encode()))
        found.append(BroughtFile(name, one.sha256, one.size))
    return found


def files_of(office: Office, numbers: range) -> list[BroughtFile]:
    names = [f"材料/IM24-{n:03}/{word}" for n in numbers for word in ("推荐表.docx", "视频.mp4", "承诺书.pdf")]
    return kept(office, names)


def look(office: Office, rows: list[list[str]], files: Sequence[BroughtFile] = (), *, now: datetime = NOW) -> Preview:
    with office.desk.database.read() as session:
        return season_import.preview(session, office.desk, season_sheet.read(table(rows)), files, now=now)


def take(
    office: Office, rows: list[list[str]], files: Sequence[BroughtFile] = (), *, by: int = 0, blocking: bool = False,
) -> int:  # fmt: skip
    found = look(office, rows, files)
    lines = (Finding("form.words", "R52", Verdict.RED, "5600 字", blocks_submit=True),) if blocking else ()
    belonging = [(slot, file) for line in found.lines for slot, file in line.files]
    readers = {slot.key: slot.reader for slot in office.desk.edition.slots}
    reports = {
        (file.sha256, slot): report_of(readers[slot], file.name, *(lines if slot == "form" else ()))
        for slot, file in belonging
    }
    with office.desk.database.write() as session:
        again = season_import.preview(session, office.desk, season_sheet.read(table(rows)), files, now=NOW)
        return season_import.carry_out(
            session, office.desk, again, reports, expected=found.digest, officer_id=by or office.wang, now=NOW
        )


def all_applications(office: Office) -> list[Application]:
    with office.desk.database.read() as session:
        return list(session.exec(select(Application).order_by(col(Application.id))))


def broken(office: Office, now: datetime = NOW) -> list[str]:
    """What the doctor says."""
    desk = office.desk
    slots = tuple(slot.key for slot in desk.edition.slots if slot.required)
    with desk.database.read() as session:
        found = invariants.check(session, editions={desk.key: Expected(slots)}, vault_paths=desk.vault.holds, now=now)
        return [each.sentence for each in found if each.rule != "nothing_due_is_unsettled"]  # nobody ran the clock


# --- the whole ------------------------------------------------------------------------------------------------------


def test_forty_cases_come_in_at_their_present_states_and_every_rule_holds(office: Office) -> None:
    take(office, forty(), files_of(office, range(1, 41)))
    items = all_applications(office)
    wanted = (State.SUBMITTED, State.ENDORSED, State.FORMALLY_CHECKED, State.RETURNED, State.REJECTED, State.WITHDRAWN)
    assert [item.state for item in items] == [wanted[number % 6] for number in range(1, 41)]
    assert [item.number for item in items] == [f"IM24-{number:03}" for number in range(1, 41)]
    with office.desk.database.read() as session:
        assert len(session.exec(select(Upload)).all()) == 120
        assert session.exec(select(Letter)).all() == []
        events = session.exec(select(Event).where(Event.kind == "imported")).all()
    assert [(event.state_from, event.state_to) for event in events] == [(None, item.state) for item in items]
    assert broken(office) == []


def test_the_clock_is_told_of_a_correction_that_came_along(office: Office) -> None:
    take(office, [row(1, "退回")])
    (item,) = all_applications(office)
    assert item.lapses_at == at("2024-08-28 00:00")
    with office.desk.database.read() as session:
        due = session.exec(select(Deadline.due_at).where(Deadline.kind == "lapse")).all()
    assert item.lapses_at in due


def test_work_goes_on_where_the_list_stopped(office: Office) -> None:
    """An imported case is checked like any other, and the next new one gets the next number."""
    take(office, [row(7, "待审查")], files_of(office, range(7, 8)))
    (item,) = all_applications(office)
    with office.desk.database.write() as session:
        formal_check.tick_all_human(session, office.desk, item.id or 0, officer_id=office.wang, now=NOW)
        formal_check.pass_check(session, office.desk, [item.id or 0], officer_id=office.wang, now=NOW)
    with office.desk.database.write() as session:
        early = at("2024-08-10 10:00")
        made = intake.create_draft(
            session, office.desk, draft_form("新"), actor=Actor.OFFICE, received_at=early, now=NOW
        )
        assert made.number == "IM24-008"
    assert office.found(item.id or 0).state == State.FORMALLY_CHECKED
    assert broken(office) == []


def test_the_history_begins_with_the_import(office: Office) -> None:
    take(office, [row(1, "退回")])
    (item,) = all_applications(office)
    with office.desk.database.read() as session:
        (step,) = history.for_office(session, office.desk, item.id or 0)
        told = case_history.told(session, office.desk, item, now=NOW)
    assert step.what == "由汇总表导入"
    missing = "没有带来：文件1 推荐表、文件2 答辩视频、文件3 承诺书"
    assert step.why == f"第 2 行；状态“退回”；{missing}；原编号 IM24-001；推荐表缺第四部分"
    assert told.state is State.RETURNED


def test_a_file_that_would_block_today_is_taken_and_told(office: Office) -> None:
    take(office, [row(1, "合格")], files_of(office, range(1, 2)), blocking=True)
    assert broken(office) == []
    for revision, is_told in ((2, True), (1, False)):
        with office.desk.database.write() as session:
            (form,) = session.exec(select(Upload).where(Upload.slot == "form")).all()
            form.revision = revision
            session.add(form)
        assert ("已提交的项目带有不能提交的文件（文件编号）。" in broken(office)) == is_told


# --- rows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (row(1, "初评中"), "“初评中”的项目不能导入"),
        (row(1, "公示中"), "不能导入：评审和公示须在本系统内进行"),
        (row(1, "草稿"), "征集已经截止"),
        (row(1, "不知道"), "状态“不知道”读不懂"),
        (row(1, 项目名称=""), "没有项目名称"),
        (row(1, 单位类型="个人"), "本届没有这个单位类型"),
        (row(1, 推荐学会="某某学会"), "不是本届的成员学会"),
        (row(1, 推荐学会=""), "没有推荐方"),
        (row(1, 电子邮箱="无"), "不是一个邮箱地址"),
        (row(1, 提交日期="2025-01-01"), "读不懂，或在将来"),
        (row(1, "退回", 补正期限="2024-08-01"), "要有将来的修改期限"),
        (row(2, 项目名称="第01号智能产线项目", 申报单位="某第01重工"), "与 第 2 行 是同一项目"),
    ],
)
def test_one_wrong_row_and_nothing_is_taken(office: Office, line: list[str], said: str) -> None:
    rows = [row(1), line] if "第 2 行" in said else [row(3), line]
    found = look(office, rows)
    assert any(said in fault for fault in found.lines[1].faults), found.lines[1].faults
    with pytest.raises(Refusal, match="一项也没有导入"):
        take(office, rows)
    assert all_applications(office) == []


def test_later_states_wait_for_their_own_instant(office: Office) -> None:
    late = look(office, [row(1, "已提交")], now=at("2024-08-24 10:00"))
    assert "推荐的截止已过" in late.lines[0].faults[0]


def test_a_foreign_number_is_kept_beside_a_new_one(office: Office) -> None:
    take(office, [row(1, 编号="ZN-7"), row(5)])
    first, second = all_applications(office)
    assert (first.number, second.number) == ("IM24-005", "IM24-006")
    assert second.title == "第01号智能产线项目"


def test_without_a_date_the_office_vouches(office: Office) -> None:
    rows = [row(1, "合格", 提交日期="")]
    assert "没有提交日期，按征集截止前收到登记" in look(office, rows).lines[0].told
    take(office, rows)
    assert all_applications(office)[0].received_at < office.desk.edition.submission.closes


def test_what_changed_since_the_preview_is_not_taken(office: Office) -> None:
    found = look(office, [row(1)])
    take(office, [row(1)])
    assert look(office, [row(1)]).faults == 1  # it is known now
    with office.desk.database.write() as session, pytest.raises(Refusal, match="预览之后"):
        season_import.carry_out(session, office.desk, found, {}, expected="", officer_id=office.wang, now=NOW)


def test_a_supervisor_imports_nothing(office: Office) -> None:
    with pytest.raises(NotYours):
        take(office, [row(1)], by=office.supervisor)


# --- columns --------------------------------------------------------------------------------------------------------


def test_columns_are_named_once_and_remembered(office: Office) -> None:
    rows = [row(1)]
    odd = Table(
        "汇总", 1, (tuple("题目" if heading == "项目名称" else heading for heading in HEADINGS), tuple(rows[0]))
    )
    guessed = season_sheet.read(odd)
    assert guessed.missing == ("项目名称",)
    with office.desk.database.read() as session, pytest.raises(Refusal, match="项目名称"):
        season_import.preview(session, office.desk, guessed, [], now=NOW)
    sheet = season_sheet.read(odd, chosen=dict(guessed.columns) | {"title": "题目"})
    with office.desk.database.write() as session:
        found = season_import.preview(session, office.desk, sheet, [], now=NOW)
        season_import.carry_out(session, office.desk, found, {}, expected=found.digest, officer_id=office.wang, now=NOW)
    with office.desk.database.read() as session:
        assert season_import.remembered(session, office.desk)["title"] == "题目"


def test_a_real_workbook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "汇总表.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("汇总")
        for number, line in enumerate([["2024 汇总表"], HEADINGS, *forty()]):
            sheet.write_row(number, 0, line)
    with Spreadsheets() as reader:
        found = season_sheet.read(reader.read(path))
    assert (len(found.rows), found.rows[0].row, found.missing) == (40, 3, ())


# --- files ----------------------------------------------------------------------------------------------------------


def test_files_find_their_case_by_number_title_or_unit(office: Office) -> None:
    known = [Known("IM24-001", "智能铸造", "甲重工"), Known("IM24-010", "智能铸造二期", "乙重工")]
    names = [
        "IM24-001 推荐表.docx",
        "IM24-010/视频.mp4",
        "智能铸造二期-承诺书.pdf",
        "甲重工/证明材料.pdf",
        "谁的.docx",
        "IM24-0010.docx",
    ]
    files = [BroughtFile(name, "0" * 64, 1) for name in names]
    found = season_files.sort(office.desk.edition, known, files)
    assert {place: {slot for slot, _ in each} for place, each in found.files.items()} == {
        0: {"form", "evidence"}, 1: {"video", "letter"},
    }  # fmt: skip
    assert [file.name for file in found.left] == ["IM24-0010.docx", "谁的.docx"]
    assert season_files.meant(["a/.DS_Store", "__MACOSX/a", "~$a.docx", "a.docx"]) == ["a.docx"]


def test_a_file_of_nobody_and_two_of_a_slot_are_told(office: Office) -> None:
    found = look(office, [row(1)], kept(office, ["别的.docx", "IM24-001 a.docx", "IM24-001 b.docx"]))
    assert [file.name for file in found.left] == ["别的.docx"]
    assert "有 2 份" in found.lines[0].faults[0]
    assert found.faults == 2


def packed(path: Path, *names: str, content: bytes = b"hello") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, content)
    return path


def test_a_zip_is_walked_in_the_child(tmp_path: Path) -> None:
    assert [(each.name, each.size) for each in zip_list.look(packed(tmp_path / "a.zip", "甲/推荐表.docx"))] == [
        ("甲/推荐表.docx", 5)
    ]


@pytest.mark.parametrize(
    ("names", "content", "said"),
    [
        (["../../etc/passwd"], b"a", "越出目录"),
        (["/etc/passwd"], b"a", "越出目录"),
        (["bomb"], bytes(20 << 20), "异常紧"),
        ([f"{n}" for n in range(zip_list.MOST_ENTRIES + 1)], b"", "最多"),
    ],
)
def test_a_hostile_zip_is_refused(tmp_path: Path, names: list[str], content: bytes, said: str) -> None:
    with pytest.raises(BadZip, match=said):
        zip_list.look(packed(tmp_path / "a.zip", *names, content=content))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 garbage", b"%PDF-1.7"])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(BadZip, match="打不开"):
        zip_list.look(path)


def test_a_damaged_member_is_found_before_anything_is_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", "a.docx", content=bytes(range(256)) * 40)
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(BadZip, match="打不开"):
        zip_list.look(path)


# --- taking back ----------------------------------------------------------------------------------------------------


def back(office: Office, head: int, *, by: int = 0, reason: str = "表格是旧的") -> int:
    with office.desk.database.write() as session:
        return season_undo.take_back(
            session, office.desk, head, reason=reason, officer_id=by or office.ren, now=NOW + timedelta(hours=1)
        )


def test_an_import_is_taken_back_as_a_whole_and_can_come_again(office: Office) -> None:
    head = take(office, forty(), files_of(office, range(1, 41)))
    assert back(office, head) == 40
    assert {item.state for item in all_applications(office)} == {State.WITHDRAWN}
    assert broken(office) == []
    with office.desk.database.read() as session:
        assert season_undo.last_import(session, office.desk) is None
    take(office, forty())
    assert [item.number for item in all_applications(office)[40:]] == [f"IM24-{n:03}" for n in range(1, 41)]
    assert broken(office) == []


def test_once_anything_else_happened_it_stays(office: Office) -> None:
    head = take(office, [row(1, "待审查"), row(2)], files_of(office, range(1, 2)))
    first = all_applications(office)[0].id or 0
    with office.desk.database.write() as session:
        formal_check.tick_all_human(session, office.desk, first, officer_id=office.wang, now=NOW)
    with pytest.raises(NotAllowed, match="IM24-001此后已经办理过"):
        back(office, head)


def test_only_the_lead_takes_back_and_says_why(office: Office) -> None:
    head = take(office, [row(1)])
    with pytest.raises(NotYours):
        back(office, head, by=office.wang)
    with pytest.raises(Refusal, match="没有写明"):
        back(office, head, reason=" ")
    assert back(office, head) == 1
    with pytest.raises(NotAllowed, match="此后已经办理过"):
        back(office, head)

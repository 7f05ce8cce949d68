"""The first papers of the office, made by name from a store that walked the real steps."""

import hashlib
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from command_line import run
from PIL import Image
from python_calamine import CalamineWorkbook
from word_schema import disorder

from config.refusal import Refusal
from documents.findings import Finding, Picture, Report, Verdict
from documents.vault import Kept
from office import corrections, formal_check, paper_facts, paper_kinds, papers, uploads
from office.uploads import Checked, Incoming
from paperwork.case_facts import fingerprint
from states.facts import State
from states.refusals import NotAllowed

from cast import (
    CHECKED,
    HANDED_IN,
    Office,
    a_draft,
    an_application,
    at,
    check_through,
    endorse,
    files,
    found_desk,
    office_at,
    put,
    submit,
)

pytestmark = pytest.mark.slow

NOW = at("2024-08-21 09:30")
LONG_FILM = Finding("video.length", "R71", Verdict.RED, "时长 12:07，超过 12:00", "请剪到 12 分钟以内。")
NAMES = [paper.name for paper in papers.PAPERS if paper.subject is paper_kinds.Subject.APPLICATION]


def make(office: Office, name: str, item_id: int | None = None, *, now: datetime = NOW) -> papers.Made:
    with office.desk.database.read() as session:
        number = office.found(item_id).number if item_id else ""
        return papers.make(session, office.desk, name, of=number, now=now)


def texts(file: bytes) -> str:
    document = docx.Document(BytesIO(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def foot(file: bytes) -> str:
    section = docx.Document(BytesIO(file)).sections[0]
    return "".join(paragraph.text for paragraph in section.footer.paragraphs)


def drawn(colour: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (120, 120), colour).save(file, "JPEG")
    return file.getvalue()


def with_film(office: Office, *lines: Finding) -> int:
    """An endorsed application whose film has these lines, shown by a picture in the vault."""
    item_id = a_draft(office)
    picture = Picture("seal-1", "第 1 页 印章", drawn("red"))
    film = Finding("video.codec", "R70", Verdict.GREEN, "H.264")
    report = Report("答辩.mp4", "video", "0" * 64, {}, (film, *lines), (picture,))
    uploads.keep_pictures(office.desk, report)
    kept = office.desk.vault.keep(BytesIO(b"film"))
    with office.desk.database.write() as session:
        incoming = Incoming("video", report.name, begun_at=HANDED_IN)
        uploads.put_file(session, office.desk, item_id, incoming, Checked(Kept(kept.sha256, 4), report), now=HANDED_IN)
    submit(office, item_id)
    endorse(office, item_id)
    return item_id


def sent_back(office: Office) -> int:
    """An application with a film that is too long, refused by Office Wang and sent back (R72)."""
    item_id = with_film(office, LONG_FILM)
    answer = formal_check.Answer("video.length", files(office, item_id)["video"], accepted=False, reason="请重新录制。")
    with office.desk.database.write() as session:
        formal_check.tick(session, office.desk, item_id, answer, officer_id=office.wang, now=CHECKED)
        corrections.send_back(
            session, office.desk, item_id, slots=["video"], reason="视频超时\n请返回修改", officer_id=office.wang,
            now=CHECKED,
        )  # fmt: skip
    return item_id


def test_the_receipt_tells_every_file_with_its_digest(office: Office) -> None:
    """R122: number, names, sizes, digests, the server's time."""
    item_id = an_application(office, State.SUBMITTED)
    made = make(office, "receipt", item_id)
    said = texts(made.data)
    item = office.found(item_id)
    assert made.file_name == f"{item.number} 受理回执.docx"
    with office.desk.database.read() as session:
        for slot, id_ in files(office, item_id).items():
            upload = session.get_one(uploads.Upload, id_)
            wanted = (office.desk.edition.slot(slot).label, upload.name, f"{upload.size:,}", upload.sha256)
            assert [word for word in wanted if word not in said] == []
    assert "已于 2024-08-01 10:00:00 提交" in said
    assert "服务器时间（Asia/Shanghai，UTC+08:00）" in said
    assert item.number in docx.Document(BytesIO(made.data)).sections[0].first_page_header.paragraphs[0].text


def test_the_opinion_has_both_columns_and_the_pictures(office: Office) -> None:
    """R123: the machine's word, the officer's, the reason; the pictures of the vault stand in it."""
    item_id = sent_back(office)
    made = make(office, "check-opinion", item_id)
    rows = {
        cells[1]: cells
        for table in docx.Document(BytesIO(made.data)).tables
        for row in table.rows
        if len(cells := [cell.text for cell in row.cells]) == 5
    }
    assert rows[LONG_FILM.evidence] == ["R71", LONG_FILM.evidence, "不通过", "不通过", "请重新录制。"]
    assert rows["H.264"] == ["R70", "H.264", "通过", "—", ""]
    assert rows["视频不是企业宣传片"][2:4] == ["—", "未查"]
    said = texts(made.data)
    assert "结论\n退回修改" in said
    assert "系统记录\n王工" in said
    with ZipFile(BytesIO(made.data)) as package:
        kept = [package.read(name) for name in package.namelist() if name.startswith("word/media/")]
    assert drawn("red") in kept


def test_the_opinion_tells_how_the_check_ended(office: Office) -> None:
    """R44: passed, or failed with the office's reason."""
    passed = an_application(office, State.FORMALLY_CHECKED)
    assert "结论\n形式审查通过" in texts(make(office, "check-opinion", passed).data)
    failed = an_application(office, State.ENDORSED, "乙")
    with office.desk.database.write() as session:
        corrections.reject(session, office.desk, failed, reason="不属于征集范围", officer_id=office.wang, now=CHECKED)
    said = texts(make(office, "check-opinion", failed).data)
    assert "结论\n形式审查未通过" in said
    assert "理由\n不属于征集范围" in said


def test_a_reason_that_was_answered_is_no_reason_any_more(office: Office) -> None:
    """Sent back, handed in again, passed: the opinion tells the pass alone."""
    item_id = sent_back(office)
    put(office, item_id, "video", words="neu", now=NOW)
    submit(office, item_id, now=NOW)
    said = texts(make(office, "check-opinion", item_id).data)
    assert "结论\n审查中" in said
    assert "视频超时" not in said
    check_through(office, item_id, now=NOW)
    said = texts(make(office, "check-opinion", item_id).data)
    assert "结论\n形式审查通过" in said
    assert "视频超时" not in said
    with pytest.raises(NotAllowed, match="没有待补正"):
        make(office, "correction", item_id)


def test_a_waiver_is_told_as_one(office: Office) -> None:
    """A red line that two officers let pass: both names, and the word 放行."""
    item_id = with_film(office, LONG_FILM)
    upload = files(office, item_id)["video"]
    answer = formal_check.Answer("video.length", upload, waiver=True, reason="播放器显示 12:00")
    with office.desk.database.write() as session:
        line = formal_check.tick(session, office.desk, item_id, answer, officer_id=office.wang, now=CHECKED)
    assert "放行（待复核）" in texts(make(office, "check-opinion", item_id).data)
    with office.desk.database.write() as session:
        formal_check.confirm_waiver(session, office.desk, line.id or 0, officer_id=office.li, now=CHECKED)
    said = texts(make(office, "check-opinion", item_id).data)
    assert "放行（已复核）" in said
    assert "系统记录\n王工、李工" in said
    assert "结论\n审查中" in said


def test_the_notice_names_what_is_to_be_corrected_and_until_when(office: Office) -> None:
    """R45, R72, A11: only the slots that were opened, each with what was found and what to do."""
    item_id = sent_back(office)
    said = texts(make(office, "correction", item_id).data)
    due = office.desk.until(office.found(item_id).lapses_at)
    assert f"请于 {due} 前" in said
    assert "2024年8月27日 24:00" in due
    for words in ("文件2 答辩视频", LONG_FILM.evidence, "请重新录制。", "视频超时", "请返回修改", "刘艳秋"):
        assert words in said
    assert "文件1 推荐表" not in said


def test_nothing_is_to_be_corrected_unless_the_office_sent_it_back(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    with pytest.raises(NotAllowed, match="没有待补正"):
        make(office, "correction", item_id)


@pytest.mark.parametrize("name", ["receipt", "check-opinion"])
def test_a_draft_has_no_paper_yet(office: Office, name: str) -> None:
    item_id = a_draft(office)
    with pytest.raises(NotAllowed, match="还没有提交"):
        make(office, name, item_id)


def test_the_summary_has_a_row_for_each_application(office: Office) -> None:
    """R124: verdicts of each slot, how many lines wait, real times; drafts are not in it."""
    film, good = sent_back(office), an_application(office, State.FORMALLY_CHECKED, "乙")
    a_draft(office, "丙")
    made = make(office, "check-summary")
    book = CalamineWorkbook.from_filelike(BytesIO(made.data))
    title, head, *rows = book.get_sheet_by_name("汇总").to_python()
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert title[0] == "2024中国智能制造科技进展形式审查汇总"
    assert [row["编号"] for row in told] == sorted(office.found(id_).number for id_ in (film, good))
    assert told[0]["文件2 答辩视频"] == "不通过"
    assert (told[0]["不通过"], told[0]["结论"], told[0]["理由"]) == (1, "退回修改", "视频超时 请返回修改")
    wanted = {"文件1 推荐表": "通过", "文件4 证明材料清单": "未提供", "结论": "形式审查通过"}
    assert wanted.items() <= told[1].items()
    assert told[0]["提交时间"] == HANDED_IN.replace(tzinfo=None)
    _, _, *lines = book.get_sheet_by_name("明细").to_python()
    line = ["文件2 答辩视频", "R71", LONG_FILM.evidence, "不通过", "不通过", "请重新录制。"]
    assert line in [row[2:] for row in lines]


def test_the_foot_has_the_hash_of_the_data_alone(office: Office) -> None:
    """Printed again later, the same data has the same hash; one more answer, and it has another."""
    item_id = with_film(office, LONG_FILM)
    with office.desk.database.read() as session:
        facts = paper_facts.opinion_of(session, office.desk, office.found(item_id))
    first = make(office, "check-opinion", item_id)
    later = make(office, "check-opinion", item_id, now=at("2024-08-22 09:30"))
    assert f"数据 SHA-256 {fingerprint(facts)}" in foot(first.data)
    assert foot(first.data) == foot(later.data)
    assert first.data != later.data
    with office.desk.database.write() as session:
        formal_check.tick_all_human(session, office.desk, item_id, officer_id=office.wang, now=CHECKED)
    assert foot(make(office, "check-opinion", item_id).data) != foot(first.data)


@pytest.mark.parametrize("name", NAMES)
def test_every_paper_keeps_its_schema_and_its_bytes(office: Office, name: str) -> None:
    item_id = sent_back(office)
    made = make(office, name, item_id)
    assert list(disorder(made.data)) == []
    assert make(office, name, item_id).data == made.data
    assert docx.Document(BytesIO(made.data)).core_properties.author == office.desk.edition.award.office
    assert foot(made.data).startswith("第  页  共  页")


def test_hints_at_other_applications_stay_in_the_office(office: Office) -> None:
    """A23: the summary tells that a unit has two entries, the opinion, which its applicant may read, does not."""
    first, second = (a_draft(office, name, unit="同一单位") for name in ("甲", "乙"))
    submit(office, first)
    submit(office, second)
    other = office.found(second).number
    assert other not in texts(make(office, "check-opinion", first).data)
    book = CalamineWorkbook.from_filelike(BytesIO(make(office, "check-summary").data))
    hints = [row for row in book.get_sheet_by_name("明细").to_python() if row[0] != other and row[2] == "项目"]
    assert any(other in row[4] for row in hints)


def test_another_award_has_its_own_papers(tmp_path: Path) -> None:
    """Nothing of 2024 stands in them: names, clock, slots, human lines are the edition's."""
    office = office_at(found_desk(tmp_path / "home", Path(__file__).parent / "editions" / "harbour2031.toml"))
    opened, later = (datetime.fromisoformat(f"2031-02-{day}T10:00:00+13:00") for day in ("10", "20"))
    item_id = a_draft(office, now=opened, unit_type="workshop", category="upkeep")
    submit(office, item_id, now=opened)
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item_id, slots=["budget"], reason="少签字", officer_id=office.wang, now=later
        )
    said = "".join(texts(make(office, name, item_id, now=later).data) for name in NAMES)
    told = {
        "2031港湾桥梁工艺奖候选作品", "港湾桥梁工艺奖评审处", "戊件 经费决算", "决算有会计签字", "工坊", "维护工艺",
        "2031-02-10 10:00:00", "Pacific/Auckland，UTC+13:00", "2031年2月20日",
    }  # fmt: skip
    assert {words for words in told if words not in said} == set()
    assert [words for words in ("智能制造", "遴选", "2024", "推荐表", "初评") if words in said] == []
    sheet = CalamineWorkbook.from_filelike(BytesIO(make(office, "check-summary", now=later).data)).get_sheet_by_index(0)
    assert {"甲件 申请书", "丁件 佐证"} <= set(sheet.to_python()[1])
    office.desk.database.close()


def test_names_cannot_break_a_paper(office: Office) -> None:
    item_id = a_draft(office, title="甲\x0b\u202e乙<w:t>&\uffff", unit="单位\u2028二")
    submit(office, item_id)
    for name in ("receipt", "check-opinion"):
        said = texts(make(office, name, item_id).data)
        assert "甲 \\u202e乙<w:t>&" in said
        assert "\u202e" not in said
    assert make(office, "check-summary").data


def test_a_paper_is_asked_for_by_a_name_that_exists(office: Office) -> None:
    for name, number, word in (("nothing", "", "没有"), ("receipt", "", "编号"), ("check-summary", "IM24-001", "编号")):
        with office.desk.database.read() as session, pytest.raises(Refusal) as refusal:
            papers.make(session, office.desk, name, of=number, now=NOW)
        assert word in str(refusal.value)


def test_the_command_hands_out_papers_and_lists_them(office: Office, tmp_path: Path) -> None:
    item_id = an_application(office, State.SUBMITTED)
    number, home = office.found(item_id).number, office.desk.settings.home
    listed = run("paper", "--json")
    assert {row["name"]: row["subject"] for row in listed.told["papers"]}["check-summary"] == "edition"
    answer = run(
        "paper", "receipt", "--number", number, "-o", tmp_path / "r.docx", "--json", home=home, now="2024-08-21 09:30"
    )
    assert (tmp_path / "r.docx").read_bytes() == make(office, "receipt", item_id).data
    assert answer.told["sha256"] == hashlib.sha256((tmp_path / "r.docx").read_bytes()).hexdigest()
    assert run("paper", "nothing", home=home).is_refusal(1, "没有", "receipt")
    assert run("paper", "receipt", home=home).is_refusal(1, "申报编号")
    assert run("paper", "receipt", "--of", "IM24-999", home=home).is_refusal(3, "IM24-999")


def test_the_command_hands_out_templates(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blank, with names, or filled from the store; without -o the file is called as its slot."""
    monkeypatch.chdir(tmp_path)
    item_id = an_application(office, State.SUBMITTED)
    item, home = office.found(item_id), office.desk.settings.home
    for kind in ("form", "letter", "evidence"):
        assert run("template", kind, "--number", item.number, "--json", home=home).told["of"] == item.number
        assert run("template", kind, "--json", home=tmp_path / "nowhere").code == 0
    named = ["文件1 推荐表.docx", "文件3 承诺书.docx", "文件4 证明材料清单.docx"]
    there = {path.name for path in tmp_path.glob("*.docx")}
    assert there == {*named, *(f"{item.number} {name}" for name in named)}
    assert f"“{item.title}”" in texts((tmp_path / f"{item.number} 文件3 承诺书.docx").read_bytes())
    run("template", "letter", "--unit", "某大学", "-o", "mine.docx", home=home)
    assert "某大学已了解" in texts((tmp_path / "mine.docx").read_bytes())
    assert run("template", "poster", home=home).is_refusal(2, "poster", "form")
    assert run("template", "form", "--number", item.number, "--title", "乙", home=home).is_refusal(2, "编号")

"""The papers of the result: announcement, letters, certificates, book, lists, cancellations (R115–R118, R134, R135)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import docx
import pytest
from after_the_final import OUTCOME, announced, copied, make, objected, signed_announcement, tell, words_of
from contest import ANNOUNCED, CLOSES, Contest
from docx.shared import Mm
from objectors import DURING, lodge
from PIL import Image
from printing import Printer, pages, words
from python_calamine import CalamineWorkbook
from test_versions import form
from visitors_of import Browser
from word_schema import disorder

from config.refusal import Refusal
from documents.form_blocks import Grid, GridCell
from documents.form_parts import part_blocks
from office import disqualification, papers, winners_book
from office.applications import current_files
from office.review_copies import FOLDER
from office.visitors import Part
from paperwork.case_facts import Issued
from paperwork.certificate import certificates, day_in_words
from paperwork.winner_letter import WinnersTold, WinnerTold
from paperwork.word_looks import OFFICIAL_PAGE
from records.tables.application import Upload
from states.facts import State
from states.refusals import NotAllowed

OWN = "能耗下降 12%，良品率提升到 97%。"
CAPTION = "图1 产线总体架构"
AGREED = "11 月 20 日邮件同意"
WORD_PAPERS = ("announcement", "winner-letter", "certificate", "compendium", "cancellation")


@pytest.fixture(scope="module")
def told(selected_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contest]:
    """Nine announced of ten; of one the form may be printed, another speaks, a third is ready to be matched."""
    folder = tmp_path_factory.mktemp("results")
    with copied(selected_home, folder) as contest:
        objected(contest)
        with_form(contest, contest.items[1], illustrated(form(folder / "form.docx", two=[OWN])))
        tell(contest, contest.items[1], printed=True, consent=AGREED)
        tell(contest, contest.items[2], forum=True, speaker="周总工 13800001111")
        tell(contest, contest.items[3], matching=True, wanted="中小企业改造", matching_contact="李工 139")
        announced(contest)
        yield contest


def with_form(contest: Contest, item: int, file: Path) -> None:
    """The item's form on file is this one."""
    desk = contest.office.desk
    kept = desk.vault.keep(file)
    with desk.database.write() as session:
        upload = next(each for each in current_files(session, item) if each.slot == "form")
        row = session.get_one(Upload, upload.id)
        row.sha256, row.size = kept.sha256, kept.size
        session.add(row)


def illustrated(path: Path) -> Path:
    """The form with a picture and a table at its end."""
    document, file = docx.Document(str(path)), BytesIO()
    Image.new("RGB", (640, 400), "green").save(file, "PNG")
    document.add_picture(file, width=Mm(300))
    document.add_paragraph(CAPTION)
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("指标", "数值", "良品率", "97%"), strict=True):
        cell.text = text
    document.save(str(path))
    return path


def numbers(contest: Contest) -> list[str]:
    return [contest.number(item) for item in contest.items[1:10]]


def paper_of(contest: Contest, name: str) -> bytes:
    """The first paper of this name that can be made."""
    desk = contest.office.desk
    with desk.database.read() as session:
        found = papers.keys(session, desk, papers.find(name), now=ANNOUNCED)
    return make(contest, name, found[0].key if found else "")


def test_the_announcement_names_who_stood_the_notice(told: Contest) -> None:
    data = make(told, "announcement", "智遴〔2024〕5号")
    said = words_of(data)
    assert "等 9 项为“2024年中国智能制造十大科技进展”" in said
    assert "于 2024年11月1日 09:00 至 2024年11月8日 24:00 公示" in said
    assert "2024年11月29日在2024世界智能制造大会上发布" in said
    listed = [row.cells[1].text for row in docx.Document(BytesIO(data)).tables[-1].rows][1:]
    assert listed == numbers(told)


def test_letters_and_certificates_are_made_singly_and_all_at_once(told: Contest) -> None:
    desk, number = told.office.desk, told.number(told.items[2])
    for name, sign in (("winner-letter", "入选通知书"), ("certificate", "入 选 证 书")):
        single = words_of(make(told, name, number))
        assert single.count(sign) == 1
        assert f"IM24-证{number[-3:]}" in single
        with desk.database.read() as session:
            merged = papers.together(session, desk, name, now=ANNOUNCED).data
        assert words_of(merged).count(sign) == 9
        assert docx.Document(BytesIO(merged)).element.xml.count("w:pageBreakBefore") == 8
        assert list(disorder(merged)) == []


def test_a_certificate_says_whose_what_which_and_when(told: Contest) -> None:
    item = told.office.found(told.items[1])
    data = make(told, "certificate", item.number)
    said = words_of(data)
    for wanted in (item.unit, f"“{item.title}”", "2024年中国智能制造十大科技进展", "中国科协智能制造学会联合体"):
        assert wanted in said
    assert "二〇二四年十一月二十九日" in said
    assert "页  共" not in said
    page = docx.Document(BytesIO(data)).sections[0]
    assert page.page_width > page.page_height


@pytest.mark.slow
def test_every_certificate_takes_one_sheet_however_long_its_names_are(printer: Printer) -> None:
    office = "中国智能制造科技进展遴选办公室"
    issued = Issued(office, "2024中国智能制造科技进展", "", "", ANNOUNCED, "2024年11月29日")
    names = [
        ("短", "浙江大学", ()),
        ("复杂薄壁构件多机器人协同加工" * 5, "首都航天机械有限公司" * 3, ("华中科技大学",) * 8),
    ]
    winners = [WinnerTold("IM24-001", title, unit, partners, "", "IM24-证001", "") for title, unit, partners in names]
    facts = WinnersTold("2024年中国智能制造十大科技进展", "", office, "", "", "", "2024年11月29日", tuple(winners))
    printed = printer.convert(certificates(facts, issued), "pdf")
    assert len(pages(printed, dots_an_inch=20)) == 2
    assert words(printed).count("特发此证") == 2


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2024年11月29日", "二〇二四年十一月二十九日"),
        ("2030年1月10日", "二〇三〇年一月十日"),
        ("2025年12月20日", "二〇二五年十二月二十日"),
        ("2026年10月31日", "二〇二六年十月三十一日"),
    ],
)
def test_days_are_written_as_on_certificates(day: str, said: str) -> None:
    assert day_in_words(day) == said


def test_who_lost_the_title_gets_neither_letter_nor_certificate(told: Contest) -> None:
    for name in ("winner-letter", "certificate"):
        with pytest.raises(Refusal, match="不在已签发公布的名单里"):
            make(told, name, told.number(told.items[0]))


def test_the_cancellation_says_why_what_follows_by_whom_and_who_was_told(told: Contest) -> None:
    said = words_of(make(told, "cancellation", "智遴〔2024〕4号"))
    assert f"异议成立（IM24-异001，知识产权）：{OUTCOME}" in said
    assert "决定取消该项目的入选资格。公示名单随之更新：第 2 版" in said
    assert "空出的名额不递补。" in said
    assert "作出本决定之前为“公示中”" in said
    for wanted in ("拟稿\n王工", "核稿\n李工", "签发\n任组长", "申报单位\n取消资格", "推荐方\n取消资格"):
        assert wanted in said
    assert "成员学会 15 家\n公示第 2 版" in said
    assert "IM24-异001 号异议人\n处理答复" in said


def test_a_decision_is_printed_once_it_is_signed(selected: Contest) -> None:
    selected.post()
    desk, office = selected.office.desk, selected.office
    with desk.database.write() as session:
        made = disqualification.draft_disqualification(
            session, desk, selected.items[0], breach="第 2 条", officer_id=office.wang, now=DURING
        )
        decision, number = made.id or 0, made.number
    with pytest.raises(NotAllowed, match="尚未签发"):
        make(selected, "cancellation", number)
    selected.signed(decision, now=DURING)
    assert "决定尚未执行，还没有告知。" in words_of(make(selected, "cancellation", number))
    with pytest.raises(Refusal, match="没有文号为 智遴〔2024〕3号 的取消或恢复资格的决定"):
        make(selected, "cancellation", "智遴〔2024〕3号")


def test_what_is_for_the_day_is_printed_before_it_and_whom_an_objection_holds_is_left_out(selected: Contest) -> None:
    selected.post()
    early = CLOSES + timedelta(days=1)
    for name in ("announcement", "winner-letter", "certificate", "compendium"):
        with pytest.raises(NotAllowed, match="公布的决定还没有签发"):
            make(selected, name, "" if name == "compendium" else "IM24-001", now=early)
    lodge(selected)
    decision = signed_announcement(selected)
    said = words_of(make(selected, "announcement", selected.decision(decision).number, now=early))
    held = selected.number(selected.items[0])
    assert "等 9 项" in said
    assert f"{held}尚有未办结的异议，暂缓公布" in said
    with pytest.raises(Refusal, match="或有未办结的异议"):
        make(selected, "certificate", held, now=early)
    assert make(selected, "certificate", selected.number(selected.items[1]), now=early)
    assert selected.standing(State.ANNOUNCED) == []


def test_the_book_prints_the_form_of_who_agreed_and_of_the_others_the_words_for_the_press(told: Contest) -> None:
    said = words_of(make(told, "compendium"))
    agreed = told.office.found(told.items[1])
    assert said.count(OWN) == 1
    assert "二、本项智能制造科技进展的创新性" in said
    assert f"联系人\n{agreed.unit.removesuffix('单位')}联系人" in said
    assert said.count("（申报单位尚未同意收入推荐表正文，此处只列公开的介绍。）") == 8
    assert told.number(told.items[0]) not in said


def test_pictures_and_tables_of_the_form_stand_in_the_book_no_wider_than_the_text(told: Contest) -> None:
    book = docx.Document(BytesIO(make(told, "compendium")))
    (shape,) = book.inline_shapes
    assert shape.width.mm == pytest.approx(OFFICIAL_PAGE.room, abs=0.1)
    assert shape._inline.docPr.get("descr") == CAPTION
    texts = [paragraph.text for paragraph in book.paragraphs]
    assert texts.count(CAPTION) == 1
    listed = [[[cell.text for cell in row.cells] for row in table.rows] for table in book.tables]
    assert [["指标", "数值"], ["良品率", "97%"]] in listed


def test_a_form_is_read_ahead_once_and_then_not_again(told: Contest) -> None:
    desk = told.office.desk
    for path in (desk.settings.home / FOLDER).glob("*"):
        path.unlink()
    assert [winners_book.read_ahead(desk) for _ in range(2)] == [1, 0]
    (kept,) = (desk.settings.home / FOLDER).glob("*.reading")
    before = kept.read_text()
    kept.write_text(before.replace(json.dumps(OWN), json.dumps("上次读出的一段。")))
    try:
        assert "上次读出的一段。" in words_of(make(told, "compendium"))
    finally:
        kept.write_text(before)


def test_a_form_is_read_without_its_print(told: Contest, tmp_path: Path) -> None:
    file = form(tmp_path / "form.docx", one=["说明：可从本项进展科技突破的水平阐述。", "自己的一段。"], two=[OWN])
    document = docx.Document(str(file))
    document.add_table(1, 2).cell(0, 1).text = "表中的数"
    document.save(str(file))
    rules = told.office.desk.edition.form
    assert rules
    found = part_blocks(file, rules)
    assert found[rules.parts[0].key][-1] == "自己的一段。"
    assert found[rules.parts[1].key] == (OWN,)
    assert found[rules.parts[3].key][-1] == Grid(((GridCell(""), GridCell("表中的数")),))


def test_consent_is_told_with_its_ground(told: Contest) -> None:
    with pytest.raises(Refusal, match="没有写申报单位怎样同意的"):
        tell(told, told.items[4], printed=True)


def test_the_lists_hold_who_speaks_and_who_is_to_be_matched(told: Contest) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(make(told, "contacts")))
    speakers, matched = (book.get_sheet_by_name(name).to_python()[2:] for name in ("论坛", "对接"))
    assert [(row[0], row[3]) for row in speakers] == [(told.number(told.items[2]), "周总工 13800001111")]
    assert [row[3:] for row in matched] == [["中小企业改造", "李工 139"]]


@pytest.mark.parametrize("name", WORD_PAPERS)
def test_they_are_valid_and_the_same_facts_are_the_same_bytes(told: Contest, name: str) -> None:
    data = paper_of(told, name)
    assert list(disorder(data)) == []
    assert words_of(data).count("数据 SHA-256") == 1
    assert paper_of(told, name) == data


def test_the_pages_lead_to_them(told: Contest) -> None:
    wang = Browser(told.office, Part.OFFICE, now=ANNOUNCED)
    number = told.number(told.items[1])
    case = wang.client.get(f"/cases/{number}").text
    for address in ("/papers/notice?of=2", f"/papers/winner-letter?of={number}", f"/papers/certificate?of={number}"):
        assert address in case
    gone = wang.client.get(f"/cases/{told.number(told.items[0])}").text
    assert "/papers/cancellation?of=" in gone
    assert "/papers/certificate" not in gone
    released = wang.client.get("/announcement").text
    for address in ("/papers/compendium", "/papers/certificate/together", "/papers/announcement?of=%E6%99%BA"):
        assert f'href="{address}' in released
    assert AGREED in released
    decided = wang.client.get("/decisions/4").text
    assert 'href="/papers/cancellation?of=%E6%99%BA%E9%81%B4' in decided


def test_the_page_of_the_release_says_what_a_paper_waits_for(selected: Contest) -> None:
    selected.post()
    page = Browser(selected.office, Part.OFFICE, now=DURING).client.get("/announcement").text
    assert page.count("公布的决定还没有签发。") == 4
    assert "/papers/contacts" in page

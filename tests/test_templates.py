"""The form, the letter and the evidence list that applicants get: made from the edition, accepted by our own check."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from filled_forms import filled_in
from hypothesis import given, settings
from hypothesis import strategies as st
from word_schema import disorder

from config.edition import Edition
from config.editions_file import load_edition, shipped_edition
from config.refusal import Refusal
from documents.checks import check_file
from documents.findings import Declared, Finding, Verdict
from paperwork.applicant_looks import BLANK, Filled
from paperwork.evidence_template import evidence_template
from paperwork.form_template import form_template
from paperwork.letter_template import letter_template

HARBOUR = Path(__file__).parent / "editions" / "harbour2031.toml"
TEMPLATES = [form_template, letter_template, evidence_template]
PARTS = {
    "[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "docProps/app.xml", "word/document.xml",
    "word/_rels/document.xml.rels", "word/styles.xml", "word/settings.xml", "word/footer1.xml",
    "word/fontTable.xml",
}  # fmt: skip
ANYBODY = {
    "enterprise by a society": Filled("IM24-001", "纺织全流程数字孪生工厂", "某某纺织股份有限公司", "中国纺织工程学会"),
    "university by an expert": Filled("IM24-002", "高档数控机床误差自补偿", "某某大学机械工程学院", "闻专家"),
    "institute, not numbered": Filled("", "船舶分段智能焊接 (A&B <公司>)", "某某研究所", "中国造船工程学会"),
}  # fmt: skip
ROUTES = {"enterprise by a society": "society", "university by an expert": "expert", "institute, not numbered": None}


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load_edition(shipped_edition("2024")).edition


@pytest.fixture(scope="module")
def harbour() -> Edition:
    return load_edition(HARBOUR).edition


def checked(folder: Path, form: bytes, edition: Edition, declared: Declared | None = None) -> tuple[Finding, ...]:
    path = folder / "form.docx"
    path.write_bytes(form)
    return check_file(path, slot=edition.slots[0], edition=edition, declared=declared, in_child=False).findings


def not_green(findings: tuple[Finding, ...]) -> dict[str, Verdict]:
    return {finding.rule: finding.verdict for finding in findings if finding.verdict is not Verdict.GREEN}


def texts(file: bytes) -> str:
    document = docx.Document(BytesIO(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_a_blank_form_is_only_empty(tmp_path: Path, edition: Edition) -> None:
    """R53, R49–R51: its parts hold nothing, its head is not filled in; nothing else is to be said, and it has 0 字."""
    parts = {f"form.part.{part.key}": Verdict.RED for part in edition.form.parts}
    head = {f"form.head.{field.key}": Verdict.LOOK for field in edition.form.head}
    found = checked(tmp_path, form_template(edition), edition)
    assert not_green(found) == parts | head
    assert next(line.evidence for line in found if line.rule == "form.words").startswith("正文计 0 字")


@pytest.mark.parametrize("who", ANYBODY)
@pytest.mark.parametrize("words", [2000, 4900])
def test_a_form_typed_into_the_template_gets_no_advice(tmp_path: Path, edition: Edition, who: str, words: int) -> None:
    """R47–R67: nothing but green lines, and not one 字 of the template is counted (A8)."""
    filled = ANYBODY[who]
    declared = Declared(filled.title, filled.unit, filled.endorser, ROUTES[who])
    found = checked(tmp_path, filled_in(form_template(edition, filled), edition.form, words=words), edition, declared)
    assert not_green(found) == {}
    assert next(line.evidence for line in found if line.rule == "form.words").startswith(f"正文计 {words} 字")


def test_a_head_filled_in_by_hand_is_read(tmp_path: Path, edition: Edition) -> None:
    head = {"title": "甲项目", "unit": "甲单位", "endorser": "中国电子学会"}
    form = filled_in(form_template(edition), edition.form, head=head)
    assert not_green(checked(tmp_path, form, edition, Declared("甲项目", "甲单位", "中国电子学会"))) == {}


def test_a_prefilled_head_that_is_not_the_registered_one_is_seen(tmp_path: Path, edition: Edition) -> None:
    form = filled_in(form_template(edition, Filled("", "甲项目", "甲单位", "中国电子学会")), edition.form)
    found = checked(tmp_path, form, edition, Declared("乙项目", "甲单位", "中国电子学会"))
    assert not_green(found) == {"form.head.title": Verdict.LOOK}


def test_another_edition_has_its_own_form(tmp_path: Path, harbour: Edition) -> None:
    """Two parts, no endorser, headings that are not bold: all from its file."""
    form = filled_in(form_template(harbour, Filled("HB31-001", "甲作品", "甲工坊")), harbour.form, words=1000)
    found = checked(tmp_path, form, harbour, Declared("甲作品", "甲工坊", ""))
    assert [line for line in found if line.verdict in (Verdict.RED, Verdict.LOOK)] == []
    assert [
        line.rule for line in found if line.rule.startswith("form.style") and line.verdict is not Verdict.GREEN
    ] == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_says_what_the_edition_says(template: Callable[..., bytes], edition: Edition) -> None:
    said = texts(template(edition))
    kinds = [word for kind in edition.evidence.kinds for word in (kind.name, kind.description)]
    wanted = {
        form_template: [edition.form.title, edition.form.printed_note, *(part.heading for part in edition.form.parts),
                        *(hint for part in edition.form.parts for hint in part.hints)],
        letter_template: [edition.letter.title, *edition.letter.commitments, edition.letter.breach,
                          edition.letter.endorser_field, edition.letter.unit_field],
        evidence_template: [edition.evidence.title, *kinds, "序号", "材料名称", "类别", "页码", "盖章"],
    }[template]  # fmt: skip
    assert [words for words in wanted if words not in said] == []


def test_the_letter_has_the_names_in_their_places(edition: Edition) -> None:
    """R80: the blank one keeps the words that tell what belongs there."""
    filled = texts(letter_template(edition, Filled("IM24-001", "甲项目", "甲单位", "中国电子学会")))
    assert "甲单位已了解" in filled
    assert "现推荐“甲项目”参评" in filled
    assert "推荐学会（盖章）或推荐专家（签字）：\n中国电子学会" in filled
    blank = texts(letter_template(edition))
    assert "（申报单位名称）已了解" in blank
    assert "（项目名称）参评" in blank


def test_the_letter_has_room_for_seals(edition: Edition) -> None:
    """R86, R87: a seal of 45 mm fits into either field."""
    rows = docx.Document(BytesIO(letter_template(edition))).tables[0].rows
    assert [row.height >= Mm(45) for row in rows] == [True, True, False]
    assert re.sub(r"\s", "", rows[2].cells[0].text) == "年月日"


def test_a_kind_of_evidence_is_chosen_from_the_editions(edition: Edition) -> None:
    """R90–R94."""
    with ZipFile(BytesIO(evidence_template(edition))) as package:
        document = package.read("word/document.xml").decode()
    rows = docx.Document(BytesIO(evidence_template(edition))).tables[1].rows
    for kind in edition.evidence.kinds:
        assert document.count(f'w:displayText="{kind.name}"') == len(rows) - 1


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_number_stands_in_the_head_as_text_and_as_a_code(template: Callable[..., bytes], edition: Edition) -> None:
    import cv2
    import numpy as np

    file = template(edition, Filled("IM24-001", "甲项目", "甲单位", "中国电子学会"))
    section = docx.Document(BytesIO(file)).sections[0]
    assert "编号 IM24-001" in section.first_page_header.paragraphs[0].text
    assert section.header.paragraphs[0].text == "编号 IM24-001"
    with ZipFile(BytesIO(file)) as package:
        code = next(package.read(name) for name in package.namelist() if name.endswith(".png"))
    picture = cv2.imdecode(np.frombuffer(code, np.uint8), cv2.IMREAD_GRAYSCALE)
    framed = cv2.copyMakeBorder(picture, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=255)
    assert cv2.QRCodeDetector().detectAndDecode(framed)[0] == "IM24-001"


@pytest.mark.parametrize("filled", [BLANK, ANYBODY["enterprise by a society"]], ids=["blank", "filled"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_file_keeps_the_order_of_its_schema(
    template: Callable[..., bytes], filled: Filled, edition: Edition, harbour: Edition
) -> None:
    assert [fault for each in (edition, harbour) for fault in disorder(template(each, filled))] == []


def test_quotes_around_chinese_words_are_chinese(edition: Edition) -> None:
    """Word takes “ ” from the Western font unless the run says whose they are."""
    for paragraph in docx.Document(BytesIO(letter_template(edition))).paragraphs:
        for run in paragraph.runs:
            if "“" in run.text:
                assert run._r.rPr.rFonts.get(qn("w:hint")) == "eastAsia"


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_is_left_of_the_librarys_own_template(template: Callable[..., bytes], edition: Edition) -> None:
    file = template(edition)
    with ZipFile(BytesIO(file)) as package:
        assert set(package.namelist()) == PARTS
        everything = b"".join(package.read(name) for name in package.namelist())
        entries = {(entry.date_time, entry.filename) for entry in package.infolist()}
    assert [word for word in (b"python-docx", b"ja-JP", b"Cambria", b"Theme=", b"rsid") if word in everything] == []
    assert {time for time, _ in entries} == {(1980, 1, 1, 0, 0, 0)}
    told = docx.Document(BytesIO(file)).core_properties
    assert (told.author, told.last_modified_by) == (edition.award.office, edition.award.office)
    assert told.created == edition.submission.opens


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_same_names_give_the_same_bytes(template: Callable[..., bytes], edition: Edition) -> None:
    one, other = ANYBODY["enterprise by a society"], ANYBODY["university by an expert"]
    assert template(edition, one) == template(edition, one)
    assert template(edition, one) != template(edition, other)


@pytest.mark.parametrize("template", TEMPLATES)
def test_names_cannot_break_the_file_or_turn_the_writing_round(
    template: Callable[..., bytes], edition: Edition
) -> None:
    file = template(edition, Filled("IM24-001", "甲\x0b\u202e乙<w:t>&\uffff", f"单位\ud800\n{'二' * 300}", "学会\x00"))
    said = texts(file)
    assert "\u202e" not in said
    assert "甲 \\u202e乙<w:t>&\ufffd" in said


@given(title=st.text(st.characters(), max_size=60), unit=st.text(max_size=60))
@settings(max_examples=15)
def test_any_names_at_all_give_a_file_that_opens(edition: Edition, title: str, unit: str) -> None:
    for template in TEMPLATES:
        file = template(edition, Filled("IM24-001", title, unit, unit))
        assert docx.Document(BytesIO(file)).tables


@pytest.mark.parametrize(
    ("template", "section"), [(form_template, "form"), (letter_template, "letter"), (evidence_template, "evidence")]
)
def test_an_edition_without_it_says_so(template: Callable[..., bytes], section: str, edition: Edition) -> None:
    with pytest.raises(Refusal, match="没有"):
        template(edition.model_copy(update={section: None}))

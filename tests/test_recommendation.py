"""Reading the recommendation form: what counts, what is found, what is refused (R47–R67, A8)."""

import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from config.edition import FormRules
from config.editions_file import load_edition, shipped_edition
from documents import recommendation
from documents.docx_findings import findings
from documents.docx_names import same_name
from documents.findings import Declared, Finding, Unreadable, Verdict

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMES = (
    f'xmlns:w="{WORD}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
)
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADINGS = ("一、本项智能制造科技进展的背景和意义", "二、本项智能制造科技进展的创新性")
HEADINGS += ("三、本项智能制造科技进展的引领性", "四、本项智能制造科技进展的应用性")
DECLARED = Declared(title="智能产线", unit="东华大学", endorser="中国纺织工程学会")


@pytest.fixture(scope="module")
def rules() -> FormRules:
    form = load_edition(shipped_edition("2024")).edition.form
    assert form is not None
    return form


def relations(*entries: tuple[str, str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{target}" {mode}/>'
        for number, (kind, target, mode) in enumerate(entries)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'
    )


def pack(path: Path, body: str, *, main: str = MAIN, parts: dict[str, str | bytes] | None = None) -> Path:
    """A Word file with this body, written by hand."""
    written: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES.format(main=main),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", "")),
        "word/document.xml": f"<w:document {NAMES}><w:body>{body}</w:body></w:document>",
        **(parts or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in written.items():
            archive.writestr(name, content)
    return path


def p(text: str, properties: str = "") -> str:
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(*texts: str) -> str:
    return f"<w:tc>{''.join(map(p, texts))}</w:tc>"


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(cells)}</w:tr>"


HEAD = "<w:tbl>{}{}</w:tbl>".format(
    row(cell("项目名称：智能产线")),
    row(cell("推荐学会或专家"), cell("中国纺织工程学会"), cell("申报单位"), cell("东华大学")),
)


def whole_form(texts: Iterable[str] = ("背景甲乙", "创新丙丁", "引领戊己", "应用庚辛"), head: str = HEAD) -> str:
    return head + "".join(p(heading) + p(text) for heading, text in zip(HEADINGS, texts, strict=True))


def own_words(path: Path, body: str, rules: FormRules) -> int:
    return recommendation.read(pack(path, body), rules).words.own


def line(lines: Iterable[Finding], rule: str) -> Finding:
    return next(finding for finding in lines if finding.rule == rule)


# --- what counts ---------------------------------------------------------------------------------------------------


def r(text: str, properties: str = "") -> str:
    return f"<w:r>{properties}<w:t>{text}</w:t></w:r>"


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


CODE = "<w:r><w:instrText> REF x </w:instrText></w:r>"
BODIES = {
    "paragraphs": (p("智能制造") + p("AI 5G"), 6),
    "table": (f"<w:tbl>{row(cell('甲乙'), cell('丙', '丁'))}</w:tbl>", 4),
    "content control": (f"<w:sdt><w:sdtContent>{p('控件内')}</w:sdtContent></w:sdt>", 3),
    "insertion": (f"<w:p><w:ins>{r('新增')}</w:ins></w:p>", 2),
    "deletion": (f"<w:p><w:del><w:r><w:delText>删除的</w:delText></w:r>{r('删')}</w:del>{r('留')}</w:p>", 1),
    "moved": (f"<w:p><w:moveTo>{r('移来')}</w:moveTo><w:moveFrom>{r('移走的')}</w:moveFrom></w:p>", 2),
    "hyperlink": (f"<w:p><w:hyperlink>{r('链接字')}</w:hyperlink></w:p>", 3),
    "hidden": (f"<w:p>{r('隐藏', '<w:rPr><w:vanish/></w:rPr>')}</w:p>", 2),
    "runs of one word": (f"<w:p>{r('AI')}{r('oT')}</w:p>", 1),
    "tab and break": ("<w:p><w:r><w:t>A</w:t><w:tab/><w:t>x</w:t><w:br/><w:t>y</w:t></w:r></w:p>", 3),
    "field": (f"<w:p>{mark('begin')}{CODE}{r('码')}{mark('separate')}{r('结果')}{mark('end')}</w:p>", 2),
    "field without end": (f"<w:p>{mark('begin')}</w:p>{p('不因坏域而失')}", 6),
    "reading aid": (
        f"<w:p><w:r><w:ruby><w:rt>{r('pin')}</w:rt><w:rubyBase>{r('拼')}</w:rubyBase></w:ruby></w:r></w:p>",
        1,
    ),
    "formula": ("<w:p><m:oMath><m:r><m:t>E=mc</m:t></m:r></m:oMath></w:p>", 1),
    "deleted row": (f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr>{cell('删行')}</w:tr>{row(cell('留'))}</w:tbl>", 1),
    "placeholder": (
        f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p('请输入')}</w:sdtContent></w:sdt>",
        0,
    ),
}


@pytest.mark.parametrize(("body", "words"), BODIES.values(), ids=BODIES.keys())
def test_what_counts_in_the_body(tmp_path: Path, rules: FormRules, body: str, words: int) -> None:
    assert own_words(tmp_path / "form.docx", body, rules) == words


def test_a_text_box_that_is_stored_twice_counts_once_and_not_as_body(tmp_path: Path, rules: FormRules) -> None:
    box = f"<w:txbxContent>{p('框内文字')}</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>外</w:t></w:r><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    words = recommendation.read(pack(tmp_path / "form.docx", body), rules).words
    assert (words.whole, words.own, words.body) == (5, 5, 1)


def test_footnotes_count_and_their_separators_headers_and_comments_do_not(tmp_path: Path, rules: FormRules) -> None:
    notes = (
        f'<w:footnotes {NAMES}><w:footnote w:type="separator" w:id="-1">{p("线")}</w:footnote>'
        f'<w:footnote w:id="1">{p("脚注")}</w:footnote></w:footnotes>'
    )
    parts: dict[str, str | bytes] = {
        "word/footnotes.xml": notes,
        "word/comments.xml": f'<w:comments {NAMES}><w:comment w:id="1">{p("批注很长")}</w:comment></w:comments>',
        "word/header1.xml": f"<w:hdr {NAMES}>{p('页眉')}</w:hdr>",
        "word/_rels/document.xml.rels": relations(
            ("footnotes", "footnotes.xml", ""), ("comments", "comments.xml", ""), ("header", "header1.xml", "")
        ),
    }
    facts = recommendation.read(pack(tmp_path / "form.docx", p("正文"), parts=parts), rules)
    assert (facts.words.whole, facts.comments) == (4, 1)


def test_printed_text_is_not_the_applicants(tmp_path: Path, rules: FormRules) -> None:
    """A8: the head table, the printed hints and the four printed headings do not count."""
    printed = p(rules.title) + HEAD + p(rules.printed_note)
    for part in rules.parts:
        printed += p(part.heading) + "".join(map(p, part.hints)) + p("我们写的")
    words = recommendation.read(pack(tmp_path / "form.docx", printed), rules).words
    assert words.own == 4 * len(rules.parts)
    assert words.whole > 400


def test_a_hint_that_the_applicant_wrote_on_behind_is_cut_out(tmp_path: Path, rules: FormRules) -> None:
    hint = rules.parts[1].hints[0]
    assert own_words(tmp_path / "a.docx", p(f"{hint}我们的突破"), rules) == 5
    assert own_words(tmp_path / "b.docx", p(f" · {hint}"), rules) == 0
    assert own_words(tmp_path / "c.docx", p(hint[:30]) + p(hint[30:]), rules) == 0


def test_a_strict_file_reads_the_same(tmp_path: Path, rules: FormRules) -> None:
    usual = recommendation.read(pack(tmp_path / "usual.docx", whole_form()), rules)
    document = f"<w:document {NAMES}><w:body>{whole_form()}</w:body></w:document>"
    strict_names = {
        WORD: "http://purl.oclc.org/ooxml/wordprocessingml/main",
        OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
    package = relations(("officeDocument", "word/document.xml", ""))
    for name, strict in strict_names.items():
        document, package = document.replace(name, strict), package.replace(name, strict)
    path = pack(tmp_path / "strict.docx", "", parts={"word/document.xml": document, "_rels/.rels": package})
    assert recommendation.read(path, rules) == usual
    assert usual.words.own == 16


# --- the parts -------------------------------------------------------------------------------------------------------


def found(path: Path, body: str, rules: FormRules) -> dict[str, str | None]:
    return {part.key: part.heading for part in recommendation.read(pack(path, body), rules).parts}


def test_the_printed_headings_are_found_whatever_their_spaces(tmp_path: Path, rules: FormRules) -> None:
    body = whole_form().replace("一、本项", "一、 本项")
    facts = recommendation.read(pack(tmp_path / "form.docx", body), rules)
    assert [part.words for part in facts.parts] == [4, 4, 4, 4]
    assert facts.in_order
    assert all(part.certain for part in facts.parts)


@pytest.mark.parametrize(
    "heading", ["二、创新性", "第二部分 项目的创新性", "（二）创新性", "2. 创新性", "创新性", "创新性：", "Ⅱ、创新性"]
)
def test_a_heading_is_recognised_by_its_word(tmp_path: Path, rules: FormRules, heading: str) -> None:
    body = p("本文的创新性体现在许多方面，下面逐一说明。") + p(heading) + p("内容")
    assert found(tmp_path / "form.docx", body, rules)["innovation"] == heading


def test_a_sentence_with_the_word_is_no_heading(tmp_path: Path, rules: FormRules) -> None:
    body = (
        p("本项目创新性强。")
        + p("创新性、引领性和应用性都好，")
        + p("我们在多条生产线上验证了这项技术的创新性与先进性并得到了用户的普遍好评与认可")
    )
    assert found(tmp_path / "form.docx", body, rules)["innovation"] is None


def test_a_line_of_the_table_of_contents_is_no_heading(tmp_path: Path, rules: FormRules) -> None:
    body = p("二、创新性\t3").replace("\t", "</w:t><w:tab/><w:t>")
    assert found(tmp_path / "form.docx", body, rules)["innovation"] is None


def test_an_automatic_number_makes_a_heading(tmp_path: Path, rules: FormRules) -> None:
    numbering = (
        f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num></w:numbering>'
    )
    listed = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr></w:pPr>'
    body = "".join(
        p(f"本项进展所具有的{word}分析", listed) + p("内容") for word in ("背景", "创新性", "引领性", "应用性")
    )
    parts: dict[str, str | bytes] = {
        "word/numbering.xml": numbering,
        "word/_rels/document.xml.rels": relations(("numbering", "numbering.xml", "")),
    }
    facts = recommendation.read(pack(tmp_path / "form.docx", body, parts=parts), rules)
    assert [part.certain for part in facts.parts] == [True] * 4
    assert facts.unnumbered == ()


def test_a_subheading_with_the_word_does_not_stand_for_a_missing_part(tmp_path: Path, rules: FormRules) -> None:
    body = whole_form().replace(HEADINGS[2], "（3）引领性分析")
    lines = findings(recommendation.read(pack(tmp_path / "form.docx", body), rules), rules, DECLARED)
    assert line(lines, "form.part.leadership").verdict is Verdict.LOOK


def test_a_missing_part_is_red_and_blocks(tmp_path: Path, rules: FormRules) -> None:
    """R53: the four parts are a must."""
    body = whole_form().replace(HEADINGS[2], "别的标题")
    missing = line(
        findings(recommendation.read(pack(tmp_path / "f.docx", body), rules), rules, DECLARED), "form.part.leadership"
    )
    assert (missing.verdict, missing.blocks_submit, missing.r) == (Verdict.RED, True, "R53")
    assert "引领性" in missing.evidence


def test_an_empty_part_is_red_and_one_with_a_picture_only_is_looked_at(tmp_path: Path, rules: FormRules) -> None:
    empty = whole_form(("背景", "创新", "", "应用"))
    pictured = empty.replace(p(HEADINGS[2]), p(HEADINGS[2]) + "<w:p><w:r><w:drawing/></w:r></w:p>")
    lines = [
        findings(recommendation.read(pack(tmp_path / "f.docx", body), rules), rules, None) for body in (empty, pictured)
    ]
    verdicts = [line(each, "form.part.leadership").verdict for each in lines]
    assert verdicts == [Verdict.RED, Verdict.LOOK]


def test_data_and_a_table_are_recommended_and_no_more(tmp_path: Path, rules: FormRules) -> None:
    """R56, R62."""
    table = f"<w:tbl>{row(cell('前'), cell('后'))}</w:tbl>"
    bare, full = whole_form(), whole_form(("背景", "提升30%", "引领", "应用")) + table
    lines = [
        findings(recommendation.read(pack(tmp_path / "f.docx", body), rules), rules, None) for body in (bare, full)
    ]
    advice = [{each.r for each in found if each.rule.startswith("form.data.")} for found in lines]
    assert advice == [{"R56", "R62"}, set()]
    assert not any(each.blocks_submit for each in lines[0])


def test_parts_out_of_order_are_looked_at(tmp_path: Path, rules: FormRules) -> None:
    body = HEAD + "".join(p(HEADINGS[number]) + p("内容") for number in (0, 2, 1, 3))
    order = line(findings(recommendation.read(pack(tmp_path / "f.docx", body), rules), rules, None), "form.order")
    assert (order.verdict, order.blocks_submit) == (Verdict.LOOK, False)
    assert "背景、引领性、创新性、应用性" in order.evidence


def test_a_form_that_is_one_table_is_read_too(tmp_path: Path, rules: FormRules) -> None:
    rows = [row(cell("项目名称"), cell("智能产线")), row(cell("申报单位"), cell("东华大学"))]
    rows += [row(cell(heading, "内容四字")) for heading in HEADINGS]
    facts = recommendation.read(pack(tmp_path / "form.docx", f"<w:tbl>{''.join(rows)}</w:tbl>"), rules)
    assert [part.words for part in facts.parts] == [4, 4, 4, 4]
    assert facts.words.own == 16
    assert facts.head == {"title": "智能产线", "unit": "东华大学", "endorser": None}


# --- the length ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "verdict", "blocks"),
    [
        (4900, Verdict.GREEN, False),
        (4901, Verdict.ADVICE, False),
        (5000, Verdict.ADVICE, False),
        (5001, Verdict.LOOK, False),
        (5100, Verdict.LOOK, False),
        (5101, Verdict.RED, True),
    ],
)
def test_the_bands_of_the_length(
    tmp_path: Path, rules: FormRules, words: int, verdict: Verdict, *, blocks: bool
) -> None:
    """R52, A8."""
    body = whole_form(("字" * (words - 3), "字", "字", "字"))
    length = line(findings(recommendation.read(pack(tmp_path / "f.docx", body), rules), rules, None), "form.words")
    assert (length.verdict, length.blocks_submit) == (verdict, blocks)
    assert f"{words} 字" in length.evidence
    assert (f"超出 {words - 5000} 字" in length.evidence) == (words > 5000)


# --- the names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        HEAD,
        "<w:tbl>{}{}{}</w:tbl>".format(
            row(cell("项目名称："), cell("智能 产线")),
            row(cell("推荐学会或专家："), cell("中国纺织工程学会")),
            row(cell("申报单位（盖章）："), cell("东华大学")),
        ),
        "<w:tbl>{}{}</w:tbl>".format(
            row(cell("项目名称"), cell("推荐学会或专家"), cell("申报单位")),
            row(cell("智能产线"), cell("中国纺织工程学会"), cell("东华大学")),
        ),
        p("项目名称：智能产线") + p("推荐学会或专家: 中国纺织工程学会") + p("申报单位（盖章）：东华大学"),
        HEAD.replace("项目名称：智能产线", "项 目 名 称：</w:t></w:r><w:r><w:t>智能产线"),
    ],
    ids=["as printed", "two columns", "values below", "lines", "spaced"],
)
def test_the_head_is_read_in_its_usual_forms(tmp_path: Path, rules: FormRules, head: str) -> None:
    facts = recommendation.read(pack(tmp_path / "form.docx", whole_form(head=head)), rules)
    assert facts.words.own == 16
    lines = findings(facts, rules, DECLARED)
    assert {line(lines, f"form.head.{key}").verdict for key in ("title", "unit", "endorser")} == {Verdict.GREEN}


def test_another_name_is_looked_at_and_an_empty_one_too(tmp_path: Path, rules: FormRules) -> None:
    head = HEAD.replace("东华大学", "南华大学").replace("中国纺织工程学会", "")
    lines = findings(recommendation.read(pack(tmp_path / "f.docx", whole_form(head=head)), rules), rules, DECLARED)
    assert line(lines, "form.head.unit").verdict is Verdict.LOOK
    assert "南华大学" in line(lines, "form.head.unit").evidence
    assert line(lines, "form.head.endorser").verdict is Verdict.LOOK
    assert not any(each.blocks_submit for each in lines)


def test_names_are_compared_after_nfkc_and_without_spaces() -> None:
    assert same_name("ＡＩ 产线（二期）", "AI产线(二期)")
    assert not same_name("AI产线", "AI产线二期")
    assert same_name("中国纺织工程学会（推荐）", "中国纺织工程学会", loosely=True)
    assert not same_name("", "中国纺织工程学会", loosely=True)


# --- what else it carries --------------------------------------------------------------------------------------------


def test_a_secrecy_word_asks_to_confirm_again_and_blocks_nothing(tmp_path: Path, rules: FormRules) -> None:
    """R83."""
    body = whole_form(("背景", "本项属于商业秘密范围", "引领", "应用"))
    secrecy = line(findings(recommendation.read(pack(tmp_path / "f.docx", body), rules), rules, None), "form.secrecy")
    assert (secrecy.verdict, secrecy.blocks_submit) == (Verdict.LOOK, False)
    assert "商业秘密" in secrecy.evidence


def test_what_lies_outside_is_looked_at_and_an_ordinary_link_is_not(tmp_path: Path, rules: FormRules) -> None:
    outside = 'TargetMode="External"'
    link = relations(("hyperlink", "https://example.org", outside))
    picture = relations(("hyperlink", "https://example.org", outside), ("image", "https://example.org/x.png", outside))
    verdicts = []
    for number, entries in enumerate((link, picture)):
        path = pack(tmp_path / f"{number}.docx", whole_form(), parts={"word/_rels/document.xml.rels": entries})
        verdicts.append(line(findings(recommendation.read(path, rules), rules, None), "form.outside").verdict)
    assert verdicts == [Verdict.GREEN, Verdict.LOOK]


def test_a_field_that_reaches_out_is_looked_at(tmp_path: Path, rules: FormRules) -> None:
    field = "<w:p><w:r><w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText></w:r></w:p>"
    facts = recommendation.read(pack(tmp_path / "f.docx", whole_form() + field), rules)
    assert line(findings(facts, rules, None), "form.outside").verdict is Verdict.LOOK


def test_changes_hidden_text_and_objects_are_said(tmp_path: Path, rules: FormRules) -> None:
    body = whole_form() + (
        "<w:p><w:ins><w:r><w:t>增</w:t></w:r></w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏的字</w:t></w:r></w:p>"
    )
    facts = recommendation.read(pack(tmp_path / "f.docx", body, parts={"word/embeddings/a.bin": b"x"}), rules)
    assert (facts.insertions, facts.deletions, facts.hidden_letters) == (1, 1, 4)
    assert facts.embedded == ("word/embeddings/a.bin",)
    lines = findings(facts, rules, None)
    assert {line(lines, f"form.{rule}").verdict for rule in ("changes", "hidden", "embedded")} == {Verdict.ADVICE}


# --- the looks -------------------------------------------------------------------------------------------------------


def styled(path: Path, rules: FormRules, *, font: str = "SimSun", name_east_asian: bool = True) -> Path:
    """A form whose looks are right, made by python-docx, direct formatting only."""
    document = Document()
    looks = {style.level: style for style in rules.styles}
    for heading in HEADINGS:
        for level, text in (
            ("level1", heading),
            ("level2", "1. 小节"),
            ("level3", "（1）小小节"),
            ("body", "正文内容。"),
        ):
            style = looks[level]
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.line_spacing = style.line_spacing
            if style.first_line_chars:
                paragraph.paragraph_format.first_line_indent = Pt(style.first_line_chars * style.size_points)
            run = paragraph.add_run(text)
            run.bold, run.font.size, run.font.name = style.bold, Pt(style.size_points), "Arial"
            if name_east_asian:
                family = {"黑体": "SimHei", "宋体": font}[style.font]
                run._element.rPr.rFonts.set(qn("w:eastAsia"), family)
    document.save(str(path))
    return path


def off(path: Path, rules: FormRules) -> dict[str, int]:
    return {fact.level: fact.off for fact in recommendation.read(path, rules).styles}


def test_right_looks_bring_no_advice(tmp_path: Path, rules: FormRules) -> None:
    assert off(styled(tmp_path / "form.docx", rules), rules) == {"level1": 0, "level2": 0, "level3": 0, "body": 0}


def test_another_font_is_advice_and_never_more(tmp_path: Path, rules: FormRules) -> None:
    """R63–R67."""
    path = styled(tmp_path / "form.docx", rules, font="KaiTi")
    assert off(path, rules) == {"level1": 0, "level2": 4, "level3": 4, "body": 4}
    body = line(findings(recommendation.read(path, rules), rules, None), "form.style.body")
    assert (body.verdict, body.r) == (Verdict.ADVICE, "R66")
    assert "字体为楷体（应为宋体）" in body.evidence


def test_a_western_font_alone_does_not_set_chinese_text(tmp_path: Path, rules: FormRules) -> None:
    assert off(styled(tmp_path / "f.docx", rules, name_east_asian=False), rules)["body"] == 4


def with_styles(path: Path, styles: str, body: str, theme: str = "") -> Path:
    parts: dict[str, str | bytes] = {
        "word/styles.xml": f"<w:styles {NAMES}>{styles}</w:styles>",
        "word/theme/theme1.xml": theme or "<a/>",
        "word/_rels/document.xml.rels": relations(("styles", "styles.xml", ""), ("theme", "theme/theme1.xml", "")),
    }
    return pack(path, body, parts=parts)


SONG = '<w:rFonts w:eastAsia="宋体"/><w:sz w:val="24"/>'
RIGHT = '<w:pPr><w:spacing w:line="360" w:lineRule="auto"/><w:ind w:firstLineChars="200" w:firstLine="1"/></w:pPr>'


def body_faults(path: Path, rules: FormRules) -> tuple[str, ...]:
    return next(fact.examples for fact in recommendation.read(path, rules).styles if fact.level == "body")


def test_looks_come_from_defaults_and_inherited_styles(tmp_path: Path, rules: FormRules) -> None:
    styles = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{SONG}</w:rPr></w:rPrDefault></w:docDefaults>"
        f'<w:style w:type="paragraph" w:default="1" w:styleId="a">{RIGHT}</w:style>'
        '<w:style w:type="paragraph" w:styleId="b"><w:basedOn w:val="a"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="c"><w:basedOn w:val="c"/></w:style>'
    )
    own = '<w:pPr><w:pStyle w:val="b"/></w:pPr>'
    assert body_faults(with_styles(tmp_path / "f.docx", styles, p("正文。") + p("正文。", own)), rules) == ()
    circular = with_styles(tmp_path / "g.docx", styles, p("正文。", '<w:pPr><w:pStyle w:val="c"/></w:pPr>'))
    assert "行距为1倍" in body_faults(circular, rules)[0]


def test_bold_in_paragraph_and_character_style_cancels_out(tmp_path: Path, rules: FormRules) -> None:
    styles = (
        f'<w:style w:type="paragraph" w:default="1" w:styleId="a">{RIGHT}<w:rPr>{SONG}<w:b/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="strong"><w:rPr><w:b/></w:rPr></w:style>'
    )
    run = '<w:p><w:r><w:rPr><w:rStyle w:val="strong"/></w:rPr><w:t>正文。</w:t></w:r></w:p>'
    assert body_faults(with_styles(tmp_path / "f.docx", styles, run), rules) == ()
    assert "加粗" in body_faults(with_styles(tmp_path / "g.docx", styles, p("正文。")), rules)[0]


def test_a_theme_font_is_resolved_for_simplified_chinese(tmp_path: Path, rules: FormRules) -> None:
    theme = (
        '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:minorFont><a:ea typeface=""/>'
        '<a:font script="Jpan" typeface="ＭＳ 明朝"/><a:font script="Hans" typeface="宋体"/></a:minorFont></a:theme>'
    )
    styles = (
        f'<w:style w:type="paragraph" w:default="1" w:styleId="a">{RIGHT}<w:rPr>'
        '<w:rFonts w:eastAsiaTheme="minorEastAsia" w:eastAsia="楷体"/><w:sz w:val="24"/></w:rPr></w:style>'
    )
    assert body_faults(with_styles(tmp_path / "f.docx", styles, p("正文。"), theme), rules) == ()


@pytest.mark.parametrize(
    ("properties", "fault"),
    [
        ('<w:spacing w:line="480" w:lineRule="exact"/><w:ind w:firstLineChars="200"/>', "行距为固定值"),
        ('<w:spacing w:line="240" w:lineRule="auto"/><w:ind w:firstLineChars="200"/>', "行距为1倍"),
        ('<w:spacing w:line="360"/>', "首行缩进为0.0字符"),
        ('<w:spacing w:line="360"/><w:ind w:firstLine="480"/>', ""),
        ('<w:spacing w:line="18pt"/><w:ind w:firstLine="24pt"/>', ""),
    ],
    ids=["fixed", "single", "no indent", "indent in twips", "strict units"],
)
def test_lines_and_indents(tmp_path: Path, rules: FormRules, properties: str, fault: str) -> None:
    styles = f"<w:docDefaults><w:rPrDefault><w:rPr>{SONG}</w:rPr></w:rPrDefault></w:docDefaults>"
    path = with_styles(tmp_path / "f.docx", styles, p("正文。", f"<w:pPr>{properties}</w:pPr>"))
    assert [fault in example for example in body_faults(path, rules)] == ([True] if fault else [])


# --- what is refused -------------------------------------------------------------------------------------------------


def refusal(path: Path, rules: FormRules) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        recommendation.read(path, rules)
    assert caught.value.r == "R47"
    assert caught.value.next_step
    return caught.value


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "空的"),
        (b"%PDF-1.7\n", "PDF"),
        (b"{\\rtf1 x}", "RTF"),
        (b"hello", "不是 Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "旧版 Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"PK\x03\x04" + b"\0" * 200, "不完整"),
    ],
    ids=["empty", "pdf", "rtf", "text", "doc", "encrypted", "cut"],
)
def test_another_file_is_refused_with_its_remedy(tmp_path: Path, rules: FormRules, content: bytes, word: str) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(content)
    assert word in refusal(path, rules).evidence


def test_words_lock_file_is_called_that(tmp_path: Path, rules: FormRules) -> None:
    path = tmp_path / "~$form.docx"
    path.write_bytes(b"\x05Admin" + b" " * 156)
    assert "临时文件" in refusal(path, rules).evidence


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_file_is_refused(tmp_path: Path, rules: FormRules, cut: float) -> None:
    path = pack(tmp_path / "form.docx", whole_form())
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    refusal(path, rules)


def test_macros_and_templates_are_refused(tmp_path: Path, rules: FormRules) -> None:
    enabled = "application/vnd.ms-word.document.macroEnabled.main+xml"
    template = MAIN.replace("document.main", "template.main")
    assert "宏" in refusal(pack(tmp_path / "a.docx", whole_form(), main=enabled), rules).evidence
    carried = pack(tmp_path / "b.docx", whole_form(), parts={"word/vbaProject.bin": b"x"})
    assert "宏" in refusal(carried, rules).evidence
    assert "模板" in refusal(pack(tmp_path / "c.docx", whole_form(), main=template), rules).evidence


def test_a_spreadsheet_is_refused_by_its_name(tmp_path: Path, rules: FormRules) -> None:
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert "Excel" in refusal(pack(tmp_path / "a.docx", "", main=sheet), rules).evidence


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "customXml/item1.xml"])
def test_a_document_type_is_refused_wherever_it_stands(
    tmp_path: Path, rules: FormRules, encoding: str, part: str
) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><x>&c;</x>'
    path = pack(tmp_path / "form.docx", whole_form(), parts={part: text.encode(encoding)})
    assert "DTD" in refusal(path, rules).evidence


def test_broken_xml_is_refused(tmp_path: Path, rules: FormRules) -> None:
    path = pack(tmp_path / "form.docx", "", parts={"word/document.xml": "<w:document><w:body>"})
    refusal(path, rules)


def test_a_file_that_unpacks_to_much_more_is_refused_unread(tmp_path: Path, rules: FormRules) -> None:
    body = "<w:p/>" * 2_000_000
    refusal(pack(tmp_path / "wide.docx", body), rules)
    assert (tmp_path / "wide.docx").stat().st_size < 100_000


def test_a_form_of_many_thousand_paragraphs_is_refused(tmp_path: Path, rules: FormRules) -> None:
    assert "段落" in refusal(pack(tmp_path / "long.docx", "<w:p/>" * 20_001), rules).evidence


def test_a_file_nested_very_deeply_is_refused(tmp_path: Path, rules: FormRules) -> None:
    refusal(pack(tmp_path / "deep.docx", "<w:sdt>" * 5_000 + "</w:sdt>" * 5_000), rules)


def test_thousands_of_parts_are_refused(tmp_path: Path, rules: FormRules) -> None:
    path = pack(tmp_path / "many.docx", whole_form(), parts={f"word/media/{n}.png": b"" for n in range(6_000)})
    assert "部件" in refusal(path, rules).evidence


def test_overlapping_and_doubled_parts_are_refused(tmp_path: Path, rules: FormRules) -> None:
    path = pack(tmp_path / "form.docx", whole_form())
    data = bytearray(path.read_bytes())
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 1)
    struct.pack_into("<I", data, second + 42, struct.unpack_from("<I", data, first + 42)[0] + 4)
    path.write_bytes(data)
    assert "重叠" in refusal(path, rules).evidence
    doubled = pack(tmp_path / "twice.docx", whole_form(), parts={"WORD/document.xml": "<x/>"})
    assert "重名" in refusal(doubled, rules).evidence


def test_an_encrypted_part_is_refused(tmp_path: Path, rules: FormRules) -> None:
    path = pack(tmp_path / "form.docx", whole_form())
    data = bytearray(path.read_bytes())
    entry = data.find(b"PK\x01\x02")
    data[entry + 8] |= 1
    path.write_bytes(data)
    assert "加密" in refusal(path, rules).evidence


def test_a_form_that_python_docx_wrote_with_a_control_is_read(tmp_path: Path, rules: FormRules) -> None:
    document = Document()
    control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    content.append(document.add_paragraph("控件中的字")._element)
    control.append(content)
    document.element.body.insert(0, control)
    document.save(str(tmp_path / "form.docx"))
    assert recommendation.read(tmp_path / "form.docx", rules).words.whole == 5

"""How paragraphs really look: table styles, theme fonts and hints in one run, lists, indents (R63–R67)."""

import zipfile
from pathlib import Path

import pytest
from odd_forms import HEADINGS, NAMES, head, p, pack, relations

from config.edition import FormRules
from config.editions_file import load_edition, shipped_edition
from documents import recommendation
from documents.docx_looks import StyleFact
from documents.docx_styles import canonical

LINES = '<w:spacing w:line="360" w:lineRule="auto"/>'
BODY = f'<w:pPr>{LINES}<w:ind w:firstLineChars="200"/></w:pPr>'
THEME = (
    '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:majorFont><a:ea typeface="黑体"/>'
    '</a:majorFont><a:minorFont><a:ea typeface=""/><a:font script="Hans" typeface="宋体"/></a:minorFont></a:theme>'
)
DEFAULTS = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:asciiTheme="minorHAnsi" w:eastAsiaTheme="minorEastAsia"/>'
    '<w:sz w:val="24"/></w:rPr></w:rPrDefault></w:docDefaults>'
)


@pytest.fixture(scope="module")
def rules() -> FormRules:
    rules = load_edition(shipped_edition("2024")).edition.form
    assert rules is not None
    return rules


def facts(folder: Path, rules: FormRules, body: str, *, styles: str = "", lists: str = "") -> dict[str, StyleFact]:
    parts: dict[str, str | bytes] = {
        "word/styles.xml": f"<w:styles {NAMES}>{DEFAULTS}{styles}</w:styles>",
        "word/theme/theme1.xml": THEME,
        "word/numbering.xml": f"<w:numbering {NAMES}>{lists}</w:numbering>",
        "word/_rels/document.xml.rels": relations(
            ("styles", "styles.xml", ""), ("theme", "theme/theme1.xml", ""), ("numbering", "numbering.xml", "")
        ),
    }
    path = folder / "form.docx"
    path.write_bytes(pack(body, parts, method=zipfile.ZIP_STORED))
    return {fact.level: fact for fact in recommendation.read(path, rules).styles}


def run(text: str, properties: str) -> str:
    return f"<w:p>{BODY}<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


RUNS = {
    "nothing but a hint": (run("“正文”——2024 年……", '<w:rFonts w:hint="eastAsia"/>'), ""),
    "western font beside the theme": (run("正文 text", '<w:rFonts w:ascii="Arial" w:hAnsi="Arial"/>'), ""),
    "theme beats the name beside it": (
        run("正文", '<w:rFonts w:eastAsiaTheme="minorEastAsia" w:eastAsia="楷体"/>'),
        "",
    ),
    "nearer name beats the theme": (run("正文", '<w:rFonts w:hint="eastAsia" w:eastAsia="楷体"/>'), "楷体"),
    "theme that is not there": (run("正文", '<w:rFonts w:eastAsiaTheme="gone" w:eastAsia="楷体"/>'), "楷体"),
    "theme by its own name": (run("正文", '<w:rFonts w:eastAsia="+mn-ea"/>'), ""),
    "headings' theme in the body": (run("正文", '<w:rFonts w:eastAsiaTheme="majorEastAsia"/>'), "黑体"),
    "list of fonts": (run("正文", '<w:rFonts w:eastAsia="SimSun;宋体"/>'), ""),
    "punctuation alone in another font": (run("，。（）", '<w:rFonts w:eastAsia="宋体"/>'), ""),
    "western text in another font": (run("text 2024", '<w:rFonts w:ascii="Arial" w:eastAsia="楷体"/>'), ""),
}


@pytest.mark.parametrize(("paragraph", "font"), RUNS.values(), ids=RUNS.keys())
def test_the_font_of_chinese_text_is_the_one_that_shows(
    tmp_path: Path, rules: FormRules, paragraph: str, font: str
) -> None:
    """R66: by hint, theme and name, the nearest; western letters and marks alone never fail a paragraph."""
    examples = facts(tmp_path, rules, paragraph)["body"].examples
    assert [f"字体为{font}" in example for example in examples] == ([True] if font else [])


def test_runs_of_one_paragraph_are_looked_at_each(tmp_path: Path, rules: FormRules) -> None:
    right, wrong = run("正文", ""), run("混入", '<w:rFonts w:eastAsia="楷体"/>')
    mixed = right.replace("</w:p>", "") + wrong[wrong.index("<w:r>") :]
    assert "字体为楷体" in facts(tmp_path, rules, mixed)["body"].examples[0]


@pytest.mark.parametrize(
    ("written", "font"),
    [("SimHei", "黑体"), ("黑体;SimHei", "黑体"), ("@宋体", "宋体"), ("FangSong_GB2312", "仿宋"), ("Arial", "Arial")],
)
def test_a_font_has_one_name(written: str, font: str) -> None:
    assert canonical(written) == font


def one_table(style: str = "", cell: str = BODY) -> str:
    """A form that is one table, its parts in the cells."""
    rows = "".join(f"<w:tr><w:tc>{p(heading)}{p('正文', cell)}</w:tc></w:tr>" for heading in HEADINGS)
    return f"{head()}<w:tbl><w:tblPr>{style}</w:tblPr>{rows}</w:tbl>"


def test_a_form_that_is_a_table_is_looked_at_with_its_tables_style(tmp_path: Path, rules: FormRules) -> None:
    styles = (
        '<w:style w:type="table" w:styleId="base"><w:rPr><w:sz w:val="21"/></w:rPr></w:style>'
        '<w:style w:type="table" w:styleId="grid"><w:basedOn w:val="base"/><w:pPr><w:spacing w:line="480"/></w:pPr>'
        '<w:rPr><w:rFonts w:eastAsia="楷体"/></w:rPr></w:style>'
    )
    bare = facts(tmp_path, rules, one_table(), styles=styles)["body"]
    styled = facts(tmp_path, rules, one_table('<w:tblStyle w:val="grid"/>', ""), styles=styles)["body"]
    assert (bare.paragraphs, bare.off) == (4, 0)
    assert (styled.paragraphs, styled.off) == (4, 4)
    for fault in ("字体为楷体", "字号为10.5", "行距为2倍"):
        assert fault.replace("10.5", "五号") in styled.examples[0]


def test_a_paragraph_style_stands_above_the_tables(tmp_path: Path, rules: FormRules) -> None:
    styles = (
        '<w:style w:type="table" w:styleId="grid"><w:rPr><w:sz w:val="21"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:rPr><w:sz w:val="24"/></w:rPr></w:style>'
    )
    assert facts(tmp_path, rules, one_table('<w:tblStyle w:val="grid"/>'), styles=styles)["body"].off == 0


def test_a_table_of_data_inside_is_left_alone(tmp_path: Path, rules: FormRules) -> None:
    inner = f"<w:tbl><w:tr><w:tc>{p('数据')}</w:tc></w:tr></w:tbl>"
    body = one_table().replace("</w:tc>", f"{inner}</w:tc>", 1)
    assert facts(tmp_path, rules, body)["body"].paragraphs == 4
    beside = head() + p(HEADINGS[0]) + p("正文", BODY) + inner
    assert facts(tmp_path, rules, beside)["body"].paragraphs == 1


THREE = "".join(
    f'<w:lvl w:ilvl="{depth}"><w:numFmt w:val="{kind}"/><w:lvlText w:val="{pattern}"/>{more}</w:lvl>'
    for depth, kind, pattern, more in (
        (0, "chineseCountingThousand", "%1、", ""),
        (1, "decimal", "%2.", ""),
        (2, "decimal", "（%3）", '<w:pStyle w:val="third"/><w:pPr><w:ind w:left="900" w:hanging="480"/></w:pPr>'),
    )
)
LISTS = (
    f'<w:abstractNum w:abstractNumId="0">{THREE}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


def listed(depth: int, more: str = "") -> str:
    return f'<w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr>{LINES}{more}</w:pPr>'


def test_headings_numbered_automatically_are_known_at_all_three_levels(tmp_path: Path, rules: FormRules) -> None:
    """R67: 一、 at the outermost level of the list, 1. at the next, （1） at the third."""
    body = "".join(
        p(heading[2:], listed(0)) + p("小节", listed(1)) + p("小小节", listed(2)) + p("正文。", BODY)
        for heading in HEADINGS
    )
    found = facts(tmp_path, rules, head() + body, lists=LISTS)
    assert [found[level].paragraphs for level in ("level1", "level2", "level3", "body")] == [4, 4, 4, 4]


INDENTS = {
    "the list's own": (listed(2), "悬挂缩进"),
    "the paragraph's": (listed(2, '<w:ind w:firstLineChars="200"/>'), ""),
    "none": (listed(2, '<w:ind w:firstLine="0"/>'), "首行缩进为0.0字符"),
}


@pytest.mark.parametrize(("properties", "fault"), INDENTS.values(), ids=INDENTS.keys())
def test_the_indent_of_a_numbered_heading(tmp_path: Path, rules: FormRules, properties: str, fault: str) -> None:
    """R65: the list's indent, unless the paragraph has one of its own."""
    examples = facts(tmp_path, rules, p("小小节", properties), lists=LISTS)["level3"].examples
    assert fault in examples[0]
    assert "缩进" not in examples[0] or fault


def test_a_style_that_names_a_list_finds_its_level_and_keeps_its_indent(tmp_path: Path, rules: FormRules) -> None:
    style = (
        '<w:style w:type="paragraph" w:styleId="third"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        f'{LINES}<w:ind w:firstLineChars="200"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>'
    )
    body = p("小小节", '<w:pPr><w:pStyle w:val="third"/></w:pPr>')
    third = facts(tmp_path, rules, body, styles=style, lists=LISTS)["level3"]
    assert (third.paragraphs, third.off) == (1, 0)

"""The automatic numbers that Word shows and does not store (R67)."""

import odd_forms as forms
import pytest

from documents.docx_numbering import Numbering
from documents.docx_numerals import written
from documents.docx_xml import parse_bytes

NUMERALS = {
    "chineseCounting": {1: "一", 10: "十", 12: "十二", 20: "二十", 34: "三十四", 101: "一百〇一", 110: "一百一十"},
    "japaneseCounting": {2: "二", 11: "十一"},  # so WPS writes 一、二、
    "ideographDigital": {3: "三", 10: "一〇", 21: "二一"},
    "chineseLegalSimplified": {1: "壹", 10: "壹拾", 15: "壹拾伍", 20: "贰拾"},
    "ideographLegalTraditional": {2: "貳", 6: "陸"},
    "ideographTraditional": {1: "甲", 10: "癸", 11: "11"},
    "ideographZodiac": {1: "子", 12: "亥"},
    "decimalEnclosedCircle": {1: "①", 20: "⑳", 21: "21"},
    "decimalEnclosedCircleChinese": {3: "③"},
    "decimalEnclosedParen": {2: "⑵"},
    "decimalFullWidth": {12: "１２"},
    "decimalZero": {7: "07", 12: "12"},
    "upperRoman": {4: "IV", 9: "IX", 1994: "MCMXCIV"},
    "lowerRoman": {8: "viii"},
    "upperLetter": {1: "A", 26: "Z", 27: "AA"},
    "lowerLetter": {28: "bb"},
    "ordinal": {1: "1st", 2: "2nd", 11: "11th", 23: "23rd"},
    "decimal": {5: "5", 99999: "99999"},
    "nobodyKnows": {5: "5"},
}


@pytest.mark.parametrize(
    ("number_format", "number", "sign"),
    [(name, number, sign) for name, row in NUMERALS.items() for number, sign in row.items()],
)
def test_a_number_is_written_as_its_format_writes_it(number_format: str, number: int, sign: str) -> None:
    assert written(number, number_format) == sign


def level(depth: int, pattern: str, number_format: str = "decimal", more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{number_format}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


THREE = level(0, "%1、", "chineseCountingThousand") + level(1, "%2.") + level(2, "（%3）")


def numbering(levels: str = THREE, more: str = "", overrides: str = "") -> Numbering:
    lists = (
        f'<w:numbering {forms.NAMES}><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>{more}'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="0"/>{overrides}</w:num></w:numbering>'
    )
    styles = (
        f'<w:styles {forms.NAMES}><w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="7"/>'
        "</w:numPr></w:pPr></w:style></w:styles>"
    )
    return Numbering(parse_bytes(lists.encode()), parse_bytes(styles.encode()))


def labels(lists: Numbering, *asked: tuple[str, int]) -> list[str]:
    return [lists.label(identity, depth) for identity, depth in asked]


def test_the_three_levels_of_the_form_count_and_begin_anew_under_each_heading() -> None:
    asked = [("1", depth) for depth in (0, 1, 2, 2, 1, 2, 0, 1, 2)]
    assert labels(numbering(), *asked) == ["一、", "1.", "（1）", "（2）", "2.", "（1）", "二、", "1.", "（1）"]


def test_two_lists_of_one_kind_count_on_unless_one_begins_anew() -> None:
    asked = (("1", 0), ("1", 0), ("2", 0), ("2", 0))
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    assert labels(numbering(), *asked) == ["一、", "二、", "三、", "四、"]
    assert labels(numbering(overrides=anew), *asked) == ["一、", "二、", "一、", "二、"]


def test_a_level_that_never_restarts_counts_through() -> None:
    through = level(0, "%1.") + level(1, "%2)", more='<w:lvlRestart w:val="0"/>')
    assert labels(numbering(through), ("1", 0), ("1", 1), ("1", 0), ("1", 1)) == ["1.", "1)", "2.", "2)"]


def test_a_legal_level_writes_the_outer_numbers_as_digits() -> None:
    legal = level(0, "%1、", "chineseCounting") + level(1, "%1.%2", more="<w:isLgl/>")
    assert labels(numbering(legal), ("1", 0), ("1", 1)) == ["一、", "1.1"]


def test_a_list_style_leads_to_its_list() -> None:
    target = f'<w:abstractNum w:abstractNumId="5">{THREE}</w:abstractNum>'
    more = target + '<w:num w:numId="7"><w:abstractNumId w:val="5"/></w:num>'
    assert labels(numbering('<w:numStyleLink w:val="L"/>', more), ("1", 0), ("1", 1)) == ["一、", "1."]


def test_bullets_show_a_dot_and_empty_ones_nothing() -> None:
    assert labels(numbering(level(0, "\uf0b7", "bullet")), ("1", 0)) == ["•"]
    assert labels(numbering(level(0, " ", "bullet")), ("1", 0)) == [""]
    assert labels(numbering(), ("9", 0), ("1", 8)) == ["", ""]


def test_a_style_finds_its_own_level() -> None:
    lists = numbering(level(0, "%1、") + level(1, "%2.", more='<w:pStyle w:val="2"/>'))
    assert (lists.depth_of("1", "2"), lists.depth_of("1", "3"), lists.depth_of("1", None)) == (1, None, None)

"""The counts of a form beside its limit: the whole file, its characters, what a plain text export shows (A8)."""

from collections.abc import Callable
from pathlib import Path

import odd_forms as forms
import pytest
from odd_forms import p, pack

from config.edition import FormRules
from config.editions_file import load_edition, shipped_edition
from documents import recommendation
from documents.docx_findings import findings
from documents.recommendation import Words


@pytest.fixture(scope="module")
def rules() -> FormRules:
    form = load_edition(shipped_edition("2024")).edition.form
    assert form is not None
    return form


@pytest.fixture
def words(tmp_path: Path, rules: FormRules) -> Callable[[bytes], Words]:
    def read(data: bytes) -> Words:
        path = tmp_path / "form.docx"
        path.write_bytes(data)
        return recommendation.read(path, rules).words

    return read


NOTE = '<w:p><w:r><w:t>甲乙</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
FRAMED = p("框", '<w:pPr><w:framePr w:w="100"/></w:pPr>')
DROPPED = p("大", '<w:pPr><w:framePr w:dropCap="drop"/></w:pPr>')
PAGE = '<w:sectPr><w:pgSz w:w="11906"/><w:pgMar w:left="1800" w:right="1800"/></w:sectPr>'
FIELD = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:t>码</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>果</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)
FORMULA = (
    '<w:p><m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>E</m:t></m:r>'
    "</m:oMath></w:p>"
)
BOXES = forms.box("框内")


def floating(width: int) -> str:
    properties = '<w:tblPr><w:tblpPr w:tblpY="1"/></w:tblPr>'
    return f'<w:tbl>{properties}<w:tblGrid><w:gridCol w:w="{width}"/></w:tblGrid>{forms.row(p("表"))}</w:tbl>{PAGE}'


# What a body holds, what Word counts in it, what LibreOffice's text export shows of it.
BODIES = {
    "plain": (p("甲乙 AI"), 3, 3),
    "table": (f"<w:tbl>{forms.row(p('甲'), p('乙'))}</w:tbl>", 2, 2),
    "text box beside text": (p("甲") + BOXES, 3, 1),
    "text boxes alone": (BOXES + forms.box("另外的框"), 6, 2),
    "deletion": (p("甲") + forms.deleted("乙丙"), 1, 3),
    "mark of a note": (NOTE, 2, 3),
    "framed paragraph": (p("甲") + FRAMED, 2, 1),
    "framed in a table": (f"<w:tbl>{forms.row(FRAMED)}</w:tbl>", 1, 1),
    "nothing but a frame": (FRAMED + floating(2000), 2, 2),
    "large first letter": (DROPPED, 1, 1),
    "narrow floating table": (p("甲") + floating(2000), 2, 1),
    "wide floating table": (p("甲") + floating(8000), 2, 2),
    "field": (FIELD, 1, 1),
    "formula": (p("甲") + FORMULA, 2, 1),
}


@pytest.mark.parametrize(("body", "whole", "plain_text"), BODIES.values(), ids=BODIES.keys())
def test_the_whole_count_is_words_and_the_plain_one_is_the_exports(
    words: Callable[[bytes], Words], body: str, whole: int, plain_text: int
) -> None:
    found = words(pack(body))
    assert (found.whole, found.plain_text) == (whole, plain_text)


def test_an_automatic_number_stands_in_the_export_alone(words: Callable[[bytes], Words]) -> None:
    typed, automatic = words(forms.of_length(400)), words(forms.automatic_numbers())
    assert automatic.whole == typed.whole - 8  # 一、 and so on, two 字 each
    assert automatic.plain_text == typed.plain_text == typed.whole


def test_characters_are_all_but_white_space(words: Callable[[bytes], Words]) -> None:
    assert words(pack(p("甲 AI\u3000乙") + BOXES)).characters == 6


def test_the_line_shows_the_count_with_a_limit_beside_the_two_others(tmp_path: Path, rules: FormRules) -> None:
    """R52, A8: whoever compares with Word's own figure finds it there, and why it is larger."""
    path = tmp_path / "form.docx"
    path.write_bytes(forms.of_length(4950))
    facts = recommendation.read(path, rules)
    line = findings(facts, rules, None)[0]
    assert line.rule == "form.words"
    assert facts.words.whole > facts.words.own == 4950
    assert f"正文计 4950 字，上限 5000 字，余 50 字（全文 {facts.words.whole} 字" in line.evidence
    assert f"{facts.words.characters} 个字符" in line.evidence

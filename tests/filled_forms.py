"""Fills a form template in as a person would: types into the empty paragraph below each part, Enter, heading styles."""

from copy import deepcopy
from io import BytesIO
from itertools import pairwise

import docx
from docx.document import Document
from docx.text.paragraph import Paragraph

from config.edition import FormRules
from documents.wordcount import count

SENTENCE = "本项目攻克了纺织全流程数字孪生建模的三项关键技术，在一百二十条产线上稳定运行。"
INNER = (("Heading 2", "1.国内外现状"), ("", SENTENCE), ("Heading 3", "（1）主要做法"), ("", SENTENCE * 3))
INNER_WORDS = sum(count(text) for _, text in INNER)


def filled_in(template: bytes, rules: FormRules, *, words: int = 2000, head: dict[str, str] | None = None) -> bytes:
    """The template with ``words`` 字 of own text and a table; ``head`` is typed into the cells of the head table."""
    document = docx.Document(BytesIO(template))
    for row in document.tables[0].rows:
        cells = row.cells
        for field in rules.head:
            for label, value in pairwise(cells):
                if label.text == field.label and head and field.key in head:
                    value.paragraphs[0].add_run(head[field.key])
    share = words // len(rules.parts)
    for number, place in enumerate(_places(document, rules)):
        last = number == len(rules.parts) - 1
        _type(document, place, words - share * number if last else share, table=last)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _places(document: Document, rules: FormRules) -> list[Paragraph]:
    """The empty paragraph of each part, where its text is typed."""
    heads = [at for at, each in enumerate(document.paragraphs) if each.style.name == "Heading 1"]
    ends = [*heads[1:], len(document.paragraphs)]
    assert len(heads) == len(rules.parts)
    return [
        next(each for each in document.paragraphs[start:end] if not each.text and each.style.name == "Body Text")
        for start, end in zip(heads, ends, strict=True)
    ]


def _type(document: Document, place: Paragraph, words: int, *, table: bool) -> None:
    rows = (("指标", "应用前", "应用后"), ("一次合格率", "91.2%", "98.6%")) if table else ()
    levels = {style.name for style in document.styles}
    inner = [(style, text) for style, text in INNER if not style or style in levels]
    left = words - sum(count(text) for _, text in inner) - sum(count(cell) for row in rows for cell in row)
    for style, text in [*inner, ("", "数" * (left - 1) + "5%")]:
        line = deepcopy(place._p)
        place._p.addprevious(line)
        typed = Paragraph(line, place._parent)
        typed.add_run(text)
        if style:
            typed.style = next(each for each in document.styles if each.name == style)
    if rows:
        made = document.add_table(len(rows), len(rows[0]), style="Table Grid")
        for row, texts in zip(made.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
        place._p.addprevious(made._tbl)

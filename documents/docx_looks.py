"""Compares how paragraphs look with how the plan wants them: advice and never more (R63–R67)."""

import re
from dataclasses import dataclass

from config.edition import TextStyle
from documents.docx_body import Paragraph
from documents.docx_numbering import Numbering
from documents.docx_styles import ParagraphLook, RunLook, Styles
from documents.wordcount import is_cjk

_CLAUSES = {"level1": "R63", "level2": "R64", "level3": "R65", "body": "R66"}
_LONGEST_HEADING = 40
_EXAMPLES = 3
_QUOTED = 16  # letters of a paragraph in an example
_TOLERANCE = 0.01  # points, lines
_INDENT_TOLERANCE = 0.15  # 字
_LEVELS = (
    ("level1", re.compile(r"^[一二三四五六七八九十]+、")),
    ("level2", re.compile(r"^\d{1,2}[.．、](?!\d)")),
    ("level3", re.compile(r"^[（(]\d{1,2}[)）]")),
)
_CAPTION = re.compile(r"^[图表]\s*\d")
_SIZES = {
    26.0: "一号",
    24.0: "小一",
    22.0: "二号",
    18.0: "小二",
    16.0: "三号",
    15.0: "小三",
    14.0: "四号",
    12.0: "小四",
    10.5: "五号",
    9.0: "小五",
    7.5: "六号",
}


@dataclass(frozen=True, slots=True)
class StyleFact:
    """One kind of paragraph: how many there are, how many look otherwise, with the first examples."""

    level: str
    name: str
    r: str
    paragraphs: int
    off: int
    examples: tuple[str, ...]


class Looks:
    """The looks of all paragraphs of one form, by their number."""

    def __init__(self, paragraphs: list[Paragraph], styles: Styles, numbering: Numbering) -> None:
        self._paragraphs = paragraphs
        self._looks = [styles.paragraph(paragraph.element, paragraph.where.table_style) for paragraph in paragraphs]
        self._runs = [_run_looks(paragraph, styles) for paragraph in paragraphs]
        # Each automatic number is asked for once, in reading order: asking moves the counter.
        self._labels = [numbering.label(look.list_identity, look.list_depth) for look in self._looks]
        self.hidden_letters = sum(
            len("".join(text.split())) for runs in self._runs for look, text in runs if look.hidden
        )

    def label(self, number: int) -> str:
        """The automatic number that Word shows before a paragraph; empty without one."""
        return self._labels[number]

    def outline(self, number: int) -> int | None:
        """The outline level of a paragraph, 0 for a first-level heading."""
        return self._looks[number].outline

    def style_name(self, number: int) -> str:
        """The name of its style in small letters."""
        return self._looks[number].style_name

    def is_bold(self, number: int) -> bool:
        """Whether all its text is bold."""
        return all(look.bold for look, text in self._runs[number] if text.strip())

    def compared(self, own: dict[int, int], headings: set[int], styles: tuple[TextStyle, ...]) -> tuple[StyleFact, ...]:
        """One fact for each kind of paragraph in the rules; tables, text boxes, captions and notes are left out.

        A form that is one table, its headings in the cells, is looked at all the same; tables inside it are not.
        """
        by_level: dict[str, list[int]] = {style.level: [] for style in styles}
        forms = {self._paragraphs[number].where.table for number in headings} - {None}
        for number in sorted(set(own) | headings):
            where = self._paragraphs[number].where
            is_text = where.place == "body" or (where.place == "table" and where.table in forms and not where.nested)
            if is_text and not _CAPTION.match(self._text(number)):
                by_level.setdefault(self._level(number, headings), []).append(number)
        return tuple(self._fact(style, by_level[style.level]) for style in styles)

    def unnumbered(self, headings: set[int]) -> tuple[str, ...]:
        """The headings of parts that are not numbered 一、二、… (R67)."""
        return tuple(
            _short(self._text(number)) for number in sorted(headings) if not _LEVELS[0][1].match(self._shown(number))
        )

    def _level(self, number: int, headings: set[int]) -> str:
        if number in headings:
            return "level1"
        text = self._shown(number)
        if len(text) <= _LONGEST_HEADING and not text.endswith(("。", "；", ";", "，", ",")):
            return next((level for level, pattern in _LEVELS if pattern.match(text)), "body")
        return "body"

    def _fact(self, style: TextStyle, numbers: list[int]) -> StyleFact:
        faults = [(number, self._faults(number, style)) for number in numbers]
        alike: dict[str, list[int]] = {}
        for number, found in faults:
            if found:
                alike.setdefault("，".join(found), []).append(number)
        examples = tuple(f"{self._quoted(group)}{fault}" for fault, group in list(alike.items())[:_EXAMPLES])
        off = sum(map(len, alike.values()))
        return StyleFact(style.level, style.name, _CLAUSES[style.level], len(numbers), off, examples)

    def _quoted(self, group: list[int]) -> str:
        first = f"“{_short(self._text(group[0]))}”"
        return first if len(group) == 1 else f"{first}等 {len(group)} 段"

    def _faults(self, number: int, style: TextStyle) -> list[str]:
        runs = [(look, text) for look, text in self._runs[number] if text.strip() and not look.hidden]
        faults = [
            _font_fault([look for look, text in runs if any(map(is_cjk, text))], style),
            _size_fault([look for look, _ in runs], style),
            _bold_fault([look for look, _ in runs], style),
            _line_fault(self._looks[number], style),
            _indent_fault(self._looks[number], self._paragraphs[number].text, style),
        ]
        return [fault for fault in faults if fault]

    def _text(self, number: int) -> str:
        return self._paragraphs[number].text.strip()

    def _shown(self, number: int) -> str:
        return self._labels[number] + self._text(number)


def _run_looks(paragraph: Paragraph, styles: Styles) -> list[tuple[RunLook, str]]:
    style = styles.style_of(paragraph.element)
    return [(styles.run(run, style, paragraph.where.table_style), text) for run, text in paragraph.runs]


def _font_fault(runs: list[RunLook], style: TextStyle) -> str:
    wrong = next((look.font or "未指定" for look in runs if look.font != style.font), None)
    return f"字体为{wrong}（应为{style.font}）" if wrong else ""


def _size_fault(runs: list[RunLook], style: TextStyle) -> str:
    wrong = next((look.size_points for look in runs if abs(look.size_points - style.size_points) > _TOLERANCE), None)
    return f"字号为{_SIZES.get(wrong, f'{wrong:g} 磅')}（应为{style.size_name}）" if wrong else ""


def _bold_fault(runs: list[RunLook], style: TextStyle) -> str:
    """A heading shall be bold throughout; plain text may have bold words, but not be bold throughout."""
    if not runs or all(look.bold for look in runs) == style.bold:
        return ""
    return "未加粗" if style.bold else "全段加粗（应不加粗）"


def _line_fault(look: ParagraphLook, style: TextStyle) -> str:
    if look.lines is None:
        return f"行距为固定值（应为{style.line_spacing:g}倍）"
    return (
        ""
        if abs(look.lines - style.line_spacing) < _TOLERANCE
        else f"行距为{look.lines:g}倍（应为{style.line_spacing:g}倍）"
    )


def _indent_fault(look: ParagraphLook, text: str, style: TextStyle) -> str:
    if style.first_line_chars is None:
        return ""
    chars = look.first_line_chars
    indent = look.first_line_points / style.size_points if chars is None else chars
    if text.startswith(("\u3000", "  ", "\u00a0", "\t")):
        return f"用空格代替缩进（应设首行缩进{style.first_line_chars:g}字符）"
    if abs(indent - style.first_line_chars) <= _INDENT_TOLERANCE:
        return ""
    if indent < 0:
        return f"悬挂缩进（应为首行缩进{style.first_line_chars:g}字符）"
    return f"首行缩进为{indent:.1f}字符（应为{style.first_line_chars:g}字符）"


def _short(text: str) -> str:
    squeezed = " ".join(text.split())
    return squeezed if len(squeezed) <= _QUOTED else f"{squeezed[:_QUOTED]}…"

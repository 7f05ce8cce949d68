"""Writes what an official document has around its text: red head, addressees, attachments, the line of its printing."""

from collections.abc import Sequence
from dataclasses import dataclass

from paperwork.case_facts import Issued
from paperwork.word import Word
from paperwork.word_looks import OFFICIAL_PAGE, RED, SIZES
from paperwork.word_marks import Cell, Piece, Table, xml

_MARK_POINTS = 42.0  # of the issuing body's name, less where it is long
_POINTS_A_MM = 72 / 25.4
_DAY_MM = 64.0
_RULE = 18  # eighths of a point
_THICK, _THIN = 8, 6  # the same, of the lines around who printed it


@dataclass(frozen=True, slots=True)
class RedHead:
    """Who issues a document, and its number (智遴〔2024〕3号); ``to_write`` is what stands where none is given yet."""

    body: str
    number: str
    to_write: str

    @property
    def told(self) -> str:
        """The number as it is printed."""
        return self.number or self.to_write


def red_head(word: Word, head: RedHead) -> None:
    """The head of GB/T 9704: the body's mark in red, two lines, the number, the red line, two lines."""
    mark = f"{head.body}文件"
    points = min(_MARK_POINTS, int(OFFICIAL_PAGE.room * _POINTS_A_MM / len(mark) * 2) / 2)
    word.text(Piece(mark, points=points), style="Mark")
    for _ in range(2):
        word.text(style="Normal")
    rule = xml("pBdr", xml("bottom", val="single", sz=_RULE, space=6, color=RED))
    word.paragraph(xml("pPr", xml("pStyle", val="Normal"), xml("keepNext"), rule, xml("jc", val="center")), head.told)
    for _ in range(2):
        word.text(style="Normal")


def addressed(word: Word, *bodies: str) -> None:
    """主送机关: to whom it goes, at the left edge."""
    word.text(f"{'、'.join(bodies)}：", style="Normal")


def attached(word: Word, names: Sequence[str]) -> None:
    """附件说明: an empty line, then the names of what is attached, numbered where there are several."""
    word.text()
    for number, name in enumerate(names, start=1):
        lead = "附件：" if number == 1 else "　　　"
        style = xml("pPr", xml("pStyle", val="BodyText"), xml("keepNext"), xml("jc", val="left"))
        word.paragraph(style, f"{lead}{number}. {name}" if len(names) > 1 else f"{lead}{name}")


def attachment(word: Word, number: int | None, *title: str) -> None:
    """The head of an attachment on a page of its own: 附件1 in black letters at the left, then its title."""
    top = xml("pPr", xml("pStyle", val="Heading1"), xml("pageBreakBefore"), xml("ind", firstLineChars=0, firstLine=0))
    word.paragraph(top, f"附件{number or ''}")
    word.text(style="Normal")
    word.title(*title)


def printed_by(word: Word, issued: Issued, *, copies_to: Sequence[str] = ()) -> None:
    """版记 at the foot of the page: who gets copies, who printed it, when; only attachments come after it."""
    small, room = SIZES["四号"], OFFICIAL_PAGE.room
    copies = [[Cell(f"　抄送：{'、'.join(copies_to)}。", span=2, points=small)]] if copies_to else []
    printed = [Cell(f"　{issued.office}", points=small), Cell(f"{issued.day}印发　", align="right", points=small)]
    word.text()
    word.table(Table((room - _DAY_MM, _DAY_MM), [*copies, printed], ruled=(_THICK, _THIN), at_foot=True))

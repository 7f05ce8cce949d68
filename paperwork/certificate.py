"""Draws the certificates of the winners on lying A4 sheets, one by one or all in one file (R135)."""

from math import ceil

from paperwork.case_facts import Issued
from paperwork.official_paper import untitled
from paperwork.winner_letter import WinnersTold, WinnerTold
from paperwork.word import Word
from paperwork.word_looks import FRAMED_WIDE, GOLD, SIZES
from paperwork.word_marks import Cell, Piece, Table, xml

TITLE = "入选证书"
_TITLE_POINTS, _AWARD_POINTS, _PROJECT_POINTS, _UNIT_POINTS = 48.0, 26.0, 24.0, 18.0
_LEADING = 1.35  # height of a line by the points of its letters
_NAMES_ROOM = 130.0  # points in height that units and project may take together
_SCALES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
_POINTS_A_MM = 72 / 25.4
_ORDINALS = "〇一二三四五六七八九"


def certificates(facts: WinnersTold, issued: Issued) -> bytes:
    """The certificates as .docx, a sheet each: project, units, award, number, and the place for the seal."""
    word = untitled(TITLE, issued, facts, page=FRAMED_WIDE)
    for place, winner in enumerate(facts.winners):
        _sheet(word, facts, winner, on_new_page=place > 0)
    return word.to_bytes()


def _sheet(word: Word, facts: WinnersTold, winner: WinnerTold, *, on_new_page: bool) -> None:
    begins = [xml("pageBreakBefore")] if on_new_page else []
    exact = xml("spacing", before=120, after=200, line=round(_TITLE_POINTS * _LEADING * 20), lineRule="exact")
    top = xml("pPr", xml("pStyle", val="Mark"), *begins, exact)
    word.paragraph(top, Piece("入 选 证 书", points=_TITLE_POINTS))
    units, project = "　".join((winner.unit, *winner.partners)), f"“{winner.title}”"
    scale = _scale(units, project)
    _line(word, Piece(units, points=_UNIT_POINTS * scale), after=4)
    _line(word, Piece("申报的", points=SIZES["三号"]), after=4)
    _line(word, Piece(project, points=_PROJECT_POINTS * scale, bold=True), after=6)
    _line(word, Piece("入选", points=SIZES["三号"]), after=6)
    _line(word, Piece(facts.award, points=_AWARD_POINTS, bold=True, colour=GOLD), after=10)
    _line(word, Piece("特发此证，以资鼓励。", points=SIZES["三号"]), after=30)
    word.table(_foot(facts, winner))


def _scale(units: str, project: str) -> float:
    """By how much names are made smaller so that all stands on one sheet: long titles, many partners."""
    room = FRAMED_WIDE.room * _POINTS_A_MM

    def height(scale: float) -> float:
        lines = ((units, _UNIT_POINTS * scale), (project, _PROJECT_POINTS * scale))
        return sum(ceil(len(text) * points / room) * points * _LEADING for text, points in lines)

    return next((scale for scale in _SCALES if height(scale) <= _NAMES_ROOM), _SCALES[-1])


def _line(word: Word, piece: Piece, *, after: float) -> None:
    """A line in the middle, of the same height in whatever face stands in for ours."""
    high = round((piece.points or 0) * _LEADING * 20)
    spacing = xml("spacing", after=round(after * 20), line=high, lineRule="exact")
    ways = (xml("pStyle", val="Normal"), spacing, xml("jc", val="center"))
    word.paragraph(xml("pPr", *ways), piece)


def _foot(facts: WinnersTold, winner: WinnerTold) -> Table:
    """The number at the left; at the right who issues it, where the seal goes, and the day in Chinese figures."""
    room = FRAMED_WIDE.room
    small = SIZES["四号"]
    left = Cell(f"证书编号：{winner.certificate}\n申报编号：{winner.number}", points=small)
    right = Cell(f"{facts.organizer}\n{day_in_words(facts.day)}", points=small, align="center")
    return Table((room / 2, room / 2), [[left, right]], heights=[30.0], ruled=(0, 0))


def day_in_words(day: str) -> str:
    """2024年11月29日 in the figures of certificates: 二〇二四年十一月二十九日."""
    year, _, rest = day.partition("年")
    month, _, last = rest.partition("月")
    return f"{''.join(_ORDINALS[int(figure)] for figure in year)}年{_number(month)}月{_number(last.rstrip('日'))}日"


def _number(told: str) -> str:
    tens, ones = divmod(int(told), 10)
    return (("" if tens < 2 else _ORDINALS[tens]) + "十" if tens else "") + (_ORDINALS[ones] if ones else "")  # noqa: PLR2004 - 十, not 一十

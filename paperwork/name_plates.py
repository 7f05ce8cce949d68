"""Draws name plates for the tables: an A4 sheet each, folded in the middle, readable from both sides (R127)."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from paperwork.case_facts import Issued
from paperwork.legible import legible
from paperwork.official_paper import untitled
from paperwork.word import Word
from paperwork.word_looks import A4, PLATE_PAGE
from paperwork.word_marks import Xml, xml

TITLE = "席签"
_WIDEST = 180.0  # millimetres that letters may take
_NAME_MM, _LINE_MM = 50.0, 15.0  # at most, as high as wide
_NAME_AT, _LINE_AT = 84.0, 34.0  # their middles above the lower edge of the folded half
_DRAWN = 4  # lines of a sheet at most
_SPACES = (
    f'{nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:w10="urn:schemas-microsoft-com:office:word"'
)
_SHAPE_TYPE = (  # letters that fill their box, as Word has known them longest: they may stand on their heads
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
    'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
    '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
    '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/>'
    '<v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>'
    '<v:path textpathok="t" o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" '
    'o:connectangles="270,180,90,0"/><v:textpath on="t" fitshape="t"/>'
    '<o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype>'
)
_LETTERS = (
    '<w:r {spaces}><w:pict>{kind}<v:shape id="plate{id}" o:spid="_x0000_s{spid}" type="#_x0000_t136" alt={words} '
    'style="position:absolute;margin-left:0;margin-top:{top:.1f}mm;width:{width:.1f}mm;height:{height:.1f}mm;{turned}'
    "z-index:{id};mso-position-horizontal:center;mso-position-horizontal-relative:page;"
    'mso-position-vertical-relative:page" fillcolor="{colour}" stroked="f">'
    '<v:textpath style="font-family:&quot;黑体&quot;;font-size:1pt" string={words}/>'
    '<w10:wrap anchorx="page" anchory="page"/></v:shape></w:pict></w:r>'
)
_FIRST_SHAPE = 1025  # below lie Word's own


@dataclass(frozen=True, slots=True)
class Plate:
    """One plate: the large line, and the small one below it, which may be empty."""

    name: str
    line: str


def name_plates(plates: Sequence[Plate], issued: Issued) -> bytes:
    """The plates as .docx, a sheet each: the upper half stands on its head, so that both sides read right when folded.

    The letters are drawings that fill their room: no face that is missing makes a name too large for its sheet.
    """
    word = untitled(TITLE, issued, tuple(plates), page=PLATE_PAGE)
    for number, plate in enumerate(plates):
        _sheet(word, plate, number)
    return word.to_bytes()


def _sheet(word: Word, plate: Plate, number: int) -> None:
    """A paragraph that bears the drawings, and nothing else, on a page of its own."""
    name, line = _spaced(legible(plate.name)), legible(plate.line)
    drawn = [(name, _NAME_MM, _NAME_AT, True), (name, _NAME_MM, _NAME_AT, False)]
    if line:
        drawn += [(line, _LINE_MM, _LINE_AT, True), (line, _LINE_MM, _LINE_AT, False)]
    begins = [xml("pageBreakBefore")] if number else []
    shapes = [
        _letters(words, most, middle, number * _DRAWN + at, is_turned=turned)
        for at, (words, most, middle, turned) in enumerate(drawn)
    ]
    word.drawn(xml("pPr", xml("pStyle", val="Normal"), *begins), *shapes)


def _letters(words: str, most: float, middle: float, id_: int, *, is_turned: bool) -> Xml:
    """Letters of at most so many millimetres, smaller where there are many, ``middle`` above the half's edge."""
    height = min(most, _WIDEST / max(1.0, _width(words)))
    centre = middle if is_turned else A4[1] - middle
    text = _LETTERS.format(
        spaces=_SPACES, kind="" if id_ else _SHAPE_TYPE, id=id_ + 1, spid=_FIRST_SHAPE + id_, words=quoteattr(words),
        top=centre - height / 2, width=height * _width(words), height=height,
        turned="rotation:180;" if is_turned else "", colour="black",
    )  # fmt: skip
    return parse_xml(text)


def _width(words: str) -> float:
    """How many times as wide as high a line is."""
    return sum(0.55 if letter.isascii() else 1.0 for letter in words)


def _spaced(name: str) -> str:
    """A name of two characters is set apart, so that plates of two and of three look alike."""
    return f"{name[0]}　{name[1]}" if len(name) == 2 and not name.isascii() else name  # noqa: PLR2004 - two

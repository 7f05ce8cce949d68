"""Finds the parts that the form must contain, whatever their numbering, typed or automatic (R53–R58)."""

import re
from dataclasses import dataclass, replace

from config.edition import FormRules, Part
from documents.docx_body import Paragraph
from documents.docx_looks import Looks
from documents.docx_printed import Printed, squeeze

# How sure a heading is: the printed words, a first-level number or style, another number or bold, a bare short line.
_PRINTED, _FIRST_LEVEL, _EMPHASIZED, _BARE, _NONE = 4, 3, 2, 1, 0
_LONGEST_HEADING = 40  # letters, hints not counted
_LONGEST_EMPHASIZED = 25
_ROOM_BESIDE_WORD = 6  # letters that a bare heading may have beside the word, as in 背景和意义

FIRST_LEVEL = re.compile(r"^(第?[一二三四五六七八九十]+(部分|章|[、.,:])|[ⅠⅡⅢⅣⅤ][、.])")
_NUMBER = re.compile(
    r"^(第?[一二三四五六七八九十\d]+(部分|章|节|[、.,:])|[IVX]+[、.]|\([一二三四五六七八九十\d]+\)|[①-⑳])[、.:]?"
)
_SENTENCE = re.compile(r"[。;!?]|[,、]$")
_FIGURE = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"(\t|\.{3,}|…{2,})\s*\d+\s*$")


@dataclass(frozen=True, slots=True)
class FoundPart:
    """One required part: its heading as found, ``None`` when missing; ``words`` are 字 of the applicant below it.

    ``numbers`` are the figures in them; ``pictures`` are the paragraphs with one.
    """

    key: str
    word: str
    heading: str | None = None
    paragraph: int | None = None
    certain: bool = False
    words: int = 0
    pictures: int = 0
    tables: int = 0
    numbers: int = 0


def find(paragraphs: list[Paragraph], printed: Printed, looks: Looks, rules: FormRules) -> tuple[FoundPart, ...]:
    """The parts in the order of the rules, not yet measured.

    A heading is ``certain`` when it is the printed one, has a first-level number or style, or no part has a better one.
    """
    own = {
        number: text
        for number, text in printed.own_texts()
        if paragraphs[number].where.place != "note" and not _is_contents_line(paragraphs[number].text, looks, number)
    }
    ranked = [(part, *_best(part, own, looks)) for part in rules.parts]
    enough = min(_FIRST_LEVEL, max((rank for _, rank, _ in ranked), default=_NONE))
    return tuple(
        FoundPart(part.key, part.word)
        if number is None
        else FoundPart(part.key, part.word, own[number].strip(), number, certain=rank >= enough)
        for part, rank, number in ranked
    )


def measured(parts: tuple[FoundPart, ...], own: dict[int, int], paragraphs: list[Paragraph]) -> tuple[FoundPart, ...]:
    """The parts with what stands below each heading, up to the next one."""
    starts = sorted({part.paragraph for part in parts if part.paragraph is not None})
    ends = dict(zip(starts, [*starts[1:], len(paragraphs)], strict=False))
    return tuple(
        part
        if part.paragraph is None
        else _measure(part, range(part.paragraph + 1, ends[part.paragraph]), own, paragraphs)
        for part in parts
    )


def in_order(parts: tuple[FoundPart, ...]) -> bool:
    """Whether the parts that were found follow each other as the form prints them."""
    places = [part.paragraph for part in parts if part.paragraph is not None]
    return places == sorted(places)


def _measure(part: FoundPart, below: range, own: dict[int, int], paragraphs: list[Paragraph]) -> FoundPart:
    inside = [number for number in below if paragraphs[number].where.place != "note"]
    return replace(
        part,
        words=sum(own.get(number, 0) for number in inside),
        pictures=sum(paragraphs[number].has_picture for number in inside),
        tables=len({paragraphs[number].where.table for number in inside} - {None}),
        numbers=sum(len(_FIGURE.findall(paragraphs[number].text)) for number in inside if number in own),
    )


def _best(part: Part, own: dict[int, str], looks: Looks) -> tuple[int, int | None]:
    best: tuple[int, int | None] = (_NONE, None)
    for number, text in own.items():
        if part.word in text:
            rank = _rank(part, squeeze(text), looks, number)
            if rank > best[0]:
                best = (rank, number)
    return best


def _rank(part: Part, text: str, looks: Looks, number: int) -> int:
    title = _NUMBER.sub("", text).rstrip(":")
    if title == _NUMBER.sub("", squeeze(part.heading)):
        return _PRINTED
    if len(title) > _LONGEST_HEADING or _SENTENCE.search(title) or part.word not in title:
        return _NONE
    shown = squeeze(looks.label(number)) + text
    if FIRST_LEVEL.match(shown) or looks.outline(number) == 0:
        return _FIRST_LEVEL
    if len(title) <= _LONGEST_EMPHASIZED and (_NUMBER.match(shown) or looks.is_bold(number)):
        return _EMPHASIZED
    return _BARE if len(title) <= len(part.word) + _ROOM_BESIDE_WORD else _NONE


def _is_contents_line(text: str, looks: Looks, number: int) -> bool:
    return looks.style_name(number).startswith(("toc", "目录")) or bool(_PAGE_NUMBER.search(text))

"""Names what stands below a heading of the form: paragraphs, pictures, tables, and what could not be taken over."""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, TypeAlias

_CAPTION = re.compile(r"^(图|表|Fig\.?|Figure|Table)\s*[0-9０-９一二三四五六七八九十]")
_LONGEST_CAPTION = 60  # letters: longer text is a sentence about a picture


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture, written anew as JPEG; ``width_mm`` is how wide it stands in the form."""

    jpeg: bytes
    width_mm: float


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of a table: its text, line by line, and how many columns it spans."""

    text: str
    span: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    rows: tuple[tuple[GridCell, ...], ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that stands here in the form and was not taken over: 图 or 表."""

    what: str


Block: TypeAlias = str | Figure | Grid | Lost
Blocks: TypeAlias = dict[str, tuple[Block, ...]]  # key of a part -> what stands below its heading, in order


def is_caption(text: str) -> bool:
    """Whether a paragraph is what is written beside a picture or a table: 图 1 总体架构."""
    return len(text) <= _LONGEST_CAPTION and bool(_CAPTION.match(text)) and not text.endswith(("。", "；", "："))


def plain(block: Block) -> list[Any]:
    """The block as JSON values."""
    match block:
        case str():
            return ["text", block]
        case Figure(jpeg, width_mm):
            return ["figure", b64encode(jpeg).decode(), width_mm]
        case Grid(rows):
            return ["grid", [[[cell.text, cell.span] for cell in row] for row in rows]]
        case Lost(what):
            return ["lost", what]


def block_of(told: list[Any]) -> Block:
    """A block again from what `plain` made of it."""
    match told:
        case ["figure", str(jpeg), width_mm]:
            return Figure(b64decode(jpeg), float(width_mm))
        case ["grid", rows]:
            return Grid(tuple(tuple(GridCell(str(text), int(span)) for text, span in row) for row in rows))
        case ["lost", what]:
            return Lost(str(what))
        case _:
            return str(told[1])

"""Finds the title that a form bears, for a comparison with this edition's (R48)."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from documents.docx_body import Paragraph
from documents.docx_printed import squeeze

_LINES_LOOKED_AT = 12
_MOST_LINES = 3  # that a title may be broken into
_ALIKE = 0.6
_MARKS = re.compile(r"[\"'《》〈〉【】\[\]()\-·_:*]")
_FIGURES = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class FoundTitle:
    """The title as written, ``None`` when no line looks like one, and the numbers of its paragraphs."""

    text: str | None
    paragraphs: frozenset[int] = frozenset()


def find(paragraphs: list[Paragraph], title: str) -> FoundTitle:
    """The lines at the top that read like ``title``, without regard to quotes and brackets."""
    lines = [number for number, paragraph in enumerate(paragraphs) if paragraph.text.strip()][:_LINES_LOOKED_AT]
    wanted = _bare(title)
    likeliest, alike = FoundTitle(None), _ALIKE
    for first in range(len(lines)):
        for last in range(first + 1, min(first + _MOST_LINES, len(lines)) + 1):
            text = "".join(paragraphs[number].text.strip() for number in lines[first:last])
            if len(text) > 2 * len(title):
                break
            ratio = SequenceMatcher(None, wanted, _bare(text)).ratio()
            if ratio > alike:
                likeliest, alike = FoundTitle(text, frozenset(lines[first:last])), ratio
    return likeliest


def is_title(written: str, title: str) -> bool:
    """Whether the wanted title stands in what is written, quotes and brackets apart."""
    return _bare(title) in _bare(written)


def of_another_year(written: str, title: str) -> bool:
    """Whether a title names other figures than the wanted one: last year's form (R48)."""
    return _FIGURES.findall(squeeze(written)) != _FIGURES.findall(squeeze(title))


def _bare(text: str) -> str:
    return _MARKS.sub("", squeeze(text)).casefold()

"""Tells the applicant's own text from what the blank form prints: head table, hints, note, title (A8, R49–R51)."""

import re
import unicodedata
from collections.abc import Iterator

from config.edition import FormRules
from documents.docx_body import Paragraph

_SHORTEST_FRAGMENT = 10  # letters: a printed hint that was broken into several paragraphs
_LONGEST_NAME = 100  # letters
_LONGEST_PLACEHOLDER = 100  # letters: longer text is nobody's prompt
_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-"})
_REMARK = re.compile(r"^[（(][^）)]*[）)]")  # 申报单位（盖章）


def squeeze(text: str) -> str:
    """The text for comparisons: NFKC, one kind of quote, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).split())


class Printed:
    """What is printed in one form, found in its paragraphs; ``title`` are the numbers of those that are its title."""

    def __init__(self, paragraphs: list[Paragraph], rules: FormRules, title: frozenset[int] = frozenset()) -> None:
        self._paragraphs = paragraphs
        self._labels: dict[str, str] = {field.key: squeeze(field.label) for field in rules.head}
        hints = [hint for part in rules.parts for hint in part.hints]
        self._strings = sorted(
            {squeeze(text) for text in (rules.title, rules.printed_note, *hints)} - {""}, key=len, reverse=True
        )
        self._values: dict[str, str | None] = dict.fromkeys(self._labels)
        self._head: set[int] = set(title)
        self._has_head_table = False
        self._find_head_table()
        self._find_head_lines()

    def head_values(self) -> dict[str, str | None]:
        """What was filled in beside each label of the head table; ``None`` when nothing was, or no label was found."""
        return dict(self._values)

    def own_texts(self) -> Iterator[tuple[int, str]]:
        """Number and text of each paragraph outside the head that holds text of the applicant, hints cut out."""
        for number, paragraph in enumerate(self._paragraphs):
            prompt = paragraph.where.placeholder and len(paragraph.text) <= _LONGEST_PLACEHOLDER
            if number in self._head or prompt:
                continue
            text = self._without_hints(paragraph.text)
            if text.strip():
                yield number, text

    def _without_hints(self, text: str) -> str:
        squeezed = squeeze(text)
        if len(squeezed) >= _SHORTEST_FRAGMENT and any(squeezed in printed for printed in self._strings):
            return ""
        present = [printed for printed in self._strings if printed in squeezed]
        for printed in present:
            text = _cut(text, printed)
        return text if not present or any(letter.isalnum() for letter in text) else ""

    def _find_head_table(self) -> None:
        cells = self._cells()
        labels: dict[int, dict[tuple[int, int, int], str]] = {}
        for place, text in cells.items():
            key = self._key_of(text)
            if key is not None:
                labels.setdefault(place[0], {})[place] = key
        for table, places in sorted(labels.items()):
            if len(set(places.values())) < min(2, len(self._labels)):
                continue
            self._has_head_table = True
            last_row = max(row for _, row, _ in places)
            for place, key in places.items():
                row = self._take_value(cells, place, key)
                last_row = max(last_row, row)
            self._head |= {
                number
                for number, paragraph in enumerate(self._paragraphs)
                if paragraph.where.table == table
                and paragraph.where.place == "table"
                and paragraph.where.row <= last_row
                and _is_short(cells[table, paragraph.where.row, paragraph.where.cell])
            }
            return

    def _cells(self) -> dict[tuple[int, int, int], str]:
        texts: dict[tuple[int, int, int], list[str]] = {}
        for paragraph in self._paragraphs:
            where = paragraph.where
            if where.place == "table" and where.table is not None:
                place = (where.table, where.row, where.cell)
                texts.setdefault(place, []).append("" if where.placeholder else paragraph.text)
        return {place: "".join(lines) for place, lines in texts.items()}

    def _take_value(self, cells: dict[tuple[int, int, int], str], place: tuple[int, int, int], key: str) -> int:
        """Keep the value of a label cell: in the cell itself, to its right, or below; returns the row it stands in."""
        table, row, cell = place
        right, below = (table, row, cell + 1), (table, row + 1, cell)
        inside = self._after_label(cells[place], key)
        if inside:
            self._keep(key, inside)
        elif right in cells and self._key_of(cells[right]) is None:
            self._keep(key, cells[right].strip())
        elif below in cells and self._key_of(cells[below]) is None and 0 < len(cells[below].strip()) <= _LONGEST_NAME:
            self._keep(key, cells[below].strip())
            return row + 1
        return row

    def _find_head_lines(self) -> None:
        """A form without a head table: lines such as 项目名称：… before the text."""
        if any(self._values.values()) or self._has_head_table:
            return
        for number, paragraph in enumerate(self._paragraphs[:40]):
            key = self._key_of(paragraph.text)
            if key is not None and re.match(r"(\([^)]*\))?:", squeeze(paragraph.text)[len(self._labels[key]) :]):
                self._keep(key, self._after_label(paragraph.text, key))
                self._head.add(number)

    def _keep(self, key: str, value: str) -> None:
        if value and self._values[key] is None:
            self._values[key] = value

    def _key_of(self, text: str) -> str | None:
        squeezed = squeeze(text) if _is_short(text) else ""
        return next((key for key, label in self._labels.items() if squeezed.startswith(label)), None)

    def _after_label(self, text: str, key: str) -> str:
        rest = _cut(text, self._labels[key]).strip()
        return _REMARK.sub("", rest).lstrip(":： \u3000").strip()


def _is_short(text: str) -> bool:
    """Whether this can be a label with its value: a long text that begins like a label is the applicant's own."""
    return len(text.strip()) <= 2 * _LONGEST_NAME


def _cut(text: str, printed: str) -> str:
    """The text without the first place where its squeezed form reads ``printed``."""
    letters = [(plain, number) for number, letter in enumerate(text) for plain in squeeze(letter)]
    place = "".join(plain for plain, _ in letters).find(printed)
    if place < 0:
        return text
    return text[: letters[place][1]] + text[letters[place + len(printed) - 1][1] + 1 :]

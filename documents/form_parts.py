"""Reads what an applicant put below each heading of the form, for the book of the winners (R53–R58, row 127)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from config.edition import FormRules
from documents import docx_body, docx_package, docx_parts, docx_title, form_blocks, form_pictures
from documents.docx_archive import Archive
from documents.docx_body import Paragraph, Story
from documents.docx_looks import Looks
from documents.docx_numbering import Numbering
from documents.docx_printed import Printed
from documents.docx_styles import Styles
from documents.docx_xml import A, W, value, whole
from documents.findings import Unreadable, shown
from documents.form_blocks import Block, Blocks, Grid, GridCell, Lost, is_caption
from documents.form_pictures import Album
from documents.pool import ChildFailed, Pool

PICTURE, TABLE = "图", "表"
_UNDRAWN = ("/chart", "/chartex", "/diagram")
_MOST_COLUMNS, _MOST_ROWS = 12, 200
_MOST_LAID_OUT = 12  # cells of a table that only sets pictures side by side


def part_blocks(path: Path, rules: FormRules, *, pictures: bool = True) -> Blocks:
    """What stands below each part that was found: the applicant's text, tables, pictures, in order; `Unreadable`.

    Of text boxes the pictures and what is written beside one; notes are left out. Without ``pictures`` each is `Lost`.
    """
    with Archive(path) as archive:
        package = docx_package.read(archive)
        body = Story(package.document).paragraphs
        paragraphs = body + docx_body.notes(package.footnotes) + docx_body.notes(package.endnotes)
        numbering = Numbering(package.numbering, package.styles)
        looks = Looks(paragraphs, Styles(package.styles, package.theme, package.settings, numbering), numbering)
        printed = Printed(paragraphs, rules, docx_title.find(paragraphs, rules.title).paragraphs)
        starts = {
            part.paragraph: part.key
            for part in docx_parts.find(paragraphs, printed, looks, rules)
            if part.paragraph is not None
        }
        own = dict(printed.own_texts())
        return _Walk(body, starts, own, looks, Album(archive) if pictures else None).blocks()


class _Walk:
    """One way through a form from heading to heading."""

    def __init__(
        self, body: Sequence[Paragraph], starts: dict[int, str], own: dict[int, str], looks: Looks, album: Album | None
    ) -> None:
        self._body, self._starts, self._own, self._looks, self._album = body, starts, own, looks, album

    def blocks(self) -> Blocks:
        """Key of a part to what stands below its heading."""
        found: dict[str, list[Block]] = {key: [] for key in self._starts.values()}
        now = ""
        for table, group in groupby(range(len(self._body)), key=lambda number: self._body[number].where.table):
            numbers = list(group)
            if table is not None and not self._is_layout(numbers):
                if now:
                    found[now] += self._table(numbers)
                continue
            for number in numbers:
                if number in self._starts:
                    now = self._starts[number]
                elif now:
                    found[now] += self._running(number)
        return {key: tuple(blocks) for key, blocks in found.items()}

    def _is_layout(self, numbers: Sequence[int]) -> bool:
        """Whether a table only says where things stand: with a heading in it, of one cell, of a few with pictures."""
        cells = len({self._place(number) for number in numbers})
        titled = any(number in self._starts for number in numbers)
        pictured = any(self._body[number].has_picture for number in numbers)
        return titled or cells == 1 or (pictured and cells <= _MOST_LAID_OUT)

    def _place(self, number: int) -> tuple[int, int]:
        where = self._body[number].where
        return where.row, where.cell

    def _running(self, number: int) -> Iterator[Block]:
        """A paragraph: its pictures, then its text."""
        yield from self._pictures(number)
        text = self._text(number, label=self._looks.label(number))
        if text and (self._body[number].where.place != "box" or is_caption(text)):
            yield text

    def _text(self, number: int, *, label: str = "") -> str:
        own = self._own.get(number, "")
        return shown(f"{label}{own}".strip()) if own.strip() else ""

    def _pictures(self, number: int) -> Iterator[Block]:
        paragraph = self._body[number]
        if not paragraph.has_picture:
            return
        drawn = form_pictures.drawn_in(paragraph.element)
        found = [self._album.figure(each) if self._album else None for each in drawn]
        yield from filter(None, found)
        if None in found or _has_chart(paragraph):
            yield Lost(PICTURE)

    def _table(self, numbers: Sequence[int]) -> Iterator[Block]:
        """A table of text, then the pictures in it."""
        texts: dict[tuple[int, int], list[str]] = {}
        spans: dict[tuple[int, int], int] = {}
        for number in numbers:
            place = self._place(number)
            texts.setdefault(place, []).append(self._text(number))
            spans.setdefault(place, _span(self._body[number]))
        rows = tuple(
            tuple(GridCell("\n".join(filter(None, texts[place])), spans[place]) for place in row)
            for _, row in groupby(sorted(texts), key=lambda place: place[0])
        )
        widest = max(sum(cell.span for cell in row) for row in rows)
        if any(cell.text for row in rows for cell in row):
            yield Grid(rows) if widest <= _MOST_COLUMNS and len(rows) <= _MOST_ROWS else Lost(TABLE)
        for number in numbers:
            yield from self._pictures(number)


def _span(paragraph: Paragraph) -> int:
    """How many columns the cell spans, in the outermost of tables in tables."""
    cells = list(paragraph.element.iterancestors(f"{W}tc"))
    spanned = whole(value(cells[-1].find(f"{W}tcPr"), "gridSpan")) if cells else None
    return max(1, spanned or 1)


def _has_chart(paragraph: Paragraph) -> bool:
    """Whether it draws a chart or a diagram: the file holds its figures, no picture of it."""
    return any(str(data.get("uri", "")).endswith(_UNDRAWN) for data in paragraph.element.iter(f"{A}graphicData"))


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The same between processes: the parts of the form at ``path``, null when it cannot be read."""
    rules = FormRules.model_validate_json(question["rules"])
    try:
        found = part_blocks(Path(question["path"]), rules, pictures=question["pictures"])
    except Unreadable:
        return {"parts": None}
    return {"parts": {key: [form_blocks.plain(each) for each in blocks] for key, blocks in found.items()}}


class PartReader:
    """Reads forms in a confined child, for a form is a stranger's file."""

    def __init__(self, rules: FormRules) -> None:
        self._pool, self._rules = Pool("documents.form_parts:answer"), rules.model_dump_json()

    def close(self) -> None:
        """End the child."""
        self._pool.close()

    def __call__(self, path: Path) -> Blocks | None:
        """The parts of the file, ``None`` when it cannot be read; without its pictures when these are what fails."""
        try:
            return self._asked(path, pictures=True)
        except ChildFailed:
            pass
        try:
            return self._asked(path, pictures=False)
        except ChildFailed:
            return None

    def _asked(self, path: Path, *, pictures: bool) -> Blocks | None:
        place = path.resolve()
        question = {"path": str(place), "rules": self._rules, "pictures": pictures}
        found = self._pool.ask(question, reads=(place,)).message["parts"]
        if found is None:
            return None
        return {key: tuple(form_blocks.block_of(each) for each in blocks) for key, blocks in found.items()}

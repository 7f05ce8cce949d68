"""Reads the recommendation form, a Word file, into facts: length, parts, head table, looks (R47–R67, A8)."""

from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from config.edition import FormRules
from documents import docx_body, docx_package, docx_parts, docx_secrecy, docx_title, likeness
from documents.docx_archive import Archive
from documents.docx_body import Paragraph, Story
from documents.docx_export import exported_words
from documents.docx_looks import Looks, StyleFact
from documents.docx_numbering import Numbering
from documents.docx_others import refused
from documents.docx_parts import FoundPart
from documents.docx_printed import Printed
from documents.docx_secrecy import Sensitive
from documents.docx_styles import Styles
from documents.docx_xml import Element, W
from documents.wordcount import count

_MOST_LETTERS = 400_000  # of a form that may have 5,000


@dataclass(frozen=True, slots=True)
class Words:
    """字 (A8) of the applicant's ``own`` text, the one with a limit, its ``body`` without tables and text boxes.

    For comparison: of the ``whole`` file as Word counts it, text boxes and notes too; its ``characters`` without white
    space; of a ``plain_text`` export as LibreOffice makes one, with automatic numbers, without boxes and notes.
    """

    own: int
    body: int
    whole: int
    characters: int
    plain_text: int


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What stands in one form; ``head`` maps title, endorser and unit to what was filled in, or ``None``.

    ``title`` is the form's own, ``None`` when no line at the top reads like the edition's.
    """

    words: Words
    title: str | None
    parts: tuple[FoundPart, ...]
    in_order: bool
    head: dict[str, str | None]
    insertions: int
    deletions: int
    comments: int
    hidden_letters: int
    drawn_letters: int
    hyperlinks: int
    outside: tuple[str, ...]
    embedded: tuple[str, ...]
    imported: tuple[str, ...]
    secrecy: tuple[Sensitive, ...]
    styles: tuple[StyleFact, ...]
    unnumbered: tuple[str, ...]
    likeness: str  # see `documents.likeness`

    def as_dict(self) -> dict[str, Any]:
        """The facts as plain values for JSON."""
        return {entry.name: _plain(getattr(self, entry.name)) for entry in fields(self)}


def read(path: Path, rules: FormRules) -> FormFacts:
    """The facts of a form; raises `Unreadable` (another type, old, encrypted, with macros, broken, bloated: R47)."""
    with Archive(path) as archive:
        package = docx_package.read(archive)
    body = Story(package.document).paragraphs
    paragraphs = body + docx_body.notes(package.footnotes) + docx_body.notes(package.endnotes)
    _refuse_a_book(paragraphs)
    numbering = Numbering(package.numbering, package.styles)
    looks = Looks(paragraphs, Styles(package.styles, package.theme, package.settings, numbering), numbering)
    title = docx_title.find(paragraphs, rules.title)
    printed = Printed(paragraphs, rules, title.paragraphs)
    parts = docx_parts.find(paragraphs, printed, looks, rules)
    headings = {part.paragraph for part in parts if part.paragraph is not None}
    own = {number: count(text) for number, text in printed.own_texts() if number not in headings}
    return FormFacts(
        words=_words(package.document, paragraphs, own, looks),
        title=title.text,
        parts=docx_parts.measured(parts, own, paragraphs),
        in_order=docx_parts.in_order(parts),
        head=printed.head_values(),
        insertions=_marks(package.document, "ins", "moveTo"),
        deletions=_marks(package.document, "del", "moveFrom"),
        comments=package.comments,
        hidden_letters=looks.hidden_letters,
        drawn_letters=docx_body.drawn_letters(package.document) + package.drawn_letters,
        hyperlinks=package.hyperlinks,
        outside=package.outside,
        embedded=package.embedded,
        imported=package.imported,
        secrecy=docx_secrecy.find(own, paragraphs, parts, rules),
        styles=looks.compared(own, headings, rules.styles),
        unnumbered=looks.unnumbered(headings),
        likeness=likeness.sketch(paragraphs[number].text for number in own),
    )


def _refuse_a_book(paragraphs: list[Paragraph]) -> None:
    if sum(len(paragraph.text) for paragraph in paragraphs) > _MOST_LETTERS:
        raise refused(
            f"文件文字超过 {_MOST_LETTERS // 10_000} 万个，不像推荐表。", "请确认选对了文件，再上传填写好的推荐表。"
        )


def _words(document: Element, paragraphs: list[Paragraph], own: dict[int, int], looks: Looks) -> Words:
    labels = {paragraph.element: looks.label(number) for number, paragraph in enumerate(paragraphs)}
    return Words(
        own=sum(own.values()),
        body=sum(words for number, words in own.items() if paragraphs[number].where.place not in ("table", "box")),
        whole=sum(count(paragraph.text) for paragraph in paragraphs),
        characters=sum(len("".join(paragraph.text.split())) for paragraph in paragraphs),
        plain_text=exported_words(document, labels),
    )


def _marks(document: Element, *names: str) -> int:
    return sum(1 for name in names for _ in document.iter(f"{W}{name}"))


def _plain(fact: object) -> object:
    if isinstance(fact, tuple):
        return [_plain(each) for each in fact]
    if is_dataclass(fact):
        return {entry.name: _plain(getattr(fact, entry.name)) for entry in fields(fact)}
    return fact

"""Reads what an applicant wrote below each heading of the form, for the book of the winners (R53–R58, row 127)."""

from pathlib import Path
from typing import Any

from config.edition import FormRules
from documents import docx_body, docx_package, docx_parts, docx_title
from documents.docx_archive import Archive
from documents.docx_body import Story
from documents.docx_looks import Looks
from documents.docx_numbering import Numbering
from documents.docx_printed import Printed
from documents.docx_styles import Styles
from documents.findings import Unreadable, shown
from documents.pool import ChildFailed, Pool
from documents.warm import Warm

Texts = dict[str, tuple[str, ...]]  # key of a part -> its paragraphs


def part_texts(path: Path, rules: FormRules) -> Texts:
    """The applicant's running text of each part that was found, without tables, boxes and notes; `Unreadable`."""
    with Archive(path) as archive:
        package = docx_package.read(archive)
    body = Story(package.document).paragraphs
    paragraphs = body + docx_body.notes(package.footnotes) + docx_body.notes(package.endnotes)
    numbering = Numbering(package.numbering, package.styles)
    looks = Looks(paragraphs, Styles(package.styles, package.theme, package.settings, numbering), numbering)
    printed = Printed(paragraphs, rules, docx_title.find(paragraphs, rules.title).paragraphs)
    own = {number: text for number, text in printed.own_texts() if paragraphs[number].where.place == "body"}
    starts = {
        part.paragraph: part.key
        for part in docx_parts.find(paragraphs, printed, looks, rules)
        if part.paragraph is not None
    }
    found: dict[str, list[str]] = {key: [] for key in starts.values()}
    now = ""
    for number in range(len(body)):
        if number in starts:
            now = starts[number]
        elif now and own.get(number, "").strip():
            found[now].append(shown(f"{looks.label(number)}{own[number]}".strip()))
    return {key: tuple(texts) for key, texts in found.items()}


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The same between processes: the parts of the form at ``path``, null when it cannot be read."""
    try:
        return {"parts": part_texts(Path(question["path"]), FormRules.model_validate_json(question["rules"]))}
    except Unreadable:
        return {"parts": None}


class PartTexts(Warm):
    """Reads forms in a confined child, for a form is a stranger's file."""

    def __init__(self, rules: FormRules) -> None:
        super().__init__(Pool("documents.form_parts:answer"))
        self._rules = rules.model_dump_json()

    def __call__(self, path: Path) -> Texts | None:
        """The parts of the file, or ``None`` when it cannot be read."""
        place = path.resolve()
        try:
            found = self._pool.ask({"path": str(place), "rules": self._rules}, reads=(place,)).message["parts"]
        except ChildFailed:
            return None
        return None if found is None else {key: tuple(texts) for key, texts in found.items()}

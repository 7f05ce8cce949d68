"""Reads the paragraphs of a form, so that two versions of it can be laid side by side (row 14)."""

from pathlib import Path
from typing import Any

from documents import docx_body, docx_package
from documents.docx_archive import Archive
from documents.docx_body import Story
from documents.findings import Unreadable, shown
from documents.pool import ChildFailed, Pool
from documents.warm import Warm


def paragraphs(path: Path) -> tuple[str, ...]:
    """Every paragraph's text, in the numbering that `documents.recommendation` uses for headings; `Unreadable`."""
    with Archive(path) as archive:
        package = docx_package.read(archive)
    body = Story(package.document).paragraphs
    found = body + docx_body.notes(package.footnotes) + docx_body.notes(package.endnotes)
    return tuple(shown(paragraph.text) for paragraph in found)


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The same between processes: the paragraphs of the file at ``path``, null when it cannot be read."""
    try:
        return {"paragraphs": paragraphs(Path(question["path"]))}
    except Unreadable:
        return {"paragraphs": None}


class FormTexts(Warm):
    """Reads the paragraphs of forms in a confined child, for a form is a stranger's file."""

    def __init__(self) -> None:
        super().__init__(Pool("documents.form_text:answer"))

    def __call__(self, path: Path) -> tuple[str, ...] | None:
        """The paragraphs of the file, or ``None`` when it cannot be read."""
        place = path.resolve()
        try:
            found = self._pool.ask({"path": str(place)}, reads=(place,)).message["paragraphs"]
        except ChildFailed:
            return None
        return None if found is None else tuple(found)


class KeptTexts:
    """The paragraphs of the forms that were read last, by their digest: what lies under one never changes.

    Whoever opens an application once more, or as the second expert, waits for no child.
    """

    def __init__(self, most: int = 200) -> None:
        self._most = most
        self._kept: dict[str, tuple[str, ...]] = {}

    def __call__(self, sha256: str, path: Path) -> tuple[str, ...] | None:
        """The paragraphs of the file with this digest, or ``None`` when it cannot be read."""
        if (kept := self._kept.get(sha256)) is not None:
            return kept
        with FormTexts() as texts:
            found = texts(path)
        if found is not None:
            self._kept = dict([*self._kept.items(), (sha256, found)][-self._most :])  # at once: other threads read it
        return found

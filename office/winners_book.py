"""Gathers the book of the winners: the text of the forms whose units agreed, of the others the words for the press."""

from collections.abc import Sequence

from sqlmodel import Session

from documents.form_parts import PartTexts, Texts
from office import applications, paper_facts
from office.announcement import Line
from office.desk import Desk
from paperwork.compendium import Chapter, Compendium, Part
from records.tables.person import Person

_NOT_AGREED = "（申报单位尚未同意收入推荐表正文，此处只列公开的介绍。）"
_UNREAD = "（推荐表的正文没有读出，请从原文件摘录。）"


def book(session: Session, desk: Desk, lines: Sequence[Line]) -> Compendium:
    """The book of these winners; the forms of those who agreed are read anew, each a stranger's file, in a child."""
    rules = desk.edition.form
    agreed = [line for line in lines if line.publicity and line.publicity.printed]
    found: dict[int, Texts | None] = {}
    if rules and agreed:
        with PartTexts(rules) as texts:
            found = {line.item.item.id or 0: _texts(session, desk, line, texts) for line in agreed}
    return Compendium(
        desk.edition.award.title, desk.edition.award.organizer,
        paper_facts.issued(desk, desk.edition.announcement.at).day,
        tuple(_chapter(session, desk, line, found.get(line.item.item.id or 0)) for line in lines),
    )  # fmt: skip


def _texts(session: Session, desk: Desk, line: Line, texts: PartTexts) -> Texts | None:
    """The parts of the form that holds; ``None`` where there is none to be read."""
    slots = {slot.key for slot in desk.edition.slots if slot.reader == "form"}
    files = [file for file in applications.current_files(session, line.item.item.id or 0) if file.slot in slots]
    return texts(desk.vault.path(files[0].sha256)) if files and desk.vault.holds(files[0].sha256) else None


def _chapter(session: Session, desk: Desk, line: Line, texts: Texts | None) -> Chapter:
    item, kept = line.item.item, line.publicity
    agrees = bool(kept and kept.printed)
    contact = session.get_one(Person, item.contact_id).name if agrees else ""
    headings = {part.key: part.heading for part in desk.edition.form.parts} if desk.edition.form else {}
    return Chapter(
        number=item.number, title=item.title, unit=item.unit, partners=paper_facts.partners_of(item), people=contact,
        endorser=line.item.endorser,
        category=next((each.name for each in desk.edition.categories if each.key == item.category), ""),
        paragraph=line.paragraph,
        parts=tuple(Part(headings[key], words) for key, words in (texts or {}).items() if words),
        why_none="" if texts else _UNREAD if agrees else _NOT_AGREED,
    )  # fmt: skip

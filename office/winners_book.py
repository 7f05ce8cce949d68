"""Gathers the book of the winners: their forms where their units agreed, of the others the words for the press."""

from collections.abc import Sequence

from sqlmodel import Session

from documents.form_blocks import Blocks, Figure
from office import announcement, applications, paper_facts
from office.announcement import Line
from office.desk import Desk
from office.form_readings import Readings
from paperwork.compendium import Chapter, Compendium, Part
from records.tables.person import Person

_NOT_AGREED = "（申报单位尚未同意收入推荐表正文，此处只列公开的介绍。）"
_UNREAD = "（推荐表的正文没有读出，请从原文件摘录。）"


def book(session: Session, desk: Desk, lines: Sequence[Line]) -> Compendium:
    """The book of these winners, with text, tables and pictures of the forms of those who agreed."""
    found = forms(session, desk, lines)
    return Compendium(
        desk.edition.award.title, desk.edition.award.organizer,
        paper_facts.issued(desk, desk.edition.announcement.at).day,
        tuple(_chapter(session, desk, line, found.get(line.item.item.id or 0)) for line in lines),
    )  # fmt: skip


def forms(session: Session, desk: Desk, lines: Sequence[Line]) -> dict[int, Blocks]:
    """Application -> what its form holds, of those that agreed and whose form can be read."""
    digests = _agreed(session, desk, lines)
    if not desk.edition.form or not digests:
        return {}
    with Readings(desk, desk.edition.form) as read:
        found = {id_: read(digest) for id_, digest in digests.items()}
    return {id_: blocks for id_, blocks in found.items() if blocks}


def read_ahead(desk: Desk) -> int:
    """Read the forms of those who agreed before anybody asks for the book; returns how many were tried now."""
    with desk.database.read() as session:
        digests = _agreed(session, desk, announcement.lines(session, desk))
    if not desk.edition.form or not digests:
        return 0
    with Readings(desk, desk.edition.form) as read:
        return sum(read.read_ahead(digest) for digest in digests.values())


def _agreed(session: Session, desk: Desk, lines: Sequence[Line]) -> dict[int, str]:
    """Application -> the digest of its form, of those that agreed."""
    slots = {slot.key for slot in desk.edition.slots if slot.reader == "form"}
    agreed = [line.item.item.id or 0 for line in lines if agrees(line)]
    files = {id_: [each for each in applications.current_files(session, id_) if each.slot in slots] for id_ in agreed}
    return {id_: held[0].sha256 for id_, held in files.items() if held}


def first_figure(blocks: Blocks) -> Figure | None:
    """The first picture of a form."""
    return next((block for part in blocks.values() for block in part if isinstance(block, Figure)), None)


def agrees(line: Line) -> bool:
    """Whether the winner's unit agreed that its form is printed."""
    return bool(line.publicity and line.publicity.printed)


def _chapter(session: Session, desk: Desk, line: Line, read: Blocks | None) -> Chapter:
    item = line.item.item
    contact = session.get_one(Person, item.contact_id).name if agrees(line) else ""
    headings = {part.key: part.heading for part in desk.edition.form.parts} if desk.edition.form else {}
    return Chapter(
        number=item.number, title=item.title, unit=item.unit, partners=paper_facts.partners_of(item), people=contact,
        endorser=line.item.endorser,
        category=next((each.name for each in desk.edition.categories if each.key == item.category), ""),
        paragraph=line.paragraph,
        parts=tuple(Part(headings[key], blocks) for key, blocks in (read or {}).items() if blocks),
        why_none="" if read else _UNREAD if agrees(line) else _NOT_AGREED,
    )  # fmt: skip

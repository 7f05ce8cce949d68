"""Puts one application into an archive: files, papers, letters, scores, decisions, ledger, and their index (R136)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from notifications import message
from notifications.letters import Unbuildable
from office import (
    archive_decided,
    archive_ledger,
    archive_originals,
    archive_papers,
    archive_rounds,
    case_file,
    cleared,
    letter_desk,
    paper_facts,
)
from office.archive_bundle import Bundle, Entry
from office.archive_names import plain
from office.archive_readme import INDEX
from office.archive_rounds import ArchivedRound
from office.case_file import CaseFile, SlotFile
from office.desk import Desk
from paperwork.archive_index import ArchiveIndex, IndexedFile, archive_index
from paperwork.case_facts import fingerprint
from paperwork.sheets import List, workbook
from paperwork.word_package import Properties
from records.tables.application import Application, Upload
from records.tables.letter import LetterState

_LEFT_THE_HOUSE = (LetterState.SENT.value, LetterState.BOUNCED.value)
_ENDINGS = {"form": "docx", "video": "mp4", "letter": "pdf", "evidence": "pdf"}  # by what the slot takes, see R42
_UNIT, _TITLE = 20, 26  # letters in a file's name


@dataclass(frozen=True, slots=True)
class Filing:
    """Into which archive a case goes, in which folder of it (empty, or ending with ``/``), as of when."""

    bundle: Bundle
    folder: str
    rounds: tuple[ArchivedRound, ...]
    now: datetime


def folder_of(item: Application) -> str:
    """The folder of an application in an edition's archive."""
    return plain(f"{plain(item.number, most=16)}-{plain(item.unit, most=_UNIT)}")


def add(session: Session, desk: Desk, item: Application, filing: Filing) -> int:
    """Add everything of an application that was handed in, last its index; returns how many files it has."""
    bundle, case = filing.bundle, case_file.case_file(session, desk, item)
    first, left = len(bundle.entries), len(bundle.left_out)
    for place, slot in _numbered(desk, case.files):
        _add_files(desk, filing, item, place, slot)
    archive_papers.add_case(session, desk, bundle, item, filing.folder, now=filing.now)
    _add_letters(desk, filing, case)
    archive_originals.add_acted_on(session, desk, bundle, case, filing.folder)
    _add_scores(desk, filing, item)
    archive_originals.add_score_sheets(session, desk, bundle, filing.rounds, item.id or 0, filing.folder)
    _add_decided(session, desk, filing, item)
    _add_ledger(session, desk, filing, case)
    facts = ArchiveIndex(
        about=item.number,
        case=paper_facts.case_of(session, desk, item),
        files=indexed(bundle.entries[first:], without=filing.folder),
        left_out=tuple((each.what, each.why) for each in bundle.left_out[left:]),
    )
    bundle.put(f"{filing.folder}{INDEX}", archive_index(facts, paper_facts.issued(desk, filing.now)), "卷宗目录")
    return len(bundle.entries) - first


def bytes_of(session: Session, ids: Sequence[int]) -> int:
    """How many bytes the files of these applications have, every version."""
    whole = (col(Upload.application_id).in_(ids), col(Upload.finished_at).is_not(None))
    return int(session.exec(select(func.coalesce(func.sum(Upload.size), 0)).where(*whole)).one())


def indexed(entries: Sequence[Entry], *, without: str = "") -> tuple[IndexedFile, ...]:
    """Files as an index lists them, ``without`` the folder that they have in common."""
    return tuple(IndexedFile(each.path.removeprefix(without), each.told, each.size, each.sha256) for each in entries)


def sheets(desk: Desk, title: str, lists: Sequence[List], now: datetime) -> bytes:
    """Lists as one workbook of the archive."""
    award = desk.edition.award
    told = Properties(title=title, author=award.office, subject=award.entry_name, made_at=now.astimezone(desk.zone))
    digest = fingerprint(tuple((each.name, tuple(map(tuple, each.rows))) for each in lists))
    return workbook(lists, told, digest=digest)


def _numbered(desk: Desk, files: Sequence[SlotFile]) -> list[tuple[str, SlotFile]]:
    """文件1, 文件2 … by the edition's slots; the files of a slot that takes many are 文件4-1, 文件4-2 …"""
    labels = [slot.label for slot in desk.edition.slots]
    found = []
    for label in labels:
        mine = [each for each in files if each.label == label]
        place = f"文件{labels.index(label) + 1}"
        found += [(f"{place}-{number}" if len(mine) > 1 else place, each) for number, each in enumerate(mine, 1)]
    return found


def _add_files(desk: Desk, filing: Filing, item: Application, place: str, slot: SlotFile) -> None:
    names = (plain(item.number, most=16), plain(item.unit, most=_UNIT), plain(item.title, most=_TITLE))
    stem, ending = "-".join((*names, place)), _ENDINGS.get(slot.reader, "bin")
    if slot.upload is None:
        filing.bundle.leave_out(slot.label, "没有提供" if not slot.required else "没有文件")
    else:
        _copy(desk, filing, f"材料/{stem}.{ending}", slot, slot.upload)
    for upload in slot.earlier:
        _copy(desk, filing, f"材料/历次版本/{stem}-第{upload.revision}版.{ending}", slot, upload)


def _copy(desk: Desk, filing: Filing, path: str, slot: SlotFile, upload: Upload) -> None:
    """Copy a file as the vault has it, and say where that is not what was handed in."""
    told = f"{slot.label}，第 {upload.revision} 版，原名 {upload.name}"
    if upload.cleared_at:
        filing.bundle.leave_out(f"{told}，SHA-256 {upload.sha256}", cleared.sentence(desk, upload))
        return
    if not desk.vault.holds(upload.sha256):
        filing.bundle.leave_out(told, "文件库中没有这个文件")
        return
    entry = filing.bundle.copy(f"{filing.folder}{path}", desk.vault.path(upload.sha256), told)
    if entry.sha256 != upload.sha256:
        filing.bundle.leave_out(f"{told}：提交时的原样", f"文件库中的内容已变，提交时摘要为 {upload.sha256}")


def _add_letters(desk: Desk, filing: Filing, case: CaseFile) -> None:
    """The letters that left, the oldest first, without the links by which one could act."""
    waiting = sum(letter.state not in _LEFT_THE_HOUSE for letter in case.letters)
    if waiting:
        filing.bundle.leave_out(f"{waiting} 封没有发出的信件", "只列入已经发出的")
    for letter in sorted(case.letters, key=lambda each: (each.written_at, each.id or 0)):
        if letter.state not in _LEFT_THE_HOUSE:
            continue
        at = letter.sent_at or letter.written_at
        label = letter_desk.label_of(desk, letter.template)
        whom = "推荐方" if letter.template.endswith(".endorser") else "申报单位"
        try:
            words = letter_desk.rendered(desk, letter)
            data = message.build(letter, words, edition=desk.edition, settings=desk.settings, at=at)
        except Unbuildable:
            filing.bundle.leave_out(f"{label}（{desk.shown(at)}）", "收信人的信息已依规定删除，信件无从还原")
            continue
        name = plain(f"{at.astimezone(desk.zone):%Y-%m-%d %H%M} {label}（{whom}）")
        filing.bundle.put(f"{filing.folder}信件/{name}.eml", data, words.subject)


def _add_scores(desk: Desk, filing: Filing, item: Application) -> None:
    for round_ in filing.rounds:
        if round_.told is None:
            filing.bundle.leave_out(f"{round_.name}评分", archive_rounds.SEALED)
        elif scores := round_.sheet_of(item.number):
            title = f"{item.number} {round_.name}评分与理由"
            data = sheets(desk, title, (scores,), filing.now)
            filing.bundle.put(f"{filing.folder}{archive_rounds.FOLDER}/{plain(title)}.xlsx", data, title)


def _add_decided(session: Session, desk: Desk, filing: Filing, item: Application) -> None:
    folder = f"{filing.folder}{archive_decided.FOLDER}"
    lists = archive_decided.lists(session, desk, item.id)
    if lists:
        title = f"{item.number} {archive_decided.FOLDER}"
        data = sheets(desk, title, lists, filing.now)
        filing.bundle.put(f"{folder}/{plain(title)}.xlsx", data, "、".join(each.title for each in lists))
    archive_decided.add_files(session, desk, filing.bundle, folder, item.id)


def _add_ledger(session: Session, desk: Desk, filing: Filing, case: CaseFile) -> None:
    folder, item = f"{filing.folder}{archive_ledger.FOLDER}", case.item
    steps = archive_ledger.steps_of(desk, case)
    data = sheets(desk, steps.title, (steps,), filing.now)
    filing.bundle.put(f"{folder}/{plain(item.number)} 经过.xlsx", data, "经过：何时、何人、何事")
    lines = archive_ledger.lines_of_case(session, desk, item.id or 0)
    filing.bundle.put(f"{folder}/{archive_ledger.EVENTS}", lines, "账本中关于本项目的记录")

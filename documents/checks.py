"""Checks one uploaded file by the rules of its slot and the edition (R41–R94)."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from config.edition import Edition, Slot
from documents import docx_findings, own_rules, recommendation
from documents.child import READABLE_CLAUSES, Readers
from documents.digest import sha256_of
from documents.findings import EVIDENCE_TEXT, Declared, Finding, Picture, Report, Unreadable, Verdict, shown

SIZE_RULE = "size"
_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader has of one file: facts as JSON values, lines, pictures that show them."""

    facts: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    pictures: tuple[Picture, ...] = ()


def check_file(
    path: Path, *, slot: Slot, edition: Edition, declared: Declared | None = None, in_child: bool = True
) -> Report:
    """All lines for one file. In a child of its own by default, which costs its start: for many files keep `Readers`.

    A file of the wrong type, unreadable or encrypted is a red line that blocks (R42), no exception. `OSError` is left
    to the caller: then the place where files are kept is at fault.
    """
    if in_child:
        with Readers() as readers:
            return readers.check(path, slot=slot, edition=edition, declared=declared)
    return _with_own_rules(_check(path, slot, edition, declared, sha256_of(path)), path, slot, edition, declared)


def answer_recognising(question: dict[str, Any]) -> dict[str, Any]:
    """`answer`, with the print of scanned letters read too where the extra ``[ocr]`` is installed."""
    return answer(question, recognise=True)


def answer(question: dict[str, Any], *, recognise: bool = False) -> dict[str, Any]:
    """The same between processes: a question of `documents.child.Readers` to a report, both as JSON values."""
    path = Path(question["path"])
    declared = question["declared"] and Declared(**question["declared"])
    slot, edition = Slot.model_validate(question["slot"]), _edition(question["edition"])
    sha256 = question["sha256"] or sha256_of(path)
    report = _check(path, slot, edition, declared, sha256, recognise=recognise)
    if question["own_rules"]:
        report = _with_own_rules(report, path, slot, edition, declared)
    pictures = [
        {"key": each.key, "caption": each.caption, "jpeg": b64encode(each.jpeg).decode()} for each in report.pictures
    ]
    return report.as_dict() | {"pictures": pictures}


@lru_cache(maxsize=4)
def _edition(text: str) -> Edition:
    return Edition.model_validate_json(text)


def _check(
    path: Path, slot: Slot, edition: Edition, declared: Declared | None, sha256: str, *, recognise: bool = False
) -> Report:
    size = size_line(path.stat().st_size, slot)
    try:
        read = _read(path, slot, edition, declared, recognise=recognise)
    except Unreadable as fault:
        red = Finding(fault.rule, fault.r, Verdict.RED, shown(fault.evidence), fault.next_step, blocks_submit=True)
        return Report(path.name, slot.reader, sha256, findings=(size, red))
    readable = Finding(f"{slot.reader}.readable", READABLE_CLAUSES[slot.reader], Verdict.GREEN, "文件可以正常读取")
    lines = (size, readable, *safe(read.findings))
    return Report(path.name, slot.reader, sha256, read.facts, lines, read.pictures)


def safe(lines: Iterable[Finding]) -> tuple[Finding, ...]:
    """The lines with nothing in them that could steer a terminal."""
    return tuple(replace(line, evidence=shown(line.evidence)) for line in lines)


def _with_own_rules(report: Report, path: Path, slot: Slot, edition: Edition, declared: Declared | None) -> Report:
    """The report with what installed rules say of it; of a file that could not be read they are not asked."""
    rules = _installed()
    if not rules or not report.facts:
        return report
    keys = tuple(picture.key for picture in report.pictures)
    told = own_rules.RuleInput(slot.reader, edition.award.key, path, report.facts, report.findings, keys, declared)
    return replace(report, findings=(*report.findings, *own_rules.said(rules, told)))


@lru_cache(maxsize=1)
def _installed() -> tuple[own_rules.Installed, ...]:
    return own_rules.installed()


def size_line(size: int, slot: Slot) -> Finding:
    """The line on a file's size in bytes (R41)."""
    evidence = f"文件大小 {size / _MEGABYTE:.2f} MB，上限 {slot.max_megabytes} MB"
    if size > slot.max_megabytes * _MEGABYTE:
        return Finding(SIZE_RULE, "R41", Verdict.RED, evidence, "请压缩后重新上传。", blocks_submit=True)
    return Finding(SIZE_RULE, "R41", Verdict.GREEN, evidence)


def _read(path: Path, slot: Slot, edition: Edition, declared: Declared | None, *, recognise: bool) -> Reading:
    match slot.reader:
        case "form":
            return _read_form(path, edition, declared)
        case "video":
            return _read_video(path, edition)
        case _:
            return _read_scan(path, slot, edition, declared, recognise=recognise)


def _read_form(path: Path, edition: Edition, declared: Declared | None) -> Reading:
    if edition.form is None:
        return Reading()
    facts = recommendation.read(path, edition.form)
    return Reading(facts.as_dict(), docx_findings.findings(facts, edition.form, declared))


def _read_video(path: Path, edition: Edition) -> Reading:
    from documents import video, video_findings  # loads the video library, which only videos need

    if edition.video is None:
        return Reading()
    facts, pictures = video.examine(path)
    return Reading(facts.as_dict(), video_findings.findings(facts, edition.video), pictures)


def _read_scan(path: Path, slot: Slot, edition: Edition, declared: Declared | None, *, recognise: bool) -> Reading:
    from documents import evidence, scan, scan_letter  # load the picture libraries, which only scans need

    lines: tuple[Finding, ...]
    if slot.reader == "letter" and (letter := edition.letter):
        fields = {"endorser": letter.endorser_field.rstrip("：:"), "unit": letter.unit_field.rstrip("：:")}
        read = scan.read(path, fields=fields, recognise=recognise)
        lines = scan_letter.letter_findings(read, letter, declared)
    elif slot.reader == "evidence" and edition.evidence:
        kind = evidence.kind_of(edition.evidence, declared.kind if declared else "")
        read = scan.read(path, look_for_seals=bool(kind and kind.sealed_original), r="R89", recognise=recognise)
        lines = evidence.evidence_findings(read, edition.evidence, kind)
        text = {EVIDENCE_TEXT: read.text} if read.text else {}  # co-developers are named there (R93)
        return Reading(read.facts.as_dict() | text, lines, read.pictures)
    else:
        read, lines = scan.read(path, look_for_seals=False), ()
    return Reading(read.facts.as_dict(), lines, read.pictures)

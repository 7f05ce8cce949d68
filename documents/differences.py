"""Finds what changed between two versions of a file: text by part, facts, lines of the report (row 14)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Literal

from documents.findings import Finding, Report, Verdict

Kind = Literal["same", "added", "removed"]
_TOKEN = re.compile(r"[A-Za-z0-9.%]+|.", re.DOTALL)  # a Chinese character, or a whole word or number
_ALIKE = 0.4  # from here on a paragraph counts as changed, not as taken out and another put in
_MOST_PARAGRAPHS = 3_000
_MOST_LETTERS = 4_000  # of a paragraph that is compared letter by letter
_LOOK_AHEAD = 20  # paragraphs that may have come in before the one that a paragraph became
_SHORT = 2  # tokens that stayed between two changes: shown with them, for confetti tells nobody anything
_BEFORE_ALL = "表头"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed, came in or was taken out."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class PartChange:
    """What changed in one part of the form: paragraphs, each made of pieces; those that stayed are left out."""

    part: str
    paragraphs: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that differs, in words: 时长 12:07 → 11:40; empty where a version has it not."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of the report that appeared (no ``before``), went (no ``after``) or reads otherwise."""

    rule: str
    before: Finding | None
    after: Finding | None


def text_changes(
    before: Sequence[str], after: Sequence[str], *, old: dict[str, Any], new: dict[str, Any]
) -> tuple[PartChange, ...]:
    """What changed in a form's text, part by part; ``old`` and ``new`` are the facts that tell where a part begins."""
    earlier, later = _by_part(before, old), _by_part(after, new)
    changes = (
        PartChange(part, tuple(_paragraph_changes(earlier.get(part, []), later.get(part, []))))
        for part in dict.fromkeys((*earlier, *later))
    )
    return tuple(change for change in changes if change.paragraphs)


def _by_part(paragraphs: Sequence[str], facts: dict[str, Any]) -> dict[str, list[str]]:
    begins = {part["paragraph"]: part["word"] for part in facts.get("parts", ()) if part.get("paragraph") is not None}
    parts: dict[str, list[str]] = {}
    part = _BEFORE_ALL
    for number, text in enumerate(paragraphs[:_MOST_PARAGRAPHS]):
        part = begins.get(number, part)
        if text.strip():
            parts.setdefault(part, []).append(text.strip())
    return parts


def _paragraph_changes(before: list[str], after: list[str]) -> Iterator[tuple[Piece, ...]]:
    for how, start, end, begin, stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if how != "equal":
            yield from _replaced(before[start:end], after[begin:stop])


def _replaced(old: list[str], new: list[str]) -> Iterator[tuple[Piece, ...]]:
    """Old paragraphs beside the new ones that they became, in their order; the rest went or came."""
    place = 0
    for text in old:
        near = range(place, min(len(new), place + _LOOK_AHEAD))
        match = next((at for at in near if _alike(text, new[at])), None)
        if match is None:
            yield (Piece("removed", text),)
            continue
        for came in new[place:match]:
            yield (Piece("added", came),)
        yield pieces(text, new[match])
        place = match + 1
    for came in new[place:]:
        yield (Piece("added", came),)


def _alike(one: str, other: str) -> bool:
    if max(len(one), len(other)) > _MOST_LETTERS:
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """One paragraph into another, by Chinese characters and whole words."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    found: list[Piece] = []
    gone, come = "", ""
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (how, start, end, begin, stop) in enumerate(opcodes):
        inner = 0 < number < len(opcodes) - 1
        if how == "equal" and not (inner and end - start <= _SHORT):
            found += [Piece("removed", gone)] * bool(gone) + [Piece("added", come)] * bool(come)
            found.append(Piece("same", "".join(old[start:end])))
            gone, come = "", ""
        else:
            gone, come = gone + "".join(old[start:end]), come + "".join(new[begin:stop])
    return (*found, *[Piece("removed", gone)] * bool(gone), *[Piece("added", come)] * bool(come))


def fact_changes(before: Report, after: Report) -> tuple[FactChange, ...]:
    """The facts that differ, as far as they mean something to people: lengths, pages, seals, what a head table says."""
    earlier, later = dict(_told(before)), dict(_told(after))
    return tuple(
        FactChange(name, earlier.get(name, ""), later.get(name, ""))
        for name in dict.fromkeys((*earlier, *later))
        if earlier.get(name, "") != later.get(name, "")
    )


def _told(report: Report) -> Iterable[tuple[str, str]]:
    facts = report.facts
    match report.kind:
        case "form":
            return _told_of_form(facts)
        case "video":
            return _told_of_video(facts)
        case _:
            return _told_of_scan(facts)


def _told_of_form(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "words" in facts:
        yield "正文字数", f"{facts['words']['own']} 字"
    for part in facts.get("parts", ()):
        yield f"“{part['word']}”部分", f"{part['words']} 字，表格 {part['tables']} 个，图片 {part['pictures']} 处"
    names = {"title": "项目名称", "endorser": "推荐学会或专家", "unit": "申报单位"}
    for key, value in facts.get("head", {}).items():
        yield f"表头 {names.get(key, key)}", value or "（空）"


def _told_of_video(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "seconds" in facts:
        minutes, seconds = divmod(facts["seconds"], 60)
        yield "时长", f"{minutes:.0f} 分 {seconds:g} 秒"
        yield "画面", f"{facts['width']}×{facts['height']}，{facts['codec']}"
        yield "声音", "没有" if facts["audio_seconds"] is None else "有"


def _told_of_scan(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "pages" in facts:
        yield "页数", f"{facts['pages']} 页，其中扫描 {facts['scanned_pages']} 页"
        for what, marks in (("印章", facts["seals"]), ("手写笔迹", facts["signatures"])):
            yield what, "；".join(map(_mark, marks)) or "没有看到"


def _mark(mark: dict[str, Any]) -> str:
    """Where a seal or signature is, to the centimetre: a new scan of the same sheet is no change."""
    unsure = "（疑似）" if mark.get("answer") == "unsure" else ""
    return f"第 {mark['page']} 页，距左 {mark['x_mm'] / 10:.0f} cm、距上 {mark['y_mm'] / 10:.0f} cm{unsure}"


def line_changes(before: Report, after: Report) -> tuple[LineChange, ...]:
    """The lines that appeared, went, or say something else; good ones that stay good are left out, the worst first."""
    earlier, later = _by_rule(before), _by_rule(after)
    changes = [
        LineChange(rule, was, now)
        for rule in dict.fromkeys((*earlier, *later))
        for was, now in zip_longest(earlier.get(rule, ()), later.get(rule, ()))
        if _differs(was, now)
    ]
    return tuple(sorted(changes, key=lambda change: -max(_rank(change.after), _rank(change.before))))


def _by_rule(report: Report) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for line in report.findings:
        found.setdefault(line.rule, []).append(line)
    return found


def _differs(was: Finding | None, now: Finding | None) -> bool:
    if was is None or now is None:
        return _rank(was) + _rank(now) > 0
    good = was.verdict is now.verdict is Verdict.GREEN
    return not good and (was.verdict, was.words) != (now.verdict, now.words)


def _rank(line: Finding | None) -> int:
    return line.verdict.rank if line else 0

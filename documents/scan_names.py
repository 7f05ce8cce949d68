"""Compares the names that can be read in a letter with those that its application was registered with (R80)."""

import unicodedata
from difflib import SequenceMatcher
from typing import Literal

from documents.findings import Declared, Finding, Verdict

Source = Literal["文字层", "文字识别"]

SAME = 0.9  # of a name's letters; recognition mistakes a letter now and then
ALIKE = 0.6
_LEAST_TEXT = 40  # Chinese characters; with fewer the page was not read
_CHINESE = range(0x4E00, 0xA000)


def names_finding(text: str, declared: Declared, source: Source) -> Finding | None:
    """The line on title, unit and endorser: green where all stand in the text, else what was read instead.

    ``None`` where nothing was declared, or too little could be read to say anything. Never red: reading errs.
    """
    read = _plain(text)
    names = (("项目名称", declared.title), ("申报单位", declared.unit), ("推荐方", declared.endorser))
    wanted = [(what, name) for what, name in names if _plain(name)]
    if sum(ord(letter) in _CHINESE for letter in read) < _LEAST_TEXT or not wanted:
        return None
    told = [f"{what}{difference}" for what, name in wanted if (difference := _difference(_plain(name), read))]
    needed = [line for line in told if not line.startswith("推荐方未")]  # it may stand in its seal alone
    if not needed:
        seen = "、".join(what for what, name in wanted if not _difference(_plain(name), read))
        return Finding("letter.names", "R80", Verdict.GREEN, f"{source}：{seen}与申报信息一致")
    step = "请核对承诺书上的名称与填报的是否一致；一致则无需处理，由遴选办公室人工核对。"
    return Finding("letter.names", "R80", Verdict.LOOK, f"{source}：{'；'.join(needed)}", step)


def _difference(name: str, read: str) -> str:
    """Empty when the name stands in the text, else what stands there in its place."""
    if name in read:
        return ""
    nearest = _nearest(name, read)
    likeness = SequenceMatcher(None, name, nearest, autojunk=False).ratio()
    if likeness >= SAME:
        return ""
    return f"读作“{nearest}”，填报为“{name}”" if likeness >= ALIKE else f"未读到“{name}”"


def _nearest(name: str, read: str) -> str:
    """The part of the text, as long as the name, around the longest run of letters that both have."""
    block = SequenceMatcher(None, name, read, autojunk=False).find_longest_match()
    start = max(0, block.b - block.a)
    return read[start : start + len(name)]


def _plain(text: str) -> str:
    """Letters and digits alone, wide and narrow ones alike."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum())

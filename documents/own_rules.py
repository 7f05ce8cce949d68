"""Runs the rules that an office has installed beside the built-in ones, and lets none of them lose a report.

A rule is a function from `RuleInput` to findings, named in the entry points of a distribution under ``linxuan.rules``.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from importlib.metadata import EntryPoint, distributions
from itertools import islice
from pathlib import Path
from typing import Any

from config.edition import Reader
from documents.findings import Declared, Finding, Verdict, shown

GROUP = "linxuan.rules"
MOST_LINES = 100  # of one rule on one file
_TYPES = {
    "rule": str, "r": str, "verdict": Verdict, "evidence": str, "next_step": str, "blocks_submit": bool,
    "pictures": tuple,
}  # fmt: skip
_STEP = "请系统管理员检查或卸载这条规则；其余各项结论不受影响。"


@dataclass(frozen=True, slots=True)
class RuleInput:
    """What a rule is given: the kind of reading, its facts, lines and keys of pictures, and the file itself.

    ``award`` is the key of the edition. The facts are the rule's own copy.
    """

    reader: Reader
    award: str
    path: Path
    facts: dict[str, Any]
    findings: tuple[Finding, ...]
    pictures: tuple[str, ...]
    declared: Declared | None = None


Rule = Callable[[RuleInput], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Installed:
    """A rule that is installed: its name ``distribution:name``, what it says of itself, where it is."""

    name: str
    version: str
    entry: EntryPoint

    def load(self) -> Rule:
        """The function itself; raises whatever its module raises."""
        rule: Rule = self.entry.load()
        return rule


def installed(search: Iterable[str] | None = None) -> tuple[Installed, ...]:
    """The rules that are installed where Python looks, or in the folders ``search``; in order of their names."""
    found = distributions() if search is None else distributions(path=list(search))
    rules = {
        f"{each.name}:{entry.name}": Installed(f"{each.name}:{entry.name}", each.version, entry)
        for each in found
        for entry in each.entry_points
        if entry.group == GROUP
    }
    return tuple(rules[name] for name in sorted(rules))


def said(rules: Iterable[Installed], told: RuleInput) -> tuple[Finding, ...]:
    """What each rule says of a file; one that fails or answers wrongly is a line for a person that names it."""
    return tuple(line for rule in rules for line in _said(rule, told))


def unfinished(rules: Iterable[Installed]) -> Finding:
    """The line for rules one of which ended the whole reading: by a crash, its time or its memory."""
    names = "、".join(rule.name for rule in rules)
    return Finding("own_rules", "R44", Verdict.LOOK, f"自装规则未能运行完，此次没有采用：{names}。", _STEP)


def _said(rule: Installed, told: RuleInput) -> tuple[Finding, ...]:
    try:
        lines: tuple[object, ...] = tuple(
            islice(rule.load()(replace(told, facts=deepcopy(told.facts))), MOST_LINES + 1)
        )
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code: whatever it raises is a line
        return (_fault(rule, f"运行出错（{type(error).__name__}：{error}）"),)
    if len(lines) > MOST_LINES:
        return (_fault(rule, f"对一个文件给出了 {MOST_LINES} 条以上"),)
    wrong = next((fault for line in lines if (fault := _wrong(line, told))), "")
    if wrong:
        return (_fault(rule, wrong),)
    return tuple(_safe(rule, line) for line in lines if isinstance(line, Finding))


def _wrong(line: object, told: RuleInput) -> str:
    """What is wrong with one line of an answer, in words; empty when nothing is."""
    if not isinstance(line, Finding):
        return f"返回的不是 Finding，而是 {type(line).__name__}"
    plain = asdict(line)
    if any(type(plain[name]) is not wanted for name, wanted in _TYPES.items()):
        return "返回的 Finding 各项类型不对"
    if not set(line.pictures) <= set(told.pictures):
        return "返回的 Finding 引用了报告中没有的图片"
    return ""


def _safe(rule: Installed, line: Finding) -> Finding:
    """The line under the rule's own name, with nothing in it that could steer a terminal."""
    name = f"{rule.name}:{line.rule}" if line.rule else rule.name
    return replace(
        line, rule=shown(name), r=shown(line.r), evidence=shown(line.evidence), next_step=shown(line.next_step)
    )


def _fault(rule: Installed, words: str) -> Finding:
    return Finding(rule.name, "R44", Verdict.LOOK, shown(f"自装规则 {rule.name} {words}，此次没有采用。"), _STEP)


def explained(rule: Installed) -> Mapping[str, str]:
    """What a rule says of itself, for a list: its name, version and the first line of its docstring, or its fault."""
    try:
        words = (rule.load().__doc__ or "").strip().partition("\n")[0]
    except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
        words = f"不能载入（{type(error).__name__}：{error}）"
    return {"rule": rule.name, "version": rule.version, "checks": shown(words)}

"""Reads an edition file into a checked `Edition` together with the clause that each of its facts has.

Every leaf of the file is ``{ value = …, r = "R52" }``; see ``config/editions/2024.toml``. A dotted key names a leaf:
``rounds[1].places``. Whatever is wrong is `BadConfiguration` with file, key and cure.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.contradictions import contradictions
from config.edition import Edition
from config.edition_faults import bad_shape
from config.refusal import BadConfiguration, Refusal
from config.workdays import Workdays

_EDITIONS = Path(__file__).parent / "editions"
_LEAF_KEYS = frozenset({"value", "r", "a", "assumed", "note", "confirmed"})

ALWAYS_OPEN = "always"  # 随时可改: the stage of what binds nobody
_STAGES = {
    "award": "award",
    "categories": "submission",
    "unit_types": "submission",
    "submission": "submission",
    "slots": "submission",
    "form": "submission",
    "video": "submission",
    "letter": "submission",
    "evidence": "submission",
    "endorsement": "endorsement",
    "check": "check",
    "criteria": "first_round",
    "decisions": "first_round",
    "rounds[0]": "first_round",
    "rounds[1]": "final",
    "notice": "notice",
    "announcement": "announcement",
    "contacts": ALWAYS_OPEN,
    "reminders": ALWAYS_OPEN,
    "mail": ALWAYS_OPEN,
    "protection": ALWAYS_OPEN,
}


@dataclass(frozen=True, slots=True)
class Clause:
    """Where a fact comes from: clauses of the plan, the open question, why we assumed it, who confirmed it."""

    r: tuple[str, ...] = ()
    a: str = ""
    assumed: bool = False
    note: str = ""
    confirmed: str = ""

    @property
    def open(self) -> bool:
        """Whether it is an assumption of ours that nobody of the office has confirmed."""
        return self.assumed and not self.confirmed

    def __str__(self) -> str:
        marks = (*self.r, *([self.a] if self.a else []), *(["拟定"] if self.open else []))
        return "、".join(marks)


@dataclass(frozen=True, slots=True)
class ListedFact:
    """One leaf of the file: its dotted key, its value as written, its clause."""

    key: str
    value: Any
    clause: Clause


@dataclass(frozen=True, slots=True)
class LoadedEdition:
    """An edition with the clauses of its facts and the very text that it was read from."""

    edition: Edition
    clauses: dict[str, Clause]
    text: str
    sha256: str
    path: Path


@dataclass(frozen=True, slots=True)
class Difference:
    """One leaf before and after a change of the file; ``None`` where the other text does not have it."""

    key: str
    before: Any
    after: Any
    clause: Clause


def load_edition(path: Path, *, workdays: Workdays | None = None) -> LoadedEdition:
    """The edition in this file, whole and free of contradictions; `BadConfiguration` otherwise.

    ``workdays`` is the office's calendar, for the end of the notice; without it the published one.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise BadConfiguration(
            "找不到这个届次文件", file=str(path), key="（全文）", next_step="请检查路径，或设置 LINXUAN_EDITION。"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(
            f"读不出这个文件：{error}", file=str(path), key="（全文）", next_step="请确认可读，并以 UTF-8 保存。"
        ) from error
    return parse_edition(text, name=str(path), workdays=workdays)


def parse_edition(text: str, *, name: str, workdays: Workdays | None = None) -> LoadedEdition:
    """The edition in this text, as `load_edition`; ``name`` is what a refusal calls the file."""
    leaves = _leaves(text, name)
    try:
        edition = Edition.model_validate(_plain(leaves.tree), strict=True)
    except ValidationError as error:
        raise bad_shape(error, file=name, model=Edition) from error
    found = contradictions(edition, workdays or Workdays())
    if found:
        first, more = found[0], len(found) - 1
        rest = f"（此外还有 {more} 处矛盾）" if more else ""
        raise BadConfiguration(first.sentence + rest, file=name, key=first.key, next_step=first.cure)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return LoadedEdition(edition, {fact.key: fact.clause for fact in leaves.facts}, text, digest, Path(name))


def shipped_keys() -> tuple[str, ...]:
    """The editions that come with the program."""
    return tuple(path.stem for path in sorted(_EDITIONS.glob("*.toml")))


def shipped_edition(key: str) -> Path:
    """The file of an edition that comes with the program; `Refusal` naming those there are when it is not one."""
    if key not in shipped_keys():
        raise Refusal(
            f"没有“{key}”这一届。", next_step=f"现有：{'、'.join(shipped_keys())}；自备文件请用 LINXUAN_EDITION_FILE。"
        )
    return _EDITIONS / f"{key}.toml"


def facts_listed(loaded: LoadedEdition) -> Iterator[ListedFact]:
    """Every leaf in the order of the file, with its value as written."""
    yield from _leaves(loaded.text, str(loaded.path)).facts


def assumptions(loaded: LoadedEdition) -> tuple[ListedFact, ...]:
    """What the plan does not say and the office has to confirm."""
    return tuple(fact for fact in facts_listed(loaded) if fact.clause.open)


def differences(old: LoadedEdition, new: LoadedEdition) -> tuple[Difference, ...]:
    """The leaves whose value differs, in the order of the new file, then those that it no longer has.

    Instants are compared as instants, so another way to write the same one is no difference.
    """
    before = {fact.key: fact for fact in facts_listed(old)}
    after = {fact.key: fact for fact in facts_listed(new)}
    compared = ((fact, before.get(fact.key), after.get(fact.key)) for fact in (before | after).values())
    found = [
        Difference(fact.key, was.value if was else None, now.value if now else None, fact.clause)
        for fact, was, now in compared
        if was is None or now is None or was.value != now.value
    ]
    order = {key: place for place, key in enumerate(after | before)}
    return tuple(sorted(found, key=lambda difference: order[difference.key]))


def stage_of(key: str) -> str:
    """The stage that a dotted key belongs to: it freezes when that stage begins.

    One of award, submission, endorsement, check, first_round, final, notice, announcement, or `ALWAYS_OPEN`.
    Raises `KeyError` for a key that no edition has.
    """
    first = key.partition(".")[0]
    return _STAGES[first] if first in _STAGES else _STAGES[re.sub(r"\[\d+\]$", "", first)]


def frozen_differences(found: Iterable[Difference], frozen_stages: frozenset[str]) -> tuple[Difference, ...]:
    """Those that cannot be adopted, because their stage is running or over."""
    return tuple(difference for difference in found if stage_of(difference.key) in frozen_stages)


@dataclass(frozen=True, slots=True)
class _Leaves:
    tree: Mapping[str, Any]
    facts: tuple[ListedFact, ...]


@lru_cache(maxsize=8)  # pages ask for the same text again and again; nobody changes what comes of it
def _leaves(text: str, name: str) -> _Leaves:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(
            f"不是有效的 TOML：{error}", file=name, key="（全文）", next_step="请改正这一行后重试。"
        ) from error
    return _Leaves(tree, tuple(_walk(tree, "", name)))


def _walk(node: object, key: str, name: str) -> Iterator[ListedFact]:
    if isinstance(node, dict) and "value" in node:
        yield ListedFact(key, node["value"], _clause(node, key, name))
    elif isinstance(node, dict):
        for child, inner in node.items():
            yield from _walk(inner, f"{key}.{child}" if key else child, name)
    elif isinstance(node, list) and node and all(isinstance(inner, dict) for inner in node):
        for index, inner in enumerate(node):
            yield from _walk(inner, f"{key}[{index}]", name)
    else:
        raise BadConfiguration(
            "只写了值，没有写出处", file=name, key=key, next_step='请写成 { value = …, r = "R…" } 或加 assumed = true。'
        )


def _clause(leaf: Mapping[str, Any], key: str, name: str) -> Clause:
    r, a, assumed, note, confirmed = (
        leaf.get(part, none)
        for part, none in (("r", []), ("a", ""), ("assumed", False), ("note", ""), ("confirmed", ""))
    )
    r = [r] if isinstance(r, str) else r
    unknown = sorted(leaf.keys() - _LEAF_KEYS)
    if unknown:
        fault, cure = f"没有“{unknown[0]}”这一栏", f"只能写 {'、'.join(sorted(_LEAF_KEYS))}。"
    elif not isinstance(r, list) or not all(isinstance(each, str) and each for each in r):
        fault, cure = "r 应为条款编号", '请写成 r = "R52" 或 r = ["R52", "R53"]。'
    elif not (isinstance(assumed, bool) and all(isinstance(words, str) for words in (a, note, confirmed))):
        fault, cure = "a、note、confirmed 应为文字，assumed 应为 true 或 false", "请改正后重试。"
    elif not r and not assumed:
        fault, cure = "既没有条款编号，也没有标为拟定", '请补上 r = "R…"；方案没有写的，加 assumed = true。'
    else:
        return Clause(tuple(r), a, assumed, note, confirmed)
    raise BadConfiguration(fault, file=name, key=key, next_step=cure)


def _plain(node: object) -> object:
    if isinstance(node, dict):
        return _plain(node["value"]) if "value" in node else {key: _plain(inner) for key, inner in node.items()}
    return tuple(_plain(inner) for inner in node) if isinstance(node, list) else node

"""Makes an edition with a few facts changed for a trial, as ``form.words_limit=4500`` says them; nothing is adopted."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from config.contradictions import contradictions
from config.edition import Edition
from config.edition_faults import bad_shape
from config.refusal import Refusal
from config.workdays import Workdays

_STEP = re.compile(r"\.?([A-Za-z_]\w*)|\[([^\[\]]+)\]")
_NAMED_BY = ("key", "rule", "level")  # what a member of a list may be called by: slots[form]

Steps = tuple[str, ...]


class NoSuchFact(Refusal):
    """The edition has no fact of this name, or not of this kind."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Changed:
    """One fact that is tried: its key as it was written, with lists by place (``slots[0]``), before and after."""

    key: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.key}：{_shown(self.before)} → {_shown(self.after)}"


@dataclass(frozen=True, slots=True)
class Trial:
    """An edition to try, what in it differs, and what would contradict itself if it were adopted so."""

    edition: Edition
    changed: tuple[Changed, ...]
    warnings: tuple[str, ...]


def trial(edition: Edition, changes: Sequence[str], *, workdays: Workdays) -> Trial:
    """The edition with these changes; raises `Refusal` for a key that it has not, or a value of the wrong kind.

    A change is ``key=value``, the value as TOML writes it; a member of a list is named by its place or its key.
    """
    plain: Any = edition.model_dump()
    changed: list[Changed] = []
    for words in changes:
        key, equals, text = words.partition("=")
        if not equals or not text.strip():
            raise NoSuchFact(f"“{words}”不是一项改动。", next_step="请写成 键=值，例如 form.words_limit=4500。")
        steps = _steps(key.strip(), plain)
        value = _value(text.strip())
        changed.append(Changed(_dotted(steps), _found(plain, steps), value))
        plain = _with(plain, steps, value)
    try:
        tried = Edition.model_validate(plain, strict=True)
    except ValidationError as error:
        raise bad_shape(error, file="试行", model=Edition) from error
    found = contradictions(tried, workdays)
    return Trial(tried, tuple(changed), tuple(f"{each.key}：{each.sentence}；采用前{each.cure}" for each in found))


def _steps(key: str, plain: Any) -> Steps:  # noqa: ANN401 - whatever stands in an edition
    """The way to a fact that is there; a list's member becomes its place."""
    steps: list[str] = []
    end = 0
    node = plain
    for step in _STEP.finditer(key):
        name, member = step.groups()
        known = list(node) if name and isinstance(node, dict) else []
        if step.start() != end or (name and name not in known):
            break
        place = name or _place(node, member)
        if place is None:
            break
        steps.append(place)
        node, end = _found(node, (place,)), step.end()
    if not steps or end != len(key) or isinstance(node, dict):
        so_far = _dotted(tuple(steps))
        inside = list(node) if isinstance(node, dict) else []
        offer = (
            f"{so_far or '这里'}可以写：{'、'.join(inside)}。" if inside else "请核对键名，见 linxuan edition show。"
        )
        raise NoSuchFact(f"本届方案没有“{key}”这一项。", next_step=offer)
    return tuple(steps)


def _place(node: object, member: str) -> str | None:
    if not isinstance(node, tuple | list):
        return None
    if member.isdigit() and int(member) < len(node):
        return f"[{int(member)}]"
    named = (
        number
        for number, each in enumerate(node)
        if isinstance(each, dict) and member in [each.get(name) for name in _NAMED_BY]
    )
    return next((f"[{number}]" for number in named), None)


def _found(node: Any, steps: Steps) -> Any:  # noqa: ANN401 - whatever stands in an edition
    for step in steps:
        node = node[int(step[1:-1])] if step.startswith("[") else node[step]
    return node


def _with(node: Any, steps: Steps, value: object) -> object:  # noqa: ANN401 - whatever stands in an edition
    if not steps:
        return value
    first, rest = steps[0], steps[1:]
    if first.startswith("["):
        place = int(first[1:-1])
        return (*node[:place], _with(node[place], rest, value), *node[place + 1 :])
    return node | {first: _with(node[first], rest, value)}


def _value(text: str) -> object:
    try:
        return _frozen(tomllib.loads(f"value = {text}")["value"])
    except tomllib.TOMLDecodeError:
        return text


def _frozen(value: object) -> object:
    if isinstance(value, list):
        return tuple(_frozen(each) for each in value)
    return {key: _frozen(each) for key, each in value.items()} if isinstance(value, dict) else value


def _dotted(steps: Steps) -> str:
    return "".join(step if step.startswith("[") else f".{step}" for step in steps).removeprefix(".")


def _shown(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, tuple) else str(value)

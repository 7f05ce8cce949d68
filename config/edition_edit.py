"""Changes single facts of an edition's text, its comments and layout kept (本届设置)."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from config.refusal import Refusal

_COLUMN = "｜"
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class BadValue(Refusal):
    """What was typed for a fact is no value of its kind; ``key`` names the fact."""

    def __init__(self, key: str, sentence: str, next_step: str) -> None:
        super().__init__(sentence, next_step=next_step)
        self.key = key


def edited(text: str, changes: Mapping[str, Any], *, confirmed: Mapping[str, str] | None = None) -> str:
    """The text with other values under these dotted keys, and the keys of ``confirmed`` signed with who and when.

    Raises `BadValue` for a key that the edition has not.
    """
    document = tomlkit.parse(text)
    for key, value in changes.items():
        _leaf(document, key)["value"] = tomlkit.string(value, multiline=True) if _is_long(value) else value
    for key, who in (confirmed or {}).items():
        _leaf(document, key)["confirmed"] = who
    return tomlkit.dumps(document)


def typed(key: str, before: Any, words: str) -> Any:  # noqa: ANN401 - a leaf holds any TOML value
    """What somebody typed, as a value of the kind that stands there now.

    A list is typed as one entry a line, columns apart by ｜. Raises `BadValue` with an example of what is meant.
    """
    words = words.strip() if not isinstance(before, str) else words.strip("\r\n ")
    match before:
        case bool():
            return _yes_or_no(key, words)
        case int():
            return _number(key, words, int, "整数，例如 12")
        case float():
            return _number(key, words, float, "数字，例如 0.6667")
        case datetime():
            return _instant(key, words, before)
        case list():
            return _list(key, before, words)
        case _:
            if not words and before:
                raise BadValue(key, "没有填写。", f"请填写文字，例如：{str(before)[:40]}。")
            return words.replace("\r\n", "\n")


def shown(value: Any) -> str:  # noqa: ANN401 - a leaf holds any TOML value
    """A value as `typed` takes it back."""
    match value:
        case bool():
            return "是" if value else "否"
        case datetime():
            return value.isoformat()
        case list() if all(isinstance(each, str) for each in value):
            return "\n".join(value)
        case list() if columns := _columns(value):
            return "\n".join(_COLUMN.join(row[column] for column in columns) for row in value)
        case list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _leaf(document: Mapping[str, Any], key: str) -> InlineTable:
    node: Any = document
    try:
        for name, place in _STEP.findall(key):
            node = node[name] if name else node[int(place)]
    except (KeyError, IndexError, TypeError, TOMLKitError) as error:
        raise BadValue(key, f"本届没有“{key}”这一项。", "请刷新页面后重试。") from error
    if not isinstance(node, InlineTable) or "value" not in node:
        raise BadValue(key, f"“{key}”不是单独的一项。", "请刷新页面后重试。")
    return node


def _is_long(value: object) -> bool:
    return isinstance(value, str) and "\n" in value


def _yes_or_no(key: str, words: str) -> bool:
    answers = {"是": True, "true": True, "1": True, "否": False, "false": False, "0": False}
    if words.lower() not in answers:
        raise BadValue(key, f"“{words}”不是“是”或“否”。", "请填 是 或 否。")
    return answers[words.lower()]


def _number(key: str, words: str, kind: type[int] | type[float], example: str) -> int | float:
    try:
        number = kind(words)
    except ValueError as error:
        raise BadValue(key, f"“{words}”不是{example.partition('，')[0]}。", f"请填{example}。") from error
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN alone differs from itself
        raise BadValue(key, f"“{words}”不是一个数。", f"请填{example}。")
    return number


def _instant(key: str, words: str, before: datetime) -> datetime:
    """An instant; one without an offset is meant in the zone of the one before."""
    cure = "请写成 2024-08-16 00:00（8 月 15 日 24:00 写作 8 月 16 日 00:00）。"
    try:
        instant = datetime.fromisoformat(words)
    except ValueError as error:
        raise BadValue(key, f"“{words}”不是一个时刻。", cure) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=before.tzinfo)


def _list(key: str, before: list[Any], words: str) -> list[Any]:
    """A list of words one a line; a list of rows one a line too, their columns apart by ｜; anything else as JSON."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if all(isinstance(each, str) for each in before):
        return list(lines)
    if columns := _columns(before):
        return [_row(key, columns, line) for line in lines]
    try:
        value = json.loads(words)
    except ValueError as error:
        raise BadValue(key, "这一列写得不对。", f"请写成 {shown(before)[:80]}。") from error
    if not isinstance(value, list):
        raise BadValue(key, "应为一列。", f"请写成 {shown(before)[:80]}。")
    return value


def _columns(rows: list[Any]) -> tuple[str, ...]:
    """The columns of a list of rows of words; empty when it is none."""
    if not rows or not all(isinstance(row, dict) for row in rows) or len({tuple(row) for row in rows}) > 1:
        return ()
    return tuple(rows[0]) if all(isinstance(word, str) for row in rows for word in row.values()) else ()


def _row(key: str, columns: tuple[str, ...], line: str) -> dict[str, str]:
    words = [word.strip() for word in line.replace("|", _COLUMN).split(_COLUMN)]
    if len(words) != len(columns):
        example = _COLUMN.join(columns)
        raise BadValue(key, f"“{line[:40]}”应有 {len(columns)} 栏。", f"每行一条，栏间用 {_COLUMN} 隔开：{example}。")
    return dict(zip(columns, words, strict=True))

"""Options that many commands share, and how they answer."""

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from config.refusal import Refusal

EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
Home = Annotated[Path, typer.Option("--home", envvar="LINXUAN_HOME", help="数据目录 | the home folder")]
MARK = "demo.json"  # stands in the home of a demo
As_json = Annotated[bool, typer.Option("--json", help="在标准输出给出一个 JSON 对象 | one JSON object on stdout")]
Now = Annotated[
    str | None, typer.Option("--now", help="以此时刻为“现在”，如 2024-08-16T00:00:00+08:00 | the instant to act at")
]


def instant(text: str | None) -> datetime:
    """The instant that ``--now`` names, else the clock's; refuses one without an offset."""
    if text is None:
        return datetime.now(UTC)
    try:
        told = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(f"“{text}”不是一个时刻。", next_step="请写成 2024-08-16T00:00:00+08:00。") from error
    if told.tzinfo is None:
        raise Refusal(f"“{text}”没有时区。", next_step="请在末尾写上 +08:00。")
    return told


def say(facts: dict[str, Any], *, as_json: bool, lines: list[str]) -> None:
    """Answer with one JSON object, or with lines for people."""
    if as_json:
        json.dump(facts, sys.stdout, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
    else:
        print("\n".join(lines))

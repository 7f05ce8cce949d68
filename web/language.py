"""Says a text of the pages in the reader's language: Chinese as it is written, English from one table."""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path

TABLE = Path(__file__).resolve().parent / "templates" / "english.toml"


class Language(StrEnum):
    """What a reader may choose."""

    CHINESE = "zh"
    ENGLISH = "en"

    @property
    def tag(self) -> str:
        """What ``<html lang>`` says."""
        return "zh-CN" if self is Language.CHINESE else "en"


@cache
def english() -> dict[str, str]:
    """Chinese text -> English text."""
    return dict(tomllib.loads(TABLE.read_text(encoding="utf-8"))["english"])


def say(text: str, language: Language) -> str:
    """The text in this language; what has no English stays Chinese (names, words of the office, refusals)."""
    return english().get(text, text) if language is Language.ENGLISH else text

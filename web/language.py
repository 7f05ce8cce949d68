"""Says a text of the pages in the reader's language: Chinese as it is written, English from tables."""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path

_TEMPLATES = Path(__file__).resolve().parent / "templates"


class Language(StrEnum):
    """What a reader may choose."""

    CHINESE = "zh"
    ENGLISH = "en"

    @property
    def tag(self) -> str:
        """What ``<html lang>`` says."""
        return "zh-CN" if self is Language.CHINESE else "en"


def tables() -> dict[str, dict[str, str]]:
    """File name -> Chinese text -> English text: ``english.toml``, and those of parts that have their own."""
    files = sorted(_TEMPLATES.glob("english*.toml"))
    return {file.name: dict(tomllib.loads(file.read_text(encoding="utf-8"))["english"]) for file in files}


@cache
def english() -> dict[str, str]:
    """Chinese text -> English text, of all tables."""
    return {chinese: said for table in tables().values() for chinese, said in table.items()}


def say(text: str, language: Language) -> str:
    """The text in this language; what has no English stays Chinese (names, words of the office, refusals)."""
    return english().get(text, text) if language is Language.ENGLISH else text

"""Texts of editions that the tests change: 2024's without its comments, and what refuses a broken one."""

import re
from pathlib import Path

import pytest

from config.editions_file import parse_edition, shipped_edition
from config.refusal import BadConfiguration

HARBOUR = Path(__file__).parent / "editions" / "harbour2031.toml"
TEXT = re.sub(r"^#.*\n", "", shipped_edition("2024").read_text(encoding="utf-8"), flags=re.MULTILINE)
LOADED = parse_edition(TEXT, name="2024.toml")


def replaced(*pairs: tuple[str, str], text: str = TEXT) -> str:
    """The text with each first string replaced once by the second; the first must be there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def refusal_of(text: str) -> BadConfiguration:
    """The refusal of a text that is no edition: it names file and key, and ends with a cure."""
    with pytest.raises(BadConfiguration) as caught:
        parse_edition(text, name="broken.toml")
    assert caught.value.file == "broken.toml"
    assert "broken.toml" in caught.value.sentence
    assert caught.value.key in caught.value.sentence
    assert caught.value.next_step.endswith("。")
    return caught.value

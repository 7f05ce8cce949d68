"""Makes the folded text by which an application is found: any scrap of number, title, unit, or their initials."""

import unicodedata
from functools import lru_cache

from records.tables.application import Application

MOST_WORDS = 8


def scraps_of(item: Application) -> str:
    """Number, title, unit, partners, and the pinyin initials of title and unit: folded, one after another.

    Nobody's name stands in it: who is looked for by name or telephone is looked for among the people.
    """
    told = (item.number, item.title, item.unit, item.partners, initials(item.title), initials(item.unit))
    return " ".join(folded(words) for words in told if words)


def folded(words: str) -> str:
    """Full-width and half-width, capital and small letters made one; white space single."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def scraps_in(words: str) -> tuple[str, ...]:
    """What was typed into a search box, scrap by scrap; eight at most, each must be found."""
    return tuple(folded(words).split(" ")[:MOST_WORDS]) if words.strip() else ()


@lru_cache(maxsize=512)
def initials(words: str) -> str:
    """The first letters of a Chinese text's pinyin: 智能制造 gives ``znzz``; other letters and digits stay."""
    from pypinyin import Style, lazy_pinyin  # its tables take a tenth of a second to load

    first = lazy_pinyin(words, style=Style.FIRST_LETTER, errors="default")
    return "".join(letter for letter in "".join(first).casefold() if letter.isalnum())

"""Sketches a text in a few numbers, so that two texts can be compared without reading either again (A24)."""

import hashlib
import unicodedata
from collections.abc import Iterable

SHINGLE_LETTERS = 6  # of Chinese: about three words in a row
SKETCH_VALUES = 64  # a share is then true to within about 12 percentage points, 19 times in 20
_HEX_DIGITS = 8


def sketch(texts: Iterable[str]) -> str:
    """The smallest hashes of all runs of six letters, in hexadecimal, smallest first; the same text, the same sketch.

    White space, width, case and punctuation do not count. A text of fewer than six letters has no sketch.
    """
    letters = "".join(folded(text) for text in texts)
    places = range(len(letters) - SHINGLE_LETTERS + 1)
    runs = {letters[place : place + SHINGLE_LETTERS] for place in places}
    hashes = {hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest() for run in runs}
    return "".join(sorted(hashes)[:SKETCH_VALUES])


def values_of(sketched: str) -> frozenset[str]:
    """The numbers of a sketch."""
    return frozenset(sketched[place : place + _HEX_DIGITS] for place in range(0, len(sketched), _HEX_DIGITS))


def share(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of six-letter runs that two texts have in common, 0 to 1, estimated from their sketches (Jaccard)."""
    common = one & other
    if not common:
        return 0.0
    smallest = sorted(one | other)[:SKETCH_VALUES]
    return sum(value in common for value in smallest) / len(smallest)


def folded(text: str) -> str:
    """The letters and digits of a text alone: NFKC, small letters, no white space, no marks."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))

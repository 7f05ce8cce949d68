"""Makes words from strangers fit for a paper: nothing in them breaks the file or turns the writing round."""

import re

from documents.findings import shown

_BLANKS = ("\u00a0", "\u3000")  # our own blanks keep their width
_BLANK = re.compile(f"([{''.join(_BLANKS)}])")
_NO_LETTERS = re.compile("[\ufffe\uffff]")  # XML knows them not


def legible(text: str) -> str:
    """The text with every letter that steers shown as its number; line breaks and tabs become blanks."""
    if text.isprintable():
        return text  # the usual: nothing in it steers
    words = "".join(words if words in _BLANKS else shown(words) for words in _BLANK.split(text))
    return _NO_LETTERS.sub("\ufffd", words)

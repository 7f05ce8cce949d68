"""Makes file names for an archive out of words from strangers: every system can unpack them, and no two are alike."""

import re
import unicodedata

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_NO_LETTERS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # control, direction, halves, none at all
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(\..*)?")
_MOST_LETTERS, _MOST_BYTES = 80, 200  # of one part of a path: Windows takes 260 of a whole path, Linux 255 bytes a part


def plain(words: str, *, most: int = _MOST_LETTERS, empty: str = "未命名") -> str:
    """Words as one part of a path, at most so many letters and three times so many bytes; ``empty`` where none is left.

    Signs that a system reserves become ``_``, as do those that nobody sees or that turn the writing round.
    """
    text = unicodedata.normalize("NFC", words)
    text = "".join("_" if unicodedata.category(sign) in _NO_LETTERS else sign for sign in text)
    text = _FORBIDDEN.sub("_", " ".join(text.split()))
    text = _cut(text, most, min(3 * most, _MOST_BYTES)).strip(" .")
    if not text.strip("_"):
        text = empty
    return f"_{text}" if _RESERVED.fullmatch(text) or text.startswith(("-", "~")) else text


class Names:
    """The names that are taken in one archive, alike being what Windows and macOS take for one."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, path: str) -> str:
        """The path, or the same with `` (2)``, `` (3)`` … before its ending where it is taken; it is taken now."""
        stem, dot, ending = path.rpartition(".")
        if not dot or "/" in ending:
            stem, dot, ending = path, "", ""
        number, found = 1, path
        while _folded(found) in self._taken:
            number += 1
            found = f"{stem} ({number}){dot}{ending}"
        self._taken.add(_folded(found))
        return found


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold())


def _cut(text: str, most: int, most_bytes: int) -> str:
    """The beginning that fits; no mark is torn from its letter."""
    end = min(len(text), most)
    while len(text[:end].encode()) > most_bytes:
        end -= 1
    while 0 < end < len(text) and unicodedata.combining(text[end]):
        end -= 1
    return text[:end]

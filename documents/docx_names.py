"""Compares the names in a form's head with those that an application is registered with (R49–R51)."""

import re
from typing import Literal

from documents.docx_printed import squeeze

_TITLES = re.compile(
    r"^(中国(科学院|工程院))?(院士|教授|研究员|正?高级?工程师|总?工程师|高工|教高|博导|博士|硕士|先生|女士|老师|主任|院长|所长"
    r"|理事长|秘书长|签字|签名)"
)
_LETTER = re.compile(r"\w")
_LEFT_OUT = 2  # letters that a society's name may lack: 中国


def same_name(written: str, registered: str, *, loosely: bool = False) -> bool:
    """Whether two names agree after NFKC and without white space (R49–R51).

    ``loosely`` lets the written one say more, or leave out 中国.
    """
    one, other = squeeze(written).casefold(), squeeze(registered).casefold()
    if one == other:
        return True
    return loosely and bool(one and other) and (other in one or (one in other and len(one) >= len(other) - _LEFT_OUT))


def same_endorser(written: str, registered: str, route: Literal["society", "expert"] | None) -> bool:
    """Whether the endorser in the form is the registered one (R50); of an expert the name alone decides.

    What stands behind an expert's name is a title, a unit or a remark: 张三院士, 张三（东华大学）.
    """
    if route != "expert":
        return same_name(written, registered, loosely=True)
    one, other = squeeze(written).casefold(), squeeze(registered).casefold()
    return bool(other) and any(
        not rest or not _LETTER.match(rest) or _TITLES.match(rest) is not None for rest in _behind(other, one)
    )


def _behind(name: str, text: str) -> list[str]:
    """What follows each place where the name begins a word."""
    places = [match.start() for match in re.finditer(re.escape(name), text)]
    return [text[at + len(name) :] for at in places if at == 0 or not _LETTER.match(text[at - 1])]

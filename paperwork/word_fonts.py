"""Writes the font table of a Word paper: what a program takes where a machine has not got a face (R48, R120)."""

from xml.sax.saxutils import quoteattr

from paperwork.word_looks import WESTERN, Looks

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_GB, _WESTERN = "86", "00"  # character sets
_STAND_INS = {  # the face that every Windows with Chinese has; its family for those that have none of these
    "方正小标宋简体": ("SimSun", "roman"),
    "仿宋_GB2312": ("FangSong", "modern"),
    "仿宋": ("FangSong", "modern"),
    "楷体_GB2312": ("KaiTi", "modern"),
    "楷体": ("KaiTi", "modern"),
    "黑体": ("SimHei", "swiss"),
    "宋体": ("SimSun", "roman"),
}


def fonts_xml(looks: Looks) -> str:
    """The text of ``word/fontTable.xml``: every face of the looks with its stand-in."""
    names = dict.fromkeys(name for look in looks.values() for name in (look.font, look.western))
    fonts = "".join(_font(name) for name in names)
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{_W}">{fonts}</w:fonts>'


def _font(name: str) -> str:
    stand_in, family = _STAND_INS.get(name, ("", "roman"))
    other = f"<w:altName w:val={quoteattr(stand_in)}/>" if stand_in else ""
    charset = _WESTERN if name == WESTERN else _GB
    return (
        f'<w:font w:name={quoteattr(name)}>{other}<w:charset w:val="{charset}"/><w:family w:val="{family}"/>'
        '<w:pitch w:val="variable"/></w:font>'
    )

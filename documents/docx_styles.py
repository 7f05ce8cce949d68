"""Resolves how a run and a paragraph really look: defaults, style inheritance, theme fonts, toggles (R63–R66)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from documents.docx_numbering import Numbering
from documents.docx_xml import A, Element, W, is_on, twips, value, whole

_ALIASES = {
    "simsun": "宋体",
    "nsimsun": "宋体",
    "新宋体": "宋体",
    "stsong": "宋体",
    "songti sc": "宋体",
    "simhei": "黑体",
    "stheiti": "黑体",
    "heiti sc": "黑体",
    "fangsong": "仿宋",
    "fangsong_gb2312": "仿宋",
    "仿宋_gb2312": "仿宋",
    "kaiti": "楷体",
    "kaiti_gb2312": "楷体",
    "楷体_gb2312": "楷体",
    "microsoft yahei": "微软雅黑",
    "dengxian": "等线",
}
_SCRIPTS = {"zh-TW": "Hant", "zh-HK": "Hant", "zh-MO": "Hant", "ja-JP": "Jpan", "ko-KR": "Hang"}
_THEME_NAMES = {
    "+mn-ea": "minorEastAsia",
    "+mj-ea": "majorEastAsia",
    "+中文正文": "minorEastAsia",
    "+中文标题": "majorEastAsia",
}
_NO_OUTLINE = 9  # Word writes 9 for plain text
_FIRST_LINE, _HANGING = ("firstLine", "firstLineChars"), ("hanging", "hangingChars")
_LONGEST_CHAIN = 30  # styles that stand on each other; Word allows about a dozen
_DEFAULT_SIZE = 10.0  # points, when no level of the file names a size


@dataclass(frozen=True, slots=True)
class RunLook:
    """How Chinese text of a run looks; ``font`` is ``None`` when the file names none."""

    font: str | None
    size_points: float
    bold: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class ParagraphLook:
    """How a paragraph stands: ``lines`` is ``None`` for a fixed height; the indents are in points and in 字.

    A hanging first line is a negative indent.
    """

    lines: float | None
    first_line_points: float
    first_line_chars: float | None
    outline: int | None
    style_name: str
    list_identity: str | None
    list_depth: int


class Styles:
    """The styles of one document."""

    def __init__(
        self, styles: Element | None, theme: Element | None, settings: Element | None, numbering: Numbering
    ) -> None:
        found = [] if styles is None else styles.findall(f"{W}style")
        self._styles = {style.get(f"{W}styleId", ""): style for style in found}
        self._default = next((key for key, style in self._styles.items() if _is_default_paragraph(style)), None)
        self._run_default = None if styles is None else styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._paragraph_default = None if styles is None else styles.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr")
        self._theme_fonts = _theme_fonts(theme, settings)
        self._numbering = numbering
        self._chain = cache(self._find_chain)
        self._level = cache(self._find_level)

    def run(self, run: Element, paragraph_style: str | None, table_style: str | None = None) -> RunLook:
        """The look of one run: direct formatting is nearest, then the styles of its letters, paragraph and table."""
        own = run.find(f"{W}rPr") if run.tag == f"{W}r" else None
        inherited = self._level(paragraph_style, value(own, "rStyle"), table_style)
        merged = inherited if own is None else {**inherited, **_fold((own,), self._theme_fonts)}
        size = twips(str(merged["sz"])) if "sz" in merged else None
        font = merged.get("font")
        return RunLook(
            font=canonical(font) if isinstance(font, str) else None,
            size_points=_DEFAULT_SIZE if size is None else _points(str(merged["sz"]), size),
            bold=bool(merged.get("b")),
            hidden=bool(merged.get("vanish")),
        )

    def paragraph(self, paragraph: Element, table_style: str | None = None) -> ParagraphLook:
        """The look of one paragraph; a list's own indents stand just below the style or paragraph that names the list.

        So a style that names a list and an indent keeps its indent.
        """
        own = paragraph.find(f"{W}pPr")
        style = self.style_of(paragraph)
        chain = [element.find(f"{W}pPr") for element in self._chain(style)]
        under = [self._paragraph_default, *(element.find(f"{W}pPr") for element in self._chain(table_style))]
        identity, depth, naming = self._list_of([*chain, own], style)
        level = self._numbering.level(identity, depth)
        layers = [*chain, own]
        layers.insert(naming, None if level is None else level.properties)
        spacing, indent, outline = _gather([*under, *layers])
        hanging = twips(indent.get("hanging")) or 0.0
        return ParagraphLook(
            lines=_lines(spacing),
            first_line_points=((twips(indent.get("firstLine")) or 0.0) - hanging) / 20,
            first_line_chars=_hundredths(indent.get("firstLineChars")),
            outline=outline,
            style_name=(value(self._styles.get(style or ""), "name") or "").casefold(),
            list_identity=None if identity == "0" else identity,
            list_depth=depth,
        )

    def style_of(self, paragraph: Element) -> str | None:
        """The style of a paragraph, the file's default one when it names none."""
        return value(paragraph.find(f"{W}pPr"), "pStyle") or self._default

    def _find_chain(self, style: str | None) -> tuple[Element, ...]:
        chain: list[Element] = []
        while style in self._styles and self._styles[style] not in chain and len(chain) < _LONGEST_CHAIN:
            chain.append(self._styles[style])
            style = value(chain[-1], "basedOn")
        return tuple(reversed(chain))

    def _list_of(self, layers: list[Element | None], style: str | None) -> tuple[str | None, int, int]:
        """List, depth and the number of the layer that names the list: the nearest that does."""
        identity, depth, naming = None, None, len(layers) - 1
        for number, properties in enumerate(layers):
            named = None if properties is None else properties.find(f"{W}numPr")
            if named is not None:
                list_named = value(named, "numId")
                identity, naming = (identity, naming) if list_named is None else (list_named, number)
                level_named = whole(value(named, "ilvl"))
                depth = depth if level_named is None else level_named
        if depth is None:
            depth = self._numbering.depth_of(identity, style)
        return identity, depth or 0, naming

    def _find_level(
        self, paragraph_style: str | None, character_style: str | None, table_style: str | None
    ) -> dict[str, str | bool]:
        levels = [
            _fold([style.find(f"{W}rPr") for style in self._chain(key)], self._theme_fonts)
            for key in (table_style, paragraph_style, character_style)
        ]
        default = _fold((self._run_default,), self._theme_fonts)
        merged = {**default, **levels[0], **levels[1], **levels[2]}
        # Toggles: bold in the paragraph style and again in the character style cancel out (ISO/IEC 29500-1, 17.7.3).
        merged["b"] = bool(default.get("b")) or sum(bool(level.get("b")) for level in levels) % 2 == 1
        return merged


def canonical(font: str) -> str:
    """One name for the spellings of a font: SimHei is 黑体; of a list (``黑体;SimHei``) the first."""
    first = font.split(";", maxsplit=1)[0].strip().lstrip("@")
    return _ALIASES.get(first.casefold(), first)


def _is_default_paragraph(style: Element) -> bool:
    return style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on")


def _fold(layers: Iterable[Element | None], theme: dict[str, str]) -> dict[str, str | bool]:
    merged: dict[str, str | bool] = {}
    for layer in layers:
        if layer is None:
            continue
        fonts = layer.find(f"{W}rFonts")
        if fonts is not None:
            themed = theme.get(fonts.get(f"{W}eastAsiaTheme", ""))
            named = themed or fonts.get(f"{W}eastAsia")
            named = theme.get(_THEME_NAMES.get(named or "", ""), named)
            if named:
                merged["font"] = named
        size = value(layer, "sz")
        if size is not None:
            merged["sz"] = size
        for toggle in ("b", "vanish"):
            element = layer.find(f"{W}{toggle}")
            if element is not None:
                merged[toggle] = is_on(element)
    return merged


def _points(written: str, measured: float) -> float:
    """Sizes are half points when plain, lengths when written with a unit."""
    return measured / 20 if written[-1].isalpha() else measured / 2


def _theme_fonts(theme: Element | None, settings: Element | None) -> dict[str, str]:
    language = None if settings is None else settings.find(f"{W}themeFontLang")
    script = _SCRIPTS.get("zh-CN" if language is None else language.get(f"{W}eastAsia", "zh-CN"), "Hans")
    fonts: dict[str, str] = {}
    for size in ("major", "minor"):
        group = None if theme is None else theme.find(f".//{A}{size}Font")
        if group is None:
            continue
        east_asian = group.find(f"{A}ea")
        named = "" if east_asian is None else east_asian.get("typeface", "")
        by_script = {font.get("script"): font.get("typeface", "") for font in group.findall(f"{A}font")}
        if named or by_script.get(script):
            fonts[f"{size}EastAsia"] = named or by_script[script]
    return fonts


def _gather(layers: Iterable[Element | None]) -> tuple[dict[str, str], dict[str, str], int | None]:
    spacing: dict[str, str] = {}
    indent: dict[str, str] = {}
    outline: int | None = None
    for layer in layers:
        if layer is None:
            continue
        for name, found in (("spacing", spacing), ("ind", indent)):
            element = layer.find(f"{W}{name}")
            if element is not None:
                if name == "ind":
                    _drop_other_first_line(found, element)
                found.update({str(key).rpartition("}")[2]: str(text) for key, text in element.attrib.items()})
        level = whole(value(layer, "outlineLvl"))
        if level is not None:
            outline = level if level < _NO_OUTLINE else None
    return spacing, indent, outline


def _drop_other_first_line(indent: dict[str, str], nearer: Element) -> None:
    """A hanging indent replaces a first-line one of a lower level, and the other way round."""
    for names, others in ((_HANGING, _FIRST_LINE), (_FIRST_LINE, _HANGING)):
        if any(nearer.get(f"{W}{name}") is not None for name in names):
            for other in others:
                indent.pop(other, None)


def _lines(spacing: dict[str, str]) -> float | None:
    if spacing.get("lineRule", "auto") != "auto":
        return None
    height = twips(spacing.get("line"))
    return 1.0 if height is None else round(height / 240, 2)


def _hundredths(text: str | None) -> float | None:
    try:
        return int(text) / 100 if text and int(text) else None
    except ValueError:
        return None

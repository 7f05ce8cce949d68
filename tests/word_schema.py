"""What is wrong with a Word file by the rules of its format: a likeness of a validator (ECMA-376, parts 1, 2 and 4).

Of every element that our papers use: which children it may have and in which order, which attributes and what their
values look like; of the package: that every part has a type, that what is referred to is there, that ids are unique.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

from lxml import etree

_NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "v": "urn:schemas-microsoft-com:vml",
}
W, R, WP = (f"{{{_NAMES[prefix]}}}" for prefix in ("w", "r", "wp"))
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_BLOCKS = "p tbl sdt"
_RUNS = "r fldSimple sdt hyperlink bookmarkStart bookmarkEnd"
# Children in the order that the schema wants them; a | between names that may come in any order and often.
ORDERS = {
    "document": "background body",
    "body": f"{_BLOCKS.replace(' ', '|')} sectPr",
    "hdr": _BLOCKS.replace(" ", "|"),
    "ftr": _BLOCKS.replace(" ", "|"),
    "p": f"pPr {_RUNS.replace(' ', '|')}",
    "fldSimple": "r",
    "hyperlink": "r",
    "r": "rPr t|tab|br|drawing|pict|fldChar|instrText|AlternateContent",
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em "
    "lang eastAsianLayout specVanish oMath",
    "pBdr": "top left bottom right between bar",
    "pgBorders": "top left bottom right",
    "tblBorders": "top left start bottom right end insideH insideV",
    "tcBorders": "top left start bottom right end insideH insideV tl2br tr2bl",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tblGrid": "gridCol",
    "tr": "tblPrEx trPr tc|sdt",
    "trPr": "cnfStyle|divId|gridBefore|gridAfter|wBefore|wAfter|cantSplit|trHeight|tblHeader|tblCellSpacing|jc|hidden",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "sectPr": "headerReference|footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
    "sdt": "sdtPr sdtEndPr sdtContent",
    "dropDownList": "listItem",
    "styles": "docDefaults latentStyles style",
    "docDefaults": "rPrDefault pPrDefault",
    "rPrDefault": "rPr",
    "pPrDefault": "pPr",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
    "personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
    "tbl": "tblPr tblGrid tr",
    "tc": f"tcPr {_BLOCKS.replace(' ', '|')}",
    "tblCellMar": "top left start bottom right end",
    "settings": "writeProtection view zoom removePersonalInformation defaultTabStop evenAndOddHeaders "
    "characterSpacingControl footnotePr endnotePr compat rsids mathPr themeFontLang clrSchemeMapping decimalSymbol "
    "listSeparator",
    "compat": "useFELayout compatSetting",
    "fonts": "font",
    "font": "altName panose1 charset family notTrueType pitch sig",
    "tabs": "tab",
    "pict": "shapetype shape",
}
_NUMBER, _LENGTH, _ON = r"-?\d+", r"\d+", r"0|1|true|false|on|off"
_COLOUR, _LINE = r"auto|[0-9A-F]{6}", "nil|none|single|dashed|dotted|double|thinThickSmallGap"
_BORDER = {"val": _LINE, "sz": _LENGTH, "space": _LENGTH, "color": _COLOUR}
_ALIGN = "left|center|right|both|distribute|start|end"
_ON_OFF = "b bCs i keepNext keepLines pageBreakBefore widowControl cantSplit tblHeader qFormat semiHidden "
_ON_OFF += "unhideWhenUsed titlePg useFELayout"
# Attributes of our namespace by element: what a value looks like; an element of ours that is not here has none.
ATTRIBUTES: dict[str, dict[str, str]] = {
    **{name: {"val": _ON} for name in _ON_OFF.split()},
    **dict.fromkeys(("top", "left", "bottom", "right", "insideH", "insideV", "between"), _BORDER),
    **{name: {"val": ".+"} for name in ("pStyle", "tblStyle", "rStyle", "basedOn", "next", "name", "altName")},
    **{name: {"val": _LENGTH} for name in ("sz", "szCs", "gridSpan", "uiPriority", "outlineLvl", "defaultTabStop")},
    "jc": {"val": _ALIGN},
    "spacing": {"before": _LENGTH, "after": _LENGTH, "line": _NUMBER, "lineRule": "auto|exact|atLeast"},
    "ind": dict.fromkeys(("left", "right", "firstLine", "hanging", "rightChars", "firstLineChars"), _NUMBER),
    "tab": {"val": "left|center|right|clear", "pos": _NUMBER},
    "color": {"val": _COLOUR},
    "u": {"val": "single|none"},
    "rFonts": {"ascii": ".+", "hAnsi": ".+", "eastAsia": ".+", "cs": ".+", "hint": "eastAsia|default"},
    "lang": {"val": ".+", "eastAsia": ".+", "bidi": ".+"},
    "tblW": {"w": _NUMBER, "type": "dxa|auto|pct|nil"},
    "tcW": {"w": _NUMBER, "type": "dxa|auto|pct|nil"},
    "tblInd": {"w": _NUMBER, "type": "dxa"},
    "tblLayout": {"type": "fixed|autofit"},
    "tblpPr": {
        "horzAnchor": "margin|page|text", "vertAnchor": "margin|page|text", "tblpXSpec": "left|center|right",
        "tblpYSpec": "top|center|bottom", "tblpX": _NUMBER, "tblpY": _NUMBER,
    },
    "gridCol": {"w": _LENGTH},
    "trHeight": {"val": _LENGTH, "hRule": "atLeast|exact|auto"},
    "vAlign": {"val": "top|center|bottom|both"},
    "shd": {"val": "clear|solid|nil", "color": _COLOUR, "fill": _COLOUR},
    "pgSz": {"w": _LENGTH, "h": _LENGTH, "orient": "portrait|landscape"},
    "pgMar": dict.fromkeys(("top", "right", "bottom", "left", "header", "footer", "gutter"), _NUMBER),
    "pgNumType": {"start": _LENGTH},
    "pgBorders": {"offsetFrom": "page|text"},
    "type": {"val": "nextPage|continuous|oddPage|evenPage"},
    "cols": {"space": _LENGTH, "num": _LENGTH},
    "docGrid": {"linePitch": _NUMBER, "type": "default|lines"},
    "headerReference": {"type": "default|first|even"},
    "footerReference": {"type": "default|first|even"},
    "fldSimple": {"instr": ".+", "dirty": _ON},
    "listItem": {"displayText": ".*", "value": ".*"},
    "style": {
        "type": "paragraph|character|table|numbering", "default": _ON, "customStyle": _ON, "styleId": r"\w+",
    },
    "latentStyles": {
        **dict.fromkeys(("defLockedState", "defSemiHidden", "defUnhideWhenUsed", "defQFormat"), _ON),
        "defUIPriority": _LENGTH, "count": _LENGTH,
    },
    "zoom": {"percent": _LENGTH},
    "characterSpacingControl": {"val": "compressPunctuation|doNotCompress"},
    "compatSetting": {"name": ".+", "uri": ".+", "val": ".+"},
    "themeFontLang": {"val": ".+", "eastAsia": ".+"},
    "decimalSymbol": {"val": "."},
    "listSeparator": {"val": "."},
    "font": {"name": ".+"},
    "charset": {"val": "[0-9A-F]{2}"},
    "family": {"val": "auto|decorative|modern|roman|script|swiss"},
    "pitch": {"val": "default|fixed|variable"},
    "br": {"type": "page|column|textWrapping"},
}  # fmt: skip


def disorder(file: bytes) -> Iterator[str]:
    """Every fault of a .docx, as a sentence: part, element, what is wrong."""
    with ZipFile(BytesIO(file)) as package:
        names = package.namelist()
        yield from (f"{name}: twice in the package" for name, count in Counter(names).items() if count > 1)
        parts = {name: etree.fromstring(package.read(name)) for name in names if name.endswith((".xml", ".rels"))}
    yield from _untyped(parts, names)
    yield from _unrelated(parts, names)
    for part, root in parts.items():
        for element in root.iter(etree.Element):
            yield from _disorder(part, element)
    yield from _unknown_styles(parts)
    yield from _drawn_twice(parts)


def _disorder(part: str, element: etree._Element) -> Iterator[str]:
    name = etree.QName(element).localname
    if not element.tag.startswith(W):
        return
    if name in ORDERS:
        ranks = {child: rank for rank, names in enumerate(ORDERS[name].split()) for child in names.split("|")}
        found = [etree.QName(child).localname for child in element]
        unknown = sorted(set(found) - set(ranks))
        if unknown or found != sorted(found, key=lambda child: ranks[child]):
            yield f"{part}: {name}: {found} {unknown}"
    yield from _wrong_attributes(part, name, element)
    if name == "tbl":
        yield from _uneven(part, element)
    if name == "tc" and (len(element) == 0 or element[-1].tag != f"{W}p"):
        yield f"{part}: a cell that does not end with a paragraph"


def _wrong_attributes(part: str, name: str, element: etree._Element) -> Iterator[str]:
    """Attributes of our namespace alone: one that the element has not, or a value that is none."""
    if element.getparent() is not None and etree.QName(element.getparent()).localname in {"sdtPr", "tblCellMar"}:
        return  # boxes of Word's later namespaces; margins are lengths, not lines
    allowed = ATTRIBUTES.get(name, {})
    for key, value in element.attrib.items():
        if not key.startswith(W):
            continue
        pattern = allowed.get(key.removeprefix(W))
        if pattern is None or not re.fullmatch(pattern, value):
            yield f"{part}: {name}: {key.removeprefix(W)}={value}"


def _uneven(part: str, table: etree._Element) -> Iterator[str]:
    """Rows that do not fill the columns of their table."""
    columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
    for row in table.findall(f"{W}tr"):
        spans = [cell.find(f"{W}tcPr/{W}gridSpan") for cell in row.findall(f"{W}tc")]
        filled = sum(int(span.get(f"{W}val")) if span is not None else 1 for span in spans)
        if filled != columns:
            yield f"{part}: a row of {filled} in a table of {columns} columns"


def _untyped(parts: dict[str, etree._Element], names: list[str]) -> Iterator[str]:
    """Parts that the package gives no content type, and types of parts that are not there."""
    types = parts["[Content_Types].xml"]
    endings = {each.get("Extension").lower() for each in types.findall(f"{_TYPES}Default")}
    told = {each.get("PartName").lstrip("/") for each in types.findall(f"{_TYPES}Override")}
    untold = [name for name in names if name not in told and name.rpartition(".")[2].lower() not in endings]
    yield from (f"{name}: no content type" for name in untold if name != "[Content_Types].xml")
    yield from (f"{name}: a content type and no part" for name in sorted(told - set(names)))


def _unrelated(parts: dict[str, etree._Element], names: list[str]) -> Iterator[str]:
    """Relations to what is not there, ids that no relation has, parts that nothing leads to."""
    reached = {"[Content_Types].xml"}
    for rels, root in parts.items():
        if not rels.endswith(".rels"):
            continue
        reached.add(rels)
        folder, _, file = rels.replace("_rels/", "").removesuffix(".rels").rpartition("/")
        ids = Counter(each.get("Id") for each in root)
        yield from (f"{rels}: {id_} twice" for id_, count in ids.items() if count > 1)
        for each in root:
            if each.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join(folder, each.get("Target"))).lstrip("/")
            reached.add(target)
            if target not in names:
                yield f"{rels}: {target} is not there"
        owner = f"{folder}/{file}".lstrip("/")
        if owner in parts:
            asked = {value for it in parts[owner].iter() for key, value in it.attrib.items() if key.startswith(R)}
            yield from (f"{owner}: {id_} has no relation" for id_ in sorted(asked - set(ids)))
    yield from (f"{name}: nothing leads to it" for name in sorted(set(names) - reached))


def _unknown_styles(parts: dict[str, etree._Element]) -> Iterator[str]:
    """Styles that are used and not told, or told twice."""
    told = Counter(each.get(f"{W}styleId") for each in parts["word/styles.xml"].iter(f"{W}style"))
    yield from (f"style {key} twice" for key, count in told.items() if count > 1)
    for part, root in parts.items():
        for name in ("pStyle", "tblStyle", "rStyle", "basedOn", "next"):
            used = {each.get(f"{W}val") for each in root.iter(f"{W}{name}")}
            yield from (f"{part}: {name} {key} is not told" for key in sorted(used - set(told)))


def _drawn_twice(parts: dict[str, etree._Element]) -> Iterator[str]:
    """Drawings, shapes and bookmarks whose ids are not their own."""
    ids = [each.get("id") for root in parts.values() for each in root.iter(f"{WP}docPr")]
    shapes = [each.get("id") for root in parts.values() for each in root.iter(f"{{{_NAMES['v']}}}shape")]
    for kind, found in (("drawing", ids), ("shape", shapes)):
        yield from (f"{kind} {id_} twice" for id_, count in Counter(found).items() if count > 1)

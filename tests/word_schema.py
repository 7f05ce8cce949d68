"""The order in which WordprocessingML wants the children of its property elements (ECMA-376, part 1, 17)."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em "
    "lang eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
    "personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
    "tbl": "tblPr tblGrid tr",
    "tc": "tcPr p",
    "tblCellMar": "top left start bottom right end",
    "settings": "writeProtection view zoom removePersonalInformation defaultTabStop evenAndOddHeaders "
    "characterSpacingControl footnotePr endnotePr compat rsids mathPr themeFontLang clrSchemeMapping decimalSymbol "
    "listSeparator",
}


def disorder(file: bytes) -> Iterator[str]:
    """Every element of a .docx whose children stand in another order, or are unknown there."""
    with ZipFile(BytesIO(file)) as package:
        for part in package.namelist():
            if part.endswith(".xml"):
                for element in etree.fromstring(package.read(part)).iter():
                    yield from _disorder(part, element)


def _disorder(part: str, element: etree._Element) -> Iterator[str]:
    name = etree.QName(element).localname
    if not element.tag.startswith(W) or name not in ORDERS:
        return
    order = ORDERS[name].split()
    found = [etree.QName(child).localname for child in element]
    unknown = sorted(set(found) - set(order))
    if unknown or found != sorted(found, key=order.index):
        yield f"{part}: {name}: {found} {unknown}"

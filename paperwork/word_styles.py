"""Writes the styles part of a Word paper: our looks as real styles, in the order that the schema asks for."""

from xml.sax.saxutils import quoteattr

from paperwork.word_looks import Look, Looks, Style

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMES: dict[Style, str] = {  # the names by which Word knows its own styles and shows them as 标题 1, 正文文本 …
    "Normal": "Normal",
    "Title": "Title",
    "Heading1": "heading 1",
    "Heading2": "heading 2",
    "Heading3": "heading 3",
    "BodyText": "Body Text",
    "Hint": "填写说明",
    "TableText": "表格文字",
    "Header": "header",
    "Mark": "发文机关标志",
    "Plate": "席签",
}
_OUR_OWN = frozenset(("Hint", "TableText", "Mark", "Plate"))  # Word knows no style of these names
_PLACES = {  # place in the list of styles; Word shows the smallest first
    "BodyText": 1,
    "Heading1": 2,
    "Heading2": 3,
    "Heading3": 4,
    "Title": 10,
}
_OUTLINE = {"Heading1": 0, "Heading2": 1, "Heading3": 2}
_TYPED_NEXT = frozenset(("Title", "Heading1", "Heading2", "Heading3", "Hint"))  # Enter goes on in body text
_FIXED = """
<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/>
<w:uiPriority w:val="1"/><w:semiHidden/><w:unhideWhenUsed/></w:style>
<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/>
<w:semiHidden/><w:unhideWhenUsed/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>
<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>
<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>
<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/><w:uiPriority w:val="99"/>
<w:semiHidden/><w:unhideWhenUsed/></w:style>
<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/>
<w:uiPriority w:val="39"/><w:tblPr><w:tblBorders>{borders}</w:tblBorders><w:tblCellMar>
<w:top w:w="40" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>
<w:style w:type="paragraph" w:styleId="Footer"><w:name w:val="footer"/><w:basedOn w:val="Header"/>
<w:uiPriority w:val="99"/></w:style>
"""
# Styles that Word knows and we do not use stay out of its list until somebody uses them.
_OTHERS = (
    '<w:latentStyles w:defLockedState="0" w:defUIPriority="99" w:defSemiHidden="1" w:defUnhideWhenUsed="1" '
    'w:defQFormat="0" w:count="376"/>'
)
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def styles_xml(looks: Looks) -> str:
    """The text of ``word/styles.xml``: defaults without a theme, Chinese as the language, one style for each look."""
    normal = looks["Normal"]
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in _SIDES)
    styles = "".join(_style(key, look) for key, look in looks.items())
    return (
        f'<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr>{_fonts(normal)}'
        f'{_sizes(normal)}<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault/></w:docDefaults>{_OTHERS}{styles}{_FIXED.format(borders=borders)}</w:styles>"
    )


def _style(key: Style, look: Look) -> str:
    kind = ' w:default="1"' if key == "Normal" else ' w:customStyle="1"' if key in _OUR_OWN else ""
    base = "" if key == "Normal" else '<w:basedOn w:val="Normal"/>'
    following = '<w:next w:val="BodyText"/>' if key in _TYPED_NEXT else ""
    place = f'<w:uiPriority w:val="{_PLACES[key]}"/>' if key in _PLACES else ""
    return (
        f'<w:style w:type="paragraph"{kind} w:styleId="{key}"><w:name w:val={quoteattr(_NAMES[key])}/>{base}'
        f"{following}{place}<w:qFormat/>{_paragraph(key, look)}{_run(look)}</w:style>"
    )


def _paragraph(key: Style, look: Look) -> str:
    keeps = "<w:keepNext/>" if look.keeps_next else ""
    height = f'w:line="{round(look.exact * 20)}" w:lineRule="exact"' if look.exact else _lines(look)
    outline = f'<w:outlineLvl w:val="{_OUTLINE[key]}"/>' if key in _OUTLINE else ""
    return (
        f'<w:pPr>{keeps}<w:widowControl w:val="0"/><w:spacing w:before="{round(look.before * 20)}" '
        f'w:after="{round(look.after * 20)}" {height}/>'
        f'<w:ind w:firstLineChars="{round(look.indent_chars * 100)}" '
        f'w:firstLine="{round(look.indent_chars * look.points * 20)}"/><w:jc w:val="{look.align}"/>{outline}</w:pPr>'
    )


def _lines(look: Look) -> str:
    return f'w:line="{round(look.lines * 240)}" w:lineRule="auto"'


def _run(look: Look) -> str:
    bold = "<w:b/><w:bCs/>" if look.bold else '<w:b w:val="0"/><w:bCs w:val="0"/>'
    return f'<w:rPr>{_fonts(look)}{bold}<w:color w:val="{look.colour}"/>{_sizes(look)}</w:rPr>'


def _fonts(look: Look) -> str:
    western, eastern = quoteattr(look.western), quoteattr(look.font)
    return f"<w:rFonts w:ascii={western} w:hAnsi={western} w:eastAsia={eastern} w:cs={western}/>"


def _sizes(look: Look) -> str:
    half_points = round(look.points * 2)
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'

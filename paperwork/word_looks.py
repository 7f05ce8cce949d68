"""How our Word papers look: pages in millimetres, styles by the names that Chinese offices use."""

from dataclasses import dataclass, replace
from typing import Literal

Style = Literal[
    "Normal", "Title", "Heading1", "Heading2", "Heading3", "BodyText", "Hint", "TableText", "Header", "Mark", "Plate"
]  # fmt: skip

SIZES = {  # points
    "二号": 22.0,
    "小二": 18.0,
    "三号": 16.0,
    "小三": 15.0,
    "四号": 14.0,
    "小四": 12.0,
    "五号": 10.5,
    "小五": 9.0,
    "六号": 7.5,
}
A4 = (210.0, 297.0)  # millimetres
WESTERN = "Times New Roman"
GREY = "595959"
RED = "E60012"
GOLD = "9A7B2D"


@dataclass(frozen=True, slots=True)
class Page:
    """An A4 page: its margins, and how far header and footer stand from the edge, all in millimetres."""

    top: float
    bottom: float
    left: float
    right: float
    header: float = 12.0
    footer: float = 12.0
    wide: bool = False  # lying, for tables with many columns
    frame: str = ""  # the colour of a line around each page, in whose middle all stands
    counted: bool = True  # 第 X 页 共 Y 页 at the foot
    of_all: bool = True  # with 共 Y 页, which a file of many letters has not

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        return (A4[1], A4[0]) if self.wide else A4

    @property
    def room(self) -> float:
        """How wide what stands on it may be."""
        return self.size[0] - self.left - self.right


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of paragraph looks; ``lines`` is a multiple, ``exact`` a height in points that takes its place."""

    font: str
    points: float
    bold: bool = False
    western: str = WESTERN
    lines: float = 1.0
    exact: float | None = None
    indent_chars: float = 0.0  # of the first line
    align: Literal["left", "center", "right", "both"] = "left"
    before: float = 0.0  # points
    after: float = 0.0
    colour: str = "auto"
    keeps_next: bool = False


Looks = dict[Style, Look]

# GB/T 9704-2012: type area 156 × 225 mm, 22 lines of 28 characters.
OFFICIAL_PAGE = Page(top=37, bottom=35, left=28, right=26, header=15, footer=20)
OFFICIAL_WIDE = Page(top=26, bottom=24, left=22, right=20, header=12, footer=14, wide=True)
FRAMED_WIDE = Page(top=30, bottom=24, left=40, right=40, header=10, footer=15, wide=True, frame=GOLD, counted=False)
PLATE_PAGE = Page(top=10, bottom=10, left=10, right=10, footer=5, counted=False)
APPLICANT_PAGE = Page(top=25, bottom=22, left=28, right=28)

_OFFICIAL_BODY = Look("仿宋_GB2312", SIZES["三号"], exact=28.95)
OFFICIAL: Looks = {
    "Normal": _OFFICIAL_BODY,
    "Title": Look("方正小标宋简体", SIZES["二号"], exact=34.0, align="center", after=12.0, keeps_next=True),
    "Heading1": replace(_OFFICIAL_BODY, font="黑体", indent_chars=2, keeps_next=True),
    "Heading2": replace(_OFFICIAL_BODY, font="楷体_GB2312", indent_chars=2, keeps_next=True),
    "Heading3": replace(_OFFICIAL_BODY, bold=True, indent_chars=2, keeps_next=True),
    "BodyText": replace(_OFFICIAL_BODY, indent_chars=2, align="both"),
    "Hint": Look("楷体_GB2312", SIZES["小四"], lines=1.15, before=3.0, after=3.0, colour=GREY),
    "TableText": Look("仿宋_GB2312", SIZES["五号"], lines=1.1),
    "Header": Look("仿宋_GB2312", SIZES["小五"], colour=GREY),
    "Mark": Look("方正小标宋简体", 42.0, align="center", colour=RED, keeps_next=True),
    "Plate": Look("黑体", 96.0, align="center"),
}

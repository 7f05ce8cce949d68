"""Draws commitment letters as offices really scan them, sealed, signed or bare, with what else is red on a page."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
from PIL import Image, ImageDraw

from cli.specimen_page import DOTS_A_MM, ScannedPage
from cli.specimen_seal import PEN_BLUE, SEAL_RED, seal_mask, signature
from documents.ink import Picture
from documents.scan_letter import Route

UNITS = (
    "江城重型机床股份有限公司",
    "东华大学",
    "滨海智能装备研究院有限公司",
    "北辰航天动力技术研究所",
    "海川纺织机械集团",
)
SOCIETIES = ("中国机械工程学会", "中国纺织工程学会", "中国自动化学会", "中国微米纳米技术学会")
Chance = np.random.Generator
Colour = tuple[int, int, int]

_REDS: tuple[Colour, ...] = (SEAL_RED, (190, 20, 60), (225, 60, 40), (170, 30, 40), (215, 40, 90))
_PLACES = {"endorser": (135.0, 173.0), "unit": (130.0, 221.0)}


@dataclass(frozen=True, slots=True)
class Letter:
    """A page, how its application is endorsed, and whether it bears all that this asks for."""

    kind: str
    picture: Picture
    route: Route
    is_complete: bool


def letters(seed: int, *, complete: bool, count: int) -> list[Callable[[], Letter]]:
    """Makers of so many letters, complete ones or ones that lack something, of all kinds in turn."""
    kinds = _COMPLETE if complete else _BARE
    names = list(kinds)
    return [_maker(names[at % len(names)], kinds, seed * 1000 + at, complete=complete) for at in range(count)]


def _maker(name: str, kinds: "dict[str, _Kind]", seed: int, *, complete: bool) -> Callable[[], Letter]:
    def make() -> Letter:
        chance = np.random.default_rng(seed)
        page = _printed(chance)
        route = kinds[name](page, chance)
        return Letter(name, _scanned(page, chance, grey=name == "black and white"), route, complete)

    return make


def _printed(chance: Chance) -> ScannedPage:
    page = ScannedPage()
    page.centred(22, "承诺书", size=float(chance.uniform(5.5, 8)))
    size = float(chance.uniform(3.8, 4.8))
    words = (
        "本单位已了解征集范围、遴选标准及推荐遴选流程，推荐科技进展所涉及的内容和相关数据真实准确，无欺瞒和作假行为。"
    )
    y = 38.0
    for _ in range(int(chance.integers(3, 6))):
        y = page.paragraph(24, y, words, width=162, size=size)
    if chance.random() < 0.5:
        for top in (150, 198, 246, 258):
            page.line(24, top, 186, top)
    for top, words in ((154, "推荐学会（盖章）或推荐专家（签字）"), (202, "申报单位（盖章）：")):
        page.text(28, top, words, size=size)
    page.text(124, 250, "2024 年 7 月 12 日", size=size)
    return page


def _stamp(
    page: ScannedPage, chance: Chance, owner: str, *, ink: float = 1.0, at: tuple[float, float] | None = None
) -> None:
    x, y = at or _PLACES[owner]
    name = str(chance.choice(SOCIETIES if owner == "endorser" else UNITS))
    seed = int(chance.integers(1 << 30))
    mask = seal_mask(name, seed).rotate(float(chance.uniform(-20, 20)), Image.Resampling.BILINEAR)
    side = round(mask.width * float(chance.uniform(38, 45)) / 42)
    mask = mask.resize((side, side)).point(lambda dot: dot * ink)
    page.stamp(mask, x + chance.uniform(-8, 8), y + chance.uniform(-3, 3), _REDS[int(chance.integers(len(_REDS)))])


def _two(page: ScannedPage, chance: Chance) -> Route:
    _stamp(page, chance, "endorser")
    _stamp(page, chance, "unit")
    return "society"


def _faint(page: ScannedPage, chance: Chance) -> Route:
    for owner in _PLACES:
        _stamp(page, chance, owner, ink=float(chance.uniform(0.4, 0.7)))
    return "society"


def _dry(page: ScannedPage, chance: Chance) -> Route:
    """A stamp pressed unevenly: patches of its rim carry no ink."""
    before = page.image.copy()
    _two(page, chance)
    patches = Image.fromarray((chance.random((24, 17)) * 255).astype(np.uint8)).resize(page.image.size, Image.BICUBIC)
    page.image.paste(before, mask=patches.point(lambda dot: 255 if dot > 190 else 0))
    return "society"


def _over_print(page: ScannedPage, chance: Chance) -> Route:
    _stamp(page, chance, "endorser", at=(60, 165))
    _stamp(page, chance, "unit", at=(70, 212))
    return "society"


def _overlapping(page: ScannedPage, chance: Chance) -> Route:
    _stamp(page, chance, "endorser", at=(110, 190))
    _stamp(page, chance, "unit", at=(132, 222))
    return "society"


def _signed(page: ScannedPage, chance: Chance) -> Route:
    pen = (PEN_BLUE, (20, 20, 24), (40, 50, 130))[int(chance.integers(3))]
    page.pen(signature(112 + chance.uniform(-6, 6), 160, int(chance.integers(1 << 30))), pen)
    _stamp(page, chance, "unit")
    return "expert"


def _oval(page: ScannedPage, chance: Chance) -> Route:
    _stamp(page, chance, "unit")
    side = 45 * DOTS_A_MM
    mask = Image.new("L", (round(side), round(side * 0.67)))
    ImageDraw.Draw(mask).ellipse((2, 2, mask.width - 3, mask.height - 3), outline=230, width=5)
    for turn in np.linspace(-2.6, 2.6, 13) - np.pi / 2:
        x, y = mask.width / 2 * (1 + 0.76 * np.cos(turn)), mask.height / 2 * (1 + 0.76 * np.sin(turn))
        ImageDraw.Draw(mask).rectangle((x - 5, y - 5, x + 5, y + 5), outline=230, width=2)
    page.stamp(mask, *_PLACES["endorser"], SEAL_RED)
    return "society"


def _at_the_edge(page: ScannedPage, chance: Chance) -> Route:
    """A seal across the edges of all pages, beside the two."""
    _stamp(page, chance, "unit", at=(209, 100))
    return _two(page, chance)


def _nothing(page: ScannedPage, chance: Chance) -> Route:
    return "society" if chance.random() < 0.5 else "expert"


def _letterhead(page: ScannedPage, chance: Chance) -> Route:
    brush, red = ImageDraw.Draw(page.image), _REDS[int(chance.integers(len(_REDS)))]
    brush.line(_dots(24, 34, 186, 34), fill=red, width=5)
    brush.line(_dots(24, 284, 186, 284), fill=red, width=4)
    for at in range(9):
        brush.rectangle(_dots(50 + 12 * at, 10, 59 + 12 * at, 20), outline=red, width=4)
        brush.line(_dots(50 + 12 * at, 15, 59 + 12 * at, 15), fill=red, width=4)
    return _nothing(page, chance)


def _emblem(page: ScannedPage, chance: Chance) -> Route:
    """A ring with a star and nothing between, as emblems are; twice."""
    for x, y in ((40, 26), tuple(chance.uniform((40, 150), (170, 250)))):
        side = float(chance.uniform(34, 46)) * DOTS_A_MM
        mask = Image.new("L", (round(side),) * 2)
        brush = ImageDraw.Draw(mask)
        brush.ellipse((1, 1, side - 2, side - 2), outline=255, width=int(chance.integers(4, 14)))
        middle = side / 2
        angles = -np.pi / 2 + np.arange(10) * np.pi / 5
        reach = np.where(np.arange(10) % 2 == 0, 1.0, 0.4) * middle * chance.uniform(0.4, 0.8)
        brush.polygon(
            [(middle + r * np.cos(a), middle + r * np.sin(a)) for r, a in zip(reach, angles, strict=True)], fill=255
        )
        page.stamp(mask, float(x), float(y), SEAL_RED)
    return _nothing(page, chance)


def _logo(page: ScannedPage, chance: Chance) -> Route:
    for x, y in ((20, 8), (150, 200)):
        side = float(chance.uniform(30, 48))
        ImageDraw.Draw(page.image).ellipse(_dots(x, y, x + side, y + side), fill=SEAL_RED)
        ImageDraw.Draw(page.image).rectangle(_dots(x + 8, y + 16, x + side - 8, y + 22), fill=(250, 250, 250))
    return _nothing(page, chance)


def _red_table(page: ScannedPage, chance: Chance) -> Route:
    brush = ImageDraw.Draw(page.image)
    for row in range(7):
        brush.line(_dots(30, 140 + 16 * row, 180, 140 + 16 * row), fill=SEAL_RED, width=3)
    for column in range(5):
        brush.line(_dots(30 + 37.5 * column, 140, 30 + 37.5 * column, 236), fill=SEAL_RED, width=3)
    return _nothing(page, chance)


def _red_text(page: ScannedPage, chance: Chance) -> Route:
    brush = ImageDraw.Draw(page.image)
    for row in range(int(chance.integers(4, 10))):
        for column in range(30):
            x, y = 26 + 5 * column, 145 + 9 * row
            brush.line(_dots(x, y, x + 3.6, y), fill=SEAL_RED, width=2)
            brush.line(_dots(x + 1.8, y - 1, x + 1.8, y + 3.4), fill=SEAL_RED, width=2)
            brush.line(_dots(x, y + 2, x + 3.6, y + 2.6), fill=SEAL_RED, width=2)
    return _nothing(page, chance)


def _photograph(page: ScannedPage, chance: Chance) -> Route:
    spots = chance.random((40, 60, 3)) * np.array([1, 0.45, 0.4]) * 255
    page.image.paste(
        Image.fromarray(spots.astype(np.uint8)).resize(_dots(90, 60), Image.Resampling.BICUBIC), _dots(60, 180)
    )
    return _nothing(page, chance)


def _ink_alone(page: ScannedPage, chance: Chance) -> Route:
    page.pen(signature(112, 160, int(chance.integers(1 << 30))), PEN_BLUE)
    return "society" if chance.random() < 0.5 else "expert"


def _seal_alone(page: ScannedPage, chance: Chance) -> Route:
    _stamp(page, chance, str(chance.choice(list(_PLACES))))
    return _nothing(page, chance)


def _red_pen(page: ScannedPage, chance: Chance) -> Route:
    """Places marked by hand, with circles of a red pen around where the seals shall stand."""
    for x, y in _PLACES.values():
        turns = np.linspace(0, 2.1 * np.pi, 60)
        reach = float(chance.uniform(17, 24)) * (
            1 + 0.1 * np.sin(turns + chance.uniform(0, 6)) + 0.06 * np.sin(2.3 * turns)
        )
        stretch = float(chance.uniform(0.75, 1.25))
        points = [(x + r * np.cos(t) * stretch, y + r * np.sin(t)) for r, t in zip(reach, turns, strict=True)]
        page.pen([points], SEAL_RED)
    return _nothing(page, chance)


def _office_stamps(page: ScannedPage, chance: Chance) -> Route:
    """The box of an incoming-mail stamp and a round date stamp: red, and no seal of an organisation."""
    brush = ImageDraw.Draw(page.image)
    brush.rectangle(_dots(120, 160, 175, 182), outline=SEAL_RED, width=5)
    page.text(126, 166, "收 文 章", size=5)
    brush.ellipse(_dots(118, 208, 146, 236), outline=SEAL_RED, width=4)
    brush.line(_dots(118, 219, 146, 219), fill=SEAL_RED, width=3)
    brush.line(_dots(118, 225, 146, 225), fill=SEAL_RED, width=3)
    return _nothing(page, chance)


def _coffee(page: ScannedPage, chance: Chance) -> Route:
    brown = (176, 128, 84)
    for _ in range(2):
        x, y = chance.uniform((60, 140), (160, 240))
        side = float(chance.uniform(60, 90))
        ImageDraw.Draw(page.image).arc(_dots(x, y, x + side, y + side), 20, 330, fill=brown, width=6)
    return _nothing(page, chance)


def _dots(*millimetres: float) -> tuple[int, ...]:
    return tuple(round(number * DOTS_A_MM) for number in millimetres)


_Kind = Callable[[ScannedPage, Chance], Route]
_COMPLETE: dict[str, _Kind] = {
    "two seals": _two,
    "faint": _faint,
    "dry": _dry,
    "over print": _over_print,
    "overlapping": _overlapping,
    "seal and signature": _signed,
    "oval": _oval,
    "and one across the edge": _at_the_edge,
    "black and white": _two,
}
_BARE: dict[str, _Kind] = {
    "nothing": _nothing,
    "letterhead": _letterhead,
    "emblem": _emblem,
    "logo": _logo,
    "red table": _red_table,
    "red text": _red_text,
    "photograph": _photograph,
    "ink alone": _ink_alone,
    "one seal alone": _seal_alone,
    "red pen": _red_pen,
    "office stamps": _office_stamps,
    "coffee": _coffee,
}


def _scanned(page: ScannedPage, chance: Chance, *, grey: bool) -> Picture:
    """What a scanner or a phone makes of it: bleed-through, tilt, blur, uneven light, a cast, dust, JPEG."""
    dots = np.asarray(page.image, np.float32)[..., ::-1]
    behind = cv2.GaussianBlur(np.ascontiguousarray(dots[:, ::-1].mean(axis=2)), (0, 0), 1.5)
    dots = dots * (1 - float(chance.uniform(0, 0.1)) * (1 - behind[..., None] / 255))
    high, wide = dots.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), float(chance.normal(0, 1.1)), 1.0)
    dots = cv2.warpAffine(dots, turn, (wide, high), borderValue=(250, 251, 252))
    scale = float(chance.uniform(0.95, 1.9))
    dots = cv2.resize(dots, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    dots = cv2.GaussianBlur(dots, (0, 0), float(chance.uniform(0.3, 1.0)) * scale)
    high, wide = dots.shape[:2]
    light = (
        np.linspace(1, float(chance.uniform(0.6, 1.0)), wide)[None, :]
        * np.linspace(1, float(chance.uniform(0.75, 1)), high)[:, None]
    )
    cast = chance.uniform(0.88, 1.0, 3)
    noise = chance.normal(0, float(chance.uniform(1, 6)), dots.shape)
    dots = np.clip(dots * light[..., None] * cast + noise, 0, 255).astype(np.uint8)
    for x, y in zip(chance.integers(0, wide, 40), chance.integers(0, high, 40), strict=True):
        cv2.circle(dots, (int(x), int(y)), int(chance.integers(1, 3)), (90, 90, 96), -1)
    if grey:
        one = cv2.cvtColor(dots, cv2.COLOR_BGR2GRAY)
        dots = cv2.cvtColor(
            one if chance.random() < 0.5 else np.where(one < 165, 30, 250).astype(np.uint8), cv2.COLOR_GRAY2BGR
        )
    packed = cv2.imencode(".jpg", dots, [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(40, 91))])[1]
    return cv2.imdecode(packed, cv2.IMREAD_COLOR)


def pdf_of(letter: Letter) -> bytes:
    """The letter as a PDF of one A4 page that is its picture."""
    file = BytesIO()
    high = letter.picture.shape[0]
    Image.fromarray(letter.picture[..., ::-1]).save(file, "PDF", resolution=high / 11.69)
    return file.getvalue()

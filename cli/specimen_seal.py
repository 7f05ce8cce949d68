"""Draws the round red seal of an organisation and the strokes of a signature for the sample letters."""

from functools import lru_cache
from math import cos, pi, radians, sin

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw

from cli.specimen_page import DOTS_A_MM, write

SEAL_MM = 42.0
SEAL_RED = (208, 34, 44)
PEN_BLUE = (28, 34, 92)

_RING_MM = 1.2
_FINER = 2  # drawn larger, then shrunk, so that the rim is smooth


@lru_cache(maxsize=64)
def seal_mask(name: str, seed: int, *, bare: bool = False) -> Image.Image:
    """How much ink each dot of a seal carries, 0 to 255: ring, star, the name around, worn and turned a little.

    ``bare`` draws strokes for characters, as on a machine without a Chinese font.
    """
    across = round(SEAL_MM * DOTS_A_MM * _FINER)
    mask = Image.new("L", (across + 8, across + 8), 0)
    draw = ImageDraw.Draw(mask)
    middle, radius = mask.width / 2, across / 2
    box = (middle - radius, middle - radius, middle + radius, middle + radius)
    draw.ellipse(box, outline=255, width=round(_RING_MM * DOTS_A_MM * _FINER))
    _star(draw, middle, radius * 0.3)
    _name_around(mask, name, radius, bare=bare)
    chance = np.random.default_rng(seed)
    size = (mask.width // _FINER, mask.height // _FINER)
    turned = mask.rotate(float(chance.uniform(-12, 12)), Image.Resampling.BILINEAR).resize(size, Image.Resampling.BOX)
    worn = chance.uniform(0.72, 1.0, (size[1], size[0])) * float(chance.uniform(0.8, 0.95))
    return Image.fromarray((np.asarray(turned, np.float32) * worn).astype(np.uint8))


def signature(x: float, y: float, seed: int) -> list[list[tuple[float, float]]]:
    """Pen strokes of a name of two or three characters, about 30 mm wide and 13 mm high, in millimetres."""
    chance = np.random.default_rng(seed)
    strokes = []
    for number in range(int(chance.integers(2, 4))):
        left = x + number * 11.0
        for start, end in (((0, 4), (10, 2)), ((6, 0), (2, 13)), ((1, 8), (12, 10))):
            bends = np.stack([chance.uniform(0, 11, 2), chance.uniform(1, 12, 2)], axis=1)
            strokes.append(_curve(np.array([start, *bends, end]) + np.array([left, y])))
    return strokes


def _curve(corners: npt.NDArray[np.float64]) -> list[tuple[float, float]]:
    step = np.linspace(0, 1, 16)[:, None]
    weights = np.concatenate([(1 - step) ** 3, 3 * step * (1 - step) ** 2, 3 * step**2 * (1 - step), step**3], axis=1)
    return [(float(x), float(y)) for x, y in weights @ corners]


def _star(draw: ImageDraw.ImageDraw, middle: float, radius: float) -> None:
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.382
        angle = -pi / 2 + corner * pi / 5
        points.append((middle + reach * cos(angle), middle + reach * sin(angle)))
    draw.polygon(points, fill=255)


def _name_around(mask: Image.Image, name: str, radius: float, *, bare: bool) -> None:
    middle = mask.width / 2
    span = min(250.0, 24.0 * len(name))
    size = radius * 0.26
    for number, letter in enumerate(name):
        angle = -90 - span / 2 + span * number / max(1, len(name) - 1)
        tile = Image.new("L", (round(size * 1.5),) * 2, 0)
        write(ImageDraw.Draw(tile), (size * 0.25, size * 0.15), letter, size, 255, bare=bare)
        tile = tile.rotate(-(angle + 90), Image.Resampling.BILINEAR)
        left = round(middle + radius * 0.74 * cos(radians(angle)) - tile.width / 2)
        top = round(middle + radius * 0.74 * sin(radians(angle)) - tile.height / 2)
        box = (left, top, left + tile.width, top + tile.height)
        mask.paste(ImageChops.lighter(mask.crop(box), tile), box[:2])

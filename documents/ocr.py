"""Reads the print on drawn pages where the extra ``[ocr]`` is installed: on this machine, as a hint (R80)."""

from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from documents.ink import Picture

if TYPE_CHECKING:
    from rapidocr import RapidOCR

_ONE_THREAD = {
    "Global.log_level": "critical",
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}
_RING_FROM, _RING_TO = 0.58, 0.93  # where a seal's name stands, in shares of its radius
_STRIP_HIGH = 48
_FEWEST_LETTERS = 4
_SURE = 0.8


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def text_of(picture: Picture) -> str:
    """The print on a page, line by line; empty when nothing was read."""
    return "\n".join(words for words, _ in _read(picture, use_det=True))


def name_around(picture: Picture) -> str:
    """The name along the rim of a seal, of which the picture is cut so that it fills it; empty when unsure."""
    best = ""
    for begins in (0.0, 1 / 3, 2 / 3):
        for words, score in _read(_strip(picture, begins), use_det=False):
            if score > _SURE and len(words) > max(len(best), _FEWEST_LETTERS - 1):
                best = words
    return best


def _read(picture: Picture, *, use_det: bool) -> list[tuple[str, float]]:
    """Lines with how sure they are, 0 to 1; without ``use_det`` the picture is one line."""
    read: Any = _engine()(picture, use_det=use_det, use_cls=False, use_rec=True)
    return list(zip(read.txts or (), read.scores or (), strict=False))


@lru_cache(maxsize=1)
def _engine() -> "RapidOCR":
    from rapidocr import RapidOCR

    return RapidOCR(params=_ONE_THREAD)


def _strip(picture: Picture, begins: float) -> Picture:
    """The ring of writing unrolled, clockwise from the lowest point and so many turns on."""
    import cv2

    radius = min(picture.shape[:2]) / 2
    long = int(2 * np.pi * radius * 0.75 * _STRIP_HIGH / (radius * (_RING_TO - _RING_FROM)))
    angles = np.pi / 2 + 2 * np.pi * (np.linspace(0, 1, long, dtype=np.float32) + begins)
    reach = np.linspace(_RING_TO, _RING_FROM, _STRIP_HIGH, dtype=np.float32)[:, None] * radius
    x = (picture.shape[1] / 2 + reach * np.cos(angles)).astype(np.float32)
    y = (picture.shape[0] / 2 + reach * np.sin(angles)).astype(np.float32)
    return np.asarray(cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderValue=(255, 255, 255)), np.uint8)

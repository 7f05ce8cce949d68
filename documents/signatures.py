"""Looks for the strokes of a handwritten signature on the lower part of a page (R39, R86); a hint and no proof."""

import cv2
import numpy as np
import numpy.typing as npt

from documents.ink import DOTS_A_MM, Mask, PageInk, components, only
from documents.marks import Strokes

_UPPER_SHARE = 0.35  # the letter's own text stands above
_RULE_MM = 22.0
_FRAME_MM = (80.0, 60.0)
_PRINT_MM = 3.5
_SMALLEST_PRINT_MM = 1.5
_FEWEST_DOTS = 8
_INKED_SHARE = (0.015, 0.32)
_HEIGHT_MM = (7.5, 30.0)
_WIDTH_MM = (9.0, 75.0)
_TIMES_THE_PRINT = 2.0


def find_signatures(ink: PageInk) -> tuple[Strokes, ...]:
    """Patches of thin dark strokes, taller than the print around them, away from red ink and table rules."""
    top = int(ink.dark.shape[0] * _UPPER_SHARE)
    dark = ink.dark[top:].copy()
    dark[cv2.dilate(ink.red[top:], np.ones((5, 5), np.uint8)) > 0] = 0
    dark = _without_rules(dark)
    _labels, table = components(dark)
    tallest_print = _print_height(table)
    element = np.ones((int(1.2 * DOTS_A_MM) | 1, int(4 * DOTS_A_MM) | 1), np.uint8)
    _labels, table = components(np.asarray(cv2.morphologyEx(dark, cv2.MORPH_CLOSE, element), np.uint8))
    patches = []
    for x, y, wide, high, _dots in table[1:].tolist():
        if not _is_tall_enough(wide / DOTS_A_MM, high / DOTS_A_MM, tallest_print):
            continue
        if _INKED_SHARE[0] < float(dark[y : y + high, x : x + wide].mean()) < _INKED_SHARE[1]:
            patches.append(_strokes(x, y + top, wide, high))
    return tuple(patches)


def _without_rules(dark: Mask) -> Mask:
    """Table rules go: straight runs, and tilted frames as one large piece."""
    length = int(_RULE_MM * DOTS_A_MM)
    across = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    labels, table = components(dark)
    wide, high = (limit * DOTS_A_MM for limit in _FRAME_MM)
    fits = (table[:, cv2.CC_STAT_WIDTH] <= wide) & (table[:, cv2.CC_STAT_HEIGHT] <= high)
    kept = only(labels, fits)
    kept[cv2.max(across, down) > 0] = 0
    return kept


def _print_height(table: npt.NDArray[np.int32]) -> float:
    """The usual height of the printed characters, in millimetres."""
    heights = table[1:, cv2.CC_STAT_HEIGHT][table[1:, cv2.CC_STAT_AREA] > _FEWEST_DOTS] / DOTS_A_MM
    heights = heights[heights > _SMALLEST_PRINT_MM]
    return float(np.median(heights)) if heights.size else _PRINT_MM


def _is_tall_enough(wide_mm: float, high_mm: float, print_mm: float) -> bool:
    least = max(_HEIGHT_MM[0], _TIMES_THE_PRINT * print_mm)
    return least <= high_mm <= _HEIGHT_MM[1] and _WIDTH_MM[0] <= wide_mm <= _WIDTH_MM[1]


def _strokes(x: int, y: int, wide: int, high: int) -> Strokes:
    return Strokes(
        x_mm=round((x + wide / 2) / DOTS_A_MM, 1),
        y_mm=round((y + high / 2) / DOTS_A_MM, 1),
        width_mm=round(wide / DOTS_A_MM, 1),
        height_mm=round(high / DOTS_A_MM, 1),
    )

"""Tells red ink and dark ink on a picture of a page from paper, shade and noise.

Pictures are BGR arrays at `DOTS_A_MM` dots a millimetre; masks are ``uint8`` arrays of 0 and 1 of the same size.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

DOTS_AN_INCH = 100
DOTS_A_MM = DOTS_AN_INCH / 25.4
PAGE_LONG_SIDE_MM = 297.0

Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]
Light = npt.NDArray[np.float32]

_SHRINK = 12
_LEAST_RED = 0.055
_NOISE_TIMES = 6.0
_SMALLEST_SPECK = 6
_DARK = 0.6
_SAME_SCALE = 0.02


@dataclass(frozen=True, slots=True)
class PageInk:
    """The ink of one page: red and dark as masks, and how light each dot is after the paper was divided out."""

    red: Mask
    dark: Mask
    light: Light


def read_ink(picture: Picture) -> PageInk:
    """The ink on a picture of a whole page; the paper's tint and its shadows are taken away first."""
    flat = _without_paper(_to_scale(picture))
    blue, green, red = (np.asarray(plane, np.float32) for plane in cv2.split(flat))
    light = np.asarray(cv2.min(cv2.min(blue, green), red), np.float32)
    return PageInk(red=_red(blue, green, red), dark=(light < _DARK).astype(np.uint8), light=light)


def components(mask: Mask) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The connected pieces of a mask: each dot's label, and per label x, y, width, height, dots (label 0 is none)."""
    _count, labels, table, _centres = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    return np.asarray(labels, np.int32), np.asarray(table, np.int32)


def only(labels: npt.NDArray[np.int32], wanted: npt.NDArray[np.bool_]) -> Mask:
    """A mask of the dots whose label is wanted; label 0 never is."""
    wanted = wanted.copy()
    wanted[0] = False
    return wanted.astype(np.uint8)[labels]


def _to_scale(picture: Picture) -> Picture:
    """The long side of the page is taken as A4's, since a scanner's own idea of size cannot be trusted."""
    scale = PAGE_LONG_SIDE_MM * DOTS_A_MM / max(picture.shape[:2])
    if abs(scale - 1) <= _SAME_SCALE:
        return picture
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _without_paper(picture: Picture) -> Light:
    small = cv2.resize(picture, None, fx=1 / _SHRINK, fy=1 / _SHRINK, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 9)
    size = (picture.shape[1], picture.shape[0])
    paper = np.maximum(cv2.resize(paper, size, interpolation=cv2.INTER_LINEAR), 30)
    return np.asarray(np.minimum(cv2.divide(picture, paper, scale=1.0, dtype=cv2.CV_32F), 1.15), np.float32)


def _red(blue: Light, green: Light, red: Light) -> Mask:
    redness = cv2.GaussianBlur(red - np.maximum(green, blue * 0.92), (0, 0), 0.8)
    sample = redness[::3, ::3]
    noise = float(np.median(np.abs(sample - np.median(sample)))) * 1.48
    mask = (redness > max(_LEAST_RED, _NOISE_TIMES * noise)).astype(np.uint8)
    labels, table = components(mask)
    return only(labels, table[:, cv2.CC_STAT_AREA] >= _SMALLEST_SPECK)

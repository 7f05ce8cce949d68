"""Finds the ring that best fits a cloud of inked dots, judged by how much of its circumference carries ink.

Lengths are in dots of the picture; `documents.ink` says how many of them a millimetre has.
"""

from dataclasses import dataclass, replace
from itertools import product
from math import cos, hypot, radians, sin

import cv2
import numpy as np
import numpy.typing as npt

from documents.ink import DOTS_A_MM

Points = npt.NDArray[np.float32]

TOLERANCE = 1.3 * DOTS_A_MM
_SECTORS = 72
_DIRECTIONS = 120
_GUESSES = 240
_KEPT_GUESSES = 6
_RADIUS_MM = (14.0, 32.0)
_MOST_POINTS = 4000
_GOOD_CIRCLE = 0.75
_OVAL_GAIN = 0.1
_OVAL_MM = (24.0, 62.0)
_FLATTEST_OVAL = 0.5
_HULL_POINTS = 6
_CIRCLE_POINTS = 3
_NO_AREA = 1e-6
_MARGIN = 2.5
_SMALLEST_RADIUS = 4.0


@dataclass(frozen=True, slots=True)
class Ring:
    """An ellipse with centre, half axes and tilt (radians); ``coverage`` is the inked share of what is on the page."""

    x: float
    y: float
    half_width: float
    half_height: float
    tilt: float = 0.0
    coverage: float = 0.0
    visible: float = 1.0

    @property
    def is_round(self) -> bool:
        """Whether it was found as a circle."""
        return self.half_width == self.half_height


def best_ring(points: Points, size: tuple[int, int], *, touches_edge: bool) -> Ring | None:
    """The circle or oval that the points draw best, or ``None``; ``size`` is the page's height and width in dots."""
    if len(points) > _MOST_POINTS:
        points = np.ascontiguousarray(points[:: len(points) // _MOST_POINTS + 1])
    least_visible = 0.3 if touches_edge else 0.97
    circles = [_measured(circle, points, size) for circle in _guessed_circles(points)]
    fitting = [circle for circle in circles if circle.visible >= least_visible]
    best = max(fitting, key=lambda ring: ring.coverage, default=None)
    if best is None or best.coverage < _GOOD_CIRCLE:
        oval = _oval(points, size)
        if oval is not None and oval.coverage > (best.coverage if best else 0.0) + _OVAL_GAIN:
            best = oval
    return None if best is None else _refined(best, points, size)


def distances(points: Points, ring: Ring) -> npt.NDArray[np.float32]:
    """How far out each point lies: 0 at the centre, 1 on the ring."""
    dx, dy = points[:, 0] - ring.x, points[:, 1] - ring.y
    along = (dx * cos(ring.tilt) + dy * sin(ring.tilt)) / ring.half_width
    across = (-dx * sin(ring.tilt) + dy * cos(ring.tilt)) / ring.half_height
    return np.asarray(np.hypot(along, across), np.float32)


def angles(points: Points, ring: Ring) -> npt.NDArray[np.float32]:
    """Where along the ring each point lies: turns from 0 up to 1."""
    dx, dy = points[:, 0] - ring.x, points[:, 1] - ring.y
    along = (dx * cos(ring.tilt) + dy * sin(ring.tilt)) / ring.half_width
    across = (-dx * sin(ring.tilt) + dy * cos(ring.tilt)) / ring.half_height
    return np.asarray((np.arctan2(across, along) / (2 * np.pi) + 0.5) % 1.0, np.float32)


def measured(ring: Ring, points: Points, size: tuple[int, int], *, tolerance: float = TOLERANCE) -> Ring:
    """The same ring with its coverage by these points, and the share of it that lies on the page."""
    return _measured(ring, points, size, tolerance)


def _measured(ring: Ring, points: Points, size: tuple[int, int], tolerance: float = TOLERANCE) -> Ring:
    dx, dy = points[:, 0] - ring.x, points[:, 1] - ring.y
    along = (dx * cos(ring.tilt) + dy * sin(ring.tilt)) / ring.half_width
    across = (-dx * sin(ring.tilt) + dy * cos(ring.tilt)) / ring.half_height
    near = np.abs(np.hypot(along, across) - 1) * min(ring.half_width, ring.half_height) < tolerance
    turns = np.arctan2(across[near], along[near]) / (2 * np.pi) + 0.5
    inked = np.bincount((turns * _SECTORS).astype(np.intp) % _SECTORS, minlength=_SECTORS) > 0
    shown = _on_page(ring, size)
    share = float((inked & shown).sum()) / max(1, int(shown.sum()))
    return replace(ring, coverage=share, visible=float(shown.mean()))


def _on_page(ring: Ring, size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    angles = (np.arange(_SECTORS) + 0.5) / _SECTORS * 2 * np.pi - np.pi
    along, across = ring.half_width * np.cos(angles), ring.half_height * np.sin(angles)
    x = ring.x + along * cos(ring.tilt) - across * sin(ring.tilt)
    y = ring.y + along * sin(ring.tilt) + across * cos(ring.tilt)
    return np.asarray((x > _MARGIN) & (x < size[1] - _MARGIN) & (y > _MARGIN) & (y < size[0] - _MARGIN), np.bool_)


def _guessed_circles(points: Points) -> list[Ring]:
    """Circles through three points of the outline; the few that most of the outline agrees with."""
    outline = _outline(points)
    if len(outline) < _CIRCLE_POINTS:
        return []
    picks = np.random.default_rng(0).integers(0, len(outline), (_GUESSES, 3))
    x, y, radius = _through(outline[picks[:, 0]], outline[picks[:, 1]], outline[picks[:, 2]])
    good = (radius > _RADIUS_MM[0] * DOTS_A_MM) & (radius < _RADIUS_MM[1] * DOTS_A_MM)
    x, y, radius = x[good], y[good], radius[good]
    away = np.hypot(outline[None, :, 0] - x[:, None], outline[None, :, 1] - y[:, None])
    votes = (np.abs(away - radius[:, None]) < TOLERANCE).sum(axis=1)
    order = np.argsort(-votes, kind="stable")[:_KEPT_GUESSES]
    return [Ring(float(x[at]), float(y[at]), float(radius[at]), float(radius[at])) for at in order]


def _outline(points: Points) -> Points:
    """The farthest point in each direction from the middle of the cloud's box."""
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    offset = points - middle
    away = np.hypot(offset[:, 0], offset[:, 1])
    turns = np.arctan2(offset[:, 1], offset[:, 0]) / (2 * np.pi) + 0.5
    sector = (turns * _DIRECTIONS).astype(np.intp) % _DIRECTIONS
    farthest = np.full(_DIRECTIONS, -1, np.intp)
    order = np.argsort(away, kind="stable")
    farthest[sector[order]] = order
    return points[farthest[farthest >= 0]]


def _through(
    a: Points, b: Points, c: Points
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Centre and radius of the circle through three points each; an impossible one gets radius 0."""
    (ax, ay), (bx, by), (cx, cy) = (corner.astype(np.float64).T for corner in (a, b, c))
    double_area = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    possible = np.abs(double_area) > _NO_AREA
    divisor = np.where(possible, double_area, 1.0)
    aa, bb, cc = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
    x = (aa * (by - cy) + bb * (cy - ay) + cc * (ay - by)) / divisor
    y = (aa * (cx - bx) + bb * (ax - cx) + cc * (bx - ax)) / divisor
    return x, y, np.where(possible, np.hypot(ax - x, ay - y), 0.0)


def _oval(points: Points, size: tuple[int, int]) -> Ring | None:
    hull = cv2.convexHull(points)[:, 0, :]
    if len(hull) < _HULL_POINTS:
        return None
    (x, y), (first, second), degrees = cv2.fitEllipse(hull)
    long_mm, ratio = max(first, second) / DOTS_A_MM, min(first, second) / max(first, second, 1e-6)
    if not (_OVAL_MM[0] < long_mm < _OVAL_MM[1] and ratio > _FLATTEST_OVAL):
        return None
    return _measured(Ring(x, y, first / 2, second / 2, radians(degrees)), points, size)


def _refined(ring: Ring, points: Points, size: tuple[int, int]) -> Ring:
    """Small moves and sizes around the ring, coarse then fine, as long as coverage grows."""
    for step in (1.2 * DOTS_A_MM, 0.5 * DOTS_A_MM):
        start = ring
        for dx, dy, dr in product((-1, 0, 1), repeat=3):
            moved = replace(
                start,
                x=start.x + dx * step,
                y=start.y + dy * step,
                half_width=start.half_width + dr * step,
                half_height=start.half_height + dr * step,
            )
            if min(moved.half_width, moved.half_height) < _SMALLEST_RADIUS or hypot(dx, dy, dr) == 0:
                continue
            moved = _measured(moved, points, size)
            if moved.coverage > ring.coverage + 1e-9:
                ring = moved
    return ring

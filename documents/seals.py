"""Looks for seals on a picture of a page: yes, unsure or no, where, and how large (R86, R87, R92).

Nothing here decides: a seal that is not seen is a reason for a person to look, never more.
"""

from math import hypot

import cv2
import numpy as np

from documents.ink import DOTS_A_MM, Mask, PageInk, components
from documents.marks import Answer, Seal, Shape
from documents.rings import Points, Ring, angles, best_ring, distances, measured

_SMALLEST_PIECE_MM = 9.0
_FEWEST_DOTS = 60
_TWIN_MM = 15.0
_EDGE_DOTS = 4

_STAMP_MM = (33.0, 62.0)
_SMALL_STAMP_MM = 24.0
_MOST_INSIDE = 0.62
_MOST_HALO = 0.22
_RIM_TO_HALO = 1.6
_MOST_SPREAD = 1.45
_YES_COVERAGE = 0.55
_UNSURE_COVERAGE = 0.38
_CLEAR_COVERAGE = 0.75
_LEAST_VISIBLE = 0.75
_FULLY_VISIBLE = 0.8

_LETTERHEAD_MM = 48.0  # a red emblem with a name around it stands at the top; nobody seals there
_SECTORS = 72
_RIM_FROM, _RIM_STEP, _GAP_SHARE = 0.96, 0.02, 0.45
_WRITING = (0.66, 0.84)  # where the name stands, in shares of the radius; the tips of a star end before
_WRITTEN_DOTS, _WRITTEN_SHARE, _WRITTEN_SHARE_CROSSED = 3, 0.2, 0.35

_PAIR_MM = (48.0, 130.0)
_BEYOND_RIM = 1.05
_PAIR_COVERAGE = 0.72
_MOST_BEYOND_PAIR = 0.13

_FRAME_MM = (12.0, 34.0)
_FRAME_RATIO = (0.75, 1.33)
_FRAME_COVERAGE = 0.6
_MOST_FRAME_FILL = 0.75

_COPY_DARK = 150
_COPY_COVERAGE = 0.8
_COPY_VISIBLE = 0.9


def find_seals(ink: PageInk) -> tuple[Seal, ...]:
    """The seals on a page, best first; an empty answer is the "no".

    Red ink first; without any, a dark circle as on a black-and-white copy is reported as unsure.
    """
    found = [seal for piece in _red_pieces(ink.red) for seal in _judge(piece, ink.red)]
    found.sort(key=lambda seal: (seal.answer != "yes", -seal.coverage))
    distinct: list[Seal] = []
    for seal in found:
        if all(hypot(seal.x_mm - other.x_mm, seal.y_mm - other.y_mm) > _TWIN_MM for other in distinct):
            distinct.append(seal)
    return tuple(distinct) or _copied_seals(ink)


def _red_pieces(red: Mask) -> list[Points]:
    """Clouds of red dots that may be one seal: near dots together, and wider unions for rings with dry gaps."""
    pieces = _joined(red, gap_mm=3.2, smallest_mm=_SMALLEST_PIECE_MM, largest_mm=400.0)
    if len(pieces) > 1:
        pieces += _joined(red, gap_mm=9.0, smallest_mm=25.0, largest_mm=75.0)
    return pieces


def _joined(red: Mask, *, gap_mm: float, smallest_mm: float, largest_mm: float) -> list[Points]:
    if not red.any():
        return []
    width = int(gap_mm * DOTS_A_MM) | 1
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    labels, table = components(np.asarray(cv2.morphologyEx(red, cv2.MORPH_CLOSE, element), np.uint8))
    pieces = []
    for label in range(1, len(table)):
        x, y, wide, high, _dots = (int(number) for number in table[label])
        if not smallest_mm * DOTS_A_MM <= max(wide, high) <= largest_mm * DOTS_A_MM:
            continue
        window = (slice(y, y + high), slice(x, x + wide))
        rows, columns = np.nonzero((labels[window] == label) & (red[window] > 0))
        if len(rows) >= _FEWEST_DOTS:
            pieces.append(np.stack([columns + x, rows + y], axis=1).astype(np.float32))
    return pieces


def _judge(points: Points, red: Mask) -> tuple[Seal, ...]:
    """The seal that a cloud of red dots is, or the two that touch in it."""
    alone = _judge_one(points, red)
    if alone is not None and alone.answer == "yes":
        return (alone,)
    extent_mm = float((points.max(axis=0) - points.min(axis=0)).max()) / DOTS_A_MM
    pair = _touching_pair(points, red) if _PAIR_MM[0] < extent_mm < _PAIR_MM[1] else ()
    return pair or (() if alone is None else (alone,))


def _touching_pair(points: Points, red: Mask) -> tuple[Seal, ...]:
    """Two round seals that touch or overlap: each is judged without the other's dots, and both must be sure."""
    size = (red.shape[0], red.shape[1])
    first = best_ring(points, size, touches_edge=False)
    rest = points if first is None else points[distances(points, first) > _BEYOND_RIM]
    second = best_ring(rest, size, touches_edge=False) if first is not None and len(rest) >= _FEWEST_DOTS else None
    if first is None or second is None:
        return ()
    beyond = int((distances(rest, second) > _BEYOND_RIM).sum())
    if beyond > _MOST_BEYOND_PAIR * len(points):
        return ()
    seals = []
    for ring, other in ((first, second), (second, first)):
        own = points[distances(points, other) > _BEYOND_RIM]
        alone = np.zeros_like(red)
        alone[own[:, 1].astype(np.intp), own[:, 0].astype(np.intp)] = 1
        arc = measured(ring, own, size)
        answer = _answer(arc, alone, 2 * ring.half_width, touches_edge=False, crossed=red)
        if answer != "yes" or arc.coverage < _PAIR_COVERAGE:
            return ()
        seals.append(_seal("yes", "round" if ring.is_round else "oval", arc))
    return tuple(seals)


def _judge_one(points: Points, red: Mask) -> Seal | None:
    low, high = points.min(axis=0), points.max(axis=0)
    size = (red.shape[0], red.shape[1])
    limits = (size[1] - _EDGE_DOTS - 1, size[0] - _EDGE_DOTS - 1)
    touches_edge = bool((low < _EDGE_DOTS).any() or high[0] > limits[0] or high[1] > limits[1])
    ring = best_ring(points, size, touches_edge=touches_edge)
    answer = None if ring is None else _answer(ring, red, max(high - low), touches_edge=touches_edge)
    if ring is not None and answer is not None:
        return _seal(answer, "round" if ring.is_round else "oval", ring)
    return _square(points)


def _answer(ring: Ring, red: Mask, extent: float, *, touches_edge: bool, crossed: Mask | None = None) -> Answer | None:
    """A stamp's rim stands out from an empty halo and its inside is mostly paper; a logo or a photograph is neither.

    ``crossed`` is the ink of both when another seal lies over it: its name is looked for there.
    """
    long_mm = 2 * max(ring.half_width, ring.half_height) / DOTS_A_MM
    inside, rim, halo = _densities(ring, red)
    like_a_stamp = (
        _STAMP_MM[0] <= long_mm <= _STAMP_MM[1]
        and inside < _MOST_INSIDE
        and halo < _MOST_HALO
        and rim > _RIM_TO_HALO * halo
        and (touches_edge or extent / DOTS_A_MM < _MOST_SPREAD * long_mm)
    )
    score = ring.coverage * (1.0 if ring.visible > _FULLY_VISIBLE else 0.8)
    is_in_letterhead = ring.y < _LETTERHEAD_MM * DOTS_A_MM
    if like_a_stamp and score >= _YES_COVERAGE and ring.visible > _LEAST_VISIBLE and not is_in_letterhead:
        return "yes" if _has_writing(ring, red, crossed) else "unsure"
    small_but_clear = (
        _SMALL_STAMP_MM <= long_mm < _STAMP_MM[0] and ring.coverage > _CLEAR_COVERAGE and inside < _MOST_INSIDE
    )
    return "unsure" if (like_a_stamp and score >= _UNSURE_COVERAGE) or small_but_clear else None


def _has_writing(ring: Ring, red: Mask, crossed: Mask | None) -> bool:
    """Whether a name stands along the rim, a gap away from it: emblems, circles of a pen and stains have none.

    Where another seal lies over it there is no gap to be seen, and more ink is asked for.
    """
    rows, columns = np.nonzero(red if crossed is None else crossed)
    points = np.stack([columns, rows], axis=1).astype(np.float32)
    away, turns = distances(points, ring), angles(points, ring)

    def share(low: float, high: float, dots: int) -> float:
        inked = np.bincount((turns[(away > low) & (away < high)] * _SECTORS).astype(np.intp), minlength=_SECTORS)
        return float((inked[:_SECTORS] >= dots).mean())

    if crossed is not None:
        return share(*_WRITING, _WRITTEN_DOTS) >= _WRITTEN_SHARE_CROSSED
    steps = np.arange(_RIM_FROM, _WRITING[0], -_RIM_STEP)
    gap = next((float(at) for at in steps if share(at - _RIM_STEP, at + _RIM_STEP, 1) < _GAP_SHARE), None)
    return gap is not None and share(_WRITING[0], min(_WRITING[1], gap), _WRITTEN_DOTS) >= _WRITTEN_SHARE


def _densities(ring: Ring, red: Mask) -> tuple[float, float, float]:
    """The share of red dots inside the ring, on its rim, and in the halo around it."""
    reach = int(1.25 * max(ring.half_width, ring.half_height)) + 1
    top, left = max(0, int(ring.y) - reach), max(0, int(ring.x) - reach)
    window = red[top : int(ring.y) + reach, left : int(ring.x) + reach]
    if not window.size:
        return 1.0, 0.0, 1.0
    rows, columns = np.indices(window.shape, dtype=np.float32)
    away = distances(np.stack([columns.ravel() + left, rows.ravel() + top], axis=1), ring)
    inked = window.ravel()

    def share(low: float, high: float) -> float:
        zone = inked[(away > low) & (away < high)]
        return float(zone.mean()) if zone.size else 1.0

    return share(-1.0, 1.0), share(0.95, 1.05), share(1.07, 1.22)


def _square(points: Points) -> Seal | None:
    """A personal seal is a square frame: always unsure, for a person has to read the name in it."""
    (x, y), (wide, high), degrees = cv2.minAreaRect(points)
    sides_mm = wide / DOTS_A_MM, high / DOTS_A_MM
    if min(sides_mm) < _FRAME_MM[0] or max(sides_mm) > _FRAME_MM[1]:
        return None
    if not _FRAME_RATIO[0] < wide / high < _FRAME_RATIO[1]:
        return None
    angle = np.deg2rad(degrees)
    dx, dy = points[:, 0] - x, points[:, 1] - y
    along = (dx * np.cos(angle) + dy * np.sin(angle)) / (wide / 2)
    across = (-dx * np.sin(angle) + dy * np.cos(angle)) / (high / 2)
    inked = []
    for outward, sideways in ((along, across), (-along, across), (across, along), (-across, along)):
        near = np.abs(outward - 1) * wide / 2 < 1.5 * DOTS_A_MM
        inked.append(len(np.unique((sideways[near] * 10).astype(np.intp))) / 20)
    if min(inked) <= _FRAME_COVERAGE or len(points) / (wide * high) >= _MOST_FRAME_FILL:
        return None
    frame = Ring(x, y, wide / 2, high / 2, coverage=min(1.0, float(np.mean(inked))))
    return _seal("unsure", "square", frame)


def _copied_seals(ink: PageInk) -> tuple[Seal, ...]:
    """Dark circles of a seal's size, as a black-and-white copier makes them of red ones."""
    scale = 0.5
    small = cv2.resize(ink.light, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = np.asarray(np.clip(small, 0, 1) * 255, np.uint8)
    dot = DOTS_A_MM * scale
    circles = cv2.HoughCircles(
        cv2.GaussianBlur(grey, (3, 3), 0),
        cv2.HOUGH_GRADIENT,
        1.2,
        15 * dot,
        param1=110,
        param2=26,
        minRadius=int(17 * dot),
        maxRadius=int(31 * dot),
    )
    if circles is None:
        return ()
    rows, columns = np.nonzero(grey < _COPY_DARK)
    points = np.stack([columns, rows], axis=1).astype(np.float32)
    size = (grey.shape[0], grey.shape[1])
    rings = [Ring(float(x), float(y), float(r), float(r)) for x, y, r in circles.reshape(-1, 3)[:6]]
    rings = [measured(ring, points, size, tolerance=dot) for ring in rings]
    copies = [
        ring
        for ring in rings
        if ring.coverage > _COPY_COVERAGE and ring.visible > _COPY_VISIBLE and not _is_filled(ring, points)
    ]
    return tuple(_seal("unsure", "black_and_white", ring, dot) for ring in copies)


def _is_filled(ring: Ring, points: Points) -> bool:
    """Whether the circle is a disc, as a logo is, and not a rim around paper."""
    inside = int((distances(points, ring) < 1).sum())
    return inside > _MOST_INSIDE * np.pi * ring.half_width * ring.half_height


def _seal(answer: Answer, shape: Shape, ring: Ring, dots_a_mm: float = DOTS_A_MM) -> Seal:
    return Seal(
        answer=answer,
        shape=shape,
        x_mm=round(ring.x / dots_a_mm, 1),
        y_mm=round(ring.y / dots_a_mm, 1),
        width_mm=round(2 * ring.half_width / dots_a_mm, 1),
        height_mm=round(2 * ring.half_height / dots_a_mm, 1),
        coverage=round(ring.coverage, 2),
    )

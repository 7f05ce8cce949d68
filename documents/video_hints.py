"""Tells from a few pictures of a film whether it looks like slides, is black, stands still, is cut fast (R73, R76)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from documents.video_frames import Pair, Still, Stills
    from documents.video_timeline import Steps

FLAT_SHARE = 0.35  # of 8 × 8 blocks that are one tone
FEW_COLOURS_SHARE = 0.55  # of the picture in its four commonest colours
SHARP_SHARE = 0.15  # of all steps between neighbours that are steep, as type and lines have them
BLACK = 40  # nearly nothing is brighter, of 255
BRIGHTER_SHARE = 0.01
CHANGED_SHARE = 0.35  # of a picture, for another scene
_ONE_TONE = 4
_SOFT, _STEEP = 4, 50
_SAME = 6
_OTHER = 20
_CELLS = (36, 64)


@dataclass(frozen=True, slots=True)
class Hints:
    """What pictures sampled over the film tell: shares of the film, seconds of its longest stand-still, cuts a minute.

    They point a person to a place; none of them decides.
    """

    looked_at: int
    slides_share: float
    black_share: float
    still_seconds: float
    still_from: float
    cuts_a_minute: float


def hints(seen: "Stills", *, seconds: float, steps: "tuple[Steps, ...]") -> Hints | None:
    """The hints of a film of so many seconds; `None` when no picture was decoded.

    Of the cuts that there may be in each kind of ``steps`` as many are counted as its sampled pairs let expect.
    """
    if not seen.stills or seconds <= 0:
        return None
    whole = sum(still.share for still in seen.stills)
    dark = [is_black(still.planes) for still in seen.stills]
    slides = [is_slide(still.planes) for still in seen.stills]
    cuts = sum(kind.cuts * _changed_share(pairs) for kind, pairs in zip(steps, seen.pairs, strict=True))
    start, length = _longest_stand_still(seen.stills, dark, seconds)
    return Hints(
        looked_at=len(seen.stills),
        slides_share=round(sum(still.share for still, yes in zip(seen.stills, slides, strict=True) if yes) / whole, 2),
        black_share=round(sum(still.share for still, yes in zip(seen.stills, dark, strict=True) if yes) / whole, 2),
        still_seconds=round(length, 1),
        still_from=round(start, 1),
        cuts_a_minute=round(cuts * 60 / seconds, 1),
    )


def is_black(planes: "NDArray[np.uint8]") -> bool:
    """Whether there is nothing to see."""
    return bool((planes[0] > BLACK).mean() < BRIGHTER_SHARE)


def is_slide(planes: "NDArray[np.uint8]") -> bool:
    """Whether a picture is drawn rather than filmed: even areas, few colours, steep edges and hardly a soft one."""
    import numpy as np

    wide = planes.astype(np.int16)
    if is_black(planes) or _flat_share(wide[0]) < FLAT_SHARE:
        return False
    colours = (wide[0] >> 4 << 8) | (wide[1] >> 4 << 4) | (wide[2] >> 4)
    counts = np.sort(np.bincount(colours.ravel()))
    if counts[-4:].sum() < FEW_COLOURS_SHARE * colours.size:
        return False
    steps = np.concatenate([np.abs(np.diff(wide[0], axis=axis)).ravel() for axis in (0, 1)])
    steep, all_steps = int((steps > _STEEP).sum()), int((steps > _SOFT).sum())
    return steep > 0 and steep >= SHARP_SHARE * all_steps


def is_other_scene(one: "NDArray[np.uint8]", other: "NDArray[np.uint8]") -> bool:
    """Whether two pictures have little in common."""
    return bool((_difference(one, other) > _OTHER).mean() > CHANGED_SHARE)


def is_same(one: "NDArray[np.uint8]", other: "NDArray[np.uint8]") -> bool:
    """Whether nothing at all moved between two pictures."""
    return bool((_difference(one, other) <= _SAME).all())


def _changed_share(pairs: "Sequence[Pair]") -> float:
    return sum(is_other_scene(one, other) for one, other in pairs) / max(1, len(pairs))


def _flat_share(bright: "NDArray[np.int16]") -> float:
    height, width = (size // 8 for size in bright.shape)
    blocks = bright[: height * 8, : width * 8].reshape(height, 8, width, 8)
    return float((blocks.max((1, 3)) - blocks.min((1, 3)) <= _ONE_TONE).mean())


def _difference(one: "NDArray[np.uint8]", other: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    return abs(_cells(one) - _cells(other))


def _cells(planes: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    import cv2
    import numpy as np

    small = cv2.resize(planes[0], _CELLS[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32)


def _longest_stand_still(stills: "Sequence[Still]", dark: list[bool], seconds: float) -> tuple[float, float]:
    """Where the longest run of one and the same picture starts and how long it is; black is told by itself."""
    best = (0.0, 0.0)
    start = 0
    for at in range(1, len(stills) + 1):
        ended = at == len(stills)
        if not ended and not dark[start] and is_same(stills[start].planes, stills[at].planes):
            continue
        until = seconds if ended else stills[at - 1].seconds
        if not dark[start] and at - start > 1:
            best = max(best, (stills[start].seconds, until - stills[start].seconds), key=lambda run: run[1])
        start = at
    return best

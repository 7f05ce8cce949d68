"""Tells from the index of a film's pictures where the scene may be cut, before any picture is decoded (R76)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

MOST_PICTURES = 2_000_000
_BEFORE = 8  # pictures that a jump is compared with; a chain of I, P and B pictures repeats within so many
_KEY_QUANTILE = 0.75  # a black key frame has next to no bytes
# A jump is at least so much of a key frame, and so many times the largest picture before it.
_JUMPS = ((0.12, 2.5), (0.3, 1.6))
_REST_SECONDS = 0.25  # after a cut the next pictures are large too
_CADENCE_QUANTILE = 0.95
_REPAINTED = 0.8  # of a key frame's bytes: with more, motion alone may have changed the whole picture
_EARLY = 0.9  # a key frame before so much of the cadence was put there because the picture changed


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps from a key frame to the next, by the number of the first, and how many cuts there may be in them."""

    numbers: tuple[int, ...]
    cuts: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The pictures of a film in the order of its index: when each starts (seconds), how many bytes, key frame or not.

    ``keys`` are the positions of the key frames, in time base units as a seek wants them.
    """

    seconds: "NDArray[np.float64]"
    sizes: "NDArray[np.int64]"
    is_key: "NDArray[np.bool_]"
    keys: "NDArray[np.int64]"

    def jumps(self) -> "NDArray[np.float64]":
        """When a large picture stands among small ones, in seconds: the scene may be cut there."""
        import numpy as np

        others = np.where(self.is_key, 0, self.sizes)
        padded = np.concatenate([np.zeros(_BEFORE, dtype=others.dtype), others])
        largest = np.lib.stride_tricks.sliding_window_view(padded, _BEFORE)[: len(others)].max(axis=1)
        key = float(np.quantile(self.sizes[self.is_key], _KEY_QUANTILE)) if len(self.keys) else np.inf
        found = np.zeros(len(others), dtype=bool)
        for share, times in _JUMPS:
            found |= (others >= share * key) & (others >= times * largest)
        kept: list[float] = []
        for seconds in self.seconds[found & (others > 0) & (largest > 0)].tolist():
            if not kept or seconds - kept[-1] >= _REST_SECONDS:
                kept.append(seconds)
        return np.array(kept, dtype=np.float64)

    def steps(self) -> tuple[Steps, ...]:
        """Where cuts may be: around jumps, before key frames that came early, and where nothing tells.

        Whether the scene did change there only the pictures can say: a face that moves makes a jump now and then, an
        encoder may err, and where a key frame comes by the clock a cut on it leaves no mark.
        """
        import numpy as np

        places = np.flatnonzero(self.is_key)
        if len(places) < 2:  # noqa: PLR2004 - a step has two ends
            return ()
        jumps = self.jumps()
        before = np.searchsorted(jumps, self.seconds[places], side="right")
        gaps = np.diff(self.seconds[places])
        jumped = before[1:] > before[:-1]
        early = ~jumped & (gaps < _EARLY * float(np.quantile(gaps, _CADENCE_QUANTILE)))
        moved = np.add.reduceat(np.where(self.is_key, 0, self.sizes), places)[:-1]
        quiet = ~jumped & ~early & (moved < _REPAINTED * self.sizes[places][:-1])
        numbers = [tuple(int(number) for number in np.flatnonzero(some)) for some in (jumped, early, quiet)]
        return Steps(numbers[0], len(jumps)), Steps(numbers[1], len(numbers[1])), Steps(numbers[2], len(numbers[2]))


def timeline(stream: "VideoStream") -> Timeline | None:
    """The index of a picture stream, as far as it is known; `None` when there is none or it is beyond all measure."""
    import numpy as np

    entries = stream.index_entries
    if not 0 < len(entries) <= MOST_PICTURES or not stream.time_base:
        return None
    rows = np.array([(entry.timestamp, entry.size, entry.is_keyframe) for entry in entries], dtype=np.int64)
    is_key = rows[:, 2] > 0
    return Timeline(rows[:, 0].astype(np.float64) * float(stream.time_base), rows[:, 1], is_key, rows[is_key, 0])


def clock(seconds: float) -> str:
    """Seconds as minutes, ``12:07``; with thousandths where they matter, ``12:00.480``."""
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    whole, part = divmod(rest, 1000)
    return f"{minutes}:{whole:02d}" + (f".{part:03d}" if part else "")

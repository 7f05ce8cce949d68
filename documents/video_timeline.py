"""Tells from the index of a film's pictures alone how often the picture is cut: no picture is decoded for it (R76)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

MOST_PICTURES = 2_000_000
_BEFORE = 8  # pictures that a jump is compared with; a chain of I, P and B pictures repeats within so many
_JUMP = 2.5  # times the largest of them
_KEY_SHARE = 0.12  # a jump is at least so much of a key frame
_REST_SECONDS = 0.25  # after a cut the next pictures are large too
_CADENCE_QUANTILE = 0.95
_REPAINTED = 0.8  # of a key frame's bytes: with more, motion alone may have changed the whole picture
_EARLY = 0.9  # a key frame before so much of the cadence was put there because the picture changed


@dataclass(frozen=True, slots=True)
class Timeline:
    """The pictures of a film in the order of its index: when each starts (seconds), how many bytes, key frame or not.

    ``keys`` are the positions of the key frames, in time base units as a seek wants them.
    """

    seconds: "NDArray[np.float64]"
    sizes: "NDArray[np.int64]"
    is_key: "NDArray[np.bool_]"
    keys: "NDArray[np.int64]"

    def cuts(self) -> "NDArray[np.float64]":
        """When the picture jumps, in seconds: large pictures among small ones, key frames before their time."""
        import numpy as np

        if len(self.keys) == 0:
            return np.zeros(0)
        found = np.flatnonzero(self._jumps() | self._early_keys())
        kept: list[float] = []
        for seconds in self.seconds[found].tolist():
            if not kept or seconds - kept[-1] >= _REST_SECONDS:
                kept.append(seconds)
        return np.array(kept, dtype=np.float64)

    def quiet_gaps(self, cuts: "NDArray[np.float64]") -> list[int]:
        """The key frames, by number, until whose successor the index shows neither a cut nor much motion.

        If the picture is another one all the same, the cut fell on the next key frame: only the pictures can tell.
        """
        import numpy as np

        places = np.flatnonzero(self.is_key)
        before = np.searchsorted(cuts, self.seconds[places], side="right")
        moved = np.add.reduceat(np.where(self.is_key, 0, self.sizes), places)
        quiet = (before[1:] == before[:-1]) & (moved[:-1] < _REPAINTED * self.sizes[places][:-1])
        return [int(number) for number in np.flatnonzero(quiet)]

    def _jumps(self) -> "NDArray[np.bool_]":
        import numpy as np

        others = np.where(self.is_key, 0, self.sizes)
        padded = np.concatenate([np.zeros(_BEFORE, dtype=others.dtype), others])
        largest = np.lib.stride_tricks.sliding_window_view(padded, _BEFORE)[: len(others)].max(axis=1)
        least = _KEY_SHARE * float(np.median(self.sizes[self.is_key]))
        jumps: NDArray[np.bool_] = (others > 0) & (others >= least) & (others >= _JUMP * largest) & (largest > 0)
        return jumps

    def _early_keys(self) -> "NDArray[np.bool_]":
        import numpy as np

        early = np.zeros(len(self.sizes), dtype=bool)
        at = self.seconds[self.is_key]
        if len(at) > 2:  # noqa: PLR2004 - two gaps are the least that can differ
            gaps = np.diff(at)
            cadence = float(np.quantile(gaps, _CADENCE_QUANTILE))
            early[np.flatnonzero(self.is_key)[1:][gaps < _EARLY * cadence]] = True
        return early


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

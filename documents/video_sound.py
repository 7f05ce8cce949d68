"""Listens to a few short stretches of a film, whether anything is to be heard at all (R73)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from numpy.typing import NDArray

WINDOWS = 16
WINDOW_SECONDS = 0.4
_UNEVEN = 0.618  # even steps could fall into every pause of a sound that repeats


def loudest(container: "InputContainer", seconds: float) -> float | None:
    """The loudest moment heard in the first sound track, 1.0 being the most that it can hold.

    `None` without sound or when none of it can be decoded: that is not silence.
    """
    from av.stream import Discard

    track = next(iter(container.streams.audio), None)
    if track is None or not track.time_base or getattr(track, "codec_context", None) is None:  # a codec nobody knows
        return None
    for stream in container.streams:
        if stream is not track:
            stream.discard = Discard.all  # else their bytes are read on the way
    starts = (seconds * (part + part * _UNEVEN % 1) / WINDOWS for part in range(WINDOWS))
    peaks = [_peak(container, track, start) for start in starts]
    heard = [peak for peak in peaks if peak is not None]
    return round(max(heard), 5) if heard else None


def _peak(container: "InputContainer", track: "AudioStream", start: float) -> float | None:
    """The peak of one window; `None` when there is nothing to be decoded there."""
    import av

    assert track.time_base is not None  # noqa: S101 - asked by the caller
    peak = None
    try:
        track.codec_context.flush_buffers()
        container.seek(int(start / track.time_base), stream=track)
        for packet in container.demux(track):
            if packet.pts is None or float(packet.pts * packet.time_base) > start + WINDOW_SECONDS:
                break
            for frame in packet.decode():
                peak = max(peak or 0.0, float(abs(_samples(frame)).max(initial=0.0)))
    except av.error.FFmpegError:
        return peak
    return peak


def _samples(frame: "AudioFrame") -> "NDArray[np.float32]":
    """The samples between -1 and 1, whatever numbers the track is made of."""
    import numpy as np

    raw = frame.to_ndarray()
    if raw.dtype.kind == "f":
        return raw.astype(np.float32)
    full = float(1 << 8 * raw.dtype.itemsize - 1)
    middle = full if raw.dtype.kind == "u" else 0.0
    return (raw.astype(np.float32) - np.float32(middle)) / np.float32(full)

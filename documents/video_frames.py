"""Decodes a few key frames spread over a film: whether they are sound, what they show, small pictures of five (R70)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from documents.findings import Picture
from documents.video_timeline import clock

if TYPE_CHECKING:
    import numpy as np
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

    from documents.video_timeline import Steps, Timeline

    Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]

LARGEST_PICTURE = 8192 * 4320
PICTURES = 5
PICTURE_WIDTH = 480
PICTURE_HEIGHT = 854
PICTURE_BYTES = 64 * 1024
MOST_FRAMES = 30
FEWEST_FRAMES = 12
PAIRS = 4
UNEVEN = 0.618  # even steps could always fall into the same part of a film that repeats
PACKETS_TO_PAINT = 90
MOST_WAITED_FOR = 2  # pictures that never came; after them none is waited for
_DOTS_FOR_ALL = MOST_FRAMES * 1920 * 1080
_LOOK_HEIGHT = 360
_NARROWEST = 32
_QUALITIES = (82, 60, 40, 20, 5)


@dataclass(frozen=True, slots=True)
class Still:
    """A decoded key frame: when it stands (seconds), the share of the film it stands for, its brightness and colours.

    ``planes`` are Y, U and V of equal size, at most `_LOOK_HEIGHT` high.
    """

    seconds: float
    share: float
    planes: "NDArray[np.uint8]"


@dataclass(frozen=True, slots=True)
class Stills:
    """What came of the tries: sound stills in order of time, pairs of neighbours by kind of step, five pictures."""

    tried: int
    bad: int
    stills: tuple[Still, ...] = ()
    pairs: "tuple[tuple[Pair, ...], ...]" = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def poster(self) -> str:
        """The key of the most telling picture, the one with most detail; empty without pictures."""
        best = max(self.pictures, key=lambda picture: len(picture.jpeg), default=None)
        return best.key if best else ""


def look_through(
    container: "InputContainer", stream: "VideoStream", known: "Timeline", *, steps: "tuple[Steps, ...]"
) -> Stills:
    """Decode key frames over the film, and both ends of some steps of each kind.

    A picture too large to decode has none tried.
    """
    context = stream.codec_context
    dots = context.width * context.height
    if not 0 < dots <= LARGEST_PICTURE or not len(known.keys):
        return Stills(0, 0)
    context.thread_count = 1
    context.skip_frame = "NONKEY"
    context.options = {"max_pixels": str(LARGEST_PICTURE)}
    wanted = _spread(known, max(FEWEST_FRAMES, min(MOST_FRAMES, _DOTS_FOR_ALL // dots)))
    framed = {list(wanted)[at] for at in _evenly(len(wanted), PICTURES)}
    seen = _Seen()
    for number, share in wanted.items():
        frame = _decode(container, stream, int(known.keys[number]), patient=seen.bad < MOST_WAITED_FOR)
        seen.keep(frame, _seconds(known, number), share, pictured=number in framed)
    pairs = tuple(
        tuple(_neighbours(container, stream, known, [kind.numbers[at] for at in _evenly(len(kind.numbers), PAIRS)]))
        for kind in steps
    )
    return Stills(seen.tried, seen.bad, tuple(seen.stills), pairs, tuple(seen.pictures))


class _Seen:
    """Counts and keeps what is decoded."""

    def __init__(self) -> None:
        self.tried = self.bad = 0
        self.stills: list[Still] = []
        self.pictures: list[Picture] = []

    def keep(self, frame: "VideoFrame | None", seconds: float, share: float, *, pictured: bool) -> None:
        self.tried += 1
        if frame is None:
            self.bad += 1
            return
        self.stills.append(Still(seconds, share, _planes(frame)))
        if pictured:
            caption = f"视频 {clock(int(seconds))} 处的画面"
            self.pictures.append(Picture(f"frame-{len(self.pictures) + 1}", caption, _jpeg(frame)))


def _spread(known: "Timeline", count: int) -> dict[int, float]:
    """Key frame numbers spread over the film, each with the share of the film that it stands for."""
    import numpy as np

    starts = known.seconds[known.is_key]
    first, last = float(known.seconds[0]), float(known.seconds.max())
    steps = np.arange(count)
    targets = first + (last - first) * (steps + steps * UNEVEN % 1) / count
    shares: dict[int, float] = {}
    for number in np.maximum(np.searchsorted(starts, targets, side="right") - 1, 0).tolist():
        shares[number] = shares.get(number, 0.0) + 1 / count
    return shares


def _evenly(count: int, wanted: int) -> list[int]:
    """At most so many positions out of ``count``, evenly spread."""
    wanted = min(count, wanted)
    return [int((part + 0.5) * count / wanted) for part in range(wanted)]


def _seconds(known: "Timeline", number: int) -> float:
    return max(0.0, float(known.seconds[known.is_key][number]))


def _neighbours(
    container: "InputContainer", stream: "VideoStream", known: "Timeline", numbers: list[int]
) -> "Iterator[Pair]":
    for number in numbers:
        both = (known.keys[number], known.keys[number + 1])
        one, other = (_decode(container, stream, int(key), patient=False) for key in both)
        if one is not None and other is not None:
            yield _planes(one), _planes(other)


def _decode(
    container: "InputContainer", stream: "VideoStream", timestamp: int, *, patient: bool
) -> "VideoFrame | None":
    """The key frame at a place; `None` when it cannot be decoded without fault. ``patient``: wait for later packets."""
    import av

    try:
        frame = _first_frame(container, stream, timestamp, packets=1)
        if frame is None and patient:  # a picture that is painted bit by bit, over many packets
            stream.codec_context.skip_frame = "DEFAULT"
            frame = _first_frame(container, stream, timestamp, packets=PACKETS_TO_PAINT)
            stream.codec_context.skip_frame = "NONKEY"
    except av.error.FFmpegError:
        return None
    return None if frame is None or frame.is_corrupt else frame


def _first_frame(
    container: "InputContainer", stream: "VideoStream", timestamp: int, *, packets: int
) -> "VideoFrame | None":
    context = stream.codec_context
    context.flush_buffers()
    container.seek(timestamp, stream=stream)
    started = False
    for packet in container.demux(stream):
        if packet.dts is None or not packets:
            break
        # A seek goes by the time of showing and may stop a key frame early; the index counts by decoding.
        started = started or (packet.is_keyframe and packet.dts >= timestamp)
        if started and (packet.is_keyframe or context.skip_frame == "DEFAULT"):
            packets -= 1
            frames: list[VideoFrame] = [*packet.decode(), *(() if packets else context.decode(None))]
            if frames:  # the end is told with the last packet: a decoder may wait for the next one
                return frames[0]
    return None


def _planes(frame: "VideoFrame") -> "NDArray[np.uint8]":
    """Y, U, V of a frame, made small."""
    import numpy as np

    height = max(_NARROWEST, min(frame.height, _LOOK_HEIGHT))
    width = max(_NARROWEST, min(2 * height, round(frame.width * height / max(1, frame.height))))
    small = frame.reformat(width=width, height=height, format="yuv444p", interpolation="AREA")
    return np.asarray(small.to_ndarray(), dtype=np.uint8)


def _jpeg(frame: "VideoFrame") -> bytes:
    """The frame as it is shown, within the size that a check sheet carries."""
    import cv2
    import numpy as np

    turned = int(frame.rotation) // 90 % 4
    width, height = (frame.height, frame.width) if turned % 2 else (frame.width, frame.height)
    scale = min(1.0, PICTURE_WIDTH / width, PICTURE_HEIGHT / height)
    size = (max(2, round(frame.width * scale)), max(2, round(frame.height * scale)))
    small = frame.reformat(width=size[0], height=size[1], format="bgr24", interpolation="AREA").to_ndarray()
    upright = np.ascontiguousarray(np.rot90(small, turned), dtype=np.uint8)
    for quality in _QUALITIES:
        _, data = cv2.imencode(".jpg", upright, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if data.nbytes <= PICTURE_BYTES:
            break
    return data.tobytes()

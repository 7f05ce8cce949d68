"""Makes a small MP4 of a given length: plain slides, a soft tone now and then, the same bytes at each call."""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.packet import Packet
    from av.video.stream import VideoStream

WIDTH, HEIGHT = 160, 90
SECONDS_A_SLIDE = 10.0
SOUND_RATE = 8000
SOUND_FRAME = 1024
SOUND_EVERY = 4.0
SOUND_SECONDS = 1.0
TONE_HERTZ = 250
TICKS = 16_000  # a second of the picture track
PALETTE = ((29, 79, 156), (31, 122, 77), (153, 97, 10), (192, 57, 43), (90, 70, 160))


@lru_cache(maxsize=32)
def video_bytes(seconds: float, *, sound: bool) -> bytes:
    """An H.264 MP4 with its index in front that plays for ``seconds``, with a sound track or none."""
    with TemporaryDirectory() as folder:  # the index is moved to the front, so the encoder needs a real file
        path = Path(folder) / "slides.mp4"
        _encode(path, seconds, sound=sound)
        return path.read_bytes()


def _encode(path: Path, seconds: float, *, sound: bool) -> None:
    import av

    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        picture = container.add_stream("libx264", rate=Fraction(1, 10))
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture.options = {"preset": "ultrafast", "crf": "35", "bf": "0", "g": "6", "threads": "1"}
        picture.codec_context.time_base = Fraction(1, TICKS)
        quiet = container.add_stream("aac", rate=SOUND_RATE, layout="mono") if sound else None
        if quiet is not None:
            quiet.bit_rate = 8000
        for packet in _slides(picture, seconds):
            container.mux(packet)
        if quiet is not None:
            for packet in _tones(quiet, seconds):
                container.mux(packet)


def _slides(picture: "VideoStream", seconds: float) -> "Iterator[Packet]":
    """One picture each `SECONDS_A_SLIDE`; the last is shown to the very end."""
    import numpy as np
    from av import VideoFrame

    end = round(seconds * TICKS)
    each = round(SECONDS_A_SLIDE * TICKS)
    pictures = []
    for number, start in enumerate(range(0, end, each)):
        pixels = np.full((HEIGHT, WIDTH, 3), 245, np.uint8)
        pixels[: HEIGHT // 5] = PALETTE[number % len(PALETTE)]
        pixels[-6:, : max(2, WIDTH * min(start + each, end) // end)] = PALETTE[number % len(PALETTE)]
        frame = VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = start, Fraction(1, TICKS)
        pictures.extend(picture.encode(frame))
    pictures.extend(picture.encode(None))
    for packet in pictures:
        packet.duration = min(each, end - (packet.pts or 0))
        yield packet


def _tones(quiet: "AudioStream", seconds: float) -> "Iterator[Packet]":
    """Sound in the first part of each `SOUND_EVERY`, silence in the rest, which keeps the file small."""
    import numpy as np
    from av import AudioFrame

    end = round(seconds * SOUND_RATE)
    for start in range(0, end, SOUND_FRAME):
        at = np.arange(start, min(start + SOUND_FRAME, end), dtype=np.float64) / SOUND_RATE
        tone = 0.1 * np.sin(at * TONE_HERTZ * 2 * np.pi) * (at % SOUND_EVERY < SOUND_SECONDS)
        frame = AudioFrame.from_ndarray(tone[None].astype(np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, start, Fraction(1, SOUND_RATE)
        yield from quiet.encode(frame)
    yield from quiet.encode(None)

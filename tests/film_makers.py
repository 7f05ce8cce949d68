"""Encodes films as recorders, phones and studios make them: every codec, container and table that players know."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

Pixels = Callable[[float], np.ndarray]

SIZE = (320, 180)
RATE = 10
HERTZ = 16_000
QUICK = {"preset": "ultrafast", "g": "20"}


@cache
def texture(size: tuple[int, int], seed: int = 0) -> np.ndarray:
    """A soft coloured pattern with grain, twice as large as a picture, as a camera would see."""
    rough = np.random.default_rng(seed).integers(20, 235, (18, 32, 3)).astype(np.uint8)
    soft = np.asarray(Image.fromarray(rough).resize((size[0] * 2, size[1] * 2), Image.Resampling.BICUBIC))
    grain = np.random.default_rng(seed).integers(-8, 9, soft.shape)
    return np.clip(soft.astype(np.int16) + grain, 0, 255).astype(np.uint8)


def moving(seconds: float, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A camera that pans slowly."""
    left, top = int(seconds * 8) % size[0], int(seconds * 3) % size[1]
    return texture(size)[top : top + size[1], left : left + size[0]]


def film(  # noqa: PLR0913 - each option is one thing that differs between films
    seconds: float = 8,
    *,
    pixels: Pixels = moving,
    codec: str = "libx264",
    rate: Fraction | int = RATE,
    options: dict[str, str] | None = None,
    mux: dict[str, str] | None = None,
    sound: str = "aac",
    sound_seconds: float | None = None,
    loudness: float = 0.2,
    container_format: str = "mp4",
    pix_fmt: str = "yuv420p",
    pictures: int = 1,
    metadata: dict[str, str] | None = None,
) -> bytes:
    """The bytes of a film: ``pictures`` picture tracks and a sound track (none for an empty ``sound``)."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w", format=container_format, options=dict(mux or {})) as container:
            tracks = [_picture_track(container, codec, rate, pixels, pix_fmt, options) for _ in range(pictures)]
            for track in tracks:
                track.metadata.update(metadata or {})
            heard = container.add_stream(sound, rate=HERTZ, layout="mono") if sound else None
            packets = [packet for track in tracks for packet in _pictures(track, seconds, rate, pixels)]
            if heard is not None:
                packets += list(_tone(heard, sound_seconds or seconds, loudness))
            for packet in sorted(packets, key=lambda packet: float((packet.dts or 0) * packet.time_base)):
                container.mux(packet)
        return path.read_bytes()


def _picture_track(
    container: OutputContainer,
    codec: str,
    rate: Fraction | int,
    pixels: Pixels,
    pix_fmt: str,
    options: dict[str, str] | None,
) -> VideoStream:
    track = container.add_stream(codec, rate=rate)
    height, width = pixels(0.0).shape[:2]
    track.width, track.height, track.pix_fmt = width, height, pix_fmt
    track.codec_context.thread_count = 1
    if options is not None or codec == "libx264":
        track.options = dict(QUICK if options is None else options)
    return track


def _pictures(track: VideoStream, seconds: float, rate: Fraction | int, pixels: Pixels) -> Iterator[Packet]:
    for number in range(int(seconds * rate)):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels(float(number / rate))), format="rgb24")
        frame.pts, frame.time_base = number, 1 / Fraction(rate)
        yield from track.encode(frame)
    yield from track.encode(None)


def _tone(track: AudioStream, seconds: float, loudness: float) -> Iterator[Packet]:
    whole = track.codec_context.format.name
    for start in range(0, int(seconds * HERTZ), 1024):
        wave = loudness * np.sin(np.arange(start, start + 1024) / HERTZ * 2 * np.pi * 300)[None]
        samples = wave.astype(np.float32) if whole == "fltp" else (wave * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples, format=whole, layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = HERTZ, start, Fraction(1, HERTZ)
        yield from track.encode(frame)
    yield from track.encode(None)


@cache
def plain() -> bytes:
    """What most tools write: H.264 and AAC, the index at the end."""
    return film()


@cache
def early() -> bytes:
    """The same with its index in front."""
    return film(mux={"movflags": "+faststart"})


@cache
def fragments() -> bytes:
    """As streaming recorders write it: a film in pieces, the header's length left open."""
    return film(mux={"movflags": "frag_keyframe+empty_moov+default_base_moof"})


def at_uneven_times(starts: Sequence[float], until: float) -> bytes:
    """A screen recording: a picture only when something changed, the last one shown until the end."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w") as container:
            track = _picture_track(container, "libx264", 30, moving, "yuv420p", {**QUICK, "bf": "0"})
            track.codec_context.time_base = Fraction(1, 1000)
            packets: list[Packet] = []
            for start in starts:
                frame = av.VideoFrame.from_ndarray(moving(start), format="rgb24")
                frame.pts, frame.time_base = round(start * 1000), Fraction(1, 1000)
                packets += track.encode(frame)
            packets += track.encode(None)
            for packet, end in zip(packets, [*starts[1:], until], strict=True):
                packet.duration = round(end * 1000) - (packet.pts or 0)
                container.mux(packet)
        return path.read_bytes()


def with_cover() -> bytes:
    """A film with a picture for the shelf beside it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w") as container:
            track = _picture_track(container, "libx264", RATE, moving, "yuv420p", None)
            shown = _cover(container)
            for packet in [*_pictures(track, 8, RATE, moving), *shown.encode(_still()), *shown.encode(None)]:
                container.mux(packet)
        return path.read_bytes()


def cover_and_sound() -> bytes:
    """A song with its cover."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w") as container:
            heard = container.add_stream("aac", rate=HERTZ, layout="mono")
            shown = _cover(container)
            for packet in [*shown.encode(_still()), *shown.encode(None), *_tone(heard, 8, 0.2)]:
                container.mux(packet)
        return path.read_bytes()


def segments() -> bytes:
    """A film as it was streamed (DASH): its beginning and all its pieces, saved one behind the other."""
    with TemporaryDirectory() as folder:
        with av.open(str(Path(folder) / "film.mpd"), "w", format="dash", options={"seg_duration": "2"}) as container:
            track = _picture_track(container, "libx264", RATE, moving, "yuv420p", None)
            for packet in _pictures(track, 8, RATE, moving):
                container.mux(packet)
        pieces = sorted(Path(folder).glob("*.m4s"), key=lambda path: (path.name.startswith("chunk"), path.name))
        return b"".join(path.read_bytes() for path in pieces)


def _cover(container: OutputContainer) -> VideoStream:
    shown = container.add_stream("mjpeg", rate=1)
    shown.width, shown.height, shown.pix_fmt = *SIZE, "yuvj420p"
    shown.disposition = av.stream.Disposition.attached_pic
    return shown


def _still() -> VideoFrame:
    frame = av.VideoFrame.from_ndarray(moving(0), format="rgb24")
    frame.pts, frame.time_base = 0, Fraction(1)
    return frame

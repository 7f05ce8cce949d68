"""Makes defence videos as odd or hostile as strangers send them, real files of the encoder as bytes."""

import struct
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np

from cli.specimen_video import video_bytes


def of_length(seconds: float) -> bytes:
    return video_bytes(seconds, sound=False)


def with_sound(seconds: float) -> bytes:
    return video_bytes(seconds, sound=True)


def header_says(seconds: int, data: bytes) -> bytes:
    changed = bytearray(data)
    at = data.index(b"mvhd") + 4
    (ticks,) = struct.unpack_from(">I", data, at + 12)
    struct.pack_into(">I", changed, at + 16, ticks * seconds)
    return bytes(changed)


def with_brand(brand: bytes, data: bytes) -> bytes:
    return data[:8] + brand + data[12:]


@cache
def encoded(codec: str, suffix: str = "mp4", seconds: int = 20, size: tuple[int, int] = (160, 90)) -> bytes:
    """A film of one picture a second by this encoder in this container."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"film.{suffix}"
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=1)
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            for number in range(seconds):
                frame = av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), number * 9, np.uint8), format="rgb24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path.read_bytes()


def sound_alone(seconds: int = 5, picture: bytes | None = None) -> bytes:
    """A sound track, after the packets of a film when there is one."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sound.mp4"
        with av.open(str(path), "w") as container:
            shown = None
            if picture is not None:
                source = av.open(BytesIO(picture))
                shown = container.add_stream_from_template(source.streams.video[0])
            quiet = container.add_stream("aac", rate=8000, layout="mono")
            if shown is not None:
                for packet in source.demux(source.streams.video[0]):
                    if packet.dts is not None:
                        packet.stream = shown
                        container.mux(packet)
                source.close()
            for start in range(0, 8000 * seconds, 1024):
                frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
                frame.sample_rate, frame.pts, frame.time_base = 8000, start, Fraction(1, 8000)
                container.mux(quiet.encode(frame))
            container.mux(quiet.encode(None))
        return path.read_bytes()


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def index_at_the_end(data: bytes) -> bytes:
    """The same film written by a recorder that puts its index last."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "late.mp4"
        with av.open(BytesIO(data)) as source, av.open(str(path), "w") as target:
            stream = target.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(source.streams.video[0]):
                if packet.dts is not None:
                    packet.stream = stream
                    target.mux(packet)
        return path.read_bytes()


def many_tracks(count: int) -> bytes:
    """An index of very many empty tracks."""
    data = of_length(10.0)
    at = data.index(b"moov") - 4
    (length,) = struct.unpack_from(">I", data, at)
    empty = struct.pack(">I4s", 8, b"trak") * count
    return (
        data[:at]
        + struct.pack(">I4s", length + len(empty), b"moov")
        + data[at + 8 : at + length]
        + empty
        + data[at + length :]
    )


def long_last_picture(seconds: int) -> bytes:
    """A film whose last picture says that it stands for very long."""
    data = bytearray(of_length(30.0))
    at = data.index(b"stts") + 4
    (count,) = struct.unpack_from(">I", data, at + 4)
    (ticks,) = struct.unpack_from(">I", data, data.index(b"mdhd") + 16)
    struct.pack_into(">I", data, at + 8 + 8 * (count - 1) + 4, ticks * seconds)
    return bytes(data)

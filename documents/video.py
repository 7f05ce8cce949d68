"""Reads the defence video: its true length, its streams, whether it is sound and what it looks like (R70–R76)."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from documents import mp4_boxes, video_frames, video_hints, video_sound, video_timeline
from documents.findings import Picture, Unreadable
from documents.mp4_tables import BrokenBoxes
from documents.video_hints import Hints
from documents.video_stowaways import stowaways
from documents.video_timeline import clock

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

MISSING_SECONDS = 1.0
NOTHING_ELSE = {"protocol_whitelist": "file", "enable_drefs": "0", "max_pixels": str(video_frames.LARGEST_PICTURE)}

EXPORT = "请用录制或剪辑软件重新导出为 MP4（H.264 编码）后上传。"
UPLOAD_AGAIN = "请在本机播放一遍确认完整，再重新上传；仍不行请重新导出为 MP4（H.264 编码）。"
MP4_BRANDS = frozenset(
    {"isom", "avc1", "mp41", "mp42", "mp71", "M4V ", "M4VH", "MSNV", "dash", "cmfc", "f4v ", "F4V ", "XAVC"}
    | {f"iso{digit}" for digit in "23456789abc"}
    | {f"3gp{digit}" for digit in "456789"}
)
FOREIGN_STARTS = (
    (b"\x1a\x45\xdf\xa3", 0, "MKV/WebM"),
    (b"AVI ", 8, "AVI"),
    (b"FLV", 0, "FLV"),
    (b"\x30\x26\xb2\x75", 0, "WMV"),
    (b"moov", 4, "MOV"),
    (b"mdat", 4, "MOV"),
    (b"wide", 4, "MOV"),
    (b"PK\x03\x04", 0, "压缩包或 Office 文件"),
    (b"%PDF", 0, "PDF"),
    (b"\xd0\xcf\x11\xe0", 0, "旧版 Office 文件"),
)


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a video is. Lengths are in seconds, sizes in pixels.

    ``seconds`` is what a player shows (the end of the last packet, sound or picture), ``header_seconds`` what the
    header claims, ``media_seconds`` what its sample tables hold; ``key_frames_bad`` counts those that did not decode.
    ``loudest`` is the loudest moment heard, 1.0 being the most; ``pictures`` are the keys of the small pictures,
    ``poster`` the most telling one; ``stowaways`` names other formats as which the file could be opened.
    """

    brand: str
    seconds: float
    header_seconds: float | None
    media_seconds: float
    video_seconds: float
    audio_seconds: float | None
    codec: str
    width: int
    height: int
    fragmented: bool
    edited: bool
    key_frames: int
    key_frames_bad: int
    loudest: float | None = None
    hints: Hints | None = None
    pictures: tuple[str, ...] = ()
    poster: str = ""
    stowaways: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The facts as JSON types."""
        return asdict(self)


def read(path: Path) -> VideoFacts:
    """The facts of an MP4 file; raises `Unreadable` for another format, a cut file or one without a picture (R70).

    Lengths come from the packets, not from the header; only a few key frames and short stretches of sound are decoded.
    """
    return examine(path)[0]


def examine(path: Path) -> tuple[VideoFacts, tuple[Picture, ...]]:
    """The facts of an MP4 file with small pictures of what it shows; raises as `read` does."""
    movie = _movie(path)
    import av  # heavy; only who reads a video pays for it

    try:
        with av.open(str(path), format="mov", metadata_errors="replace", options=dict(NOTHING_ELSE)) as container:
            seen = _see(container)
    except av.error.FFmpegError as error:
        raise _unreadable("视频数据损坏，无法读到结尾。", UPLOAD_AGAIN) from error
    _refuse_missing_end(movie, seen.seconds)
    if seen.stills.tried and seen.stills.bad == seen.stills.tried:
        raise _unreadable("视频画面无法解码。", UPLOAD_AGAIN)
    return replace(_facts(movie, seen), stowaways=stowaways(path)), seen.stills.pictures


@dataclass(frozen=True, slots=True)
class _Seen:
    ends: dict[str, float]
    codec: str
    width: int
    height: int
    stills: video_frames.Stills
    hints: Hints | None
    loudest: float | None

    @property
    def seconds(self) -> float:
        return max(self.ends.values(), default=0.0)


def _see(container: "InputContainer") -> _Seen:
    stream = _picture(container)
    ends = _packet_ends(container)
    stills, hints = _look(container, stream, ends.get("video", 0.0))
    return _Seen(
        ends=ends,
        codec=stream.codec_context.codec.canonical_name,
        width=stream.codec_context.width,
        height=stream.codec_context.height,
        stills=stills,
        hints=hints,
        loudest=video_sound.loudest(container, ends.get("audio", 0.0)),
    )


def _look(
    container: "InputContainer", stream: "VideoStream", seconds: float
) -> tuple[video_frames.Stills, Hints | None]:
    known = video_timeline.timeline(stream)
    if known is None:
        return video_frames.Stills(0, 0), None
    steps = known.steps()
    stills = video_frames.look_through(container, stream, known, steps=steps)
    return stills, video_hints.hints(stills, seconds=seconds, steps=steps)


def _facts(movie: mp4_boxes.Movie, seen: _Seen) -> VideoFacts:
    return VideoFacts(
        brand=movie.brands[0],
        seconds=round(seen.seconds, 3),
        header_seconds=None if movie.header_seconds is None else round(movie.header_seconds, 3),
        media_seconds=round(movie.longest_seconds, 3),
        video_seconds=round(seen.ends.get("video", 0.0), 3),
        audio_seconds=round(seen.ends["audio"], 3) if "audio" in seen.ends else None,
        codec=seen.codec,
        width=seen.width,
        height=seen.height,
        fragmented=movie.fragmented,
        edited=movie.is_edited,
        key_frames=seen.stills.tried,
        key_frames_bad=seen.stills.bad,
        loudest=seen.loudest,
        hints=seen.hints,
        pictures=tuple(picture.key for picture in seen.stills.pictures),
        poster=seen.stills.poster,
    )


def _movie(path: Path) -> mp4_boxes.Movie:
    with path.open("rb") as file:
        start = file.read(16)
    if not start:
        raise _unreadable("视频文件是空的（0 字节）。", "请重新选择视频文件上传。")
    if start[4:8] != b"ftyp":
        raise _unreadable(f"文件内容不是 MP4，而是{_foreign_name(start)}；只改扩展名不算转换。", EXPORT)
    try:
        movie = mp4_boxes.read(path)
    except BrokenBoxes as error:
        raise _unreadable("MP4 文件的结构损坏。", UPLOAD_AGAIN) from error
    if not MP4_BRANDS.intersection(movie.brands):
        if "qt  " in movie.brands:
            raise _unreadable("文件是 QuickTime（MOV）格式，不是 MP4。", EXPORT)
        raise _unreadable(f"文件不是 MP4 视频（类型标记 {movie.brands[0]!r}）。", EXPORT)
    if movie.cut or not movie.has_index:
        raise _unreadable("视频文件不完整，后半部分缺失。", UPLOAD_AGAIN)
    if movie.is_locked:
        raise _unreadable("视频已加密，评审时无法播放。", "请换用不加密的方式录制或导出 MP4（H.264 编码）后上传。")
    if movie.outside:
        raise _unreadable("视频的画面或声音不在此文件里，而是引用了别的文件。", EXPORT)
    return movie


def _foreign_name(start: bytes) -> str:
    name = next((name for mark, at, name in FOREIGN_STARTS if start[at : at + len(mark)] == mark), "")
    return f" {name}" if name else "其他格式"


def _picture(container: "InputContainer") -> "VideoStream":
    """The first moving picture; cover art does not count."""
    from av.stream import Disposition

    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic and stream.codec_context is not None:
            return stream
    raise _unreadable("文件里没有可播放的画面，只有声音或其他内容。", EXPORT)


def _packet_ends(container: "InputContainer") -> dict[str, float]:
    """The end of the last packet for pictures and for sound, in seconds, with edits applied as a player does."""
    streams = [stream for stream in container.streams if stream.type in ("video", "audio")]
    last = dict.fromkeys((stream.index for stream in streams), 0)
    for packet in container.demux(*streams):
        if packet.pts is not None:
            end = packet.pts + (packet.duration or 0)
            index = packet.stream_index
            last[index] = max(last[index], end)
    ends: dict[str, float] = {}
    for stream in streams:
        if last[stream.index] and stream.time_base:
            ends[stream.type] = max(ends.get(stream.type, 0.0), float(last[stream.index] * stream.time_base))
    return ends


def _refuse_missing_end(movie: mp4_boxes.Movie, seconds: float) -> None:
    if seconds <= 0:
        raise _unreadable("视频里没有任何画面数据。", UPLOAD_AGAIN)
    if not movie.is_edited and movie.longest_seconds - seconds > MISSING_SECONDS:
        full, there = clock(round(movie.longest_seconds)), clock(round(seconds))
        raise _unreadable(f"视频文件不完整：应有 {full}，只读到 {there}。", UPLOAD_AGAIN)


def _unreadable(evidence: str, next_step: str) -> Unreadable:
    return Unreadable(evidence=evidence, next_step=next_step, rule="video.type", r="R70")

"""Reads the defence video: its true length, streams and soundness, judged by the edition's rules (R70–R72, A10)."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.edition import VideoRules
from documents import mp4_boxes
from documents.findings import Finding, Unreadable, Verdict

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

KEY_FRAMES = 4
LARGEST_PICTURE = 8192 * 4320
HEADER_SLACK_SECONDS = 1.0

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
CODEC_NAMES = {"h264": "H.264", "hevc": "H.265（HEVC）", "mpeg4": "MPEG-4", "av1": "AV1", "vp9": "VP9"}


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a video is. Lengths are in seconds, sizes in pixels.

    ``seconds`` is what a player shows (the end of the last packet, sound or picture), ``header_seconds`` what the
    header claims, ``media_seconds`` what its sample tables hold; ``key_frames_bad`` counts those that did not decode.
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

    def as_dict(self) -> dict[str, Any]:
        """The facts as JSON types."""
        return asdict(self)


def read(path: Path) -> VideoFacts:
    """The facts of an MP4 file; raises `Unreadable` for another format, a cut file or one without a picture (R70).

    Lengths come from the packets, not from the header; only a few key frames are decoded.
    """
    movie = _movie(path)
    import av  # heavy; only who reads a video pays for it

    try:
        with av.open(str(path), format="mov", metadata_errors="replace") as container:
            stream = _picture(container)
            ends = _packet_ends(container)
            frames, bad = _decode_key_frames(container, stream, ends.get("video", 0.0))
            codec = stream.codec_context.codec.canonical_name
            width, height = stream.codec_context.width, stream.codec_context.height
    except av.error.FFmpegError as error:
        raise _unreadable("视频数据损坏，无法读到结尾。", UPLOAD_AGAIN) from error
    seconds = max(ends.values(), default=0.0)
    _refuse_missing_end(movie, seconds)
    if frames and bad == frames:
        raise _unreadable("视频画面无法解码。", UPLOAD_AGAIN)
    return VideoFacts(
        brand=movie.brands[0],
        seconds=round(seconds, 3),
        header_seconds=None if movie.header_seconds is None else round(movie.header_seconds, 3),
        media_seconds=round(movie.longest_seconds, 3),
        video_seconds=round(ends.get("video", 0.0), 3),
        audio_seconds=round(ends["audio"], 3) if "audio" in ends else None,
        codec=codec,
        width=width,
        height=height,
        fragmented=movie.fragmented,
        edited=movie.is_edited,
        key_frames=frames,
        key_frames_bad=bad,
    )


def findings(facts: VideoFacts, rules: VideoRules) -> tuple[Finding, ...]:
    """The check sheet's machine lines for the video; too long is red but does not block (R72)."""
    lines = [_type_line(facts), _codec_line(facts, rules), _length_line(facts, rules), _header_line(facts)]
    return tuple(line for line in (*lines, _soundness_line(facts), _sound_line(facts)) if line is not None)


def clock(seconds: float) -> str:
    """Seconds as minutes, ``12:07``; with thousandths where they matter, ``12:00.480``."""
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    whole, part = divmod(rest, 1000)
    return f"{minutes}:{whole:02d}" + (f".{part:03d}" if part else "")


def _type_line(facts: VideoFacts) -> Finding:
    evidence = f"MP4（{facts.brand.strip()}），{_codec_name(facts.codec)}，{facts.width}×{facts.height}"
    return Finding("video.type", "R70", Verdict.GREEN, evidence)


def _codec_line(facts: VideoFacts, rules: VideoRules) -> Finding | None:
    if _plain(facts.codec) in {_plain(codec) for codec in rules.codecs}:
        return None
    evidence = f"画面编码为 {_codec_name(facts.codec)}，专家的浏览器可能无法播放。"
    return Finding("video.codec", "R70", Verdict.LOOK, evidence, "请重新导出为 H.264 编码的 MP4。")


def _length_line(facts: VideoFacts, rules: VideoRules) -> Finding:
    over = round(facts.seconds - rules.seconds_limit, 3)
    limit = clock(rules.seconds_limit)
    if over <= 0:
        return Finding("video.length", "R71", Verdict.GREEN, f"时长 {clock(facts.seconds)}，未超过 {limit}")
    if over <= rules.seconds_tolerance:
        evidence = f"时长 {clock(facts.seconds)}，超出 {limit} 不过 {rules.seconds_tolerance:g} 秒，可能是封装取整。"
        return Finding("video.length", "R71", Verdict.LOOK, evidence, "由遴选办公室人工确认；也可剪短后重新上传。")
    evidence = f"时长 {clock(facts.seconds)}，超时 {over:g} 秒"
    next_step = f"请返回修改：剪至 {limit} 以内后重新上传。"
    return Finding("video.length", "R72", Verdict.RED, evidence, next_step)


def _header_line(facts: VideoFacts) -> Finding | None:
    if facts.edited:
        evidence = f"播放时长 {clock(facts.seconds)}，文件中另有未显示的内容，共 {clock(facts.media_seconds)}。"
        return Finding("video.header", "R71", Verdict.LOOK, evidence, "请剪辑后完整导出一次，不要只隐藏片段。")
    if facts.header_seconds is None or abs(facts.header_seconds - facts.seconds) <= HEADER_SLACK_SECONDS:
        return None
    evidence = f"文件头写的是 {clock(facts.header_seconds)}，实际为 {clock(facts.seconds)}，以实际为准。"
    return Finding("video.header", "R71", Verdict.LOOK, evidence, "请重新导出视频，再上传一次。")


def _soundness_line(facts: VideoFacts) -> Finding | None:
    if not facts.key_frames:
        evidence = "画面过大或没有可试放的关键帧，未能试放。"
    elif facts.key_frames_bad:
        evidence = f"试放 {facts.key_frames} 处，有 {facts.key_frames_bad} 处画面无法解码。"
    else:
        return None
    return Finding("video.soundness", "R70", Verdict.LOOK, evidence, "请完整播放一遍；画面有损坏时重新导出上传。")


def _sound_line(facts: VideoFacts) -> Finding | None:
    if facts.audio_seconds is not None:
        return None
    return Finding("video.sound", "R73", Verdict.ADVICE, "视频没有声音轨。", "答辩视频宜有讲解声音，请确认是否漏录。")


def _movie(path: Path) -> mp4_boxes.Movie:
    with path.open("rb") as file:
        start = file.read(16)
    if not start:
        raise _unreadable("视频文件是空的（0 字节）。", "请重新选择视频文件上传。")
    if start[4:8] != b"ftyp":
        raise _unreadable(f"文件内容不是 MP4，而是{_foreign_name(start)}；只改扩展名不算转换。", EXPORT)
    try:
        movie = mp4_boxes.read(path)
    except mp4_boxes.BrokenBoxes as error:
        raise _unreadable("MP4 文件的结构损坏。", UPLOAD_AGAIN) from error
    if movie.brands[:1] == ("qt  ",):
        raise _unreadable("文件是 QuickTime（MOV）格式，不是 MP4。", EXPORT)
    if not MP4_BRANDS.intersection(movie.brands):
        raise _unreadable(f"文件不是 MP4 视频（类型标记 {movie.brands[0]!r}）。", EXPORT)
    if movie.cut or not movie.has_index:
        raise _unreadable("视频文件不完整，后半部分缺失。", UPLOAD_AGAIN)
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
    ends: dict[str, float] = {}
    streams = [stream for stream in container.streams if stream.type in ("video", "audio")]
    for packet in container.demux(*streams):
        if packet.pts is None or packet.time_base is None:
            continue
        end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
        kind = packet.stream.type
        ends[kind] = max(ends.get(kind, 0.0), end)
    return ends


def _decode_key_frames(container: "InputContainer", stream: "VideoStream", seconds: float) -> tuple[int, int]:
    """How many key frames were tried, spread over the film, and how many of them failed."""
    import av

    context = stream.codec_context
    if not 0 < context.width * context.height <= LARGEST_PICTURE or not stream.time_base:
        return 0, 0
    context.skip_frame = "NONKEY"
    tried = bad = 0
    for part in range(KEY_FRAMES):
        tried += 1
        try:
            container.seek(int(seconds * part / KEY_FRAMES / stream.time_base), stream=stream)
            frame = next(container.decode(stream), None)
        except av.error.FFmpegError:
            frame = None
        bad += frame is None or frame.is_corrupt
    return tried, bad


def _refuse_missing_end(movie: mp4_boxes.Movie, seconds: float) -> None:
    if seconds <= 0:
        raise _unreadable("视频里没有任何画面数据。", UPLOAD_AGAIN)
    if not movie.is_edited and movie.longest_seconds - seconds > HEADER_SLACK_SECONDS:
        full, there = clock(round(movie.longest_seconds)), clock(round(seconds))
        raise _unreadable(f"视频文件不完整：应有 {full}，只读到 {there}。", UPLOAD_AGAIN)


def _codec_name(codec: str) -> str:
    return CODEC_NAMES.get(codec, codec)


def _plain(codec: str) -> str:
    return codec.lower().replace(".", "").replace("avc1", "h264")


def _unreadable(evidence: str, next_step: str) -> Unreadable:
    return Unreadable(evidence=evidence, next_step=next_step, rule="video.type", r="R70")

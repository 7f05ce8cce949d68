"""The defence video: real MP4 bytes of every length and every kind of damage."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from cli.specimens import write_video
from config.edition import VideoRules
from documents import mp4_boxes, video, video_findings, video_timeline
from documents.findings import Finding, Unreadable, Verdict

Film = Callable[..., Path]
RULES = VideoRules(seconds_limit=720.0, seconds_tolerance=1.0, codecs=("h264",), guide=())


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """A maker of films of a length, in seconds."""

    def make(seconds: float, **options: bool) -> Path:
        path = tmp_path / f"答辩视频-{seconds}.mp4"
        write_video(path, seconds=seconds, **options)
        return path

    return make


def line(path: Path, rule: str) -> Finding | None:
    lines = {finding.rule: finding for finding in video_findings.findings(video.read(path), RULES)}
    return lines.get(rule)


def box_at(data: bytes, kind: bytes) -> int:
    """Where the payload of the first box of this kind starts."""
    return data.index(kind) + 4


def with_header_length(path: Path, seconds: int) -> Path:
    data = bytearray(path.read_bytes())
    at = box_at(data, b"mvhd")
    (ticks_a_second,) = struct.unpack_from(">I", data, at + 12)
    struct.pack_into(">I", data, at + 16, ticks_a_second * seconds)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("seconds", "verdict", "evidence"),
    [
        (719.0, Verdict.GREEN, "时长 11:59，未超过 12:00"),
        (720.0, Verdict.GREEN, "时长 12:00，未超过 12:00"),
        (720.48, Verdict.LOOK, "时长 12:00.480，超出 12:00 不过 1 秒"),
        (721.0, Verdict.LOOK, "时长 12:01，超出 12:00"),
        (722.0, Verdict.RED, "时长 12:02，超时 2 秒"),
        (727.0, Verdict.RED, "时长 12:07，超时 7 秒"),
    ],
)
def test_twelve_minutes_are_judged_to_the_millisecond(
    film: Film, seconds: float, verdict: Verdict, evidence: str
) -> None:
    """R71, A10: up to 720.000 s green, to 721.000 s a person looks, above red."""
    found = line(film(seconds), "video.length")
    assert found.verdict is verdict
    assert found.evidence.startswith(evidence)


def test_a_video_that_is_too_long_is_sent_back_but_does_not_block(film: Film) -> None:
    """R72: 超时会要求返回修改."""
    found = line(film(727.0), "video.length")
    assert found.r == "R72"
    assert not found.blocks_submit
    assert "返回修改" in found.next_step


def test_a_sound_video_has_nothing_but_green_lines(film: Film) -> None:
    found = video_findings.findings(video.read(film(60.0)), RULES)
    assert {finding.verdict for finding in found} == {Verdict.GREEN}


def test_the_facts_are_json(film: Film) -> None:
    facts = json.loads(json.dumps(video.read(film(60.0)).as_dict()))
    assert (facts["seconds"], facts["codec"], facts["audio_seconds"]) == (60.0, "h264", 60.0)


def test_a_header_that_lies_does_not_shorten_the_video(film: Film) -> None:
    """The packets tell the length (R71): a header of ten minutes on a film of 725 s changes nothing."""
    path = with_header_length(film(725.0), 600)
    assert line(path, "video.length").verdict is Verdict.RED
    header = line(path, "video.header")
    assert header.verdict is Verdict.LOOK
    assert "10:00" in header.evidence
    assert "12:05" in header.evidence


def test_an_edit_list_that_hides_most_of_the_film_is_looked_at(film: Film) -> None:
    """A file that shows 60 s and carries 725 s plays 60 s; a person looks at it."""
    path = film(725.0, sound=False)
    data = bytearray(path.read_bytes())
    struct.pack_into(">I", data, box_at(data, b"elst") + 8, 60_000)
    path.write_bytes(data)
    found = line(path, "video.header")
    assert found.verdict is Verdict.LOOK
    assert "12:05" in found.evidence


def test_a_film_without_sound_gets_advice_only(film: Film) -> None:
    assert line(film(30.0, sound=False), "video.sound").verdict is Verdict.ADVICE
    assert line(film(30.0), "video.sound") is None


def test_a_codec_that_browsers_do_not_play_is_looked_at(film: Film) -> None:
    rules = RULES.model_copy(update={"codecs": ("hevc",)})
    lines = {finding.rule: finding for finding in video_findings.findings(video.read(film(30.0)), rules)}
    assert lines["video.codec"].verdict is Verdict.LOOK
    assert "H.264" in lines["video.codec"].next_step


@pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
def test_a_cut_film_cannot_be_read(film: Film, share: float) -> None:
    """An upload that lost its end: index in front, data missing."""
    path = film(300.0)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(Unreadable, match="不完整"):
        video.read(path)


def test_a_film_whose_index_was_never_written_cannot_be_read(film: Film) -> None:
    """A recorder that crashed: no moov at all."""
    path = film(60.0)
    path.write_bytes(path.read_bytes().replace(b"moov", b"free", 1))
    with pytest.raises(Unreadable, match="不完整"):
        video.read(path)


@pytest.mark.parametrize(
    ("data", "evidence"),
    [
        (b"", "0 字节"),
        ("这不是视频".encode() * 50, "其他格式"),
        (b"\x1a\x45\xdf\xa3" + bytes(200), "MKV"),
        (b"RIFF\x00\x00\x00\x00AVI LIST" + bytes(200), "AVI"),
        (b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", "MOV"),
        (b"%PDF-1.7\n" + bytes(200), "PDF"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "不是 MP4 视频"),
    ],
)
def test_another_format_under_the_name_mp4_is_named_with_its_remedy(tmp_path: Path, data: bytes, evidence: str) -> None:
    """R70: the bytes decide, not the name."""
    path = tmp_path / "视频.mp4"
    path.write_bytes(data)
    with pytest.raises(Unreadable, match=evidence) as refused:
        video.read(path)
    assert refused.value.r == "R70"
    assert refused.value.next_step


def test_a_quicktime_film_is_told_to_export_again(film: Film) -> None:
    """R70: MOV plays almost everywhere and is not MP4."""
    path = film(30.0)
    data = bytearray(path.read_bytes())
    (length,) = struct.unpack_from(">I", data)
    data[8:length] = b"qt  " + bytes(4) + b"qt  " * ((length - 16) // 4)
    path.write_bytes(data)
    with pytest.raises(Unreadable, match="MOV") as refused:
        video.read(path)
    assert "H.264" in refused.value.next_step


def test_a_quicktime_film_that_keeps_to_mp4_too_is_one(film: Film) -> None:
    """R70: its brands say that every player of MP4 may play it."""
    path = film(30.0)
    data = bytearray(path.read_bytes())
    data[8:12] = b"qt  "
    path.write_bytes(data)
    assert line(path, "video.type").evidence.startswith("MP4（qt）")


def test_names_in_another_encoding_inside_the_file_do_no_harm(film: Film) -> None:
    """Recorders in China write GBK into the track names."""
    path = film(30.0)
    path.write_bytes(path.read_bytes().replace(b"VideoHandler", "视频处理程序".encode("gbk")))
    assert video.read(path).seconds == 30.0


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        for start in range(0, 8000, 1024):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 8000, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(Unreadable, match="没有可播放的画面"):
        video.read(path)


def test_a_fragmented_film_has_its_true_length(film: Film, tmp_path: Path) -> None:
    """Streaming recorders write fragments and leave the header's length open."""
    path = tmp_path / "fragments.mp4"
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(str(film(725.0))) as source, av.open(str(path), "w", format="mp4", options=options) as target:
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    facts = video.read(path)
    assert facts.fragmented
    assert facts.seconds == pytest.approx(725.0, abs=0.2)
    assert facts.media_seconds == pytest.approx(725.0, abs=0.2)
    assert line(path, "video.header") is None


@pytest.mark.parametrize("kind", [b"stts", b"stco", b"elst"])
def test_a_table_that_promises_more_than_it_holds_is_refused(film: Film, kind: bytes) -> None:
    """A hostile count must not be believed: no memory, no time, a clear refusal."""
    path = film(30.0)
    data = bytearray(path.read_bytes())
    struct.pack_into(">I", data, box_at(data, kind) + 4, 0x7FFFFFFF)
    path.write_bytes(data)
    with pytest.raises(mp4_boxes.BrokenBoxes):
        mp4_boxes.read(path)
    with pytest.raises(Unreadable, match="结构损坏"):
        video.read(path)


def test_a_box_longer_than_the_box_around_it_is_refused(film: Film) -> None:
    path = film(30.0)
    data = bytearray(path.read_bytes())
    struct.pack_into(">I", data, box_at(data, b"mdia") - 8, 0x7FFFFFFF)
    path.write_bytes(data)
    with pytest.raises(mp4_boxes.BrokenBoxes):
        mp4_boxes.read(path)


def test_picture_data_of_zeros_is_seen_when_the_key_frames_are_tried(film: Film) -> None:
    path = film(300.0, sound=False)
    data = bytearray(path.read_bytes())
    start = box_at(data, b"mdat")
    data[start + 64 :] = bytes(len(data) - start - 64)
    path.write_bytes(data)
    with pytest.raises(Unreadable):
        video.read(path)


def test_a_clock_shows_thousandths_only_where_they_matter() -> None:
    assert [video_timeline.clock(seconds) for seconds in (0, 59.9996, 720.0, 720.48, 727)] == [
        "0:00",
        "1:00",
        "12:00",
        "12:00.480",
        "12:07",
    ]

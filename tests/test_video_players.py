"""Whatever a player plays is read with its true length and never called damaged; whatever it cannot is named."""

import struct
from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import film_makers as makers
import numpy as np
import pytest
from hostile_films import behind_the_brands, body_of, box, boxes, replaced
from PIL import Image

from config.edition import VideoRules
from documents import video, video_findings
from documents.findings import Unreadable, Verdict

pytestmark = pytest.mark.slow

RULES = VideoRules(seconds_limit=720.0, seconds_tolerance=1.0, codecs=("h264",), guide=())
WITH_B_PICTURES = {"preset": "veryfast", "bf": "3", "g": "30"}
KEY = "00112233445566778899aabbccddeeff"
QUARTER_TURN = (0, 1, 0, -1, 0, 0, 0, 0, 1)


class Plays(NamedTuple):
    """A film, its length in seconds, its codec."""

    make: Callable[[], bytes]
    seconds: float = 8.0
    codec: str = "h264"


def mux(flags: str, **options: str) -> Callable[[], bytes]:
    return lambda: makers.film(mux={"movflags": flags, **options})


def encoded(options: dict[str, str]) -> Callable[[], bytes]:
    return lambda: makers.film(options=options)


def with_large_data_box() -> bytes:
    """The picture data in a box whose length has 64 bits, in the place of the small empty box before it."""
    data = bytearray(makers.plain())
    _, start, end = next(each for each in boxes(bytes(data)) if each[0] == b"mdat")
    assert data[start - 4 : start] == b"free"
    struct.pack_into(">I4sQ", data, start - 8, 1, b"mdat", end - start + 8)
    return bytes(data)


def with_other_boxes() -> bytes:
    """Boxes of other makers, early and late."""
    own = box(b"uuid", bytes(range(16)) + b"maker's own") + box(b"free", bytes(100)) + box(b"skip") + box(b"wide")
    return behind_the_brands(makers.fragments(), own) + own


def with_data_to_the_end() -> bytes:
    """The picture data in a last box that says no length: to the end of the file."""
    data = bytearray(makers.early())
    struct.pack_into(">I", data, data.index(b"mdat") - 4, 0)
    return bytes(data)


def with_words() -> bytes:
    """The second track is made of subtitles."""
    return makers.plain().replace(b"soun", b"sbtl").replace(b"mp4a", b"tx3g")


def turned() -> bytes:
    """A phone held upright: the same picture, and a matrix that turns it."""
    header = bytearray(body_of(makers.plain(), b"tkhd"))
    for at, number in enumerate(QUARTER_TURN):
        struct.pack_into(">i", header, 40 + 4 * at, number * (1 << (30 if at % 3 == 2 else 16)))
    return replaced(makers.plain(), b"tkhd", box(b"tkhd", bytes(header)))


def last_picture_of_no_length() -> bytes:
    """Its last picture has a beginning and no length."""
    data = makers.film(options={**makers.QUICK, "bf": "0"}, sound="")
    return replaced(data, b"stts", box(b"stts", struct.pack(">IIIIII", 0, 2, 79, 1024, 1, 0)))


PLAYED = {
    "index at the end": Plays(makers.plain),
    "index in front": Plays(makers.early),
    "fragments": Plays(makers.fragments, 8.064),
    "fragments, the first one in the index": Plays(mux("frag_keyframe"), 8.064),
    "fragments of one picture": Plays(mux("frag_every_frame+empty_moov"), 8.064),
    "fragments with a table of contents": Plays(mux("global_sidx+frag_keyframe+empty_moov+default_base_moof"), 8.064),
    "fragments a track": Plays(mux("frag_keyframe+separate_moof+empty_moov"), 8.064),
    "fragments, index late": Plays(mux("frag_keyframe+delay_moov")),
    "fragments made whole": Plays(mux("hybrid_fragmented+frag_keyframe"), 8.064),
    "CMAF": Plays(mux("cmaf+frag_keyframe+empty_moov"), 8.064),
    "DASH, saved in one file": Plays(makers.segments),
    "B pictures and an edit list": Plays(encoded(WITH_B_PICTURES)),
    "B pictures without an edit list": Plays(
        lambda: makers.film(options=WITH_B_PICTURES, mux={"use_editlist": "0"}), 8.2
    ),
    "B pictures shown before they are decoded": Plays(
        lambda: makers.film(options=WITH_B_PICTURES, mux={"movflags": "negative_cts_offsets"})
    ),
    "open groups": Plays(encoded({"preset": "veryfast", "x264-params": "open-gop=1:keyint=20:bframes=3"})),
    "one key frame": Plays(encoded({"preset": "veryfast", "x264-params": "keyint=infinite"})),
    "key frames only": Plays(encoded({"preset": "ultrafast", "g": "1"})),
    "painted bit by bit": Plays(encoded({"preset": "ultrafast", "intra-refresh": "1", "g": "20"})),
    "interlaced": Plays(encoded({"preset": "veryfast", "x264-params": "tff=1:keyint=20"})),
    "4:4:4": Plays(lambda: makers.film(pix_fmt="yuv444p")),
    "ten bits": Plays(lambda: makers.film(pix_fmt="yuv420p10le")),
    "HEVC": Plays(
        lambda: makers.film(codec="libx265", options={"preset": "ultrafast", "x265-params": "log-level=none"}),
        codec="hevc",
    ),
    "MPEG-4 part 2": Plays(lambda: makers.film(codec="mpeg4", options={}), codec="mpeg4"),
    "VP9": Plays(
        lambda: makers.film(codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8"}), codec="vp9"
    ),
    "motion JPEG": Plays(lambda: makers.film(codec="mjpeg", options={}, pix_fmt="yuvj420p"), codec="mjpeg"),
    "59.94 pictures a second": Plays(lambda: makers.film(rate=Fraction(60000, 1001))),
    "a screen recording of few pictures": Plays(
        lambda: makers.at_uneven_times([0, 30, 60, 61, 62, 200.04, 500], 719.5), 719.5
    ),
    "timecode": Plays(lambda: makers.film(rate=25, metadata={"timecode": "01:00:00:00"})),
    "subtitles": Plays(with_words),
    "cover picture": Plays(makers.with_cover),
    "sound longer than pictures": Plays(lambda: makers.film(sound_seconds=20), 20.032),
    "two picture tracks": Plays(lambda: makers.film(pictures=2)),
    "plain sound": Plays(lambda: makers.film(sound="pcm_s16le")),
    "FLAC": Plays(lambda: makers.film(sound="flac")),
    "Opus": Plays(lambda: makers.film(sound="libopus")),
    "large data box": Plays(with_large_data_box),
    "boxes of other makers": Plays(with_other_boxes, 8.064),
    "data to the end": Plays(with_data_to_the_end),
    "turned": Plays(turned),
    "last picture of no length": Plays(last_picture_of_no_length),
    "M4V": Plays(lambda: makers.film(container_format="ipod")),
    "PSP": Plays(lambda: makers.film(container_format="psp")),
    "3GP": Plays(lambda: makers.film(container_format="3gp")),
    "F4V": Plays(lambda: makers.film(container_format="f4v"), 8.064),
}


def kept(data: bytes, folder: Path) -> Path:
    path = folder / "答辩视频.mp4"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("case", PLAYED.values(), ids=PLAYED)
def test_what_a_player_plays_has_its_length_and_no_fault(tmp_path: Path, case: Plays) -> None:
    """R70, R71: pictures decode, header and edits agree with what is there, only a codec may want a person."""
    facts, pictures = video.examine(kept(case.make(), tmp_path))
    assert facts.seconds == pytest.approx(case.seconds, abs=0.02)
    assert (facts.codec, facts.key_frames > 0, facts.key_frames_bad) == (case.codec, True, 0)
    assert pictures
    asks = {
        found.rule for found in video_findings.findings(facts, RULES) if found.verdict in (Verdict.LOOK, Verdict.RED)
    }
    assert asks == (set() if case.codec == "h264" else {"video.codec"})


def test_av1_plays(tmp_path: Path) -> None:
    """Encoders of it are rare and slow; the fewest pictures do."""
    path = kept(makers.film(2, codec="libsvtav1", options={"preset": "12"}, sound=""), tmp_path)
    facts = video.read(path)
    assert (facts.codec, facts.seconds, facts.key_frames, facts.key_frames_bad) == ("av1", 2.0, 1, 0)


@pytest.mark.parametrize("make", [makers.early, makers.plain, makers.fragments, with_large_data_box])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97])
def test_a_film_cut_anywhere_is_told_to_be_incomplete(tmp_path: Path, make: Callable[[], bytes], share: float) -> None:
    data = make()
    with pytest.raises(Unreadable, match=r"不完整|损坏") as refused:
        video.read(kept(data[: int(len(data) * share)], tmp_path))
    assert refused.value.next_step


def test_fragments_cut_between_two_are_a_shorter_film(tmp_path: Path) -> None:
    """A recorder that was switched off: each fragment is whole, and what is there plays."""
    data = makers.fragments()
    starts = [start for kind, start, _ in boxes(data) if kind == b"moof"]
    assert video.read(kept(data[: starts[2]], tmp_path)).seconds == pytest.approx(4.0, abs=0.2)


def test_an_encrypted_film_is_named(tmp_path: Path) -> None:
    """R70: what wants a key nobody on the panel can play."""
    data = makers.film(mux={"encryption_scheme": "cenc-aes-ctr", "encryption_key": KEY, "encryption_kid": KEY})
    with pytest.raises(Unreadable, match="加密"):
        video.read(kept(data, tmp_path))


def test_a_song_with_a_cover_is_no_film(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="没有可播放的画面"):
        video.read(kept(makers.cover_and_sound(), tmp_path))


def test_a_turned_film_has_upright_pictures(tmp_path: Path) -> None:
    """The picture lies in the file; the matrix turns it by a quarter, clockwise."""
    path = kept(makers.plain(), tmp_path)
    (lying, *_), (upright, *_) = video.examine(path)[1], video.examine(kept(turned(), tmp_path))[1]
    before, after = (np.asarray(Image.open(BytesIO(picture.jpeg)), dtype=float) for picture in (lying, upright))
    assert after.shape[:2] == before.shape[1::-1]
    assert abs(np.rot90(before, -1) - after).mean() < 4

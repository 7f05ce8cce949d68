"""The hints tell slides, a speaker, a promotional film, black, a stand-still and silence apart, on encoded films."""

from functools import cache
from io import BytesIO
from pathlib import Path

import film_scenes as scenes
import pytest
from film_makers import Pixels, film
from PIL import Image
from thorough import at_most

from config.edition import VideoRules
from documents import video, video_findings
from documents.findings import Finding, Verdict
from documents.video import VideoFacts

pytestmark = pytest.mark.slow

RULES = VideoRules(seconds_limit=720.0, seconds_tolerance=1.0, codecs=("h264",), guide=())
SECONDS = 40
ENCODERS = {
    "key frames each 10 s": {"preset": "ultrafast", "g": "100"},
    "key frames each 2 s": {"preset": "ultrafast", "g": "20", "sc_threshold": "0"},
    "key frames at cuts": {"preset": "veryfast", "g": "100", "crf": "30"},
}
SLIDES = (scenes.slides, scenes.dark_slides, scenes.slides_with_photographs, scenes.quick_slides)
FILMED = (scenes.speaker, scenes.promotion, scenes.pan, scenes.frozen)


@cache
def encoded(pixels: Pixels, encoder: str, loudness: float = 0.1) -> bytes:
    return film(SECONDS, pixels=pixels, options=ENCODERS[encoder], loudness=loudness)


@pytest.fixture(params=list(ENCODERS)[: at_most(2, 3)])
def encoder(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def facts_of(folder: Path, data: bytes) -> VideoFacts:
    path = folder / "答辩视频.mp4"
    path.write_bytes(data)
    return video.read(path)


def lines(facts: VideoFacts) -> dict[str, Finding]:
    return {found.rule: found for found in video_findings.findings(facts, RULES)}


@pytest.mark.parametrize("pixels", SLIDES)
def test_slides_look_like_slides_and_are_not_taken_for_a_promotional_film(
    tmp_path: Path, pixels: Pixels, encoder: str
) -> None:
    """R73, R76: white, dark, with photographs, with a pointer, building up."""
    found = lines(facts_of(tmp_path, encoded(pixels, encoder)))
    assert {line.verdict for line in found.values()} == {Verdict.GREEN}
    assert "约 100% 的画面像幻灯片" in found["video.slides"].evidence


@pytest.mark.parametrize("pixels", FILMED)
def test_what_a_camera_saw_does_not_look_like_slides(tmp_path: Path, pixels: Pixels, encoder: str) -> None:
    """R73: a person is advised, nothing is refused."""
    found = lines(facts_of(tmp_path, encoded(pixels, encoder)))["video.slides"]
    assert found.verdict is Verdict.ADVICE
    assert "约 0% 的画面像幻灯片" in found.evidence
    assert "人工判断" in found.evidence


def test_half_slides_are_told_as_half(tmp_path: Path, encoder: str) -> None:
    seen = facts_of(tmp_path, encoded(scenes.half_and_half, encoder)).hints
    assert seen is not None
    assert seen.slides_share == pytest.approx(0.5, abs=0.26)


def test_a_film_cut_each_second_is_looked_at_as_a_promotional_one(tmp_path: Path, encoder: str) -> None:
    """R76: 请注意不要做成企业宣传片; a person decides."""
    facts = facts_of(tmp_path, encoded(scenes.promotion, encoder))
    found = lines(facts)["video.promo"]
    assert (found.verdict, found.r, found.blocks_submit) == (Verdict.LOOK, "R76", False)
    assert facts.hints is not None
    assert f"平均每分钟约 {facts.hints.cuts_a_minute:.0f} 次快速切换" in found.evidence
    assert "人工判断" in found.evidence
    assert 25 <= facts.hints.cuts_a_minute <= 62


@pytest.mark.parametrize("pixels", [scenes.speaker, scenes.pan, scenes.frozen])
def test_one_long_scene_is_not_taken_for_a_promotional_film(tmp_path: Path, pixels: Pixels, encoder: str) -> None:
    assert lines(facts_of(tmp_path, encoded(pixels, encoder)))["video.promo"].verdict is Verdict.GREEN


def test_a_film_that_turns_black_is_looked_at(tmp_path: Path, encoder: str) -> None:
    facts = facts_of(tmp_path, encoded(scenes.black_after_a_while, encoder))
    assert facts.hints is not None
    assert facts.hints.black_share == pytest.approx(0.8, abs=0.3)
    assert lines(facts)["video.black"].verdict is Verdict.LOOK
    assert "video.still" not in lines(facts)


def test_a_picture_that_stands_still_is_told_with_its_time(tmp_path: Path, encoder: str) -> None:
    found = lines(facts_of(tmp_path, encoded(scenes.frozen, encoder)))["video.still"]
    assert found.verdict is Verdict.ADVICE
    assert "从 0:00 起约 0:40 画面没有变化" in found.evidence


@pytest.mark.parametrize("pixels", [*SLIDES, scenes.speaker, scenes.promotion, scenes.pan])
def test_what_moves_now_and_then_is_neither_black_nor_standing_still(
    tmp_path: Path, pixels: Pixels, encoder: str
) -> None:
    found = lines(facts_of(tmp_path, encoded(pixels, encoder)))
    assert not {"video.black", "video.still"} & found.keys()


def test_a_silent_track_is_told_as_silence(tmp_path: Path) -> None:
    """R73: advice, as for a film without a sound track."""
    found = lines(facts_of(tmp_path, encoded(scenes.slides, "key frames each 10 s", 0.0)))["video.sound"]
    assert (found.verdict, found.evidence) == (Verdict.ADVICE, "有声音轨，但抽听各处都没有声音。")


@pytest.mark.parametrize("sound", ["aac", "pcm_s16le", "flac", "libopus"])
def test_a_soft_voice_is_heard_whatever_its_codec(tmp_path: Path, sound: str) -> None:
    facts = facts_of(tmp_path, film(10, sound=sound, loudness=0.02))
    assert facts.loudest == pytest.approx(0.02, abs=0.016)
    assert "video.sound" not in lines(facts)


def test_five_small_pictures_show_the_film_and_the_lines_name_them(tmp_path: Path) -> None:
    """Each within what a check sheet carries, each captioned with its time; the poster is not a black one."""
    path = tmp_path / "答辩视频.mp4"
    path.write_bytes(encoded(scenes.black_after_a_while, "key frames each 2 s"))
    facts, pictures = video.examine(path)
    assert [picture.key for picture in pictures] == [f"frame-{number}" for number in range(1, 6)]
    seconds = [int(picture.caption.removeprefix("视频 0:").removesuffix(" 处的画面")) for picture in pictures]
    assert seconds == pytest.approx([4, 12, 20, 28, 36], abs=4)
    assert seconds == sorted(set(seconds))
    for picture in pictures:
        image = Image.open(BytesIO(picture.jpeg))
        assert (image.format, image.size) == ("JPEG", (480, 270))
        assert len(picture.jpeg) <= 64 * 1024
    assert facts.poster == "frame-1"
    assert lines(facts)["video.type"].pictures == ("frame-1",)
    assert lines(facts)["video.black"].pictures == facts.pictures


def test_a_picture_full_of_noise_is_still_a_small_one(tmp_path: Path) -> None:
    def noise(seconds: float) -> scenes.np.ndarray:
        return scenes.np.random.default_rng(int(seconds)).integers(0, 255, (720, 480, 3)).astype(scenes.np.uint8)

    path = tmp_path / "noise.mp4"
    path.write_bytes(film(3, pixels=noise, rate=1, sound="", options={"preset": "ultrafast", "crf": "10", "g": "1"}))
    _, pictures = video.examine(path)
    assert pictures
    assert all(len(picture.jpeg) <= 64 * 1024 for picture in pictures)

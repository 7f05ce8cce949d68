"""Judges a defence video by the edition's rules: one line for each thing that people must know of it (R70–R76, A10)."""

from typing import TYPE_CHECKING

from config.edition import VideoRules
from documents.findings import Finding, Verdict
from documents.video_timeline import clock

if TYPE_CHECKING:
    from documents.video import VideoFacts
    from documents.video_hints import Hints

HEADER_SLACK_SECONDS = 1.0
SILENT = 0.003  # of full scale: -50 dB, below the hiss of any microphone
SLIDES_SHARE = 0.5
FAST_CUTS = 8.0  # a minute, in what does not look like slides
VERY_FAST_CUTS = 20.0  # whatever it looks like
FEWEST_CUTS = 5.0
FEWEST_LOOKS = 3  # fewer pictures tell nothing of a film
BLACK_SHARE = 0.1
MOSTLY_BLACK_SHARE = 0.5
STILL_SECONDS = 180.0
STILL_SHARE = 0.8
SHORTEST_STILL_SECONDS = 30.0
CODEC_NAMES = {"h264": "H.264", "hevc": "H.265（HEVC）", "mpeg4": "MPEG-4", "av1": "AV1", "vp9": "VP9"}


def findings(facts: "VideoFacts", rules: VideoRules) -> tuple[Finding, ...]:
    """The check sheet's machine lines for the video; too long is red but does not block (R72).

    What the sampled pictures hint at is never red: whether it is made from slides, whether a promotional film, a person
    says (R73, R76).
    """
    lines = [
        _type_line(facts),
        _codec_line(facts, rules),
        _length_line(facts, rules),
        _header_line(facts),
        _soundness_line(facts),
        _stowaway_line(facts),
        _sound_line(facts),
    ]
    if facts.hints is not None and facts.hints.looked_at >= FEWEST_LOOKS:
        lines += [
            _slides_line(facts, facts.hints),
            _promo_line(facts, facts.hints),
            _black_line(facts, facts.hints),
            _still_line(facts, facts.hints),
        ]
    return tuple(line for line in lines if line is not None)


def _type_line(facts: "VideoFacts") -> Finding:
    evidence = f"MP4（{facts.brand.strip()}），{_codec_name(facts.codec)}，{facts.width}×{facts.height}"
    poster = (facts.poster,) if facts.poster else ()
    return Finding("video.type", "R70", Verdict.GREEN, evidence, pictures=poster)


def _codec_line(facts: "VideoFacts", rules: VideoRules) -> Finding | None:
    if _plain(facts.codec) in {_plain(codec) for codec in rules.codecs}:
        return None
    evidence = f"画面编码为 {_codec_name(facts.codec)}，专家的浏览器可能无法播放。"
    return Finding("video.codec", "R70", Verdict.LOOK, evidence, "请重新导出为 H.264 编码的 MP4。")


def _length_line(facts: "VideoFacts", rules: VideoRules) -> Finding:
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


def _header_line(facts: "VideoFacts") -> Finding | None:
    if facts.edited:
        evidence = f"播放时长 {clock(facts.seconds)}，文件中另有未显示的内容，共 {clock(facts.media_seconds)}。"
        return Finding("video.header", "R71", Verdict.LOOK, evidence, "请剪辑后完整导出一次，不要只隐藏片段。")
    if facts.header_seconds is None or abs(facts.header_seconds - facts.seconds) <= HEADER_SLACK_SECONDS:
        return None
    evidence = f"文件头写的是 {clock(facts.header_seconds)}，实际为 {clock(facts.seconds)}，以实际为准。"
    return Finding("video.header", "R71", Verdict.LOOK, evidence, "请重新导出视频，再上传一次。")


def _soundness_line(facts: "VideoFacts") -> Finding | None:
    if not facts.key_frames:
        evidence = "画面过大或没有可试放的关键帧，未能试放。"
    elif facts.key_frames_bad:
        evidence = f"试放 {facts.key_frames} 处，有 {facts.key_frames_bad} 处画面无法解码。"
    else:
        return None
    return Finding("video.soundness", "R70", Verdict.LOOK, evidence, "请完整播放一遍；画面有损坏时重新导出上传。")


def _stowaway_line(facts: "VideoFacts") -> Finding | None:
    if not facts.stowaways:
        return None
    evidence = f"文件里还夹带了其他内容：{'、'.join(facts.stowaways)}。"
    return Finding("video.stowaway", "R70", Verdict.LOOK, evidence, "请重新导出视频后上传，不要附加其他内容。")


def _sound_line(facts: "VideoFacts") -> Finding | None:
    if facts.audio_seconds is None:
        evidence = "视频没有声音轨。"
    elif facts.loudest is not None and facts.loudest < SILENT:
        evidence = "有声音轨，但抽听各处都没有声音。"
    else:
        return None
    return Finding("video.sound", "R73", Verdict.ADVICE, evidence, "答辩视频宜有讲解声音，请确认是否漏录。")


def _slides_line(facts: "VideoFacts", seen: "Hints") -> Finding:
    evidence = f"约 {seen.slides_share:.0%} 的画面像幻灯片（抽看 {seen.looked_at} 处）"
    if seen.slides_share >= SLIDES_SHARE:
        return Finding("video.slides", "R73", Verdict.GREEN, evidence, pictures=facts.pictures)
    evidence += "；是否按 4 项内容用 PPT 制作，由人工判断。"
    step = "请确认视频是 PPT 的录屏；不是时请按 4 项内容制作 PPT 后重新录制。"
    return Finding("video.slides", "R73", Verdict.ADVICE, evidence, step, pictures=facts.pictures)


def _promo_line(facts: "VideoFacts", seen: "Hints") -> Finding:
    evidence = f"平均每分钟约 {seen.cuts_a_minute:.0f} 次画面切换"
    bar = VERY_FAST_CUTS if seen.slides_share >= SLIDES_SHARE else FAST_CUTS
    if seen.cuts_a_minute < bar or seen.cuts_a_minute * facts.video_seconds / 60 < FEWEST_CUTS:
        return Finding("video.promo", "R76", Verdict.GREEN, evidence)
    evidence = (
        f"平均每分钟约 {seen.cuts_a_minute:.0f} 次快速切换，约 {seen.slides_share:.0%} 的画面像幻灯片；"
        "是否为企业宣传片，由人工判断。"
    )
    step = "答辩视频不要做成企业宣传片；若是，请改用 PPT 录屏讲解后重新上传。"
    return Finding("video.promo", "R76", Verdict.LOOK, evidence, step, pictures=facts.pictures)


def _black_line(facts: "VideoFacts", seen: "Hints") -> Finding | None:
    if seen.black_share < BLACK_SHARE:
        return None
    verdict = Verdict.LOOK if seen.black_share >= MOSTLY_BLACK_SHARE else Verdict.ADVICE
    evidence = f"约 {seen.black_share:.0%} 的画面是黑的（抽看 {seen.looked_at} 处）。"
    return Finding(
        "video.black", "R73", verdict, evidence, "请完整播放一遍，确认画面没有漏录。", pictures=facts.pictures
    )


def _still_line(facts: "VideoFacts", seen: "Hints") -> Finding | None:
    if seen.still_seconds < max(SHORTEST_STILL_SECONDS, min(STILL_SECONDS, STILL_SHARE * facts.seconds)):
        return None
    evidence = f"从 {clock(round(seen.still_from))} 起约 {clock(round(seen.still_seconds))} 画面没有变化。"
    return Finding("video.still", "R73", Verdict.ADVICE, evidence, "请确认画面没有卡住。", pictures=facts.pictures)


def _codec_name(codec: str) -> str:
    return CODEC_NAMES.get(codec, codec)


def _plain(codec: str) -> str:
    return codec.lower().replace(".", "").replace("avc1", "h264")

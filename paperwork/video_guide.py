"""Makes the guide to the defence video: what the edition asks, a list to tick off before handing in (R70–R77)."""

from config.edition import Edition, VideoRules
from config.lengths import length_shown
from config.refusal import Refusal
from paperwork.applicant_looks import BLANK, Filled, paper
from paperwork.word_marks import Cell, Table

TITLE = "视频制作说明"
_WIDTHS = (12.0, 142.0)
_ROW_MM = 9.0


def video_guide(edition: Edition, filled: Filled = BLANK) -> bytes:
    """The guide as .docx; raises `Refusal` for an edition without a video."""
    rules = edition.video
    if rules is None:
        raise Refusal(f"{edition.award.entry_name}不要求视频。", next_step="请查看本届需要提交的材料。")
    label = next((slot.label for slot in edition.slots if slot.reader == "video"), "视频")
    word = paper(edition, f"{label} {TITLE}", filled)
    word.title(edition.award.entry_name, f"{label} {TITLE}")
    word.heading("一、要求")
    for line in rules.printed_guide:
        word.text(line)
    word.heading("二、格式")
    for line in _format(edition, rules):
        word.text(line)
    if edition.form:
        word.heading("三、内容按推荐材料的各部分安排")
        for part in edition.form.parts:
            word.text(part.heading)
    word.heading(f"{'四' if edition.form else '三'}、提交前自查", after=6)
    word.table(_list(edition, rules))
    return word.to_bytes()


def _format(edition: Edition, rules: VideoRules) -> list[str]:
    size = next((slot.max_megabytes for slot in edition.slots if slot.reader == "video"), 0)
    lines = [f"MP4 文件，视频编码为 {'、'.join(map(_codec, rules.codecs))}。"]
    lines += [f"时长不超过 {length_shown(rules.seconds_limit)}，以文件的实际时长为准。"]
    return [*lines, f"文件不超过 {_size(size)}。"] if size else lines


def _list(edition: Edition, rules: VideoRules) -> Table:
    questions = [
        f"文件是 MP4，用电脑自带的播放器能从头放到尾，时长不超过 {length_shown(rules.seconds_limit)}",
        "声音清楚，文字看得清",
        *(line.text for line in edition.check.human_lines if edition.slot(line.slot).reader == "video"),
    ]
    rows = [[Cell(align="center", ticked=False), Cell(words)] for words in questions]
    return Table(_WIDTHS, rows, heights=[_ROW_MM] * len(rows), together=True)


def _codec(key: str) -> str:
    return {"h264": "H.264（AVC）", "hevc": "H.265（HEVC）"}.get(key, key)


def _size(megabytes: int) -> str:
    return f"{megabytes // 1024} GB" if megabytes % 1024 == 0 else f"{megabytes} MB"

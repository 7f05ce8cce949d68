"""The names in a letter: as declared, read otherwise, unreadable; recognised from the picture where that is there."""

from pathlib import Path

import odd_scans as scans
import pytest

from config.editions_file import load_edition, shipped_edition
from documents import child, ocr
from documents.chinese_faces import chinese_font
from documents.findings import Declared, Verdict
from documents.scan_names import names_finding

pytestmark = pytest.mark.slow

TITLE, UNIT, SOCIETY = "高档数控机床误差自补偿关键技术", "江城重型机床股份有限公司", "中国机械工程学会"
DECLARED = Declared(TITLE, UNIT, SOCIETY, "society")
REST = "已了解征集范围、遴选标准及推荐遴选流程等要求，现推荐“{title}”参评，并对本次推荐郑重承诺如下：真实准确。"
TEXT = f"承诺书\n{UNIT}" + REST.format(title=TITLE)


@pytest.mark.parametrize(
    ("text", "verdict", "word"),
    [
        (TEXT + SOCIETY, Verdict.GREEN, "推荐方与申报信息一致"),
        (TEXT, Verdict.GREEN, "项目名称、申报单位与申报信息一致"),  # the society stands in its seal alone
        (TEXT.replace("误差", "误\n 差").replace("江城", "江 城"), Verdict.GREEN, "一致"),
        (TEXT.replace("自补偿", "白补偿"), Verdict.GREEN, "一致"),  # one letter in fifteen: the reader's slip
        (TEXT.replace(TITLE, "高档数控磨床热变形在线补偿技术"), Verdict.LOOK, "项目名称读作"),
        (TEXT.replace("重型机床", "精密仪器"), Verdict.LOOK, "读作“江城精密仪器股份有限公司”"),
        (TEXT.replace(UNIT, "滨海纺织机械厂"), Verdict.LOOK, f"申报单位未读到“{UNIT}”"),
    ],
)
def test_what_is_read_is_held_against_what_was_declared(text: str, verdict: Verdict, word: str) -> None:
    """R80: a person looks where they differ; never red."""
    line = names_finding(text, DECLARED, "文字层")
    assert line
    assert (line.verdict, line.r, line.blocks_submit) == (verdict, "R80", False)
    assert word in line.evidence


@pytest.mark.parametrize("text", ["", "承诺书", "recognised words of a letter " * 9, "\x00" * 200])
def test_what_cannot_be_read_says_nothing(text: str) -> None:
    assert names_finding(text, DECLARED, "文字识别") is None
    assert names_finding(TEXT, Declared("", "", ""), "文字层") is None


@pytest.mark.skipif(not ocr.is_installed(), reason="the extra [ocr] is not installed")
@pytest.mark.skipif(chinese_font(20) is None, reason="no Chinese font to print the letter with")
def test_the_print_and_the_seals_of_a_scan_are_recognised_in_the_child(tmp_path: Path) -> None:
    """R80, R86: in the reader's own memory and time, without a network, from models that came with the extra."""
    edition = load_edition(shipped_edition("2024")).edition
    slot = next(slot for slot in edition.slots if slot.reader == "letter")
    path = tmp_path / "承诺书.pdf"
    path.write_bytes(scans.letter())
    with child.Readers(task=child.task_of(ocr=True)) as readers:
        same = readers.check(path, slot=slot, edition=edition, declared=DECLARED)
        other = readers.check(path, slot=slot, edition=edition, declared=Declared(TITLE, "滨海纺织机械厂", SOCIETY))
    captions = [picture.caption for picture in same.pictures if picture.key.startswith("seal")]
    assert sorted(caption.partition("似为")[2] for caption in captions) == [f"“{SOCIETY}”", f"“{UNIT}”"]
    found = {line.rule: line for line in same.findings}
    assert found["letter.names"].verdict is Verdict.GREEN
    assert found["letter.names"].evidence.startswith("文字识别：")
    assert {line.rule: line.verdict for line in other.findings}["letter.names"] is Verdict.LOOK

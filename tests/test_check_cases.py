"""Odd and hostile files of every kind, each with the exit code and the worst line that its sender is told."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import odd_forms as forms
import odd_scans as scans
import odd_videos as videos
import pytest
from odd_forms import form, p, pack
from pikepdf import Array, Dictionary, Name, String

from cli.check import exit_code
from config.edition import Edition, Reader
from config.editions_file import load_edition, shipped_edition
from documents.checks import check_file
from documents.child import Readers
from documents.findings import Finding, Report, shown

pytestmark = pytest.mark.slow

MOST_SECONDS = 20.0
NOWHERE = "http://127.0.0.1:9"


class Case(NamedTuple):
    """A file, the exit code of its check, the rule and a word of its first worst line."""

    make: Callable[[], bytes]
    code: int
    rule: str
    word: str = ""


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load_edition(shipped_edition("2024")).edition


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers() as warm:
        warm.warm()
        yield warm


FORMS = {
    "4900 字": Case(lambda: forms.of_length(4900), 0, "form.data.innovation"),
    "4901 字": Case(lambda: forms.of_length(4901), 0, "form.words", "4901 字"),
    "5000 字": Case(lambda: forms.of_length(5000), 0, "form.words", "余 0 字"),
    "5001 字": Case(lambda: forms.of_length(5001), 3, "form.words", "超出 1 字"),
    "5100 字": Case(lambda: forms.of_length(5100), 3, "form.words", "超出 100 字"),
    "5101 字": Case(lambda: forms.of_length(5101), 1, "form.words", "超出 101 字"),
    "by python-docx": Case(forms.by_python_docx, 0, "form.data.innovation"),
    "strict": Case(forms.strict, 0, "form.data.innovation"),
    "strict too long": Case(lambda: forms.strict(5200), 1, "form.words", "5200 字"),
    "parts in another order": Case(lambda: pack(form(order="0213")), 3, "form.order", "引领性、创新性"),
    "part missing": Case(lambda: pack(form(order="013")), 1, "form.part.leadership", "引领性"),
    "part empty": Case(lambda: pack(form(3)), 1, "form.part.application", "没有内容"),
    "numbered automatically": Case(forms.automatic_numbers, 0, "form.data.innovation"),
    "headings in a table": Case(forms.headings_in_a_table, 0, "form.style.level1"),
    "headings over runs": Case(forms.headings_over_runs, 0, "form.data.innovation"),
    "text box once": Case(lambda: pack(form(4900, forms.box("框" * 100))), 0, "form.words", "5000 字"),
    "text box in the branch not taken": Case(
        lambda: pack(form(4900, forms.box("框" * 600, choice="odd", repeat=False))), 1, "form.words", "5500 字"
    ),
    "tracked deletion": Case(lambda: pack(form(4900, forms.deleted("删" * 900))), 0, "form.data.innovation"),
    "text as a prompt": Case(lambda: pack(form(400, forms.prompt("字" * 5200))), 1, "form.words", "5600 字"),
    "text as a name": Case(forms.text_as_a_name, 1, "form.words", "超出"),
    "text as a row of the head": Case(forms.text_in_the_head, 1, "form.words", "超出"),
    "private characters": Case(lambda: pack(form(400, p("\ue000" * 6000))), 1, "form.words", "6400 字"),
    "text of another format": Case(forms.imported, 3, "form.imported", "chunk.htm"),
    "text in a diagram": Case(forms.diagram, 3, "form.drawn", "6000 个字"),
    "names outside": Case(lambda: forms.calling_out(9), 3, "form.outside", "5 处"),
    "name that steers": Case(lambda: forms.by_python_docx(400, "\u009b31m\u202e甲"), 0, "form.data.innovation"),
    "styles in a circle": Case(forms.styles_in_a_circle, 0, "form.data.innovation"),
    "endless numbers": Case(forms.endless_numbers, 0, "form.data.innovation"),
    "20,000 paragraphs": Case(lambda: pack(form(400, p("字") * 19_000)), 1, "form.words", "19400 字"),
    "more paragraphs": Case(lambda: pack(form(400, "<w:p/>" * 20_001)), 1, "form.readable", "段落超过"),
    "macros": Case(lambda: pack(form(), main=forms.MACROS), 1, "form.readable", "宏"),
    "macros by ending": Case(forms.macros_by_ending, 1, "form.readable", "宏"),
    "program by another name": Case(forms.program_by_another_name, 1, "form.readable", "宏"),
    "template": Case(lambda: pack(form(), main=forms.TEMPLATE), 1, "form.readable", "模板"),
    ".doc": Case(lambda: forms.ole("WordDocument"), 1, "form.readable", "旧版 Word"),
    ".wps": Case(lambda: forms.ole("WpsContent"), 1, "form.readable", ".wps"),
    "encrypted": Case(lambda: forms.ole("EncryptedPackage"), 1, "form.readable", "打开密码"),
    "last year's title": Case(lambda: pack(form().replace("“2024", "“2023")), 3, "form.title", "应为““2024"),
    "coordinates": Case(lambda: pack(form(400, p("厂区位于东经118°22′"))), 3, "form.secrecy", "经纬度坐标"),
    "deep": Case(lambda: pack("<w:sdt>" * 400 + "</w:sdt>" * 400), 1, "form.readable", "层级过深"),
    "rtf": Case(lambda: b"{\\rtf1 x}", 1, "form.readable", "RTF"),
    "pdf": Case(scans.letter, 1, "form.readable", "PDF"),
    "film": Case(lambda: videos.of_length(10.0), 1, "form.readable", "不是 Word"),
    "empty form": Case(lambda: b"", 1, "form.readable", "0 字节"),
    "empty archive": Case(lambda: b"PK\x05\x06" + bytes(18), 1, "form.readable", "不是 Word"),
    "other archive": Case(lambda: pack("", {"word/document.xml": "<a/>"}), 1, "form.readable", "没有正文"),
    "entities": Case(forms.laughs, 1, "form.readable", "DTD"),
    "outside entity": Case(lambda: forms.outside_entity(9), 1, "form.readable", "DTD"),
    "bomb": Case(forms.bomb, 1, "form.readable", "大得异常"),
    "bomb by another name": Case(forms.bomb_without_suffix, 1, "form.readable", "大得异常"),
    "one paragraph of 9 MB": Case(forms.one_long_paragraph, 1, "form.readable", "大得异常"),
    "entry over entry": Case(forms.entry_over_entry, 1, "form.readable", "重叠"),
    "lying sizes": Case(forms.lying_sizes, 1, "form.readable", "不完整"),
    "packed another way": Case(lambda: pack(form(), method=forms.LZMA), 1, "form.readable", "压缩方式"),
    "cut form": Case(lambda: forms.of_length(400)[:-60], 1, "form.readable", "不完整"),
}
VIDEOS = {
    "12:00.000": Case(lambda: videos.with_sound(720.0), 0, "size"),
    "12:00.9": Case(lambda: videos.of_length(720.9), 3, "video.length", "12:00.900"),
    "12:01.0": Case(lambda: videos.of_length(721.0), 3, "video.length", "12:01"),
    "12:01.1": Case(lambda: videos.of_length(721.1), 1, "video.length", "超时 1.1 秒"),
    "12:07": Case(lambda: videos.of_length(727.0), 1, "video.length", "超时 7 秒"),
    "no sound": Case(lambda: videos.of_length(30.0), 0, "video.sound"),
    "index at the end": Case(lambda: videos.index_at_the_end(videos.of_length(30.0)), 0, "video.sound"),
    "mov": Case(lambda: videos.encoded("libx264", "mov"), 1, "video.type", "MOV"),
    "mkv": Case(lambda: videos.encoded("libx264", "mkv"), 1, "video.type", "MKV"),
    "avi": Case(lambda: videos.encoded("mpeg4", "avi"), 1, "video.type", "AVI"),
    "header says less": Case(lambda: videos.header_says(600, videos.of_length(725.0)), 1, "video.length", "12:05"),
    "header says more": Case(lambda: videos.header_says(800, videos.of_length(60.0)), 3, "video.header", "13:20"),
    "header says nothing": Case(lambda: videos.header_says(0, videos.of_length(725.0)), 1, "video.length", "12:05"),
    "last picture for ever": Case(lambda: videos.long_last_picture(3000), 1, "video.length", "50:00"),
    "cut film": Case(lambda: videos.with_sound(300.0)[:12_000], 1, "video.type", "不完整"),
    "cut before its index": Case(
        lambda: videos.cut(videos.index_at_the_end(videos.of_length(300.0)), 0.9), 1, "video.type", "不完整"
    ),
    "sound alone": Case(videos.sound_alone, 1, "video.type", "没有可播放的画面"),
    "sound longer than picture": Case(
        lambda: videos.sound_alone(725, videos.of_length(60.0)), 1, "video.length", "12:05"
    ),
    "hevc": Case(lambda: videos.encoded("libx265"), 3, "video.codec", "HEVC"),
    "mpeg-4": Case(lambda: videos.encoded("mpeg4"), 3, "video.codec", "MPEG-4"),
    "100,000 tracks": Case(lambda: videos.many_tracks(100_000), 1, "video.type", "损坏"),
    "very wide": Case(lambda: videos.encoded("libx264", "mp4", 2, (8192, 4322)), 3, "video.soundness", "未能试放"),
    "brand that steers": Case(lambda: videos.with_brand(b"\x1b[2J", videos.of_length(10.0)), 0, "video.sound"),
    "archive behind a film": Case(
        lambda: videos.of_length(10.0) + forms.of_length(9), 3, "video.stowaway", "压缩包（ZIP）"
    ),
    "empty film": Case(lambda: b"", 1, "video.type", "0 字节"),
    "form as a film": Case(lambda: forms.of_length(9), 1, "video.type", "Office"),
}
LETTERS = {
    "both seals": Case(scans.letter, 0, "size"),
    "one seal": Case(lambda: scans.letter(("unit",)), 3, "letter.endorser", "1 枚印章"),
    "no seal": Case(lambda: scans.letter(()), 3, "letter.endorser", "未看到印章"),
    "seal and signature": Case(lambda: scans.letter(("unit",), signature=True), 0, "size"),
    "seals in signature fields": Case(scans.seals_as_fields, 0, "size"),
    "seals on the last page": Case(lambda: scans.seal_on_the_last_page(9), 3, "letter.scan", "8 页像是"),
    "black and white": Case(scans.black_and_white, 3, "letter.endorser", "黑白"),
    "text layer": Case(scans.with_text_layer, 0, "size"),
    "user password": Case(lambda: scans.locked("a", "b"), 1, "letter.type", "打开密码"),
    "owner password": Case(lambda: scans.locked("", "b"), 1, "letter.type", "权限密码"),
    "script": Case(lambda: scans.opening(scans.script()), 1, "letter.active", "JavaScript"),
    "program": Case(lambda: scans.deep_launch(0), 1, "letter.active", "启动其他程序"),
    "program at the end of a chain": Case(lambda: scans.deep_launch(30), 1, "letter.active", "启动其他程序"),
    "chain too deep": Case(lambda: scans.deep_launch(200), 1, "letter.type", "损坏"),
    "form that submits": Case(
        lambda: scans.opening(Dictionary(S=Name.SubmitForm, F=String(NOWHERE))), 1, "letter.active", "发送数据"
    ),
    "opens another file": Case(
        lambda: scans.opening(Dictionary(S=Name.GoToR, F=String("//127.0.0.1/x"), D=Array([0, Name.Fit]))),
        1,
        "letter.active",
        "打开其他文件",
    ),
    "attachment": Case(lambda: scans.changed(scans.attached), 1, "letter.active", "内嵌附件"),
    "xfa": Case(lambda: scans.changed(scans.dynamic_form), 1, "letter.active", "XFA"),
    "20,000 pages": Case(lambda: scans.of_pages(20_000), 3, "letter.size", "20000 页"),
    "page of 200 inches": Case(lambda: scans.of_pages(1, (14_400, 14_400)), 3, "letter.scan"),
    "page of no size": Case(lambda: scans.with_media_box([0, 0, 0, 0]), 0, "size"),
    "page of a billion": Case(lambda: scans.with_media_box([0, 0, 1e9, 1e9]), 3, "letter.size", "没有绘制"),
    "table of places lost": Case(scans.without_table, 0, "size"),
    "false count of pages": Case(lambda: scans.false_count(5), 1, "letter.type", "损坏"),
    "page tree in a circle": Case(scans.page_tree_in_a_circle, 1, "letter.type", "损坏"),
    "drawing without end": Case(lambda: scans.drawing_without_end(9), 3, "letter.size", "没有绘制"),
    "page of 200 MB": Case(scans.huge_stream, 3, "letter.size", "没有绘制"),
    "cut letter": Case(lambda: scans.letter()[:3000], 1, "letter.type", "损坏"),
    "no pdf": Case(lambda: b"hello", 1, "letter.type", "不是 PDF"),
    "form as a letter": Case(lambda: forms.of_length(9), 1, "letter.type", "Word"),
    "empty letter": Case(lambda: b"", 1, "letter.type", "0 字节"),
}
EVIDENCE = {
    "scans": Case(lambda: scans.letter(()), 0, "evidence.kind", "没有选择"),
    "locked evidence": Case(lambda: scans.locked("a", "b"), 1, "evidence.type", "打开密码"),
    "script in evidence": Case(lambda: scans.opening(scans.script()), 1, "evidence.active", "JavaScript"),
    "picture as evidence": Case(lambda: b"\xff\xd8\xff\xe0" + bytes(99), 1, "evidence.type", "图片"),
}


def check(data: bytes, kind: Reader, folder: Path, readers: Readers | None, edition: Edition) -> Report:
    path = folder / "file"
    path.write_bytes(data)
    slot = next(slot for slot in edition.slots if slot.reader == kind)
    if readers is None:
        return check_file(path, slot=slot, edition=edition, in_child=False)
    return readers.check(path, slot=slot, edition=edition)


def worst_line(report: Report) -> Finding:
    return next(line for line in report.findings if line.verdict is report.verdict)


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        pytest.param(kind, case, id=f"{kind}: {name}")
        for kind, cases in (("form", FORMS), ("video", VIDEOS), ("letter", LETTERS), ("evidence", EVIDENCE))
        for name, case in cases.items()
    ],
)
def test_each_odd_file_has_its_exit_code_and_its_line(
    tmp_path: Path, readers: Readers, edition: Edition, kind: Reader, case: Case
) -> None:
    """R42, R47, R52, R53, R70-R72, R78, R86-R89: a verdict, a sentence, a next step; in time, and nothing steers."""
    data = case.make()
    began = time.monotonic()
    report = check(data, kind, tmp_path, readers, edition)
    assert time.monotonic() - began < MOST_SECONDS
    line = worst_line(report)
    assert (exit_code([report]), line.rule) == (case.code, case.rule), line.evidence
    assert case.word in line.evidence
    assert bool(line.next_step) == (case.code != 0 or line.verdict.rank > 0)
    assert all(line.evidence.isprintable() for line in report.findings)


def test_the_seals_of_a_long_letter_are_found_on_its_last_page(
    tmp_path: Path, readers: Readers, edition: Edition
) -> None:
    report = check(scans.seal_on_the_last_page(40), "letter", tmp_path, readers, edition)
    assert {seal["page"] for seal in report.facts["seals"]} == {40}
    assert not [line for line in report.findings if line.rule == "letter.endorser" and line.next_step]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("东华大学", "东华大学"),
        ("甲\t乙\n丙", "甲 乙 丙"),
        ("\x1b[31m红\x9b0m", "\\u001b[31m红\\u009b0m"),
        ("a\u202excod.docx", "a\\u202excod.docx"),
        ("半\udccd", "半\\udccd"),
        ("nul\0", "nul\\u0000"),
    ],
)
def test_what_could_steer_a_terminal_is_made_visible(name: str, safe: str) -> None:
    assert shown(name) == safe


def test_the_two_shapes_of_one_text_get_the_same_lines(tmp_path: Path, readers: Readers, edition: Edition) -> None:
    """A Strict file and the usual one differ in their names alone."""
    usual = check(forms.of_length(5050), "form", tmp_path, readers, edition)
    strict = check(forms.strict(5050), "form", tmp_path, readers, edition)
    assert usual.findings[1:] == strict.findings[1:]


def test_nothing_that_a_file_names_is_fetched(tmp_path: Path, edition: Edition) -> None:
    """A listener hears nothing while files that point at it are checked, in this process, which has a network."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        hearing = threading.Thread(target=_hear, args=(listener, calls))
        hearing.start()
        for data in (forms.calling_out(port), forms.outside_entity(port)):
            assert exit_code([check(data, "form", tmp_path, None, edition)]) != 0
        submit = Dictionary(S=Name.SubmitForm, F=String(f"http://127.0.0.1:{port}/"))
        assert exit_code([check(scans.opening(submit), "letter", tmp_path, None, edition)]) == 1
        assert not calls
        socket.create_connection(("127.0.0.1", port)).close()  # the listener does hear
        hearing.join(10)
    assert len(calls) == 1


def _hear(listener: socket.socket, calls: list[object]) -> None:
    connection, _ = listener.accept()
    calls.append(connection.getpeername())
    connection.close()

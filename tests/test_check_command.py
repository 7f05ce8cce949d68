"""The command behind ``linxuan check``: what it prints, in which form, with which exit code."""

import hashlib
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from cli import check
from config.editions_file import LoadedEdition, load_edition, shipped_edition
from config.refusal import Refusal

pytestmark = pytest.mark.slow

PARTS = ("背景和意义", "创新性", "引领性", "应用性")


@pytest.fixture(scope="module")
def edition() -> LoadedEdition:
    return load_edition(shipped_edition("2024"))


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "240")


def form(path: Path, *, words: int = 40, parts: tuple[str, ...] = PARTS) -> Path:
    document = Document()
    table = document.add_table(rows=2, cols=4)
    table.cell(0, 0).text, table.cell(0, 1).text = "项目名称", "智能产线"
    for place, text in enumerate(("推荐学会或专家", "中国纺织工程学会", "申报单位", "东华大学")):
        table.cell(1, place).text = text
    for number, part in zip("一二三四", parts, strict=False):
        document.add_paragraph(f"{number}、本项智能制造科技进展的{part}")
        document.add_paragraph("字" * (words // len(parts)))
    document.save(str(path))
    return path


def as_json(paths: list[Path], edition: LoadedEdition, kind: str | None = None) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    code = check.run(paths, kind=kind, edition=edition, as_json=True, out=out)
    return code, json.loads(out.getvalue())


def as_text(paths: list[Path], edition: LoadedEdition) -> tuple[int, str]:
    out = io.StringIO()
    return check.run(paths, kind=None, edition=edition, as_json=False, out=out), out.getvalue()


def test_the_json_has_exactly_its_keys(tmp_path: Path, edition: LoadedEdition) -> None:
    path = form(tmp_path / "推荐表.docx")
    code, plain = as_json([path], edition)
    assert code == 0
    assert list(plain) == ["edition", "files"]
    assert plain["edition"] == edition.edition.award.key
    (file,) = plain["files"]
    assert list(file) == ["path", "kind", "sha256", "verdict", "facts", "findings", "pictures"]
    assert (file["path"], file["kind"], file["verdict"]) == (str(path), "form", "advice")
    assert file["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert file["facts"]["words"]["own"] == 40
    for line in file["findings"]:
        assert list(line) == ["rule", "r", "verdict", "blocks_submit", "evidence", "next_step", "pictures"]


def test_only_the_report_goes_out_and_the_progress_elsewhere(
    tmp_path: Path, edition: LoadedEdition, capfd: pytest.CaptureFixture[str]
) -> None:
    form(tmp_path / "a.docx")
    form(tmp_path / "b.docx")
    code, plain = as_json([tmp_path], edition)
    assert (code, len(plain["files"])) == (0, 2)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("words", "parts", "code", "verdict"),
    [(40, PARTS, 0, "advice"), (5040, PARTS, 3, "look"), (5600, PARTS, 1, "red"), (30, PARTS[:3], 1, "red")],
    ids=["sound", "a little long", "too long", "a part missing"],
)
def test_the_exit_code_says_how_it_ended(
    tmp_path: Path, edition: LoadedEdition, words: int, parts: tuple[str, ...], code: int, verdict: str
) -> None:
    found, plain = as_json([form(tmp_path / "form.docx", words=words, parts=parts)], edition)
    assert (found, plain["files"][0]["verdict"]) == (code, verdict)


def test_the_tables_show_numbers_and_the_last_line_the_reason(tmp_path: Path, edition: LoadedEdition) -> None:
    code, text = as_text([form(tmp_path / "长.docx", words=5600)], edition)
    squeezed = "".join(letter for letter in text if letter not in " \n│")
    assert code == 1
    assert "正文计5600字，上限5000字，超出600字" in squeezed
    assert text.strip().splitlines()[-1] == "1 个文件：1 项不通过，其中 1 项不能提交（退出码 1）。"


def test_what_stands_in_a_file_does_not_style_the_terminal(tmp_path: Path, edition: LoadedEdition) -> None:
    path = form(tmp_path / "[red]x.docx")
    document = Document(str(path))
    document.tables[0].cell(0, 1).text = "[bold]产线[/bold]\x1b[31m".replace("\x1b", "")
    document.save(str(path))
    _, text = as_text([path], edition)
    assert "[bold]产线[/bold]" in "".join(text.split())
    assert "[red]x.docx" in text


def test_a_folder_is_walked_and_foreign_and_lock_files_are_left_out(tmp_path: Path, edition: LoadedEdition) -> None:
    (tmp_path / "IM24-001").mkdir()
    form(tmp_path / "IM24-001" / "form.docx")
    for name in ("notes.txt", ".hidden.docx", "~$form.docx"):
        (tmp_path / name).write_bytes(b"x")
    _, plain = as_json([tmp_path], edition)
    assert [Path(file["path"]).name for file in plain["files"]] == ["form.docx"]


def test_the_kind_is_told_by_the_content_not_by_the_name(tmp_path: Path, edition: LoadedEdition) -> None:
    path = form(tmp_path / "form.docx").rename(tmp_path / "form.mp4")
    _, plain = as_json([path], edition)
    assert plain["files"][0]["kind"] == "form"


def test_another_file_in_the_forms_place_is_red_and_blocks(tmp_path: Path, edition: LoadedEdition) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(b"%PDF-1.7\n%%EOF")
    code, plain = as_json([path], edition, kind="form")
    red = [line for line in plain["files"][0]["findings"] if line["verdict"] == "red"]
    assert code == 1
    assert [(line["r"], line["blocks_submit"]) for line in red] == [("R47", True)]
    assert "PDF" in red[0]["evidence"]


@pytest.mark.parametrize(("name", "kind"), [("nowhere.docx", None), ("a.bin", None), ("a.docx", "novel"), (".", None)])
def test_a_wrong_call_is_refused_with_exit_code_2(
    tmp_path: Path, edition: LoadedEdition, name: str, kind: str | None
) -> None:
    (tmp_path / "a.bin").write_bytes(b"?")
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04")
    paths = [tmp_path / name] if name != "." else [tmp_path / "empty"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refusal) as refusal:
        check.run(paths, kind=kind, edition=edition, as_json=False, out=io.StringIO())
    assert refusal.value.exit_code == 2
    assert refusal.value.next_step


def test_each_set_of_a_folder_has_its_line_in_the_order_of_names(tmp_path: Path, edition: LoadedEdition) -> None:
    for number in (3, 1, 2):
        (tmp_path / f"IM24-00{number}").mkdir()
        form(tmp_path / f"IM24-00{number}" / "form.docx", words=5600 if number == 2 else 40)
    code, text = as_text([tmp_path], edition)
    lines = [line for line in text.splitlines() if line.startswith("▶")]
    assert code == 1
    assert [line.partition("IM24-")[2].partition("（")[0] for line in lines] == [
        "001：建议",
        "002：不通过",
        "003：建议",
    ]
    assert "1 个文件：不通过 1 项" in lines[1]


def test_a_file_named_alone_needs_no_line_of_its_set(tmp_path: Path, edition: LoadedEdition) -> None:
    assert "▶" not in as_text([form(tmp_path / "form.docx")], edition)[1]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("letter", "letter"), ("evidence-2", "evidence"), ("文件4", "evidence"), ("证明材料", "evidence")],
)
def test_only_the_name_tells_evidence_from_a_letter(
    tmp_path: Path, edition: LoadedEdition, name: str, kind: str
) -> None:
    (tmp_path / f"{name}.pdf").write_bytes(b"%PDF-1.7 x")
    assert as_json([tmp_path], edition)[1]["files"][0]["kind"] == kind


def test_what_is_no_ordinary_file_is_skipped_with_a_sentence(
    tmp_path: Path, edition: LoadedEdition, capfd: pytest.CaptureFixture[str]
) -> None:
    """A pipe would be waited for without end; a link could name any file of this machine."""
    sets, outside = tmp_path / "sets", tmp_path / "outside.docx"
    sets.mkdir()
    form(outside)
    form(sets / "a.docx")
    (sets / "b.docx").symlink_to(outside)
    (sets / "c.docx").symlink_to(sets / "a.docx")
    (sets / "d.docx").symlink_to(sets / "nowhere")
    (sets / "loop").symlink_to(tmp_path)
    os.mkfifo(sets / "pipe.docx")
    _, plain = as_json([sets], edition)
    assert [Path(file["path"]).name for file in plain["files"]] == ["a.docx", "c.docx"]
    told = "".join(capfd.readouterr().err.split())
    assert "pipe.docx：不是普通文件" in told
    assert "b.docx：是指向文件夹之外的链接" in told
    assert "d.docx：打不开" in told


def test_a_pipe_that_is_named_is_refused(tmp_path: Path, edition: LoadedEdition) -> None:
    os.mkfifo(tmp_path / "pipe.docx")
    with pytest.raises(Refusal) as refusal:
        as_json([tmp_path / "pipe.docx"], edition)
    assert "不是普通文件" in str(refusal.value)


def test_the_report_is_written_while_files_are_still_checked(tmp_path: Path, edition: LoadedEdition) -> None:
    """A folder of many sets holds no more than a few reports at a time."""
    for number in range(30):
        form(tmp_path / f"{number:02}.docx")
    last = tmp_path / "29.docx"

    class Halting(io.StringIO):
        def write(self, text: str) -> int:
            if '"path"' in text and last.exists():
                last.unlink()
            return super().write(text)

    out = Halting()
    check.run([tmp_path], kind=None, edition=edition, as_json=True, out=out)
    files = json.loads(out.getvalue())["files"]
    assert [file["verdict"] for file in files] == ["advice"] * 29 + ["look"]
    assert "不在原处" in files[-1]["findings"][0]["evidence"]


def test_a_set_is_told_in_the_order_of_its_slots(edition: LoadedEdition, tmp_path: Path) -> None:
    """The Chinese names of the four files sort otherwise than file 1 to file 4."""
    for name, content in (("承诺书.pdf", b"%PDF-1.4"), ("推荐表.docx", b"PK"), ("答辩视频.mp4", b"mp4")):
        (tmp_path / name).write_bytes(content)
    _, told = as_json([tmp_path], edition)
    assert [file["kind"] for file in told["files"]] == ["form", "video", "letter"]

"""Our plain text count against the text that LibreOffice itself exports of the same files (A8)."""

import shutil
import subprocess
from pathlib import Path

import docx
import odd_forms as forms
import pytest
from odd_forms import p, pack

from config.edition import FormRules
from config.editions_file import load_edition, shipped_edition
from documents import recommendation
from documents.wordcount import count

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
]

MOST_APART = 0.02  # of the exported count
SENTENCES = (
    "本项目研制了面向离散制造的智能产线，节拍由 62 秒降到 41 秒，一次合格率达 98.6%。",
    "The line runs on 5G and TSN; OEE rose from 63.5 % to 81.0 % within 18 months.",
    "“数字孪生”模型（含 1,200 个测点）每 50 ms 更新——误差不超过 ±0.02 mm……",
    "日本語の文、한국어 문장, русский текст, ελληνικά, naïve café, don’t stop.",
    "联系邮箱 a.b@example.org，网址 https://example.org/x?y=1，标准 GB/T 39116—2020。",
)
INNER = "<ol><li>内层</li><li>again</li></ol>"
LISTS = f"<ol><li>第一步 测量</li><li>第二步 装配{INNER}</li></ol><ul><li>点</li><li>dot</li></ul>"
TABLE = "<table border=1><tr><th>指标</th><th>应用前</th></tr><tr><td>OEE</td><td>63.5 %</td></tr></table>"
PAGES = {
    "paragraphs": "".join(f"<p>{sentence}</p>" for sentence in SENTENCES * 8),
    "lists": "".join(f"<h2>{sentence}</h2>{LISTS}" for sentence in SENTENCES),
    "tables": "".join(f"<p>{sentence}</p>{TABLE}" for sentence in SENTENCES),
    "mixed": "".join(f"<h1>标题</h1><p>{s}<br>{s} <b>粗</b><i>斜</i><sup>2</sup></p>{LISTS}{TABLE}" for s in SENTENCES),
}


@pytest.fixture(scope="module")
def rules() -> FormRules:
    rules = load_edition(shipped_edition("2024")).edition.form
    assert rules is not None
    return rules


def convert(folder: Path, to: str, *paths: Path, reading: str = "") -> None:
    command = ["soffice", f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--norestore"]
    subprocess.run(
        [*command, *([reading] if reading else []), "--convert-to", to, "--outdir", folder, *paths],
        check=True,
        capture_output=True,
        timeout=180,
    )


def by_hand() -> dict[str, bytes]:
    """What LibreOffice does not write itself: numbers of Word, boxes, notes' marks, tracked changes."""
    text = "".join(p(sentence) for sentence in SENTENCES * 3)
    return {
        "numbered": forms.automatic_numbers(),
        "boxes": pack(forms.form(more=text + forms.box("框内的文字不在导出的文本里"))),
        "deletions": pack(forms.form(more=text + forms.deleted("删除而未接受的文字"))),
        "strict": forms.strict(600),
        "python-docx": forms.by_python_docx(800),
    }


def long_document(path: Path) -> None:
    document = docx.Document()
    for number in range(30):
        document.add_heading(f"{number} 小节 heading", level=1 + number % 3)
        document.add_paragraph(SENTENCES[number % len(SENTENCES)] * 3)
        document.add_paragraph("列表 item", style="List Number" if number % 2 else "List Bullet")
    document.save(str(path))


def test_our_plain_text_count_is_that_of_libreoffices_export(tmp_path: Path, rules: FormRules) -> None:
    pages = []
    for name, body in PAGES.items():
        pages.append(tmp_path / f"{name}.html")
        pages[-1].write_text(f'<html><head><meta charset="utf-8"></head><body>{body}</body></html>', encoding="utf-8")
    convert(tmp_path, "docx:MS Word 2007 XML", *pages, reading="--infilter=HTML (StarWriter)")
    for name, data in by_hand().items():
        (tmp_path / f"{name}.docx").write_bytes(data)
    long_document(tmp_path / "long.docx")
    paths = sorted(tmp_path.glob("*.docx"))
    convert(tmp_path, "txt:Text (encoded):UTF8", *paths)
    assert len(paths) == len(PAGES) + len(by_hand()) + 1
    for path in paths:
        ours = recommendation.read(path, rules).words.plain_text
        theirs = count(path.with_suffix(".txt").read_text(encoding="utf-8-sig"))
        assert theirs > 100, path.name
        assert abs(ours - theirs) <= MOST_APART * theirs, (path.name, ours, theirs)

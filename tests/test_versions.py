"""Two versions of one file side by side: text by part, facts, lines that appeared or went (row 14)."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from cli import specimens
from config.editions_file import load_edition, shipped_edition
from documents.checks import check_file
from documents.differences import Piece, line_changes, pieces, text_changes
from documents.findings import Finding, Report, Verdict
from documents.form_text import FormTexts, KeptTexts, paragraphs
from office import uploads, versions
from office.uploads import Checked, Incoming
from office.versions import Compared
from states.refusals import NotAllowed
from web.report import versions_side_by_side

from cast import HANDED_IN, Office, a_draft, files, put

pytestmark = pytest.mark.slow

EDITION = load_edition(shipped_edition("2024")).edition
NAMES = {"title": "轮毂铸造数字孪生产线", "unit": "甲重工", "endorser": "中国机械工程学会"}
PARTS = ("背景和意义", "创新性", "引领性", "应用性")


@pytest.fixture(scope="module")
def texts() -> Iterator[FormTexts]:
    with FormTexts() as reading:
        yield reading


def form(path: Path, **bodies: Sequence[str]) -> Path:
    """A form with these paragraphs in its parts."""
    document = Document()
    for number, (part, key) in enumerate(zip(PARTS, ("one", "two", "three", "four"), strict=True)):
        document.add_paragraph(f"{'一二三四'[number]}、本项智能制造科技进展的{part}")
        for body in bodies.get(key, ("这里是不变的一段文字。",)):
            document.add_paragraph(body)
    document.save(str(path))
    return path


def put_real(office: Office, item_id: int, slot: str, path: Path) -> int:
    kept = office.desk.vault.keep(path)
    report = check_file(path, slot=EDITION.slot(slot), edition=EDITION, in_child=False)
    uploads.keep_pictures(office.desk, report)
    with office.desk.database.write() as session:
        incoming = Incoming(slot, path.name, begun_at=HANDED_IN)
        return uploads.put_file(session, office.desk, item_id, incoming, Checked(kept, report), now=HANDED_IN).id or 0


def compared(office: Office, older: int, newer: int, texts: versions.Texts) -> Compared:
    with office.desk.database.read() as session:
        return versions.compare(session, office.desk, older, newer, texts=texts)


def said(paragraph: tuple[Piece, ...]) -> str:
    marks = {"same": "{}", "added": "[+{}]", "removed": "[-{}]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in paragraph)


def test_a_form_is_compared_part_by_part_paragraph_by_paragraph(
    office: Office, tmp_path: Path, texts: FormTexts
) -> None:
    item_id = a_draft(office)
    one = form(
        tmp_path / "v1.docx", two=["能耗下降 12%，良品率提升到 97%。", "删去的一段，讲的是旧设备。", "留下的一段。"]
    )
    two = form(
        tmp_path / "v2.docx",
        two=["能耗下降 15%，良品率提升到 97%。", "留下的一段。"],
        four=["这里是不变的一段文字。", "新写的一段：已推广到五家工厂。"],
    )
    older, newer = (put_real(office, item_id, "form", path) for path in (one, two))
    found = compared(office, older, newer, texts)
    assert [(change.part, [said(each) for each in change.paragraphs]) for change in found.parts] == [
        ("创新性", ["能耗下降 [-12%][+15%]，良品率提升到 97%。", "[-删去的一段，讲的是旧设备。]"]),
        ("应用性", ["[+新写的一段：已推广到五家工厂。]"]),
    ]
    assert (found.same_bytes, found.unread) == (False, False)
    names = {fact.name: (fact.before, fact.after) for fact in found.facts}
    assert set(names) >= {"正文字数", "“创新性”部分", "“应用性”部分"}
    assert (found.before.revision, found.after.revision) == (2, 3)
    assert (found.before.holds, found.after.holds) == (False, True)


def test_a_line_that_went_and_one_that_appeared(office: Office, tmp_path: Path, texts: FormTexts) -> None:
    item_id = a_draft(office)
    without = Document()
    for number, part in enumerate(PARTS[:3]):
        without.add_paragraph(f"{'一二三'[number]}、本项智能制造科技进展的{part}")
        without.add_paragraph("这里是不变的一段文字。")
    without.save(str(tmp_path / "v1.docx"))
    full = form(tmp_path / "v2.docx", one=["这里写到一项绝密级的工艺。"])
    older, newer = put_real(office, item_id, "form", tmp_path / "v1.docx"), put_real(office, item_id, "form", full)
    lines = {change.rule: change for change in compared(office, older, newer, texts).lines}
    part, secrecy = lines["form.part.application"], lines["form.secrecy"]
    assert (part.before and part.before.verdict, part.after and part.after.verdict) == (Verdict.RED, Verdict.GREEN)
    assert secrecy.after is not None
    assert secrecy.after.verdict is Verdict.LOOK


def test_a_film_and_a_letter_are_compared_by_what_they_are(office: Office, tmp_path: Path, texts: FormTexts) -> None:
    item_id = a_draft(office)
    for name, seconds in (("v1.mp4", 12), ("v2.mp4", 9)):
        specimens.write_video(tmp_path / name, seconds=seconds)
    older, newer = (put_real(office, item_id, "video", tmp_path / name) for name in ("v1.mp4", "v2.mp4"))
    assert ("时长", "0 分 12 秒", "0 分 9 秒") in [
        (fact.name, fact.before, fact.after) for fact in compared(office, older, newer, texts).facts
    ]
    for name, seals in (("v1.pdf", ()), ("v2.pdf", None)):
        specimens.write_letter(
            tmp_path / name, edition=EDITION, route="society", date=date(2024, 7, 30), seals=seals, **NAMES
        )
    older, newer = (put_real(office, item_id, "letter", tmp_path / name) for name in ("v1.pdf", "v2.pdf"))
    found = compared(office, older, newer, texts)
    seals = next(fact for fact in found.facts if fact.name == "印章")
    assert seals.before == "没有看到"
    assert seals.after.count("第 1 页") == 2
    assert {change.rule for change in found.lines} >= {"letter.endorser", "letter.unit"}


def test_the_same_bytes_have_no_difference(office: Office, tmp_path: Path, texts: FormTexts) -> None:
    item_id = a_draft(office)
    path = form(tmp_path / "v1.docx")
    older, newer = put_real(office, item_id, "form", path), put_real(office, item_id, "form", path)
    found = compared(office, newer, older, texts)
    assert (found.same_bytes, found.parts, found.facts, found.lines) == (True, (), (), ())
    assert found.before.revision < found.after.revision


def test_only_versions_of_one_file_are_compared(office: Office, texts: FormTexts) -> None:
    one, other = a_draft(office, "甲"), a_draft(office, "乙")
    mine, theirs = files(office, one), files(office, other)
    for pair in ((mine["form"], theirs["form"]), (mine["form"], mine["video"])):
        with pytest.raises(NotAllowed, match="不是同一份文件"):
            compared(office, *pair, texts)
    with pytest.raises(NotAllowed, match="没有这个版本"):
        compared(office, mine["form"], 99_999, texts)


def test_a_form_that_cannot_be_read_is_told_and_the_rest_still_compared(office: Office, texts: FormTexts) -> None:
    item_id = a_draft(office)
    older = files(office, item_id)["form"]
    red = Finding("form.words", "R52", Verdict.RED, "超出 600 字", "请删减。")
    newer = put(office, item_id, "form", red, words="再传")
    found = compared(office, older, newer, texts)
    assert found.unread
    assert [(change.rule, change.after) for change in found.lines] == [("form.words", red)]


def test_all_versions_are_listed_the_first_one_first(office: Office) -> None:
    item_id = a_draft(office)
    put(office, item_id, "form", words="二")
    put(office, item_id, "form", words="三")
    with office.desk.database.read() as session:
        found = versions.versions(session, office.found(item_id), "form")
    assert [(version.revision, version.name, version.holds) for version in found] == [
        (1, "form", False),
        (2, "form二", False),
        (3, "form三", True),
    ]


def test_the_piece_of_a_page_shows_what_came_and_what_went(office: Office, tmp_path: Path, texts: FormTexts) -> None:
    item_id = a_draft(office)
    older = put_real(office, item_id, "form", form(tmp_path / "v1.docx", two=["能耗下降 12%，<b>良品率</b>提升。"]))
    newer = put_real(office, item_id, "form", form(tmp_path / "v2.docx", two=["能耗下降 15%，<b>良品率</b>提升。"]))
    html = versions_side_by_side(compared(office, older, newer, texts), shown_at=office.desk.shown)
    assert "<del>12%</del><ins>15%</ins>" in html
    assert "&lt;b&gt;良品率" in html
    assert "第 2 版" in html
    assert "第 3 版" in html
    assert "2024年8月1日 10:00" in html
    same = versions_side_by_side(compared(office, older, older, texts), shown_at=office.desk.shown)
    assert "没有改动" in same


def test_the_child_reads_what_the_reader_reads(tmp_path: Path, texts: FormTexts) -> None:
    path = form(tmp_path / "form.docx", one=["甲\u202e乙"])
    assert texts(path) == paragraphs(path)
    assert "甲\\u202e乙" in paragraphs(path)
    broken = tmp_path / "broken.docx"
    broken.write_bytes(b"PK\x03\x04")
    assert texts(broken) is None


def test_a_text_is_read_once_and_what_was_read_first_gives_way(tmp_path: Path) -> None:
    """By its digest alone: whoever asks again is answered although the file is gone."""
    texts, paths = KeptTexts(most=2), [form(tmp_path / f"{at}.docx", one=(f"第{at}段",)) for at in range(3)]
    read = [texts(path.name, path) for path in paths]
    assert len({tuple(found or ()) for found in read}) == 3
    for path in paths:
        path.unlink()
    assert [texts(path.name, path) for path in paths] == [None, read[1], read[2]]


TEXT = st.text(st.sampled_from("智能制造产线，。12% abc"), max_size=40)


@given(TEXT, TEXT)
def test_what_stayed_and_went_is_the_old_text_what_stayed_and_came_the_new(before: str, after: str) -> None:
    found = pieces(before, after)
    assert "".join(piece.text for piece in found if piece.kind != "added") == before
    assert "".join(piece.text for piece in found if piece.kind != "removed") == after


@given(st.lists(TEXT, max_size=6), st.lists(TEXT, max_size=6))
def test_no_changed_paragraph_is_lost(before: list[str], after: list[str]) -> None:
    changes = text_changes(before, after, old={}, new={})
    shown = [said for change in changes for said in change.paragraphs]
    gone = [text.strip() for text in before if text.strip() and text.strip() not in [each.strip() for each in after]]
    told = ["".join(piece.text for piece in each if piece.kind != "added") for each in shown]
    assert set(gone) <= set(told)


def test_good_lines_that_stay_good_are_no_difference() -> None:
    good = Finding("size", "R41", Verdict.GREEN, "1 MB")
    lines = line_changes(
        Report("a", "form", "", {}, (good,)),
        Report("b", "form", "", {}, (Finding("size", "R41", Verdict.GREEN, "2 MB"),)),
    )
    assert lines == ()

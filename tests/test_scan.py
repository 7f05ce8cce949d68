"""The commitment letter and the evidence: real PDF bytes, sealed and not, locked, acting, broken."""

import json
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from cli.specimens import write_evidence, write_letter
from config.edition import Edition
from config.editions_file import load_edition, shipped_edition
from documents import evidence, scan
from documents.findings import Declared, Finding, Unreadable, Verdict
from documents.marks import Seal, Strokes
from documents.scan_letter import Route, letter_findings

pytestmark = pytest.mark.slow

Letter = Callable[..., Path]


@pytest.fixture(scope="module")
def edition() -> Edition:
    """The edition of 2024."""
    return load_edition(shipped_edition("2024")).edition


@pytest.fixture
def letter(tmp_path: Path, edition: Edition) -> Letter:
    """A maker of letters, sealed and signed as asked."""

    def make(**asked: object) -> Path:
        path = tmp_path / "承诺书.pdf"
        names = {
            "title": "高档数控机床误差自补偿关键技术",
            "unit": "江城重型机床股份有限公司",
            "endorser": "中国机械工程学会",
        }
        write_letter(path, edition=edition, date=date(2024, 7, 12), **{**names, "route": "society", **asked})
        return path

    return make


def lines(path: Path, edition: Edition, route: Route | None = None) -> dict[str, Finding]:
    assert edition.letter
    return {
        finding.rule: finding
        for finding in letter_findings(scan.read(path), edition.letter, Declared("", "", "", route))
    }


def verdicts(path: Path, edition: Edition, route: Route | None = None) -> tuple[Verdict, Verdict]:
    found = lines(path, edition, route)
    return found["letter.endorser"].verdict, found["letter.unit"].verdict


def changed(path: Path, change: Callable[[pikepdf.Pdf], None], **saving: pikepdf.Encryption) -> Path:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        change(pdf)
        pdf.save(path, **saving)
    return path


def test_a_letter_with_both_seals_is_green(letter: Letter, edition: Edition) -> None:
    """R78, R86, R87: a scan, the endorser's seal, the unit's seal."""
    found = lines(letter(), edition, "society")
    assert {finding.verdict for finding in found.values()} == {Verdict.GREEN}
    assert [finding.r for finding in found.values()] == ["R78", "R86", "R87"]
    assert "第 1 页" in found["letter.unit"].evidence
    assert "推荐学会（盖章）或推荐专家（签字）：第" in found["letter.endorser"].evidence


def test_the_upper_seal_is_taken_for_the_endorsers(letter: Letter) -> None:
    first, second = scan.read(letter()).facts.sure_seals
    assert first.y_mm < second.y_mm


@pytest.mark.parametrize("seals", [("unit",), ("endorser",), ()])
def test_a_seal_that_is_not_seen_is_looked_at_and_never_red(
    letter: Letter, edition: Edition, seals: tuple[str, ...]
) -> None:
    """R86, R87: a missing seal alone never blocks; a person looks."""
    found = lines(letter(seals=seals), edition, "society")
    assert found["letter.endorser"].verdict is Verdict.LOOK
    assert found["letter.unit"].verdict is Verdict.LOOK
    assert not any(finding.blocks_submit for finding in found.values())
    assert found["letter.endorser"].next_step
    assert ("共看到 1 枚印章" if seals else "未看到印章") in found["letter.endorser"].evidence


def test_an_expert_signs_and_the_unit_seals(letter: Letter, edition: Edition) -> None:
    """R39, R86: ink in the expert's field and one seal."""
    path = letter(route="expert", endorser="文若水")
    assert verdicts(path, edition, "expert") == (Verdict.GREEN, Verdict.GREEN)
    assert verdicts(path, edition, None) == (Verdict.GREEN, Verdict.GREEN)


def test_a_signature_does_not_stand_for_a_societys_seal(letter: Letter, edition: Edition) -> None:
    """R38: on the society's road ink is not enough."""
    path = letter(route="expert", endorser="文若水")
    assert verdicts(path, edition, "society") == (Verdict.LOOK, Verdict.LOOK)


def test_an_expert_who_did_not_sign_is_looked_at(letter: Letter, edition: Edition) -> None:
    path = letter(route="expert", endorser="文若水", signature=False)
    assert verdicts(path, edition, "expert") == (Verdict.LOOK, Verdict.GREEN)
    assert "未看到手写签名" in lines(path, edition, "expert")["letter.endorser"].evidence


def test_a_signature_without_a_seal_leaves_the_units_field_open(letter: Letter, edition: Edition) -> None:
    path = letter(route="expert", endorser="文若水", seals=())
    assert verdicts(path, edition, "expert") == (Verdict.GREEN, Verdict.LOOK)
    assert verdicts(path, edition, None) == (Verdict.LOOK, Verdict.LOOK)


def test_a_date_written_by_hand_is_not_the_experts_signature(edition: Edition) -> None:
    """Ink far below the unit's seal stands in the date's field (R88)."""
    seal = Seal("yes", "round", 130.0, 200.0, 42.0, 42.0, 1.0)
    facts = scan.ScanFacts(1, 1, 1, 1, (), (seal,), (Strokes(140.0, 250.0, 30.0, 9.0),))
    assert edition.letter
    found = {
        line.rule: line.verdict
        for line in letter_findings(scan.Scan(facts), edition.letter, Declared("", "", "", "expert"))
    }
    assert found["letter.endorser"] is Verdict.LOOK


def test_a_black_and_white_letter_asks_for_a_colour_scan(letter: Letter, edition: Edition, tmp_path: Path) -> None:
    """R86: the copier's grey seal is unsure."""
    import pypdfium2

    path = tmp_path / "黑白.pdf"
    with pypdfium2.PdfDocument(letter()) as pdf:
        grey = pdf[0].render(scale=2).to_pil().convert("L").point(lambda dot: 40 if dot < 190 else 250)
    grey.save(path, "PDF")
    found = lines(path, edition, "society")["letter.endorser"]
    assert found.verdict is Verdict.LOOK
    assert "黑白" in found.evidence
    assert "彩色扫描" in found.next_step


def test_a_seal_on_the_second_page_is_found_there(letter: Letter, edition: Edition, tmp_path: Path) -> None:
    path = tmp_path / "两页.pdf"
    with pikepdf.open(letter()) as sealed, pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.pages.append(sealed.pages[0])
        pdf.save(path)
    facts = scan.read(path).facts
    assert facts.pages == 2
    assert {seal.page for seal in facts.seals} == {2}


def test_a_turned_page_is_read_as_it_is_shown(letter: Letter) -> None:
    path = changed(letter(), lambda pdf: pdf.pages[0].rotate(90, relative=True))
    assert len(scan.read(path).facts.sure_seals) == 2


def test_the_facts_are_json(letter: Letter) -> None:
    facts = json.loads(json.dumps(scan.read(letter()).facts.as_dict()))
    assert facts["pages"] == 1
    assert [seal["answer"] for seal in facts["seals"]] == ["yes", "yes"]


def test_a_page_of_typed_text_is_not_a_scan(tmp_path: Path, edition: Edition) -> None:
    """R78: 盖章或签字后扫描: an exported Word file was never sealed."""
    path = tmp_path / "导出.pdf"
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        font = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = pdf.make_stream(b"BT /F1 12 Tf 72 700 Td (a typed commitment letter without any seal) Tj ET")
        pdf.save(path)
    found = lines(path, edition)["letter.scan"]
    assert found.verdict is Verdict.LOOK
    assert "不是扫描图像" in found.evidence


@pytest.mark.parametrize(
    ("encryption", "evidence"),
    [
        (pikepdf.Encryption(user="secret", owner="owner"), "打开密码"),
        (pikepdf.Encryption(user="", owner="owner"), "权限密码"),
    ],
)
def test_a_locked_pdf_cannot_be_read(letter: Letter, encryption: pikepdf.Encryption, evidence: str) -> None:
    """R42: encrypted files block, with their remedy."""
    path = changed(letter(), lambda _: None, encryption=encryption)
    with pytest.raises(Unreadable, match=evidence) as refused:
        scan.read(path)
    assert (refused.value.r, refused.value.rule) == ("R78", "letter.type")
    assert refused.value.next_step
    with pytest.raises(Unreadable) as refused:
        scan.read(path, r="R89")
    assert (refused.value.r, refused.value.rule) == ("R89", "evidence.type")


def _open_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('x')"))


def _page_script(pdf: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('x')"))
    pdf.pages[0].AA = pikepdf.Dictionary(O=action)


def _launch(pdf: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(link)])


def _attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["报价.exe"] = b"MZ" + bytes(100)


@pytest.mark.parametrize(
    ("change", "name"),
    [(_open_script, "JavaScript"), (_page_script, "JavaScript"), (_launch, "启动其他程序"), (_attachment, "内嵌附件")],
)
def test_a_pdf_that_acts_by_itself_is_red(
    letter: Letter, edition: Edition, change: Callable[[pikepdf.Pdf], None], name: str
) -> None:
    """R78: scripts, programs and attachments have no place in a scan."""
    found = lines(changed(letter(), change), edition)["letter.active"]
    assert found.verdict is Verdict.RED
    assert found.blocks_submit
    assert name in found.evidence
    assert "另存为 PDF" in found.next_step


def test_names_in_another_encoding_inside_the_file_do_no_harm(letter: Letter) -> None:
    """Scanners in China write GBK into the names of objects."""
    path = letter()
    path.write_bytes(path.read_bytes().replace(b"/Im0", b"/\xcd\xbcx"))
    assert len(scan.read(path).facts.sure_seals) == 2


def _bytes_of_a_picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (20, 20)).save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "evidence"),
    [
        (b"", "0 字节"),
        (b"hello" * 100, "不是 PDF"),
        (_bytes_of_a_picture(), "图片"),
        (b"PK\x03\x04" + bytes(100), "Word"),
        (b"%PDF-1.7\nnothing more", "损坏"),
    ],
)
def test_what_is_no_pdf_is_named_with_its_remedy(tmp_path: Path, data: bytes, evidence: str) -> None:
    path = tmp_path / "承诺书.pdf"
    path.write_bytes(data)
    with pytest.raises(Unreadable, match=evidence) as refused:
        scan.read(path)
    assert refused.value.next_step


def test_a_cut_pdf_cannot_be_read(letter: Letter) -> None:
    path = letter()
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(Unreadable):
        scan.read(path)


def test_a_pdf_without_pages_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "空.pdf"
    with pikepdf.new() as pdf:
        pdf.save(path)
    with pytest.raises(Unreadable, match="没有任何页面"):
        scan.read(path)


def test_too_many_pages_are_counted_and_not_drawn(tmp_path: Path, edition: Edition) -> None:
    """A page cap stands before the drawing: three hundred pages open in no time."""
    path = tmp_path / "很多页.pdf"
    with pikepdf.new() as pdf:
        for _ in range(scan.MOST_PAGES + 1):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.save(path)
    facts = scan.read(path).facts
    assert (facts.pages, facts.drawn_pages) == (scan.MOST_PAGES + 1, 0)
    assert lines(path, edition)["letter.size"].verdict is Verdict.LOOK


def test_a_picture_of_a_billion_dots_is_not_drawn(letter: Letter, edition: Edition) -> None:
    """A small file may claim a picture that fills the memory."""

    def claim(pdf: pikepdf.Pdf) -> None:
        picture = pdf.pages[0].Resources.XObject.Im0
        picture.Width, picture.Height = 60_000, 60_000

    path = changed(letter(), claim)
    assert scan.read(path).facts.costly_pages == (1,)
    assert lines(path, edition)["letter.size"].verdict is Verdict.LOOK


def test_evidence_is_readable_and_counted(tmp_path: Path, edition: Edition) -> None:
    """R89: PDF only; no seals are looked for."""
    path = tmp_path / "证明材料.pdf"
    write_evidence(path, edition=edition, pages=3)
    read = scan.read(path, look_for_seals=False, r="R89")
    assert edition.evidence
    found = evidence.evidence_findings(read, edition.evidence, None)[0]
    assert (found.verdict, found.r) == (Verdict.GREEN, "R89")
    assert "共 3 页" in found.evidence
    assert read.facts.drawn_pages == 0


def test_evidence_that_acts_is_red(tmp_path: Path, edition: Edition) -> None:
    path = tmp_path / "证明材料.pdf"
    write_evidence(path, edition=edition, pages=1)
    changed(path, _open_script)
    assert edition.evidence
    found = evidence.evidence_findings(scan.read(path, look_for_seals=False, r="R89"), edition.evidence, None)
    assert found[0].rule == "evidence.active"
    assert found[0].verdict is Verdict.RED

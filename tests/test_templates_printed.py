"""The templates in other hands: saved by another program, printed, sealed, signed and scanned."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from filled_forms import filled_in
from printing import Printer, pages, words

from cli.specimen_page import HEIGHT, WIDTH, ScannedPage, pdf_of_pictures
from cli.specimen_seal import PEN_BLUE, SEAL_RED, seal_mask, signature
from config.edition import Edition
from config.editions_file import load_edition, shipped_edition
from documents.checks import check_file
from documents.findings import Declared, Finding, Verdict
from paperwork.applicant_looks import BLANK, Filled
from paperwork.evidence_template import evidence_template
from paperwork.form_template import form_template
from paperwork.letter_template import letter_template

pytestmark = pytest.mark.slow

JIA = Filled("IM24-001", "纺织全流程数字孪生工厂关键技术与应用", "某某纺织科技股份有限公司", "中国纺织工程学会")
LONG = Filled("IM24-002", "面向多品种小批量柔性生产的" + "智能制造" * 12 + "关键技术", "某某大学" * 10, "中国电子学会")
HARBOUR = Path(__file__).parent / "editions" / "harbour2031.toml"


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load_edition(shipped_edition("2024")).edition


def not_green(
    folder: Path, file: bytes, edition: Edition, slot: str, filled: Filled, route: str | None = None
) -> list[Finding]:
    path = folder / slot
    path.write_bytes(file)
    declared = Declared(filled.title, filled.unit, filled.endorser, route)
    report = check_file(path, slot=edition.slot(slot), edition=edition, declared=declared, in_child=False)
    return [line for line in report.findings if line.verdict is not Verdict.GREEN]


def test_a_form_saved_by_libreoffice_gets_no_advice(tmp_path: Path, printer: Printer, edition: Edition) -> None:
    """The template saved there and filled in afterwards, and the other way round (R47–R67)."""
    saved = filled_in(printer.convert(form_template(edition, JIA), "docx"), edition.form)
    assert not_green(tmp_path, saved, edition, "form", JIA) == []
    saved = printer.convert(filled_in(form_template(edition, JIA), edition.form), "docx")
    assert not_green(tmp_path, saved, edition, "form", JIA) == []


@pytest.mark.parametrize("filled", [BLANK, JIA, LONG], ids=["blank", "filled", "long names"])
def test_templates_are_printed_whole_on_one_page(printer: Printer, edition: Edition, filled: Filled) -> None:
    """Nothing that the edition says is lost on paper; the letter and its seals fit on one page (R78)."""
    harbour = load_edition(HARBOUR).edition
    wanted = [
        (template, each, said)
        for each in ((edition, harbour) if filled is BLANK else (edition,))
        for template, said in (
            (form_template, [each.form.printed_note, *(part.heading for part in each.form.parts)]),
            (letter_template, [*each.letter.commitments, each.letter.breach, each.letter.endorser_field]),
            (evidence_template, [each.evidence.title, *(kind.description for kind in each.evidence.kinds)]),
        )
    ]
    pdfs = printer.print_all({str(at): template(each, filled) for at, (template, each, _) in enumerate(wanted)})
    for (template, _, said), pdf in zip(wanted, pdfs.values(), strict=True):
        printed = words(pdf)
        assert [line for line in said if "".join(line.split()) not in printed] == []
        if filled is not LONG or template is not form_template:
            assert len(pages(pdf, dots_an_inch=20)) == 1, template.__name__
            assert "第1页共1页" in printed


@pytest.mark.parametrize(
    ("filled", "route"),
    [(JIA, "society"), (LONG, "society"), (JIA, "expert"), (BLANK, "society")],
    ids=["society", "long names", "expert", "blank"],
)
def test_a_letter_printed_sealed_and_scanned_is_accepted(
    tmp_path: Path, printer: Printer, edition: Edition, filled: Filled, route: str
) -> None:
    """R78, R86, R87: two seals, or a signature and a seal, in the fields of the template; its code is read too."""
    pdf = printer.convert(letter_template(edition, filled), "pdf")
    rules = edition.letter
    page = ScannedPage()
    page.image.paste(pages(pdf, dots_an_inch=110)[0].resize((WIDTH, HEIGHT)))
    left, top = place(pdf, rules.endorser_field)
    if route == "society":
        page.stamp(seal_mask(filled.endorser or "中国电子学会", 1), left + 75, top + 24, SEAL_RED)
    else:
        page.pen(signature(left + 60, top + 14, 3), PEN_BLUE)
    left, top = place(pdf, rules.unit_field)
    page.stamp(seal_mask(filled.unit or "某某大学机械工程学院", 2), left + 75, top + 24, SEAL_RED)
    scan = page.scanned(7)
    assert not_green(tmp_path, pdf_of_pictures([scan]), edition, "letter", filled, route) == []
    assert code_in(scan) == filled.number


def test_a_letter_that_was_not_sealed_is_looked_at(tmp_path: Path, printer: Printer, edition: Edition) -> None:
    """The print and its code alone are no seal and no signature."""
    page = ScannedPage()
    pdf = printer.convert(letter_template(edition, JIA), "pdf")
    page.image.paste(pages(pdf, dots_an_inch=110)[0].resize((WIDTH, HEIGHT)))
    found = not_green(tmp_path, pdf_of_pictures([page.scanned(7)]), edition, "letter", JIA, "society")
    assert {line.rule for line in found} == {"letter.endorser", "letter.unit"}


def code_in(scan: bytes) -> str:
    """What the QR code in the upper right corner of a scan says; a scan of 110 dots an inch has to be enlarged."""
    picture = cv2.imdecode(np.frombuffer(scan, np.uint8), cv2.IMREAD_GRAYSCALE)
    corner = picture[: HEIGHT // 8, WIDTH // 2 :]
    return cv2.QRCodeDetector().detectAndDecode(cv2.resize(corner, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC))[0]


def place(pdf: bytes, words: str) -> tuple[float, float]:
    """Where words begin on the first page, in millimetres from its upper left corner."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        text = document[0].get_textpage()
        left, _, _, top = text.get_charbox(text.search(words[:7]).get_next()[0])
        return left * 25.4 / 72, (document[0].get_height() - top) * 25.4 / 72

"""Reads a scanned PDF: pages, scan or text, active contents, seals and signatures, judged as letter or as evidence."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from config.edition import EvidenceRules, LetterRules
from documents.findings import Finding, Unreadable, Verdict
from documents.marks import Seal, Strokes
from documents.pdf_structure import MOST_IMAGE_DOTS, PRINT_AGAIN, SCAN_AGAIN, inspect

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

Route = Literal["society", "expert"]

PAGES_EXAMINED = 30
PAGES_WITH_SEALS = 6
MOST_PAGES = 300
SCANNED_SHARE = 0.85
FEW_CHARACTERS = 20
DATE_BELOW_MM = 20.0  # what is written farther below the unit's seal is the date
BOTH_SEALS = 2

_NARROWEST_PAGE_DOTS = 200
_PDFIUM = Lock()  # the renderer is not safe for threads


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """What a scanned PDF is; places are millimetres on an A4 page.

    ``scanned_pages`` of the ``examined_pages`` are pictures; ``drawn_pages`` were looked at for seals and signatures;
    ``active`` names what could act by itself; ``too_large`` says that a picture in it was too large to draw.
    """

    pages: int
    examined_pages: int
    scanned_pages: int
    drawn_pages: int
    too_large: bool
    active: tuple[str, ...]
    seals: tuple[Seal, ...]
    signatures: tuple[Strokes, ...]

    def as_dict(self) -> dict[str, Any]:
        """The facts as JSON types."""
        return asdict(self)

    @property
    def sure_seals(self) -> tuple[Seal, ...]:
        """The seals beyond doubt, from the top of the first page down."""
        sure = (seal for seal in self.seals if seal.answer == "yes")
        return tuple(sorted(sure, key=lambda seal: (seal.page, seal.y_mm)))


def read(path: Path, *, look_for_seals: bool = True) -> ScanFacts:
    """The facts of a PDF; raises `Unreadable` when it is none, locked, broken or without a page (R78, R89)."""
    r = "R78" if look_for_seals else "R89"
    structure = inspect(path, r=r)
    import pypdfium2

    too_large = structure.largest_image_dots > MOST_IMAGE_DOTS
    wanted = PAGES_WITH_SEALS if look_for_seals and not too_large and structure.pages <= MOST_PAGES else 0
    try:
        with _PDFIUM:
            return _read_pages(path, structure.active, wanted, too_large=too_large)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(
            evidence="PDF 文件损坏，无法打开。",
            next_step=SCAN_AGAIN,
            rule=f"{'letter' if look_for_seals else 'evidence'}.type",
            r=r,
        ) from error


def letter_findings(facts: ScanFacts, rules: LetterRules, *, route: Route | None = None) -> tuple[Finding, ...]:
    """The machine lines for the commitment letter (R78, R86, R87); a seal that is not seen is never red by itself.

    ``route`` is how the application is endorsed: a society seals, an expert signs; ``None`` when not yet known.
    """
    seals, ink = facts.sure_seals, _endorser_ink(facts)
    endorser_field, unit_field = rules.endorser_field.rstrip("：:"), rules.unit_field.rstrip("：:")
    both = len(seals) >= BOTH_SEALS
    signed = route != "society" and bool(seals or route == "expert") and bool(ink)
    sealed = both and route != "expert"
    endorser = (
        _seen("letter.endorser", "R86", f"{endorser_field}：{_place(ink[0] if signed else seals[0])}")
        if signed or sealed
        else _unseen("letter.endorser", "R86", endorser_field, facts, route)
    )
    unit = (
        _seen("letter.unit", "R87", f"{unit_field}：{_place(seals[-1])}")
        if both or (seals and (signed or route == "expert"))
        else _unseen("letter.unit", "R87", unit_field, facts, None)
    )
    return (*_file_lines(facts, "letter", "R78"), _scan_line(facts), endorser, unit)


def evidence_findings(facts: ScanFacts, rules: EvidenceRules) -> tuple[Finding, ...]:
    """The machine lines for the evidence (R89): it opens, it has pages, nothing in it acts."""
    evidence = f"{rules.title}：PDF 可读，共 {facts.pages} 页"
    return (*_file_lines(facts, "evidence", "R89"), Finding("evidence.pages", "R89", Verdict.GREEN, evidence))


def _read_pages(path: Path, active: tuple[str, ...], wanted: int, *, too_large: bool) -> ScanFacts:
    import pypdfium2

    seals: list[Seal] = []
    signatures: list[Strokes] = []
    with pypdfium2.PdfDocument(path) as pdf:
        pdf.init_forms()
        pages = len(pdf)
        examined = min(pages, PAGES_EXAMINED)
        scanned = sum(_is_picture(pdf[at]) for at in range(examined))
        looked_at = _first_and_last(pages, wanted)
        for number in looked_at:
            found, strokes = _look(pdf[number - 1])
            seals.extend(replace(seal, page=number) for seal in found)
            signatures.extend(replace(patch, page=number) for patch in strokes)
    return ScanFacts(
        pages=pages,
        examined_pages=examined,
        scanned_pages=scanned,
        drawn_pages=len(looked_at),
        too_large=too_large,
        active=active,
        seals=tuple(seals),
        signatures=tuple(signatures),
    )


def _first_and_last(pages: int, wanted: int) -> list[int]:
    """The numbers of ``wanted`` pages at most: of a long letter half from its start and half from its end."""
    if pages <= wanted:
        return list(range(1, pages + 1))
    return [*range(1, wanted - wanted // 2 + 1), *range(pages - wanted // 2 + 1, pages + 1)]


def _is_picture(page: "PdfPage") -> bool:
    """Whether one picture covers the page, or it has a picture and no text to speak of."""
    import pypdfium2.raw

    width, height = page.get_size()
    largest = 0.0
    for picture in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        largest = max(largest, (right - left) * (top - bottom))
    if largest >= SCANNED_SHARE * width * height:
        return True
    return bool(largest) and page.get_textpage().count_chars() < FEW_CHARACTERS


def _look(page: "PdfPage") -> tuple[tuple[Seal, ...], tuple[Strokes, ...]]:
    from documents.ink import DOTS_A_MM, PAGE_LONG_SIDE_MM, read_ink
    from documents.seals import find_seals
    from documents.signatures import find_signatures

    scale = PAGE_LONG_SIDE_MM * DOTS_A_MM / max(1.0, *page.get_size())
    picture = page.render(scale=scale, may_draw_forms=True, draw_annots=True).to_numpy()
    if min(picture.shape[:2]) < _NARROWEST_PAGE_DOTS:
        return (), ()
    ink = read_ink(picture)
    return find_seals(ink), find_signatures(ink)


def _file_lines(facts: ScanFacts, slot: str, r: str) -> Iterator[Finding]:
    if facts.active:
        evidence = f"PDF 里有{'、'.join(facts.active)}，不是单纯的扫描件。"
        yield Finding(f"{slot}.active", r, Verdict.RED, evidence, PRINT_AGAIN, blocks_submit=True)
    if facts.too_large or facts.pages > MOST_PAGES:
        evidence = f"PDF 共 {facts.pages} 页，页数过多或图片过大，未逐页查看。"
        yield Finding(f"{slot}.size", r, Verdict.LOOK, evidence, "请只保留需要的页，以 200 至 300 dpi 重新扫描。")


def _scan_line(facts: ScanFacts) -> Finding:
    if facts.scanned_pages == facts.examined_pages:
        return Finding("letter.scan", "R78", Verdict.GREEN, f"PDF 扫描件，共 {facts.pages} 页")
    typed = facts.examined_pages - facts.scanned_pages
    evidence = f"共 {facts.pages} 页，其中 {typed} 页像是直接导出的文字，不是扫描图像。"
    return Finding("letter.scan", "R78", Verdict.LOOK, evidence, "请打印、盖章或签字后扫描，再上传扫描件。")


def _endorser_ink(facts: ScanFacts) -> tuple[Strokes, ...]:
    """Handwriting that may be the endorser's: not below the unit's seal, where the date stands."""
    seals = facts.sure_seals
    if not seals:
        return facts.signatures
    last = seals[-1]
    return tuple(
        strokes for strokes in facts.signatures if (strokes.page, strokes.y_mm) < (last.page, last.y_mm + DATE_BELOW_MM)
    )


def _seen(rule: str, r: str, evidence: str) -> Finding:
    return Finding(rule, r, Verdict.GREEN, evidence)


def _unseen(rule: str, r: str, field: str, facts: ScanFacts, route: Route | None) -> Finding:
    if route == "expert":
        evidence = "未看到手写签名笔迹"
        next_step = "请确认推荐专家已在此处亲笔签字；已签则无需处理，由遴选办公室人工核对。"
    else:
        evidence = _seals_in_words(facts)
        next_step = "请确认此处已盖红色印章并用彩色扫描；已盖则无需处理，由遴选办公室人工核对。"
    return Finding(rule, r, Verdict.LOOK, f"{field}：{evidence}", next_step)


def _seals_in_words(facts: ScanFacts) -> str:
    if not facts.drawn_pages:
        return "未能查看页面上的印章"
    sure, doubtful = facts.sure_seals, [seal for seal in facts.seals if seal.answer == "unsure"]
    if sure:
        more = f"，另有 {len(doubtful)} 处疑似" if doubtful else ""
        return f"共看到 {len(sure)} 枚印章{more}，{_place(sure[0])}"
    if doubtful and doubtful[0].shape == "black_and_white":
        return f"疑似黑白复印的印章，{_place(doubtful[0])}"
    if doubtful:
        return f"疑似印章，{_place(doubtful[0])}"
    return "未看到印章" + (f"（只查看了首尾 {facts.drawn_pages} 页）" if facts.drawn_pages < facts.pages else "")


def _place(mark: Seal | Strokes) -> str:
    what = "印章" if isinstance(mark, Seal) else "手写笔迹"
    size = f"约 {mark.width_mm:.0f}×{mark.height_mm:.0f} mm"
    return f"第 {mark.page} 页，距左 {mark.x_mm:.0f} mm、距上 {mark.y_mm:.0f} mm 处的{what}，{size}"

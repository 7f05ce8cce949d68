"""Judges a commitment letter that was read: its lines for scan, endorser's seal or signature, unit's seal (R78–R87)."""

from collections.abc import Iterator
from typing import Literal

from config.edition import LetterRules
from documents.findings import Declared, Finding, Verdict
from documents.marks import Seal, Strokes
from documents.pdf_structure import PRINT_AGAIN
from documents.scan import MOST_PAGES, Scan, ScanFacts
from documents.scan_names import names_finding

Route = Literal["society", "expert"]

DATE_BELOW_MM = 20.0  # what is written farther below the unit's seal is the date
BOTH_SEALS = 2
_PAGES_NAMED = 5


def letter_findings(scan: Scan, rules: LetterRules, declared: Declared | None = None) -> tuple[Finding, ...]:
    """The machine lines for the letter (R78, R80, R86, R87); a seal that is not seen is never red by itself.

    By the route of ``declared`` a society seals, an expert signs; without one, both are looked for.
    """
    facts, route = scan.facts, declared.route if declared else None
    seals, ink = facts.sure_seals, _endorser_ink(facts)
    endorser_field, unit_field = rules.endorser_field.rstrip("：:"), rules.unit_field.rstrip("：:")
    both = len(seals) >= BOTH_SEALS
    signed = route != "society" and bool(seals or route == "expert") and bool(ink)
    sealed = both and route != "expert"
    endorser = (
        seen(scan, "letter.endorser", "R86", endorser_field, ink[0] if signed else seals[0])
        if signed or sealed
        else _unseen(scan, "letter.endorser", "R86", endorser_field, route)
    )
    unit = (
        seen(scan, "letter.unit", "R87", unit_field, seals[-1])
        if both or (seals and (signed or route == "expert"))
        else _unseen(scan, "letter.unit", "R87", unit_field, None)
    )
    names = names_finding(scan.text, declared, scan.source) if declared else None
    return (*file_lines(facts, "letter", "R78"), *_scan_line(facts), *((names,) if names else ()), endorser, unit)


def file_lines(facts: ScanFacts, slot: str, r: str) -> Iterator[Finding]:
    """What is amiss with the PDF itself, whatever it shows: contents that act, pages that nobody drew."""
    if facts.active:
        evidence = f"PDF 里有{'、'.join(facts.active)}，不是单纯的扫描件。"
        yield Finding(f"{slot}.active", r, Verdict.RED, evidence, PRINT_AGAIN, blocks_submit=True)
    if facts.signed_fields:
        evidence = f"PDF 有 {facts.signed_fields} 处数字签名，程序不验证其效力，只看页面上画出的印章和签名。"
        yield Finding(f"{slot}.digital", r, Verdict.ADVICE, evidence, "请以盖章或签字后的扫描件为准。")
    step = "请只保留需要的页，以 200 至 300 dpi 重新扫描。"
    if facts.pages > MOST_PAGES:
        yield Finding(f"{slot}.size", r, Verdict.LOOK, f"PDF 共 {facts.pages} 页，页数过多，未逐页查看。", step)
    if not facts.is_whole:
        yield Finding(f"{slot}.size", r, Verdict.LOOK, "PDF 内部对象过多，没有逐一查看是否含有脚本或附件。", step)
    if facts.costly_pages:
        named = "、".join(str(number) for number in facts.costly_pages[:_PAGES_NAMED])
        more = "等" if len(facts.costly_pages) > _PAGES_NAMED else ""
        evidence = f"PDF 第 {named} {more}页图片过大或内容过于复杂，程序没有绘制和查看。"
        yield Finding(f"{slot}.size", r, Verdict.LOOK, evidence, step)


def seen(scan: Scan, rule: str, r: str, field: str, mark: Seal | Strokes) -> Finding:
    """The green line for a field whose seal or signature was seen, with its picture."""
    return Finding(rule, r, Verdict.GREEN, f"{field}：{place(mark)}", pictures=pictures_of(scan, mark))


def pictures_of(scan: Scan, *marks: Seal | Strokes) -> tuple[str, ...]:
    """The keys of the pictures of some marks."""
    seals = [f"seal-{scan.facts.seals.index(mark) + 1}" for mark in marks if isinstance(mark, Seal)]
    ink = [f"signature-{scan.facts.signatures.index(mark) + 1}" for mark in marks if isinstance(mark, Strokes)]
    kept = {picture.key for picture in scan.pictures}
    return tuple(key for key in (*seals, *ink) if key in kept)


def place(mark: Seal | Strokes) -> str:
    """Where a mark stands and how large it is, in words."""
    what = "印章" if isinstance(mark, Seal) else "手写笔迹"
    size = f"约 {mark.width_mm:.0f}×{mark.height_mm:.0f} mm"
    return f"第 {mark.page} 页，距左 {mark.x_mm:.0f} mm、距上 {mark.y_mm:.0f} mm 处的{what}，{size}"


def seals_in_words(facts: ScanFacts) -> str:
    """What was seen of seals where not all that are asked for were."""
    if not facts.drawn_pages:
        return "未能查看页面上的印章"
    sure, doubtful = facts.sure_seals, [seal for seal in facts.seals if seal.answer == "unsure"]
    if sure:
        more = f"，另有 {len(doubtful)} 处疑似" if doubtful else ""
        return f"共看到 {len(sure)} 枚印章{more}，{place(sure[0])}"
    if doubtful and doubtful[0].shape == "black_and_white":
        return f"疑似黑白复印的印章，{place(doubtful[0])}"
    if doubtful:
        return f"疑似印章，{place(doubtful[0])}"
    return "未看到印章" + (f"（只查看了 {facts.drawn_pages} 页）" if facts.drawn_pages < facts.pages else "")


def where_to_look(scan: Scan, field: str) -> tuple[str, ...]:
    """The keys of the pictures that help a person where nothing sure was seen: marks, the field, else the page."""
    marks = pictures_of(scan, *scan.facts.seals, *scan.facts.signatures)
    kept = {picture.key for picture in scan.pictures}
    places = [key for key in (f"field-{field}", "page") if key in kept][:1]
    return (*marks, *places)


def _scan_line(facts: ScanFacts) -> Iterator[Finding]:
    typed = facts.examined_pages - facts.scanned_pages
    if typed:
        evidence = f"共 {facts.pages} 页，其中 {typed} 页像是直接导出的文字，不是扫描图像。"
        yield Finding("letter.scan", "R78", Verdict.LOOK, evidence, "请打印、盖章或签字后扫描，再上传扫描件。")
    elif facts.examined_pages:
        yield Finding("letter.scan", "R78", Verdict.GREEN, f"PDF 扫描件，共 {facts.pages} 页")


def _endorser_ink(facts: ScanFacts) -> tuple[Strokes, ...]:
    """Handwriting that may be the endorser's: not below the unit's seal, where the date stands."""
    seals = facts.sure_seals
    if not seals:
        return facts.signatures
    last = seals[-1]
    return tuple(
        strokes for strokes in facts.signatures if (strokes.page, strokes.y_mm) < (last.page, last.y_mm + DATE_BELOW_MM)
    )


def _unseen(scan: Scan, rule: str, r: str, field: str, route: Route | None) -> Finding:
    if route == "expert":
        evidence = "未看到手写签名笔迹"
        next_step = "请确认推荐专家已在此处亲笔签字；已签则无需处理，由遴选办公室人工核对。"
    else:
        evidence = seals_in_words(scan.facts)
        next_step = "请确认此处已盖红色印章并用彩色扫描；已盖则无需处理，由遴选办公室人工核对。"
    shown = where_to_look(scan, rule.removeprefix("letter."))
    return Finding(rule, r, Verdict.LOOK, f"{field}：{evidence}", next_step, pictures=shown)

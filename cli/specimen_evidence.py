"""Makes the scan of an evidence list: a list page and certificate pages behind it (R89–R94)."""

from zlib import crc32

from cli.specimen_page import ScannedPage, pdf_of_pictures
from cli.specimen_seal import SEAL_RED, seal_mask
from config.edition import EvidenceRules

_LEFT, _WIDTH = 24.0, 162.0


def evidence_bytes(rules: EvidenceRules, *, pages: int, seed: int) -> bytes:
    """A PDF of scanned pages: the list of kinds first, then one page of proof each."""
    drawn = [_list_page(rules), *(_proof_page(rules, number) for number in range(1, pages))]
    return pdf_of_pictures([page.scanned(seed + number) for number, page in enumerate(drawn[:pages])])


def _list_page(rules: EvidenceRules) -> ScannedPage:
    page = ScannedPage()
    page.centred(24, rules.title, size=6)
    y = 44.0
    for number, kind in enumerate(rules.kinds, start=1):
        y = page.paragraph(_LEFT, y, f"{number}.{kind.name}：{kind.description}", width=_WIDTH) + 4
    return page


def _proof_page(rules: EvidenceRules, number: int) -> ScannedPage:
    kind = rules.kinds[(number - 1) % len(rules.kinds)]
    page = ScannedPage()
    page.centred(40, kind.name, size=8)
    page.paragraph(_LEFT, 70, f"　　兹证明：{kind.description}（第{number}份）", width=_WIDTH)
    page.text(120, 210, "2024 年 6 月 18 日")
    if kind.sealed_original:
        name = "江城数字装备示范应用有限公司"
        page.stamp(seal_mask(name, crc32(name.encode())), 140, 205, SEAL_RED)
    return page

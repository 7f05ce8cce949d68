"""Makes the scan of a commitment letter: the edition's words filled in, sealed and signed as asked (R78–R88)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from zlib import crc32

import numpy as np

from cli.specimen_page import ScannedPage, pdf_of_pictures
from cli.specimen_seal import PEN_BLUE, SEAL_RED, seal_mask, signature
from config.edition import LetterRules

SealOwner = Literal["endorser", "unit"]

_LEFT, _RIGHT = 24.0, 186.0
_ROWS = {"endorser": 150.0, "unit": 198.0, "date": 246.0}
_TABLE_END = 258.0
_SEAL_LEFT = 128.0


@dataclass(frozen=True, slots=True)
class FilledLetter:
    """What stands in a letter: names, date, whose seals, and whether an expert signed."""

    title: str
    unit: str
    endorser: str
    date: date
    seals: tuple[SealOwner, ...]
    signature: bool


def letter_bytes(rules: LetterRules, filled: FilledLetter, *, bare: bool = False) -> bytes:
    """One scanned A4 page as a PDF; ``bare`` draws strokes for characters, as on a machine without a Chinese font."""
    page = ScannedPage(bare=bare)
    _print(page, rules, filled)
    seed = crc32(f"{filled.title}{filled.unit}{filled.endorser}".encode())
    chance = np.random.default_rng(seed)
    if filled.signature:
        page.pen(signature(112.0, _ROWS["endorser"] + 10, seed), PEN_BLUE)
    for owner, name in (("endorser", filled.endorser), ("unit", filled.unit)):
        if owner in filled.seals:
            x, y = _SEAL_LEFT + chance.uniform(-12, 12), _ROWS[owner] + 23 + chance.uniform(-1, 1)
            page.stamp(seal_mask(name, crc32(name.encode()), bare=bare), x, y, SEAL_RED)
    return pdf_of_pictures([page.scanned(seed)])


def _print(page: ScannedPage, rules: LetterRules, filled: FilledLetter) -> None:
    page.centred(22, rules.title, size=6)
    statement = rules.statement.replace("（申报单位名称）", filled.unit).replace("（项目名称）", f"“{filled.title}”")
    y = page.paragraph(_LEFT, 40, f"　　{statement}", width=_RIGHT - _LEFT)
    for number, commitment in enumerate(rules.commitments, start=1):
        y = page.paragraph(_LEFT, y, f"　　{number}.{commitment}", width=_RIGHT - _LEFT)
    page.paragraph(_LEFT, y, f"　　{rules.breach}", width=_RIGHT - _LEFT)
    for top in (*_ROWS.values(), _TABLE_END):
        page.line(_LEFT, top, _RIGHT, top)
    for side in (_LEFT, _RIGHT):
        page.line(side, _ROWS["endorser"], side, _TABLE_END)
    page.text(_LEFT + 4, _ROWS["endorser"] + 4, rules.endorser_field)
    page.text(_LEFT + 4, _ROWS["unit"] + 4, rules.unit_field)
    day = filled.date
    page.text(_LEFT + 100, _ROWS["date"] + 4, f"{day.year} 年 {day.month} 月 {day.day} 日")

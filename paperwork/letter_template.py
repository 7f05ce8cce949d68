"""Makes the commitment letter to be printed, sealed or signed, and scanned (R78–R88)."""

import re
from collections.abc import Iterator

from config.edition import Edition, LetterRules
from config.refusal import Refusal
from paperwork.applicant_looks import BLANK, Filled, paper
from paperwork.word_marks import Cell, Piece, Table

SEAL_MM = 46.0  # least height of a field: the seal of a unit is 40 to 45 mm across

_UNIT, _TITLE = "（申报单位名称）", "（项目名称）"
_TO_WRITE_ON = "\u00a0" * 28  # blanks that are not broken over two lines
_ROOM_FOR_DATE = "\u00a0" * 9
_WIDTH = 154.0
_LINES = 1.25  # the seals shall stand on the same page


def letter_template(edition: Edition, filled: Filled = BLANK) -> bytes:
    """The letter as .docx, one A4 page; unknown names are lines to write on. `Refusal` for an edition without one."""
    rules = edition.letter
    if rules is None:
        raise Refusal(f"{edition.award.entry_name}没有承诺书。", next_step="请查看本届需要提交的材料。")
    word = paper(edition, rules.title, filled, lines=_LINES)
    word.title(rules.title)
    word.text(*_statement(rules, filled))
    for number, commitment in enumerate(rules.commitments, start=1):
        word.text(f"{number}.{commitment}")
    word.text(rules.breach, after=8)
    word.table(_fields(rules, filled))
    return word.to_bytes()


def _statement(rules: LetterRules, filled: Filled) -> Iterator[Piece]:
    """The statement with the names in their places; a blank letter keeps the words that tell what belongs there."""
    names = {_UNIT: filled.unit, _TITLE: f"“{filled.title}”" if filled.title else ""}
    for words in re.split(f"({_UNIT}|{_TITLE})", rules.statement):
        if words not in names:
            yield Piece(words)
        elif names[words]:
            yield Piece(names[words], underlined=True)
        else:
            yield Piece(_TO_WRITE_ON, underlined=True)
            yield Piece(words)


def _fields(rules: LetterRules, filled: Filled) -> Table:
    """Room for the endorser's seal or signature and for the unit's seal, the names typed above it, then the date."""
    signed = ((rules.endorser_field, filled.endorser), (rules.unit_field, filled.unit))
    rows = [[Cell(f"{field}\n{name}" if name else field, upper=True)] for field, name in signed]
    date = Cell(_ROOM_FOR_DATE + re.sub(" +", _ROOM_FOR_DATE, rules.date_field) + _ROOM_FOR_DATE, align="right")
    return Table([_WIDTH], [*rows, [date]], heights=[*(SEAL_MM for _ in rows), 10.0], together=True)

"""Makes the recommendation form for applicants to fill in: parts, hints and styles ready (R47–R67)."""

from config.edition import Edition, FormRules, HeadField
from config.refusal import Refusal
from paperwork.applicant_looks import BLANK, Filled, paper
from paperwork.word_marks import Cell, Piece, Table

_WIDTHS = (35.0, 44.0, 25.0, 50.0)  # millimetres: label, value, label, value
_ROW_MM = 11.0


def form_template(edition: Edition, filled: Filled = BLANK) -> bytes:
    """The form as .docx; what is ``filled`` stands in its head table. Raises `Refusal` for an edition without a form.

    Nothing of it counts as text of the applicant: the check of a blank one says that its parts are empty (R53, A8).
    """
    rules = edition.form
    if rules is None:
        raise Refusal(f"{edition.award.entry_name}没有推荐表。", next_step="请查看本届需要提交的材料。")
    word = paper(edition, rules.title, filled)
    word.title(rules.title)
    word.table(_head(rules, filled))
    word.text(Piece(rules.printed_note, bold=True), style="Hint", after=6)
    for part in rules.parts:
        word.heading(part.heading)
        for hint in part.hints:
            word.text(hint, style="Hint")
        word.text()
    return word.to_bytes()


def _head(rules: FormRules, filled: Filled) -> Table:
    """The plan's own head table: the first field has a row of its own, the others stand two in a row."""
    first, others = rules.head[0], rules.head[1:]
    rows = [_alone(first, filled)]
    for at in range(0, len(others), 2):
        pair = others[at : at + 2]
        rows.append(_alone(pair[0], filled) if len(pair) == 1 else [*_pair(pair[0], filled), *_pair(pair[1], filled)])
    return Table(_WIDTHS, rows, heights=[_ROW_MM] * len(rows))


def _alone(field: HeadField, filled: Filled) -> list[Cell]:
    label, value = _pair(field, filled)
    return [label, Cell(value.text, span=len(_WIDTHS) - 1)]


def _pair(field: HeadField, filled: Filled) -> list[Cell]:
    return [Cell(field.label, align="center", bold=True), Cell(str(getattr(filled, field.key)))]

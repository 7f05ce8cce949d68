"""Makes the list that goes before the evidence: its kinds, and a table of what is handed in (R89–R94)."""

from config.edition import Edition, EvidenceRules
from config.refusal import Refusal
from paperwork.applicant_looks import BLANK, Filled, paper
from paperwork.word_marks import Cell, Piece, Table

_NAMES = (("title", "项目名称"), ("unit", "申报单位"))
_COLUMNS = ("序号", "材料名称", "类别", "页码", "盖章")
_WIDTHS = (13.0, 66.0, 39.0, 18.0, 18.0)
_ROWS = 10
_ROW_MM = 9.5


def evidence_template(edition: Edition, filled: Filled = BLANK) -> bytes:
    """The list as .docx; raises `Refusal` for an edition without evidence."""
    rules = edition.evidence
    if rules is None:
        raise Refusal(f"{edition.award.entry_name}没有证明材料。", next_step="请查看本届需要提交的材料。")
    word = paper(edition, rules.title, filled)
    word.title(rules.title)
    labels: dict[str, str] = {field.key: field.label for field in edition.form.head} if edition.form else {}
    names = [
        [Cell(labels.get(key, name), align="center", bold=True), Cell(getattr(filled, key))] for key, name in _NAMES
    ]
    word.table(Table((34.0, 120.0), names, heights=[_ROW_MM] * len(names)))
    for number, kind in enumerate(rules.kinds, start=1):
        gap = 8.0 if number == len(rules.kinds) else 0.0
        word.text(Piece(f"{number}.{kind.name}：", bold=True), kind.description, style="Hint", after=gap)
    word.table(_list(rules))
    return word.to_bytes()


def _list(rules: EvidenceRules) -> Table:
    """One row a paper: its kind is chosen from the edition's, the box is ticked where the original is sealed (R92)."""
    head = [Cell(column, align="center", bold=True) for column in _COLUMNS]
    kinds = tuple(kind.name for kind in rules.kinds)
    rows: list[list[Cell | str]] = [
        [Cell(str(number), align="center"), "", Cell(choices=kinds), "", Cell(align="center", ticked=False)]
        for number in range(1, _ROWS + 1)
    ]
    return Table(_WIDTHS, [head, *rows], head_rows=1, heights=[_ROW_MM] * (len(rows) + 1))

"""What every paper of the office has in common: page, looks, the table of its case, who issues it, its data's hash."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from documents.findings import Picture
from paperwork.case_facts import Case, CheckedFile, Issued, fingerprint
from paperwork.red_head import RedHead, red_head
from paperwork.verdict_words import VERDICT_WORDS
from paperwork.word import Word
from paperwork.word_looks import OFFICIAL, OFFICIAL_PAGE, Page
from paperwork.word_marks import Cell, Table, xml
from paperwork.word_package import Properties

Fact = TypeVar("Fact")
TABLE_GAP = 5.0  # points above a table
_WIDTH = OFFICIAL_PAGE.room
_PICTURES_A_ROW = 4
_LABEL, _VALUE = 22.0, 56.0
_SHEET = (14.0, 78.0, 16.0, 20.0, 28.0)
_SIGNING_MM = 11.0


def official(
    title: str, issued: Issued, facts: object, *, number: str = "", page: Page = OFFICIAL_PAGE,
    head: RedHead | None = None,
) -> Word:  # fmt: skip
    """An empty paper of the office; the SHA-256 of its facts stands at the foot, its number with a code in the head.

    With a red ``head`` the title stands alone below it (关于……的通知), else below the name of the selection; a line
    break in the title is one on the page.
    """
    word = untitled(title.replace("\n", ""), issued, facts, number=number, page=page)
    begin(word, title, issued, head=head)
    return word


def begin(word: Word, title: str, issued: Issued, *, head: RedHead | None = None) -> None:
    """The head and the title of a paper, or of the next one in the same file."""
    if head:
        red_head(word, head)
        word.title(*title.split("\n"))
    else:
        word.title(issued.entry_name, title)


def untitled(
    title: str, issued: Issued, facts: object, *, number: str = "", page: Page = OFFICIAL_PAGE
) -> Word:  # fmt: skip
    """The same without a title on the page: name plates, sheets, certificates."""
    told = Properties(
        title=f"{number} {title}".strip(), author=issued.office, made_at=issued.at, subject=issued.entry_name
    )
    return Word(page, OFFICIAL, told, number=number, digest=fingerprint(facts))


def parts(
    title: str, issued: Issued, facts: Sequence[Fact], write: Callable[[Word, Fact, Issued], None], *, page: Page
) -> bytes:  # fmt: skip
    """Many papers of a kind as one .docx, each on pages of its own that are counted from one."""
    word = untitled(title, issued, tuple(facts), page=replace(page, of_all=len(facts) == 1))
    for number, each in enumerate(facts):
        if number:
            word.next_part()
        write(word, each, issued)
    return word.to_bytes()


def case_table(case: Case) -> Table:
    """The head of a case: number, title, unit, endorser, field, when it was handed in."""
    rows = [
        [_label("编号"), Cell(case.number), _label("提交时间"), Cell(case.submitted)],
        [_label("项目名称"), Cell(case.title, span=3)],
        [_label("申报单位"), Cell(case.unit), _label("单位类型"), Cell(case.unit_type)],
        [_label("推荐"), Cell(case.endorser or "—"), _label("征集范围"), Cell(case.category)],
    ]
    return Table((_LABEL, _VALUE, _LABEL, _VALUE), rows)


def check_table(file: CheckedFile) -> Table:
    """The lines of a file: what was looked at, the machine's word, the officer's, the reason."""
    head = [Cell(f"{file.label}　{file.name}", span=len(_SHEET), bold=True)]
    columns = [Cell(words, align="center", bold=True) for words in ("条款", "审查内容", "机检", "人工", "理由或办法")]
    rows: list[Sequence[Cell | str]] = [head, columns]
    for line in file.lines:
        machine = VERDICT_WORDS[line.verdict] if line.verdict else "—"
        rows.append(
            [
                Cell(line.r, align="center"), Cell(line.text), Cell(machine, align="center"),
                Cell(line.answer or "—", align="center"), Cell(line.reason),
            ]
        )  # fmt: skip
    return Table(_SHEET, rows, head_rows=2)


def picture_table(pictures: Sequence[Picture]) -> Table:
    """The pictures four in a row, each with its caption below."""
    cells = [Cell(each.caption, align="center", points=9, pictures=(each,)) for each in pictures]
    rows = [cells[at : at + _PICTURES_A_ROW] for at in range(0, len(cells), _PICTURES_A_ROW)]
    rows[-1] += [Cell()] * (_PICTURES_A_ROW - len(rows[-1]))
    return Table([_WIDTH / _PICTURES_A_ROW] * _PICTURES_A_ROW, rows)


def signing_table(told: Mapping[str, str], *signers: str) -> Table:
    """What is signed, then a row for each signature with its date, all on one page."""
    rows = [[_label(label), Cell(words, span=3)] for label, words in told.items() if words]
    rows += [[_label(signer), Cell(), _label("日期"), Cell()] for signer in signers]
    return Table((30.0, 62.0, 18.0, 46.0), rows, heights=[_SIGNING_MM] * len(rows), together=True)


def contact_of(word: Word, contact: str) -> None:
    """Whom to call, on the same page as the signature after it: no signature stands on a page alone."""
    word.paragraph(
        xml("pPr", xml("pStyle", val="BodyText"), xml("keepNext"), xml("jc", val="left")), f"联系方式：{contact}"
    )


def signature_of(word: Word, issued: Issued) -> None:
    """The office's name, the day in the middle below it, where the seal goes (GB/T 9704)."""
    apart = (_chars(issued.office) - _chars(issued.day)) / 2
    word.signed("", right_chars=0)
    word.signed(issued.office, right_chars=2 + max(0.0, -apart))
    word.signed(issued.day, right_chars=2 + max(0.0, apart))


def _chars(text: str) -> float:
    """How many characters wide a line is; a letter or digit of the Western face is half of one."""
    return sum(0.5 if letter.isascii() else 1.0 for letter in text)


def _label(text: str) -> Cell:
    return Cell(text, align="center", bold=True)

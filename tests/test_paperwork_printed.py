"""The papers of a real case, its files read by the real readers, printed by another program."""

from io import BytesIO
from pathlib import Path

import cv2
import docx
import numpy as np
import pytest
from command_line import run
from printing import Printer, pages, words
from python_calamine import CalamineWorkbook

from cli.season_cast import Cast
from cli.season_files import Parcel, make
from config.editions_file import load_edition, shipped_edition
from office import corrections, formal_check, papers
from records.tables.application import Application

from cast import CHECKED, HANDED_IN, Office, at

pytestmark = pytest.mark.slow

EDITION = load_edition(shipped_edition("2024")).edition
ENTRY = next(entry for entry in Cast(EDITION, applications=30, seed=7).entries if not entry.story)
NOW = at("2024-08-21 09:30")
MOST_PAGES = {"receipt": 1, "check-opinion": 4, "correction": 1, "check-summary": 2}


def taken(office: Office, folder: Path) -> Application:
    """An application taken from a folder, checked by Office Wang, sent back for its film."""
    made = make(folder, EDITION, Parcel(ENTRY, "001", HANDED_IN), videos=folder)
    answer = run("intake", made, "--json", home=office.desk.settings.home, now="2024-08-01 12:00")
    assert answer.code == 0, answer.err
    with office.desk.database.write() as session:
        formal_check.tick_all_human(session, office.desk, 1, officer_id=office.wang, now=CHECKED)
        corrections.send_back(
            session, office.desk, 1, slots=["video"], reason="答辩人出现在画面中。", officer_id=office.wang, now=CHECKED
        )
    return office.found(1)


def written(made: papers.Made) -> list[str]:
    """Every line of text in a paper."""
    if made.file_name.endswith("xlsx"):
        book = CalamineWorkbook.from_filelike(BytesIO(made.data))
        rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
        return [cell for row in rows for cell in row if isinstance(cell, str)]
    document = docx.Document(BytesIO(made.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [line for text in [*cells, *(each.text for each in document.paragraphs)] for line in text.splitlines()]


def test_papers_are_printed_whole(office: Office, tmp_path: Path, printer: Printer) -> None:
    """Every line is on paper; the hash of the data stands on each page, the number as a code on the first."""
    number = taken(office, tmp_path / "folder").number
    for name, most in MOST_PAGES.items():
        with office.desk.database.read() as session:
            made = papers.make(session, office.desk, name, of=number if most != 2 else "", now=NOW)
        pdf = printer.convert(made.data, "pdf")
        printed, sheets = words(pdf), pages(pdf)
        lost = [line for line in written(made) if "".join(line.split()) not in printed]
        assert (name, lost) == (name, [])
        assert printed.count("数据SHA-256") == len(sheets) <= most
        assert f"第{len(sheets)}页共{len(sheets)}页" in printed
        if most != 2:
            assert cv2.QRCodeDetector().detectAndDecode(np.asarray(sheets[0]))[0] == number

"""Takes the files that somebody brought in a form: into the vault, and a table of them as its cells."""

import tempfile
from pathlib import Path

from starlette.datastructures import FormData, UploadFile

from config.refusal import Refusal
from documents.spreadsheet import Spreadsheets, Table
from documents.vault import Kept
from office.desk import Desk

LARGEST_TABLE = 10 << 20  # bytes
_ENVELOPE = 64 << 10  # bytes of a form around its file
LARGEST_TABLE_FORM = LARGEST_TABLE + _ENVELOPE
_TABLE = "table.xlsx"  # the reader looks into the bytes of whatever Excel file it is


class NothingBrought(Refusal):
    """A form without the file that it asks for."""


def files_of(form: FormData, name: str) -> list[UploadFile]:
    """The files of one field, those that were left empty aside."""
    return [each for each in form.getlist(name) if isinstance(each, UploadFile) and each.filename]


def keep_table(desk: Desk, form: FormData, name: str) -> Kept:
    """The one Excel file of a field, kept under its digest: what was looked at is what is carried out later."""
    found = files_of(form, name)
    if not found:
        raise NothingBrought("没有选择表格文件。", next_step="请选择一个 Excel 文件（.xlsx）再上传。")
    return desk.vault.keep(found[0].file, most_bytes=LARGEST_TABLE)


def table_of(desk: Desk, sha256: str) -> Table:
    """The cells of a table that was kept, read in a confined child; `BadSheet` says what is wrong with it."""
    if not _is_kept(desk, sha256):
        raise NothingBrought("没有找到上传的表格。", next_step="请重新上传。")
    with tempfile.TemporaryDirectory() as folder, Spreadsheets() as reader:
        path = Path(folder) / _TABLE
        path.write_bytes(desk.vault.path(sha256).read_bytes())
        return reader.read(path)


def _is_kept(desk: Desk, sha256: str) -> bool:
    try:
        return desk.vault.holds(sha256)
    except ValueError:
        return False
